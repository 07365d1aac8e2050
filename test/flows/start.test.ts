import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { ConfigError, readConfig } from '../../src/config';
import { findPostmaster } from '../../src/storage/embedded-postgres/postmaster';
import { ensureBuilt, ROOT } from '../support/built';
import { freePort } from '../support/free-port';
import { createTestDatabase, databaseUrl } from '../support/postgres';
import { until } from '../support/processes';
import {
  childrenOf,
  isReady,
  processesIn,
  runProgram,
  startServiceProcess,
  temporaryDirectories,
  type ProgramOptions,
  type RunningService,
} from '../support/program';
import { startRedis } from '../support/redis';
import { describeWith } from '../support/requires';

jest.setTimeout(120_000);

const API_KEY = 'a-key-for-tests-that-has-all-rights-0123';
const SERVER = join(ROOT, 'dist/src/server.js');
const directories = temporaryDirectories();
const services: RunningService[] = [];

beforeAll(ensureBuilt);
afterEach(async () => {
  for (const { child, exited } of services.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  }
});
afterAll(directories.remove);

async function start(env: Record<string, string>, options: ProgramOptions & { port?: number } = {}) {
  const service = await startServiceProcess('server.js', { ...options, env });
  services.push(service);
  return service;
}

/** A start that ends by itself: its code and what it told the operator. */
async function refusal(env: Record<string, string>): Promise<{ code: number | string; lines: string[] }> {
  const { code, stderr } = await runProgram(SERVER, {
    env: { PORT: String(await freePort()), HOST: '127.0.0.1', LOG_LEVEL: 'silent', ...env },
  });
  return { code, lines: stderr.split('\n').filter(Boolean) };
}

