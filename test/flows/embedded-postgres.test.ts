import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, watch } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import {
  DataDirInUseError,
  type EmbeddedPostgres,
  openEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/storage/embedded-postgres';
import { acquire } from '../../src/storage/embedded-postgres/acquire';
import { locatePackage, prepareBinaries } from '../../src/storage/embedded-postgres/binaries';
import { openCluster } from '../../src/storage/embedded-postgres/cluster';
import { findPostmaster } from '../../src/storage/embedded-postgres/postmaster';
import { runAs } from '../../src/storage/embedded-postgres/run-as';
import { freePort, launchServer } from '../../src/storage/embedded-postgres/server';
import { levelOf } from '../../src/storage/embedded-postgres/server-log';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';

jest.setTimeout(60_000);

const LIBRARY = resolve(__dirname, '../../src/storage/embedded-postgres.ts');
const SCRIPT = `
  const library = require(${JSON.stringify(LIBRARY)});
  const [how, dataDir, owner] = process.argv.slice(2);
  const tell = (event) => process.stdout.write(JSON.stringify(event) + '\\n');
  const log = (level, message) => tell({ level, message });
  library[how]({ dataDir, owner, log }).then(
    ({ url, stop }) => {
      process.on('SIGTERM', () => stop().then(() => process.exit(0)));
      process.on('SIGUSR2', () => process.exit(0));
      tell({ url });
    },
    (error) => tell({ refusal: error.message, name: error.name }),
  );`;

interface Event {
  url?: string;
  refusal?: string;
  name?: string;
  level?: string;
  message?: string;
}
interface Service {
  child: ChildProcess;
  pid: number;
  ended: Promise<unknown>;
  /** The database's address, or the refusal. */
  outcome: Promise<Event>;
}
type How = 'startEmbeddedPostgres' | 'openEmbeddedPostgres';

const directories: string[] = [];
const services: Service[] = [];
const running: EmbeddedPostgres[] = [];

afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const { child, ended } of services.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
});
afterAll(async () => {
  for (const directory of directories) {
    for (const pid of processesIn(directory)) process.kill(pid, 'SIGKILL');
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
});

/** A temporary directory that every user may enter. */
async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'drawbridge-embedded-'));
  await chmod(directory, 0o755);
  directories.push(directory);
  return directory;
}

/** A process of its own, that can be killed, run as somebody else and given another environment. */
async function service(dataDir: string, options: { how?: How; uid?: number; env?: object } = {}): Promise<Service> {
  const script = join(await temporary(), 'service.cjs');
  await writeFile(script, SCRIPT);
  const { how = 'startEmbeddedPostgres', uid, env } = options;
  const owner = how === 'startEmbeddedPostgres' ? 'service' : 'drawbridge org';
  const child = spawn(process.execPath, ['--import', require.resolve('tsx'), script, how, dataDir, owner], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const ended = once(child, 'exit');
  const outcome = new Promise<Event>((tell, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Event;
      if (event.url ?? event.refusal) tell(event);
    });
    void ended.then(() => reject(new Error('the service ended early')));
  });
  outcome.catch(() => undefined);
  const started = { child, pid: child.pid ?? NaN, ended, outcome };
  services.push(started);
  return started;
}

async function start(dataDir: string, onRestart?: () => void, log: (l: string, m: string) => void = () => undefined) {
  const postgres = await startEmbeddedPostgres({ dataDir, owner: 'service', log, ...(onRestart && { onRestart }) });
  running.push(postgres);
  return postgres;
}

