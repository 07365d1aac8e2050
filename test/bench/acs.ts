import { fork, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createSamlKey, encodePost, idpMetadataXml, samlResponseXml, type SamlKey } from '../../src/demo/saml-response';
import { freePort } from '../support/free-port';
import { createClient } from '../support/http-client';
import { startPostgresServer } from '../support/postgres-server';
import { until } from '../support/processes';
import { cpuOfTree } from './cpu';
import { measure, type Candidate, type Measured, type Plan } from './rounds';

const API_KEY = 'bench-key-with-all-rights-0123456789abcdef';
const BASE_URL = 'https://login.bench.example';
const IDP = { entityId: 'https://idp.bench.example', ssoUrl: 'https://idp.bench.example/sso' };
const ROOT = join(__dirname, '../..');

/** A response that is waiting to be posted, with the cookie of the browser that asked for it. */
interface Pending {
  body: string;
  cookie: string;
  samlResponse: string;
}

interface Connection {
  id: string;
  sp: { entityId: string; acsUrl: string };
}

/** The ACS route, with everything a returning person's sign-in writes, against bare node-saml on the same responses. */
export async function benchAcs(plan: Plan, sign: 'assertion' | 'both'): Promise<Measured[]> {
  const postgres = await startPostgresServer();
  const port = await freePort();
  const service = startService(port, postgres.url);
  const bare = fork(join(__dirname, 'bare.ts'), { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  try {
    const origin = `http://127.0.0.1:${port}`;
    await until(
      async () => (await fetch(`${origin}/readyz`).catch(() => undefined))?.status === 200,
      30_000,
      'the service',
    );
    const key = await createSamlKey('bench');
    const connection = await connect(origin, key);
    const prepare = (operations: number) =>
      Promise.all(Array.from({ length: operations }, () => begin(origin, connection, key, sign)));
    // The first sign-in creates the account; what is measured is everybody's every morning.
    await post(origin, connection, await prepare(1));

    const route: Candidate<Pending[]> = {
      name: 'ACS route',
      prepare,
      run: (pending) => post(origin, connection, pending),
      cpu: () => cpuOfTree(service.pid ?? 0) + cpuOfTree(postgres.pid),
    };
    const validation: Candidate<Pending[]> = {
      name: 'bare validatePostResponseAsync',
      prepare,
      run: (pending) => validate(bare, connection, key, pending),
      cpu: () => cpuOfTree(bare.pid ?? 0),
    };
    return await measure(plan, [route, validation] as Candidate<unknown>[]);
  } finally {
    bare.kill();
    service.kill();
    await once(service, 'exit');
    await postgres.stop();
  }
}

function startService(port: number, databaseUrl: string): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'dist/src/server.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      BASE_URL,
      DATABASE_URL: databaseUrl,
      SECRET_KEYS: randomBytes(32).toString('hex'),
      BOOTSTRAP_API_KEY: API_KEY,
      LOG_LEVEL: 'warn',
    },
  });
}

async function connect(origin: string, key: SamlKey): Promise<Connection> {
  const api = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const reply = await createClient(origin).postJson(`/api/v1${path}`, body, { headers });
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${reply.text}`);
    return reply.json();
  };
  await api('/organizations', { slug: 'acme', name: 'Acme Inc.' });
  await api('/organizations/acme/domains', { domain: 'acme.example', verified: true });
  await api('/organizations/acme/groups', { name: 'Engineering' });
  const metadataXml = idpMetadataXml({ ...IDP, certificates: [key.certificate] });
  return (await api('/organizations/acme/connections', {
    kind: 'saml',
    name: 'Acme IdP',
    metadataXml,
    state: 'active',
  })) as Connection;
}

/** A new browser begins; the identity provider answers. Neither is measured. */
async function begin(
  origin: string,
  connection: Connection,
  key: SamlKey,
  sign: 'assertion' | 'both',
): Promise<Pending> {
  const started = await fetch(`${origin}/acme/sso/${connection.id}`, { redirect: 'manual' });
  const location = new URL(started.headers.get('location') ?? '');
  const requestId = await readRequestId(location.searchParams.get('SAMLRequest') ?? '');
  const xml = await samlResponseXml(
    {
      issuer: IDP.entityId,
      acsUrl: connection.sp.acsUrl,
      audience: connection.sp.entityId,
      inResponseTo: requestId,
      nameId: { value: 'maria', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
      attributes: { email: 'maria@acme.example', firstName: 'María', lastName: 'Suárez', groups: ['Engineering'] },
      now: new Date(),
      sign,
    },
    key,
  );
  const samlResponse = encodePost(xml);
  const body = new URLSearchParams({
    SAMLResponse: samlResponse,
    RelayState: location.searchParams.get('RelayState') ?? '',
  }).toString();
  const cookie = started.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { body, cookie, samlResponse };
}

async function readRequestId(samlRequest: string): Promise<string> {
  const { inflateRawSync } = await import('node:zlib');
  const xml = inflateRawSync(Buffer.from(samlRequest, 'base64')).toString();
  return / ID="([^"]+)"/.exec(xml)?.[1] ?? '';
}

async function post(origin: string, connection: Connection, pending: readonly Pending[]): Promise<void> {
  for (const { body, cookie } of pending) {
    const reply = await fetch(`${origin}/acme/sso/${connection.id}/acs`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
      body,
    });
    await reply.arrayBuffer();
    if (reply.status !== 303) throw new Error(`the ACS route answered ${reply.status}`);
  }
}

async function validate(
  bare: ChildProcess,
  connection: Connection,
  key: SamlKey,
  pending: readonly Pending[],
): Promise<void> {
  const done = once(bare, 'message');
  bare.send({
    options: { idpCert: key.certificate, issuer: connection.sp.entityId, callbackUrl: connection.sp.acsUrl },
    responses: pending.map((one) => one.samlResponse),
  });
  await done;
}