const stop = async (
  { child, exited }: RunningService,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | string> => {
  child.kill(signal);
  return exited;
};

const newKey = (): string => randomBytes(32).toString('hex');

describe('a wrong environment', () => {
  test.each([
    ['PORT', '0', 'a port number from 1 to 65535'],
    ['PORT', 'http', 'a port number from 1 to 65535'],
    ['PORT', '65536', 'a port number from 1 to 65535'],
    ['BASE_URL', 'login.example.com', 'an origin such as https://login.example.com, without a path'],
    ['BASE_URL', 'https://login.example.com/sso', 'an origin such as'],
    ['BASE_URL', 'https://me@login.example.com', 'an origin such as'],
    ['BASE_URL', 'ftp://login.example.com', 'an origin such as'],
    ['DATABASE_URL', 'mysql://db/drawbridge', 'a postgres:// address'],
    ['DATABASE_URL', 'db.example.com', 'a postgres:// address'],
    ['REDIS_URL', 'localhost:6379', 'a redis:// or rediss:// address'],
    ['SMTP_URL', 'mail.example.com', 'an smtp:// or smtps:// address'],
    ['MAIL_FROM', 'nobody', 'an e-mail address, or Name <address>'],
    ['SECRET_KEYS', 'short', 'keys of 64 hex digits'],
    ['SECRET_KEYS', `${'a'.repeat(64)},`, 'keys of 64 hex digits'],
    ['MIGRATIONS', 'yes', 'auto or off'],
    ['TRUST_PROXY', 'nginx', 'true, false, a number of proxies'],
    ['LOG_LEVEL', 'loud', 'fatal, error, warn, info, debug, trace, silent'],
    ['WORKERS', '0', 'auto, or a number of processes from 1 to 256'],
    ['OUTBOUND_ALLOW', 'idp.internal', 'host:port or CIDR'],
    ['BOOTSTRAP_API_KEY', 'too-short', '32 characters or more'],
    ['RATE_LIMIT', 'maybe', 'on or off'],
  ])('%s=%s is named with what it takes', (name, value, takes) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([expect.stringContaining(`${name}: takes ${takes}`)]);
  });

  test('several are named at once, one line each, and nothing is started', async () => {
    const dataDir = await directories.make();
    const { code, lines } = await refusal({
      PORT: 'x',
      BASE_URL: 'nowhere',
      WORKERS: 'many',
      LOG_LEVEL: 'loud',
      DATA_DIR: dataDir,
    });
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [
        'drawbridge: PORT: takes a port number from 1 to 65535',
        'drawbridge: BASE_URL: takes an origin such as https://login.example.com, without a path',
        'drawbridge: LOG_LEVEL: takes fatal, error, warn, info, debug, trace, silent',
        'drawbridge: WORKERS: takes auto, or a number of processes from 1 to 256',
      ],
    });
    expect(processesIn(dataDir)).toEqual([]);
  });

  test('an empty value counts as not set', () => {
    expect(readConfig({ PORT: '', BASE_URL: ' ', REDIS_URL: '' })).toMatchObject({
      port: 3000,
      baseUrl: 'http://localhost:3000',
    });
  });
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env.DATABASE_URL ? { SECRET_KEYS: newKey(), ...env } : env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('on the embedded database', () => {
  test('starts in a fresh directory and again in an existing one, and leaves no process', async () => {
    const dataDir = join(await directories.make(), 'data');
    for (const round of ['fresh', 'existing']) {
      const service = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY });
      const page = await fetch(`${service.origin}/`, { headers: { accept: 'text/html' } });
      expect([round, page.status, page.headers.get('content-type')]).toEqual([
        round,
        200,
        expect.stringContaining('text/html'),
      ]);
      if (round === 'fresh') expect(await createOrganization(service, 'acme')).toBe(201);
      else expect(await organizationSlugs(service)).toEqual(['acme']);
      await until(() => service.stdout().includes('SMTP_URL is not set'), 5_000, 'no warning of SMTP_URL');
      expect(await stop(service)).toBe(0);
      expect([service.stderr(), processesIn(dataDir)]).toEqual(['', []]);
    }
  });

  test('goes on after a kill -9 of the service and of Postgres', async () => {
    const dataDir = await directories.make();
    const killed = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY });
    expect(await createOrganization(killed, 'acme')).toBe(201);
    expect(await stop(killed, 'SIGKILL')).toBe('SIGKILL');

    const service = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY });
    expect(await organizationSlugs(service)).toEqual(['acme']);
    const postmaster = await postmasterOf(dataDir);
    process.kill(postmaster, 'SIGKILL');
    await until(async () => (await postmasterOf(dataDir)) !== postmaster, 20_000, 'Postgres did not come back');
    await until(() => isReady(service.origin), 20_000, 'the service did not become ready again');
    expect(await organizationSlugs(service)).toEqual(['acme']);
    expect(await stop(service)).toBe(0);
    expect(processesIn(dataDir)).toEqual([]);
  });

  test('/readyz says no while the database is away', async () => {
    const dataDir = await directories.make();
    const service = await start({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
    const postmaster = await postmasterOf(dataDir);
    process.kill(postmaster, 'SIGKILL');
    const answers = new Set<number>();
    await until(
      async () => {
        answers.add((await fetch(`${service.origin}/readyz`)).status);
        expect((await fetch(`${service.origin}/healthz`)).status).toBe(200);
        return answers.has(503) && answers.has(200) && (await postmasterOf(dataDir)) !== postmaster;
      },
      20_000,
      'no 503 and 200 were seen',
    );
    expect([...answers].sort()).toEqual([200, 503]);
  });

  test('a second service on the same directory is refused in one line, the first is unharmed', async () => {
    const dataDir = await directories.make();
    const first = await start({ DATA_DIR: dataDir });
    const { code, lines } = await refusal({ DATA_DIR: dataDir });
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [
        `drawbridge: DATA_DIR ${dataDir} is in use by the service with process id ${first.pid}: stop that process first, or choose another DATA_DIR.`,
      ],
    });
    expect(await isReady(first.origin)).toBe(true);
  });

  test('a port that is taken is refused in one line, and no Postgres stays', async () => {
    const dataDir = await directories.make();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = String(typeof address === 'object' && address?.port);
    const { code, lines } = await refusal({ DATA_DIR: dataDir, PORT: port });
    server.close();
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [`drawbridge: PORT: 127.0.0.1:${port} is in use by another program`],
    });
    expect(processesIn(dataDir)).toEqual([]);
  });

  test('a DATA_DIR that is a file, and secret keys that are none, are refused in one line', async () => {
    const directory = await directories.make();
    const file = join(directory, 'file');
    await writeFile(file, '');
    expect(await refusal({ DATA_DIR: file })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^drawbridge: DATA_DIR .*file cannot be used/)],
    });
    await writeFile(join(directory, 'secret-keys'), 'nonsense\n');
    expect(await refusal({ DATA_DIR: directory })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^drawbridge: DATA_DIR: the secret keys cannot be read: .*64 hex digits/)],
    });
  });
});

describe('when it is asked to end', () => {
  test.each([
    ['SIGTERM', ['SIGTERM']],
    ['the SIGINT of a terminal, which npm sends a second time', ['SIGINT', 'SIGINT']],
  ] as const)('%s: finishes the request under way, takes no new one', async (_name, signals) => {
    const dataDir = await directories.make();
    const service = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY });
    const held = await holdRequest(service, { slug: 'acme', name: 'Acme' });
    for (const signal of signals) {
      service.child.kill(signal);
      // Two at once would reach it as one.
      await delay(50);
    }
    await until(() => refusesConnections(service), 5_000, 'it still takes connections');
    expect(service.child.exitCode).toBeNull();
    expect(await held.finish()).toBe(201);
    expect(await service.exited).toBe(0);
    expect(processesIn(dataDir)).toEqual([]);

    const again = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY });
    expect(await organizationSlugs(again)).toEqual(['acme']);
  });
});

