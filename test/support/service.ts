import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig, type Config } from '../../src/config';
import { managementDeps } from '../../src/cli/open';
import { startJobs } from '../../src/jobs/jobs';
import { createSmtpTransport } from '../../src/mail/smtp';
import { openNotifier } from '../../src/notifier';
import { openResources, type Resources } from '../../src/resources';
import { serve } from '../../src/serve';
import { freePort } from './free-port';
import { createClient, type HttpClient, type Reply } from './http-client';
import { createTestDatabase } from './postgres';

export const API_KEY = 'test-key-with-all-rights-0123456789abcdef';

export interface TestService {
  baseUrl: string;
  config: Config;
  resources: Resources;
  /** The service's clock; set it to move on. */
  clock: { offsetMs: number };
  /** A new browser. */
  browser(): HttpClient;
  /** The API with all rights. Yields the parsed answer; throws when it is not 2xx. */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  /** The API as it answers. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  stop(): Promise<void>;
}

export interface TestServiceOptions {
  env?: Readonly<Record<string, string>>;
  /** Another process' database instead of a fresh one. */
  databaseUrl?: string;
  secretKeys?: string;
  smtpUrl?: string;
  /** What runs later runs beside the service, by its clock. */
  jobs?: boolean;
  /** Hears every line of the log, from `info` on. */
  logTo?: (line: string) => void;
}

/** The service in this process, on a database of its own. Plain http at `localhost`, as in the demo, unless BASE_URL says otherwise. */
export async function startService(options: TestServiceOptions = {}): Promise<TestService> {
  const database = options.databaseUrl ? undefined : await createTestDatabase({ migrated: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const port = await freePort();
  const config = readConfig({
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: options.databaseUrl ?? database?.url,
    DATA_DIR: dataDir,
    SECRET_KEYS: options.secretKeys ?? randomBytes(32).toString('hex'),
    OUTBOUND_ALLOW: '127.0.0.0/8',
    BOOTSTRAP_API_KEY: API_KEY,
    SMTP_URL: options.smtpUrl,
    ...options.env,
  });
  const { logTo } = options;
  const log = logTo ? pino({ level: 'info' }, { write: logTo }) : pino({ level: process.env.TEST_LOG ?? 'silent' });
  const clock = { offsetMs: 0 };
  const resources = await openResources(config, { owner: 'a test', exclusive: true }, log);
  const now = () => new Date(Date.now() + clock.offsetMs);
  const service = await serve(config, resources, log, now);
  const { smtpUrl, mailFrom, baseUrl } = config;
  const transport = smtpUrl ? createSmtpTransport(smtpUrl, mailFrom, baseUrl) : undefined;
  const jobs = options.jobs
    ? await startJobs({
        ...{ ...resources, transport, notifier: openNotifier(config, resources, log, now), log, now },
        management: { ...managementDeps(config, resources), now },
      })
    : undefined;
  const origin = `http://localhost:${port}`;

  const request: TestService['request'] = (method, path, body, headers = {}) =>
    createClient(origin).send(method, `/api/v1${path}`, body === undefined ? undefined : JSON.stringify(body), {
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    });

  return {
    baseUrl: config.baseUrl,
    config,
    resources,
    clock,
    browser: () => createClient(origin),
    request,
    async api<T>(method: string, path: string, body?: unknown) {
      const reply = await request(method, path, body);
      if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
      return (reply.text ? reply.json() : undefined) as T;
    },
    async stop() {
      await service.drain();
      await jobs?.stop();
      transport?.close();
      await resources.close();
      await database?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
