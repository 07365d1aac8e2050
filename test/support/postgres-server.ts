import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { locatePackage, prepareBinaries } from '../../src/storage/embedded-postgres/binaries';
import { onFreePort } from './free-port';
import { administer } from './postgres';
import { startProcess } from './processes';

const run = promisify(execFile);
const NOBODY = { uid: 65534, gid: 65534 };
const UTF8 = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
// Nothing here has to survive a power cut.
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

export interface PostgresServer {
  /** With the rights to create databases. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * A throw-away Postgres from the npm binaries, in a directory of its own. It refuses to run as root, so root runs it
 * as nobody.
 */
export async function startPostgresServer(): Promise<PostgresServer> {
  const as = process.getuid?.() === 0 ? NOBODY : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'drawbridge-postgres-'));
  const stop = () => rm(dir, { recursive: true, force: true });
  try {
    if (as) await chown(dir, as.uid, as.gid);
    const bin = await reachableBinaries(dir, as);
    const password = randomBytes(16).toString('hex');
    await initialize(bin, dir, password, as);
    const server = await onFreePort((port) => listen(bin, dir, port, password, as));
    return { ...server, stop: () => server.stop().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

type User = typeof NOBODY | undefined;

/** Directory of the programs, copied when the other user cannot reach them, as under a home directory. */
async function reachableBinaries(dir: string, as: User): Promise<string> {
  const root = locatePackage();
  const { postgres } = await prepareBinaries(root);
  if (await canRun(postgres, as)) return dirname(postgres);
  await chmod(dir, 0o755);
  await cp(join(root, 'native'), join(dir, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(dir, 'native/bin');
}

const canRun = (program: string, as: User): Promise<boolean> =>
  run(program, ['--version'], { ...as }).then(
    () => true,
    () => false,
  );

async function initialize(bin: string, dir: string, password: string, as: User): Promise<void> {
  const file = join(dir, 'password');
  await writeFile(file, password, { mode: 0o600 });
  if (as) await chown(file, as.uid, as.gid);
  const login = ['--username=drawbridge', '--auth=scram-sha-256', `--pwfile=${file}`];
  await run(join(bin, 'initdb'), ['-D', join(dir, 'data'), '--no-sync', ...UTF8, ...login], { cwd: dir, ...as });
}

async function listen(bin: string, dir: string, port: number, password: string, as: User): Promise<PostgresServer> {
  const url = `postgres://drawbridge:${password}@127.0.0.1:${port}/postgres`;
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...FAST];
  const server = await startProcess({
    command: join(bin, 'postgres'),
    args: ['-D', join(dir, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
    cwd: dir,
    as,
    // Fast shutdown: does not wait for clients.
    stopSignal: 'SIGINT',
    ready: () => administer(url, 'SELECT 1').then(() => true),
  });
  return { url, pid: server.pid, stop: server.stop };
}
