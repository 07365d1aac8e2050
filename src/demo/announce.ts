import { relative } from 'node:path';
import type { Config } from '../config';
import type { Planted } from './plant';
import type { SampleIdp } from './sample-idp';

export interface Announcement {
  config: Config;
  planted: readonly Planted[];
  idp: SampleIdp;
  apiKey: string;
  isEphemeral: boolean;
}

const MOST_ORGANIZATIONS = 12;

/** Where to go, in one look. Yields the lines; `bold` and `dim` are for terminals that have them. */
export function announcement({ config, planted, idp, apiKey, isEphemeral }: Announcement, style: Style): string[] {
  const { baseUrl, dataDir } = config;
  const kept = isEphemeral ? 'Nothing is kept.' : `Everything is kept in ${shortest(dataDir)}.`;
  const organizations = planted.slice(0, MOST_ORGANIZATIONS).map(({ organization, connections }) => ({
    name: organization.name,
    url: organization.signInUrl,
    note: waysOf(connections),
  }));
  const others = [
    { name: 'Find your organization', url: `${baseUrl}/`, note: 'by e-mail address or name' },
    { name: 'Management API', url: `${baseUrl}/api/docs`, note: 'its documentation' },
    { name: 'Sample identity provider', url: `${idp.origin}/`, note: 'signs people in by one click' },
  ];
  const rows = [...organizations, undefined, ...others];
  const [names, urls] = [widest(rows, 'name'), widest(rows, 'url')];
  const line = (row: (typeof rows)[number]): string =>
    row ? `  ${row.name.padEnd(names)}   ${style.bold(row.url.padEnd(urls))}   ${style.dim(row.note)}` : '';
  return [
    '',
    `  ${style.bold('Drawbridge')} is ready. ${kept} Ctrl-C ends it.`,
    '',
    ...rows.map(line),
    '',
    `  ${'API key'.padEnd(names)}   ${apiKey}`,
    `  ${''.padEnd(names)}   ${style.dim(`curl -H "Authorization: Bearer ${shownKey(apiKey)}" ${baseUrl}/api/v1/organizations`)}`,
    '',
  ];
}

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
}

/** Plain where output is not a terminal, or the terminal or NO_COLOR wants it so. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  const hasColors = stream.isTTY && stream.hasColors();
  const wrap = (code: number) => (text: string) => (hasColors ? `\u001B[${code}m${text}\u001B[22m` : text);
  return { bold: wrap(1), dim: wrap(2) };
}

function waysOf(connections: Planted['connections']): string {
  const ways = connections
    .filter(({ state }) => state !== 'disabled' && state !== 'draft')
    .map(({ kind }) => (kind === 'saml' ? 'SAML' : 'OpenID Connect'));
  return [...new Set(ways)].join(', ') || 'no sign-in yet';
}

const widest = (rows: readonly ({ name: string; url: string } | undefined)[], field: 'name' | 'url'): number =>
  Math.max(...rows.map((row) => row?.[field].length ?? 0));

const shownKey = (apiKey: string): string => (apiKey.startsWith('dbk_') ? apiKey : '$BOOTSTRAP_API_KEY');

function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near && !near.startsWith('..') ? `./${near}` : path;
}
