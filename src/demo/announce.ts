import { relative } from 'node:path';
import type { Config } from '../config';
import { linksOf } from '../domain/links';
import { MY_APP, type SampleClient } from './applications';
import type { Planted } from './plant';
import { sampleApplicationOrigin } from './sample-application';
import type { SampleIdp } from './sample-idp';
import { ADMINS, type SamplePerson } from './seed';

export interface Announcement {
  config: Config;
  planted: readonly Planted[];
  idp: SampleIdp;
  apiKey: string;
  isEphemeral: boolean;
  /** Who signs in with a password. */
  people: readonly SamplePerson[];
  /** Where mail is shown, when it does not leave. */
  inbox?: string;
  application: SampleClient;
  /** As long as there is no owner. */
  firstOwner?: string;
}

interface Line {
  name: string;
  url: string;
  note: string;
}

const MOST_ORGANIZATIONS = 12;

/** Where to go, in one look. Yields the lines; `bold` and `dim` are for terminals that have them. */
export function announcement(told: Announcement, style: Style): string[] {
  const { config, planted, idp, apiKey, isEphemeral, people, firstOwner } = told;
  const { baseUrl, dataDir } = config;
  const kept = isEphemeral ? 'Nothing is kept.' : `Everything is kept in ${shortest(dataDir)}.`;
  const organizations = planted.slice(0, MOST_ORGANIZATIONS).map((one) => ({
    name: one.organization.name,
    url: one.organization.signInUrl,
    note: waysOf(one),
  }));
  const others = [
    ...signupAndMail(told),
    ...portals(told),
    {
      name: 'Sample application',
      url: `${sampleApplicationOrigin(told.application.port)}/`,
      note: 'signs in through Drawbridge',
    },
    { name: 'Find your organization', url: `${baseUrl}/`, note: 'by e-mail address or name' },
    { name: 'Management API', url: `${baseUrl}/api/docs`, note: 'its documentation' },
    { name: 'Sample identity provider', url: `${idp.origin}/`, note: 'signs people in by one click' },
  ];
  const rows = [...organizations, undefined, ...others];
  const [names, urls] = [widest(rows, 'name'), widest(rows, 'url')];
  const named = (name: string, text: string): string => `  ${name.padEnd(names)}   ${text}`;
  const line = (row: (typeof rows)[number]): string =>
    row ? named(row.name, `${style.bold(row.url.padEnd(urls))}   ${style.dim(row.note)}`) : '';
  return [
    '',
    `  ${style.bold('Drawbridge')} is ready. ${kept} Ctrl-C ends it.`,
    '',
    ...rows.map(line),
    '',
    ...people.map(({ email, password }, index) => named(index ? '' : 'Passwords', `${email}   ${password}`)),
    ...(people.length ? [''] : []),
    named('Your own app', `issuer ${baseUrl}/oidc`),
    named('', `client id ${MY_APP.clientId}   secret ${MY_APP.clientSecret}`),
    named('', style.dim('any address of this machine may be its redirect URI')),
    '',
    named('API key', apiKey),
    named('', style.dim(`curl -H "Authorization: Bearer ${shownKey(apiKey)}" ${baseUrl}/api/v1/organizations`)),
    '',
    ...(firstOwner ? [`  ${firstOwner}`, ''] : []),
  ];
}

/** The first organization that lets people create accounts stands for all. */
function signupAndMail({ config: { baseUrl }, planted, inbox }: Announcement): Line[] {
  const open = planted.find(({ connections, allowsSignup }) => allowsSignup && !connections.some(isOffered));
  const mail = inbox && { name: 'Mail', url: baseUrl + inbox, note: 'everything that is sent is shown here' };
  const signup = open && {
    name: 'Create an account',
    url: baseUrl + linksOf(baseUrl, open.organization).signup,
    note: `at ${open.organization.name}; the link to confirm it comes by mail`,
  };
  return [...(signup ? [signup] : []), ...(mail ? [mail] : [])];
}

/** The portals whose admin the demo knows. */
const portals = ({ config: { baseUrl }, planted }: Announcement): Line[] =>
  planted.flatMap(({ organization: { name, slug } }) => {
    const admin = Object.entries(ADMINS).find(([own]) => own === slug)?.[1];
    return admin ? [{ name: `Portal of ${name}`, url: `${baseUrl}/${slug}/admin`, note: `sign in as ${admin}` }] : [];
  });

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

function waysOf({ connections, allowsSignup }: Planted): string {
  const ways = connections.filter(isOffered).map(({ kind }) => (kind === 'saml' ? 'SAML' : 'OpenID Connect'));
  return [...new Set(ways)].join(', ') || (allowsSignup ? 'passwords and self-signup' : 'passwords');
}

const isOffered = ({ state }: Planted['connections'][number]): boolean => state !== 'disabled' && state !== 'draft';

const widest = (rows: readonly ({ name: string; url: string } | undefined)[], field: 'name' | 'url'): number =>
  Math.max(...rows.map((row) => row?.[field].length ?? 0));

const shownKey = (apiKey: string): string => (apiKey.startsWith('dbk_') ? apiKey : '$BOOTSTRAP_API_KEY');

function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near && !near.startsWith('..') ? `./${near}` : path;
}
