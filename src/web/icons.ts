import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The icons our pages use, by what they mean, and the file of lucide-static that draws each. */
const ICONS = {
  app: 'app-window',
  alert: 'triangle-alert',
  'arrow-right': 'arrow-right',
  building: 'building-2',
  check: 'circle-check',
  clock: 'clock',
  eye: 'eye',
  'eye-off': 'eye-off',
  info: 'info',
  key: 'key-round',
  lock: 'lock-keyhole',
  'log-out': 'log-out',
  mail: 'mail',
  monitor: 'monitor',
  phone: 'smartphone',
  retry: 'rotate-cw',
  send: 'send',
  user: 'user-round',
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