async function query<T extends object>(url: string | undefined, sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Processes that work in the directory or below. */
function processesIn(directory: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${directory}/`);
    } catch {
      return false;
    }
  });
}

const clusterOf = (dataDir: string) => join(dataDir, 'postgres/cluster');
async function postmasterOf(dataDir: string): Promise<number> {
  return (await findPostmaster(clusterOf(dataDir)))?.pid ?? NaN;
}
const statusOf = (pid: number, field: string) =>
  new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
const kill = async (victim: Service) => {
  victim.child.kill('SIGKILL');
  await victim.ended;
};

describe('a fresh directory', () => {
  test.each([{ LC_ALL: 'POSIX' }, { LANG: 'de_DE.ISO-8859-1' }])(
    'speaks UTF-8 whatever the locale: %j',
    async (env) => {
      const { url } = await (await service(await temporary(), { env })).outcome;
      const [row] = await query(
        url,
        `SELECT current_setting('server_encoding') AS encoding, datlocprovider AS provider, datlocale AS locale,
              lower('ŁÓDŹ') AS lower, length('李') AS length, current_setting('TimeZone') AS zone
         FROM pg_database WHERE datname = 'drawbridge'`,
      );
      expect(row).toEqual({
        encoding: 'UTF8',
        provider: 'b',
        locale: 'C.UTF-8',
        lower: 'łódź',
        length: 1,
        zone: 'UTC',
      });
    },
  );

  test('keeps its password to the user of the service, out of every process list and every log', async () => {
    const dataDir = await temporary();
    const seen = new Set<string>();
    const log: string[] = [];
    let postgres: EmbeddedPostgres | undefined;
    const starting = start(dataDir, undefined, (_level, message) => log.push(message)).then((it) => (postgres = it));
    await until(
      () => {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
          try {
            seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
          } catch {
            // gone meanwhile
          }
        }
        return postgres !== undefined;
      },
      30_000,
      'no start',
    );
    await starting;
    const file = join(dataDir, 'postgres/password');
    const password = (await readFile(file, 'utf8')).trim();
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(file)).uid).toBe(process.getuid?.());
    expect([...seen].filter((line) => line.includes('initdb') || line.includes('--single'))).not.toEqual([]);
    expect([...seen, ...log].filter((line) => line.includes(password))).toEqual([]);
    await expect(query(postgres?.url.replace(password, 'wrong'), 'SELECT 1')).rejects.toThrow(/password/);
  });

  test('is created once by two starts at the same time, and belongs to one of them', async () => {
    const dataDir = join(await temporary(), 'deep', 'data');
    const both = await Promise.all([service(dataDir), service(dataDir)]);
    const outcomes = await Promise.all(both.map(({ outcome }) => outcome));
    const winner = outcomes.findIndex(({ url }) => url);
    const loser = outcomes[1 - winner];
    expect(loser).toMatchObject({ name: 'DataDirInUseError' });
    expect(loser?.refusal).toContain(`the service with process id ${both[winner]?.pid}`);
    expect(await query(outcomes[winner]?.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });

  test('is left whole by a kill in the middle of its creation', async () => {
    const dataDir = await temporary();
    const first = await service(dataDir);
    const draft = async () => (await readdir(dataDir)).find((name) => name.startsWith('postgres.new-')) ?? '';
    await until(
      async () => (await readdir(join(dataDir, await draft(), 'cluster'))).includes('base'),
      20_000,
      'no draft',
    );
    const cluster = join(dataDir, await draft(), 'cluster');
    await kill(first);
    expect(await readdir(dataDir)).toEqual([expect.stringContaining('postgres.new-')]);

    const { url, stop } = await start(dataDir);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
    await until(() => processesIn(cluster).length === 0, 10_000, 'initdb goes on');
    await start(dataDir);
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });
});

describe('an existing directory', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await temporary();
    const { url, stop } = await startEmbeddedPostgres({ dataDir, owner: 'service', log: () => undefined });
    await query(url, `CREATE TABLE kept AS SELECT 'Łukasz' AS name`);
    await stop();
  });
  const kept = (url?: string) => query(url, 'SELECT name FROM kept');
  const everything = [{ name: 'Łukasz' }];

  test('keeps its data, and stop() leaves no process and no lock', async () => {
    const { url, stop } = await start(dataDir);
    const pid = await postmasterOf(dataDir);
    const lingering = new Client({ connectionString: url });
    lingering.on('error', () => undefined);
    await lingering.connect();
    expect(await kept(url)).toEqual(everything);
    expect(processesIn(clusterOf(dataDir))).toContain(pid);
    await Promise.all([stop(), stop()]);
    expect(processesIn(clusterOf(dataDir))).toEqual([]);
    await lingering.end();
  });

  test('is refused to a second start, with one line that says who has it', async () => {
    await start(dataDir);
    const { name, refusal } = await (await service(dataDir)).outcome;
    expect(name).toBe('DataDirInUseError');
    expect(refusal).toBe(
      `DATA_DIR ${dataDir} is in use by the service with process id ${process.pid}: stop that process first, or choose another DATA_DIR.`,
    );
    await expect(start(dataDir)).rejects.toBeInstanceOf(DataDirInUseError);
  });

  test('is free at once when the service is killed', async () => {
    const killed = await service(dataDir);
    await killed.outcome;
    const orphan = await postmasterOf(dataDir);
    await kill(killed);
    expect(await postmasterOf(dataDir)).toBe(orphan);
    const { url } = await start(dataDir);
    expect(await kept(url)).toEqual(everything);
    const now = await postmasterOf(dataDir);
    expect(now).not.toBe(orphan);
    const parents = processesIn(clusterOf(dataDir)).map((pid) => Number(statusOf(pid, 'PPid')));
    expect(new Set(parents)).toEqual(new Set([process.pid, now]));
  });

  test('goes to one of two starts after a kill', async () => {
    const killed = await service(dataDir);
    await killed.outcome;
    await kill(killed);
    const outcomes = await Promise.all(
      (await Promise.all([service(dataDir), service(dataDir)])).map((it) => it.outcome),
    );
    expect(outcomes.map(({ name }) => name).sort()).toEqual(['DataDirInUseError', undefined]);
    expect(await kept(outcomes.find(({ url }) => url)?.url)).toEqual(everything);
  });

  test('starts after both were killed, while a child of Postgres goes on computing', async () => {
    const killed = await service(dataDir);
    const { url } = await killed.outcome;
    const busy = query(url, 'SELECT count(*) FROM generate_series(1, 1000000000000::bigint)').catch(() => undefined);
    const find = `SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT count%' AND state = 'active'`;
    await until(async () => (await query(url, find)).length === 1, 10_000, 'not busy');
    const [child] = await query<{ pid: number }>(url, find);
    await kill(killed);
    process.kill(await postmasterOf(dataDir), 'SIGKILL');
    await until(() => processesIn(clusterOf(dataDir)).length === 1, 10_000, 'the idle ones stay');
    expect(processesIn(clusterOf(dataDir))).toEqual([child?.pid]);
    expect(await kept((await start(dataDir)).url)).toEqual(everything);
    expect(processesIn(clusterOf(dataDir))).not.toContain(child?.pid);
    await busy;
  });

  test('starts although the number in postmaster.pid belongs to another process now', async () => {
    const { uid, gid } = await stat(clusterOf(dataDir));
    // Postgres believes it of any living process of its own user.
    const as = process.getuid?.() === 0 ? { uid, gid } : {};
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { cwd: '/', ...as });
    await once(stranger, 'spawn');
    const lines = [stranger.pid, clusterOf(dataDir), 1, 1, '', '', '', 'ready', ''];
    await writeFile(join(clusterOf(dataDir), 'postmaster.pid'), lines.join('\n'));
    try {
      expect(await kept((await start(dataDir)).url)).toEqual(everything);
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  test('waits for a port that is taken', async () => {
    const cluster = await openCluster(dataDir, await prepareBinaries(locatePackage()));
    const port = await freePort();
    const blocker = createServer().listen(port, '127.0.0.1');
    await once(blocker, 'listening');
    const log = () => undefined;
    expect(await launchServer(cluster, port, log)).toMatchObject({ failure: 'port_taken' });
    const attempts: (string | null)[] = [];
    const watcher = watch(clusterOf(dataDir), (_change, file) => file === 'postmaster.pid' && attempts.push(file));
    const starting = acquire({ cluster, port, log, holder: { owner: 'service', pid: process.pid, lasting: true } });
    await until(() => attempts.length >= 2, 10_000, 'no attempt');
    watcher.close();
    blocker.close();
    const held = await starting;
    if (!('lock' in held)) throw new Error('not held');
    expect(held.server.port).toBe(port);

    // A postmaster that does not listen to signals is killed in the end.
    process.kill(held.server.pid, 'SIGSTOP');
    await held.server.stop(200);
    expect(processesIn(clusterOf(dataDir))).toEqual([]);
  });

  test('runs apart from the terminal of the service', async () => {
    await start(dataDir);
    const [, , group] =
      readFileSync(`/proc/${await postmasterOf(dataDir)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    expect(Number(group)).toBe(await postmasterOf(dataDir));
  });

  test('leaves no Postgres behind when the service exits without stop()', async () => {
    const careless = await service(dataDir);
    await careless.outcome;
    careless.child.kill('SIGUSR2');
    await careless.ended;
    await until(() => processesIn(clusterOf(dataDir)).length === 0, 10_000, 'Postgres stays');
  });

  describe('for commands', () => {
    const open = async () => {
      const postgres = await openEmbeddedPostgres({ dataDir, owner: 'drawbridge org', log: () => undefined });
      running.push(postgres);
      return postgres;
    };

    test('joins a running service and leaves it running', async () => {
      const running = await service(dataDir);
      const { url } = await running.outcome;
      const joined = await open();
      expect(joined.url).toBe(url);
      await joined.stop();
      expect(await kept(url)).toEqual(everything);
      running.child.kill('SIGTERM');
      expect(await running.ended).toEqual([0, null]);
    });

    test('starts Postgres for as long as it needs it, and refuses a service meanwhile', async () => {
      const alone = await open();
      expect(await kept(alone.url)).toEqual(everything);
      await expect(start(dataDir)).rejects.toThrow(`the drawbridge org with process id ${process.pid}`);
      await alone.stop();
      expect(processesIn(clusterOf(dataDir))).toEqual([]);
    });

    test('waits for another command', async () => {
      const other = await service(dataDir, { how: 'openEmbeddedPostgres' });
      const { url } = await other.outcome;
      const opening = open();
      const knocks = `SELECT FROM pg_stat_activity WHERE application_name LIKE 'drawbridge ${process.pid} passes%'`;
      await until(async () => (await query(url, knocks)).length > 0, 10_000, 'it does not ask');
      other.child.kill('SIGTERM');
      const mine = await opening;
      expect(mine.url).not.toBe(url);
      expect(await kept(mine.url)).toEqual(everything);
    });
  });

  describe('when Postgres fails', () => {
    test('is restarted on the same port, and stays ours', async () => {
      let restarts = 0;
      const { url } = await start(dataDir, () => (restarts += 1));
      const before = await postmasterOf(dataDir);
      process.kill(before, 'SIGKILL');
      await until(() => restarts === 1, 20_000, 'no restart');
      expect(await kept(url)).toEqual(everything);
      expect(await postmasterOf(dataDir)).not.toBe(before);
      await expect(start(dataDir)).rejects.toBeInstanceOf(DataDirInUseError);
    });

    test('takes the lock again when a crash ended all connections, and logs no personal data', async () => {
      let restarts = 0;
      const log: string[] = [];
      const { url } = await start(
        dataDir,
        () => (restarts += 1),
        (level, message) => log.push(`${level} ${message}`),
      );
      await expect(query(url, 'SELECT $1::text::int', ['jane@example.com'])).rejects.toThrow('jane@example.com');
      await query(url, `DO $$ BEGIN RAISE WARNING 'jane@example.com'; END $$`);
      const victim = new Client({ connectionString: url });
      victim.on('error', () => undefined);
      await victim.connect();
      const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      process.kill(rows[0]?.pid ?? NaN, 'SIGKILL');
      await until(() => restarts === 1, 20_000, 'no restart');
      await expect(start(dataDir)).rejects.toBeInstanceOf(DataDirInUseError);
      await until(() => log.some((line) => /^warn Postgres: .*terminated by signal 9/.test(line)), 5_000, 'no warning');
      expect(log.filter((line) => line.includes('jane'))).toEqual([]);
    });

    test('is given up after five failures in a minute', async () => {
      let restarts = 0;
      const errors: string[] = [];
      await start(
        dataDir,
        () => (restarts += 1),
        (level, message) => level === 'error' && errors.push(message),
      );
      for (let failure = 1; failure <= 5; failure++) {
        process.kill(await postmasterOf(dataDir), 'SIGKILL');
        await until(() => restarts === failure || errors.length > 0, 20_000, 'neither');
      }
      expect(restarts).toBe(4);
      expect(errors).toEqual([expect.stringContaining('it failed 5 times within a minute')]);
    });

    test('can be stopped in the middle of a restart', async () => {
      const { stop } = await start(dataDir);
      process.kill(await postmasterOf(dataDir), 'SIGKILL');
      await until(() => processesIn(clusterOf(dataDir)).length === 0, 10_000, 'it stays');
      await until(() => processesIn(clusterOf(dataDir)).length > 0, 10_000, 'it does not come back');
      await stop();
      expect(processesIn(clusterOf(dataDir))).toEqual([]);
    });
  });

  test('says in one line why Postgres does not start', async () => {
    const broken = await temporary();
    await cp(dataDir, broken, { recursive: true });
    await writeFile(join(clusterOf(broken), 'PG_VERSION'), '9\n');
    await expect(start(broken)).rejects.toThrow(/^The embedded Postgres did not start: FATAL: .*incompatible.*$/);
    await writeFile(join(broken, 'file'), '');
    await expect(start(join(broken, 'file'))).rejects.toThrow(
      /^DATA_DIR .*file cannot be used \(.*choose another DATA_DIR\.$/,
    );
  });
});

test.each([
  ['WARNING:  oldest xmin is far in the past', 'warn'],
  ['PANIC:  could not write to file', 'warn'],
  ['LOG:  server process (PID 1) was terminated by signal 9: Killed', 'warn'],
  ['LOG:  database system was not properly shut down; automatic recovery in progress', 'info'],
  ['LOG:  database system is ready to accept connections', undefined],
  ['FATAL:  the database system is starting up', undefined],
  ['DETAIL:  Key (email)=(jane@example.com) already exists.', undefined],
])('the line %s is told as %s', (line, level) => expect(levelOf(line)).toBe(level));

describe('the programs', () => {
  test('get their links and their right to run back', async () => {
    const copy = await temporary();
    const from = join(locatePackage(), 'native');
    await mkdir(join(copy, 'native'));
    await cp(join(from, 'pg-symlinks.json'), join(copy, 'native/pg-symlinks.json'));
    await cp(join(from, 'bin'), join(copy, 'native/bin'), { recursive: true });
    const isCode = async (path: string) =>
      (await lstat(path)).isDirectory() ? path.endsWith('/lib') : (await lstat(path)).isFile();
    await cp(join(from, 'lib'), join(copy, 'native/lib'), { recursive: true, filter: isCode });
    const postgres = join(copy, 'native/bin/postgres');
    await chmod(postgres, 0o644);
    await expect(promisify(execFile)(postgres, ['--version'])).rejects.toThrow('EACCES');
    await Promise.all([prepareBinaries(copy), prepareBinaries(copy)]);
    expect((await promisify(execFile)(postgres, ['--version'])).stdout).toContain('PostgreSQL');
    await rm(join(copy, 'native/bin/initdb'));
    await expect(prepareBinaries(copy)).rejects.toThrow(/incomplete.*npm rebuild/);
  });
});

describeWith('root', 'as root', () => {
  test('Postgres runs as nobody, who owns the cluster', async () => {
    const dataDir = await temporary();
    await start(dataDir);
    const pid = await postmasterOf(dataDir);
    const { uid } = await stat(clusterOf(dataDir));
    expect(uid).not.toBe(0);
    expect(statusOf(pid, 'Uid')).toBe(String(uid));
    expect(statusOf(pid, 'CapEff')).toBe('0000000000000000');
    expect(statusOf(pid, 'Groups')).not.toBe('0');
  });

  test('Postgres works under a home directory that is closed to others', async () => {
    const home = await temporary();
    await chmod(home, 0o700);
    await cp(locatePackage(), join(home, 'package'), { recursive: true, verbatimSymlinks: true });
    const cluster = await openCluster(join(home, 'data'), await prepareBinaries(join(home, 'package')));
    const holder = { owner: 'service', pid: process.pid, lasting: true };
    const held = await acquire({ cluster, holder, log: () => undefined });
    if (!('lock' in held)) throw new Error('not held');
    expect(statusOf(held.server.pid, 'Uid')).toBe(String((await stat(cluster.path)).uid));
    // CAP_DAC_READ_SEARCH and nothing else.
    expect(statusOf(held.server.pid, 'CapEff')).toBe('0000000000000004');
    await held.server.stop();
    await held.lock.release();
    const { url } = await start(join(home, 'data'));
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('without setpriv such a directory is refused in one line', async () => {
    const home = await temporary();
    await chmod(home, 0o700);
    const refusal = runAs({ uid: 65534, gid: 65534 }, [home], 'no-such-setpriv');
    await expect(refusal).rejects.toThrow(new RegExp(`may not enter ${home} .*choose another DATA_DIR`));
  });

  test('an ordinary user runs Postgres as oneself, from a node_modules that is read-only', async () => {
    const dataDir = await temporary();
    await chown(dataDir, 1, 1);
    const own = await service(dataDir, { uid: 1 });
    expect(await own.outcome).toEqual({ url: expect.stringContaining('127.0.0.1') as string });
    expect(statusOf(await postmasterOf(dataDir), 'Uid')).toBe('1');
    expect((await (await service(dataDir, { uid: 2, how: 'openEmbeddedPostgres' })).outcome).refusal).toMatch(
      /^DATA_DIR .* cannot be used \(EACCES.*: start as the user that it belongs to, or choose another DATA_DIR\.$/,
    );
    own.child.kill('SIGTERM');
    await own.ended;

    await start(dataDir);
    expect(statusOf(await postmasterOf(dataDir), 'Uid')).toBe('1');
  });

  test('a directory of nobody is refused to an ordinary user, and one that root restored is handed over', async () => {
    const dataDir = await temporary();
    await (await start(dataDir)).stop();
    const { uid } = await stat(clusterOf(dataDir));
    expect((await (await service(dataDir, { uid: 1 })).outcome).refusal).toContain(
      `belongs to the user with uid ${uid}`,
    );
    await promisify(execFile)('chown', ['-R', '0:0', dirname(clusterOf(dataDir))]);
    expect(await query((await start(dataDir)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
