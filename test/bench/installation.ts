import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../support/free-port';
import { createClient } from '../support/http-client';
import { startPostgresServer } from '../support/postgres-server';
import { until } from '../support/processes';
import { cpuOfTree } from './cpu';

const API_KEY = 'bench-key-with-all-rights-0123456789abcdef';
export const BASE_URL = 'https://login.bench.example';
const ROOT = join(__dirname, '../..');

/** The built service and its database, with one organization `acme`. */
export interface Installation {
  origin: string;
  /** Creates something by the API. */
  api(path: string, body: object): Promise<unknown>;
  /** Of its database, on a server that has room for more. */
  databaseUrl: string;
  /** CPU milliseconds that the database server has used so far. */
  databaseCpu(): number;
  /** CPU milliseconds that service and database have used so far. */
  cpu(): number;
  stop(): Promise<void>;
}

export async function install(): Promise<Installation> {
  const postgres = await startPostgresServer();
  const port = await freePort();
  const service = startService(port, postgres.url);
  const origin = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    service.kill();
    await once(service, 'exit');
    await postgres.stop();
  };
  const api = (path: string, body: object): Promise<unknown> => create(origin, path, body);
  const isReady = async (): Promise<boolean> =>
    (await fetch(`${origin}/readyz`).catch(() => undefined))?.status === 200;
  try {
    await until(isReady, 120_000, 'the service');
    await api('/organizations', { slug: 'acme', name: 'Acme Inc.' });
    await api('/organizations/acme/domains', { domain: 'acme.example', verified: true });
    await api('/organizations/acme/groups', { name: 'Engineering' });
  } catch (error) {
    await stop();
    throw error;
  }
  const databaseCpu = (): number => cpuOfTree(postgres.pid);
  const cpu = (): number => cpuOfTree(service.pid ?? 0) + databaseCpu();
  return { origin, api, databaseUrl: postgres.url, databaseCpu, cpu, stop };
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

async function create(origin: string, path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const reply = await createClient(origin).postJson(`/api/v1${path}`, body, { headers });
  if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${reply.text}`);
  return reply.json();
}