describe('with WORKERS=2', () => {
  test('both serve, and one that is killed is replaced', async () => {
    const dataDir = await directories.make();
    const service = await start({ DATA_DIR: dataDir, WORKERS: '2' });
    const served = () =>
      new Set([...service.stdout().matchAll(/"pid":(\d+),[^\n]*"path":"\/"/g)].map(([, pid]) => Number(pid)));
    const visit = () => fetch(`${service.origin}/`, { headers: { connection: 'close' } });
    await until(async () => (await visit()).ok && served().size === 2, 20_000, 'one of the workers does not serve');
    const workers = childrenOf(service.pid);
    expect(workers.sort()).toEqual([...served()].sort());

    const [victim = NaN, survivor = NaN] = workers;
    process.kill(victim, 'SIGKILL');
    await until(() => childrenOf(service.pid).some((pid) => !workers.includes(pid)), 20_000, 'nobody came instead');
    const [replacement = NaN] = childrenOf(service.pid).filter((pid) => !workers.includes(pid));
    const servedByAll = () => [replacement, survivor].every((pid) => served().has(pid));
    await until(async () => (await visit()).ok && servedByAll(), 20_000, 'the new one does not serve');
    expect(await stop(service)).toBe(0);
    expect([processesIn(dataDir), childrenOf(service.pid)]).toEqual([[], []]);
  });

  test('a worker that cannot start ends the whole start', async () => {
    const dataDir = await directories.make();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = String(typeof address === 'object' && address?.port);
    const { code, lines } = await refusal({ DATA_DIR: dataDir, PORT: port, WORKERS: '2' });
    server.close();
    expect(code).toBe(1);
    expect(lines).toContain(`drawbridge: PORT: 127.0.0.1:${port} is in use by another program`);
    expect(processesIn(dataDir)).toEqual([]);
  });
});

describeWith('root', 'as an ordinary user', () => {
  test('starts in a directory of its own, which root may then use too', async () => {
    const user = ordinaryUser();
    const dataDir = await directories.make();
    await chown(dataDir, user.uid, user.gid);
    const service = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY }, { as: user });
    expect(await createOrganization(service, 'acme')).toBe(201);
    expect(await stop(service)).toBe(0);

    const byRoot = await start({ DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY });
    expect(await organizationSlugs(byRoot)).toEqual(['acme']);
  });
});

describeWith('postgres', 'on another Postgres', () => {
  test('starts with DATABASE_URL and SECRET_KEYS, and keeps nothing in DATA_DIR', async () => {
    const database = await createTestDatabase();
    const dataDir = join(await directories.make(), 'data');
    const env = { DATABASE_URL: database.url, SECRET_KEYS: newKey(), DATA_DIR: dataDir, BOOTSTRAP_API_KEY: API_KEY };
    const service = await start(env);
    expect(await createOrganization(service, 'acme')).toBe(201);
    expect(processesIn(dataDir)).toEqual([]);
    expect(await stop(service)).toBe(0);
    await database.drop();
  });

  test('without SECRET_KEYS it is refused', async () => {
    expect(await refusal({ DATABASE_URL: 'postgres://127.0.0.1/drawbridge' })).toEqual({
      code: 1,
      lines: [
        'drawbridge: SECRET_KEYS: required with DATABASE_URL; takes keys of 64 hex digits (32 random bytes) each, comma-separated',
      ],
    });
  });

  test('other keys than before are refused; a new one in front of the old one is taken', async () => {
    const database = await createTestDatabase();
    const [old, next] = [newKey(), newKey()];
    const env = (keys: string) => ({ DATABASE_URL: database.url, SECRET_KEYS: keys });
    await stop(await start(env(old)));
    const wrong = {
      code: 1,
      lines: [
        'drawbridge: SECRET_KEYS: none of the keys is the one this database was started with; put the former key back, newest first',
      ],
    };
    expect(await refusal(env(next))).toEqual(wrong);
    await stop(await start(env(`${next},${old}`)));
    await stop(await start(env(next)));
    expect(await refusal(env(old))).toEqual(wrong);
    await database.drop();
  });

  test('a database that is not UTF-8 is refused', async () => {
    const url = await createAsciiDatabase();
    expect(await refusal({ DATABASE_URL: url, SECRET_KEYS: newKey() })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^drawbridge: DATABASE_URL: the database is encoded as SQL_ASCII; create it with/)],
    });
  });

  test('a database that does not answer, or does not exist, is refused in one line', async () => {
    const SECRET_KEYS = newKey();
    const nowhere = `postgres://127.0.0.1:${await freePort()}/drawbridge`;
    expect(await refusal({ DATABASE_URL: nowhere, SECRET_KEYS })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^drawbridge: DATABASE_URL: cannot connect: .*ECONNREFUSED/)],
    });
    const missing = databaseUrl(process.env.DRAWBRIDGE_TEST_POSTGRES ?? '', 'no_such_database');
    expect(await refusal({ DATABASE_URL: missing, SECRET_KEYS })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^drawbridge: DATABASE_URL: cannot connect: .*no_such_database/)],
    });
  });

  test('two that start at once on an empty database both serve', async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, SECRET_KEYS: newKey() };
    const both = await Promise.all([start(env), start(env)]);
    for (const service of both) expect(await isReady(service.origin)).toBe(true);
    for (const service of both) expect(await stop(service)).toBe(0);
    await database.drop();
  });

  test('with MIGRATIONS=off an empty database is refused until `migrate` was run', async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, SECRET_KEYS: newKey(), MIGRATIONS: 'off' };
    expect(await refusal(env)).toEqual({
      code: 1,
      lines: ['drawbridge: MIGRATIONS is off and the database is not up to date; run: npx drawbridge migrate'],
    });
    const migrate = () => runProgram(join(ROOT, 'dist/src/cli.js'), { args: ['migrate'], env });
    const outputs = await Promise.all([migrate(), migrate()]);
    expect(outputs.map(({ code }) => code)).toEqual([0, 0]);
    expect(outputs.filter(({ stdout }) => stdout.includes('applied CreateFoundation'))).toHaveLength(1);
    expect(await stop(await start(env))).toBe(0);
    await database.drop();
  });
});

