import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The icons our pages use, by what they mean, and the file of lucide-static that draws each. */
const ICONS = {
  activity: 'activity',
  app: 'app-window',
  alert: 'triangle-alert',
  'arrow-right': 'arrow-right',
  ban: 'ban',
  building: 'building-2',
  catalog: 'book-user',
  check: 'circle-check',
  'chevron-down': 'chevron-down',
  'chevron-left': 'chevron-left',
  'chevron-right': 'chevron-right',
  clock: 'clock',
  copy: 'copy',
  database: 'database',
  download: 'download',
  external: 'external-link',
  eye: 'eye',
  'eye-off': 'eye-off',
  file: 'file-spreadsheet',
  'file-up': 'file-up',
  filter: 'list-filter',
  globe: 'globe',
  group: 'component',
  history: 'history',
  home: 'house',
  info: 'info',
  key: 'key-round',
  link: 'link-2',
  lock: 'lock-keyhole',
  'log-in': 'log-in',
  'log-out': 'log-out',
  mail: 'mail',
  menu: 'menu',
  merge: 'merge',
  monitor: 'monitor',
  moon: 'moon',
  pencil: 'pencil',
  phone: 'smartphone',
  plug: 'plug',
  plus: 'plus',
  retry: 'rotate-cw',
  scroll: 'scroll-text',
  search: 'search',
  send: 'send',
  server: 'server',
  settings: 'settings-2',
  shield: 'shield-check',
  'shield-user': 'shield-user',
  'sort-down': 'arrow-down',
  'sort-up': 'arrow-up',
  source: 'folder-sync',
  sun: 'sun',
  system: 'sun-moon',
  ticket: 'ticket',
  trash: 'trash-2',
  undo: 'undo-2',
  upload: 'upload',
  user: 'user-round',
  'user-plus': 'user-round-plus',
  users: 'users-round',
  x: 'x',
} as const;
export type IconName = keyof typeof ICONS;

/**
 * Every icon as inline SVG, decorative to screen readers. Size and stroke come from the stylesheet.
 * @throws when lucide-static has no such drawing
 */
export function readIcons(): ReadonlyMap<IconName, string> {
  const directory = join(dirname(require.resolve('lucide-static/package.json')), 'icons');
  const names = Object.keys(ICONS) as IconName[];
  return new Map(names.map((name) => [name, inline(readFileSync(join(directory, `${ICONS[name]}.svg`), 'utf8'))]));
}

function inline(file: string): string {
  const drawing = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(file)?.[1];
  if (drawing === undefined) throw new Error('lucide-static: not an SVG');
  return `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${drawing.replace(/\s*\n\s*/g, '')}</svg>`;
}
