import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { Client } from 'pg';
import { hashPassword } from '../../src/connections/password/hash';
import { encodePost, idpMetadataXml, samlResponseXml, type SamlKey } from '../../src/demo/saml-response';

const AT_ONCE = 12;
const ADDRESS = '192.0.2.1';
export const API_KEY = 'bench-key-with-all-rights-0123456789abcdef';
const BASE_URL = 'https://login.bench.example';
const IDP = { entityId: 'https://idp.bench.example', ssoUrl: 'https://idp.bench.example/sso' };
const PASSWORD = 'wool teapot lighthouse 41';

export interface Connection {
  id: string;
  sp: { entityId: string; acsUrl: string };
}

/** How requests were answered: how many by each status, and the slowest. */
export interface Tally {
  statuses: Map<number, number>;
  slowest: number;
}

/** The service on two processes, as it is built. */
export function startService(port: number, databaseUrl: string): ChildProcess {
  return spawn(process.execPath, [join(__dirname, '../../dist/src/server.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      BASE_URL,
      DATABASE_URL: databaseUrl,
      SECRET_KEYS: randomBytes(32).toString('hex'),
      BOOTSTRAP_API_KEY: API_KEY,
      TRUST_PROXY: 'true',
      WORKERS: '2',
      LOG_LEVEL: 'warn',
    },
  });
}

/** An organization with SSO, whose people are new; another with passwords, all the same one, whose people exist. */
export async function prepare(origin: string, databaseUrl: string, key: SamlKey, people: number): Promise<Connection> {
  const api = async (path: string, body: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const reply = await fetch(`${origin}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  await api('/organizations', { slug: 'initech', name: 'Initech' });
  await inTurns(people, (person) =>
    api('/organizations/initech/accounts', { email: emailOf(person), givenName: 'Pupil', familyName: String(person) }),
  );
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const passwords = `INSERT INTO passwords (organization_id, account_id, hash, set_at) SELECT organization_id, id, $1, now() FROM accounts`;
  await database.query(passwords, [await hashPassword(PASSWORD)]);
  await database.query(`UPDATE accounts SET status = 'active'`);
  await database.end();

  await api('/organizations', { slug: 'acme', name: 'Acme Inc.' });
  await api('/organizations/acme/domains', { domain: 'acme.example', verified: true });
  const metadataXml = idpMetadataXml({ ...IDP, certificates: [key.certificate] });
  const form = { kind: 'saml', name: 'Acme IdP', metadataXml, state: 'active' };
  return (await api('/organizations/acme/connections', form)) as Connection;
}

const emailOf = (person: number): string => `pupil-${person}@acme.example`;

/** One person's sign-in by SAML, from the service to the identity provider and back. */
export async function bySso(origin: string, connection: Connection, key: SamlKey, person: number, tally: Tally) {
  const started = await send(tally, `${origin}/acme/sso/${connection.id}`);
  const location = new URL(started.headers.get('location') ?? '');
  const asked = inflateRawSync(Buffer.from(location.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  const xml = await samlResponseXml(
    {
      issuer: IDP.entityId,
      acsUrl: connection.sp.acsUrl,
      audience: connection.sp.entityId,
      inResponseTo: / ID="([^"]+)"/.exec(asked)?.[1],
      nameId: {
        value: `pupil-${person}`,
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      },
      attributes: { email: emailOf(person), firstName: 'Pupil', lastName: String(person) },
      now: new Date(),
      sign: 'assertion',
    },
    key,
  );
  const cookie = started.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const fields = { SAMLResponse: encodePost(xml), RelayState: location.searchParams.get('RelayState') ?? '' };
  await send(tally, `${origin}/acme/sso/${connection.id}/acs`, fields, { cookie });
}

/** One person's sign-in by password; every other mistypes it first. */
export async function byPassword(origin: string, person: number, tally: Tally): Promise<void> {
  const passwords = person % 2 ? ['a wrong password 77', PASSWORD] : [PASSWORD];
  for (const password of passwords)
    await send(
      tally,
      `${origin}/initech/login`,
      { login: emailOf(person), password },
      { 'sec-fetch-site': 'same-origin' },
    );
}

async function send(
  tally: Tally,
  url: string,
  fields?: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const begun = performance.now();
  const reply = await fetch(url, {
    method: fields ? 'POST' : 'GET',
    redirect: 'manual',
    headers: { 'x-forwarded-for': ADDRESS, ...headers },
    ...(fields && { body: new URLSearchParams(fields) }),
  });
  await reply.arrayBuffer();
  tally.slowest = Math.max(tally.slowest, performance.now() - begun);
  tally.statuses.set(reply.status, (tally.statuses.get(reply.status) ?? 0) + 1);
  return reply;
}

/** So many people, a dozen at once. */
export async function inTurns(people: number, work: (person: number) => Promise<unknown>): Promise<void> {
  const waiting = Array.from({ length: people }, (_, person) => person);
  const line = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}