describeWith(['postgres', 'redis'], 'with REDIS_URL', () => {
  test('a Redis that does not answer is refused in one line', async () => {
    const database = await createTestDatabase({ migrated: true });
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
    expect(await refusal({ DATABASE_URL: database.url, SECRET_KEYS: newKey(), REDIS_URL })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^drawbridge: REDIS_URL: cannot connect: .*ECONNREFUSED/)],
    });
    await database.drop();
  });

  test('starts with sessions in Redis; /readyz says no without it', async () => {
    const [database, redis] = await Promise.all([createTestDatabase({ migrated: true }), startRedis()]);
    const service = await start({ DATABASE_URL: database.url, SECRET_KEYS: newKey(), REDIS_URL: redis.url });
    await redis.stop();
    expect((await fetch(`${service.origin}/readyz`)).status).toBe(503);
    expect(await stop(service)).toBe(0);
    await database.drop();
  });
});

// --- helpers

/** Some user of this machine that is not root and not the one whom root runs Postgres as: initdb wants a known one. */
function ordinaryUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name, , id]) => Number(id) > 0 && name !== 'nobody') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

async function postmasterOf(dataDir: string): Promise<number> {
  return (await findPostmaster(join(dataDir, 'postgres/cluster')))?.pid ?? NaN;
}

const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };

async function createOrganization({ origin }: RunningService, slug: string): Promise<number> {
  const body = JSON.stringify({ slug, name: slug });
  return (await fetch(`${origin}/api/v1/organizations`, { method: 'POST', headers, body })).status;
}

async function organizationSlugs({ origin }: RunningService): Promise<string[]> {
  const answer = await fetch(`${origin}/api/v1/organizations`, { headers });
  return ((await answer.json()) as { items: { slug: string }[] }).items.map(({ slug }) => slug);
}

/** A request of which the service has the first half, and waits for the second. */
async function holdRequest({ port }: RunningService, body: object) {
  const text = JSON.stringify(body);
  const sent = request({
    ...{ host: '127.0.0.1', port, path: '/api/v1/organizations', method: 'POST' },
    headers: { ...headers, 'content-length': Buffer.byteLength(text), expect: '100-continue' },
  });
  const answered = once(sent, 'response').then(([response]) => response as { statusCode: number; resume(): void });
  sent.flushHeaders();
  // The service has read the head of the request when it asks for the rest.
  await once(sent, 'continue');
  sent.write(text.slice(0, 5));
  return {
    async finish(): Promise<number> {
      sent.end(text.slice(5));
      const response = await answered;
      response.resume();
      return response.statusCode;
    },
  };
}

const refusesConnections = ({ origin }: RunningService): Promise<boolean> =>
  fetch(`${origin}/healthz`, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  );

async function createAsciiDatabase(): Promise<string> {
  const server = process.env.DRAWBRIDGE_TEST_POSTGRES ?? '';
  const name = `test_ascii_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0`);
  await client.end();
  return databaseUrl(server, name);
}
