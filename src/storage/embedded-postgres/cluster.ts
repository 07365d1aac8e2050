import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError } from './errors';
import { isAlive } from './processes';
import { chooseUser, type RunAs, runAs, spawnAs } from './run-as';
import { causeIn } from './server-log';

/** The database of one DATA_DIR: `postgres/cluster` is Postgres' own, `postgres/password` ours. */
export interface Cluster {
  readonly path: string;
  readonly password: string;
  readonly user: RunAs;
  readonly binaries: Binaries;
}

const INITDB = [
  ...['--username=postgres', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  // Nobody signs in as the superuser: it has no password, and there are no local sockets.
  ...['--auth-host=scram-sha-256', '--auth-local=reject', '--no-instructions'],
];

/** Drafts that this process is making just now. */
const drafts = new Set<string>();

/**
 * Opens the cluster of `dataDir`, creating it when there is none. Killed in the middle, it leaves only a draft beside
 * it, which the next call removes; of several calls at once, one creates it and all open the same.
 * @throws EmbeddedPostgresError when that is impossible, saying why
 */
export async function openCluster(dataDir: string, binaries: Binaries): Promise<Cluster> {
  try {
    return await openOrCreate(dataDir, binaries);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof EmbeddedPostgresError || code === undefined) throw error;
    const advice = ['EACCES', 'EPERM'].includes(code) ? 'start as the user that it belongs to, or ' : '';
    throw new EmbeddedPostgresError(
      `DATA_DIR ${dataDir} cannot be used (${message}): ${advice}choose another DATA_DIR.`,
    );
  }
}

async function openOrCreate(dataDir: string, binaries: Binaries): Promise<Cluster> {
  // Postgres' user passes through, but may not look around.
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const base = await realpath(dataDir);
  const home = join(base, 'postgres');
  const path = join(home, 'cluster');
  const account = await chooseUser(path);
  const exists = await isThere(home);
  const user = await runAs(account, [exists ? home : base, ...binaries.samples]);
  if (!exists) await createCluster(base, home, binaries, user);
  await removeLeftovers(base);
  await checkOwner(path, user);
  const password = (await readFile(join(home, 'password'), 'utf8')).trim();
  return { path, password, user, binaries };
}

async function createCluster(base: string, home: string, binaries: Binaries, user: RunAs): Promise<void> {
  const draft = await mkdtemp(join(base, `postgres.new-${process.pid}-`));
  drafts.add(draft);
  try {
    await fillDraft(draft, binaries, user);
    await rename(draft, home);
    await sync(base);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start was quicker: its cluster counts.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    drafts.delete(draft);
  }
}

async function fillDraft(draft: string, binaries: Binaries, user: RunAs): Promise<void> {
  const path = join(draft, 'cluster');
  await chmod(draft, user.how === 'self' ? 0o700 : 0o711);
  await mkdir(path, { mode: 0o700 });
  if (user.how !== 'self') await chown(path, user.uid, user.gid);
  await run(user, binaries.initdb, ['-D', path, ...INITDB]);

  const password = randomBytes(32).toString('hex');
  // By standard input, so that the password stands in no process list; and never in the log.
  const quiet = ['-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic', '-c', 'log_checkpoints=off'];
  await run(
    user,
    binaries.postgres,
    ['--single', '-D', path, ...quiet, 'postgres'],
    [
      `CREATE ROLE drawbridge LOGIN CREATEDB PASSWORD '${password}'`,
      // What goes wrong in a session is told to its client; a log of it would repeat personal data.
      'ALTER ROLE drawbridge SET log_min_messages = panic',
      'CREATE DATABASE drawbridge OWNER drawbridge',
    ],
  );
  await writeSecret(join(draft, 'password'), password);
}

/** Runs a program to its end. */
async function run(
  user: RunAs,
  command: string,
  args: readonly string[],
  input: readonly string[] = [],
): Promise<void> {
  const child = spawnAs(user, command, args, ['pipe', 'ignore', 'pipe']);
  const lines: string[] = [];
  if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  child.stdin?.on('error', () => lines.push('ended early'));
  child.stdin?.end(input.map((line) => `${line}\n`).join(''));
  const [code] = (await once(child, 'close').catch((error: Error) => {
    throw new EmbeddedPostgresError(
      `The embedded Postgres does not run on this system (${error.message}): set DATABASE_URL.`,
    );
  })) as [number | null];
  if (code !== 0) throw new EmbeddedPostgresError(`The embedded Postgres could not be initialised: ${causeIn(lines)}`);
}

async function writeSecret(path: string, secret: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.writeFile(`${secret}\n`);
  await file.sync();
  await file.close();
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory);
  await handle.sync();
  await handle.close();
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? false : Promise.reject(error)),
  );
}

async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base).catch(() => [])) {
    const pid = Number(/^postgres\.new-(\d+)-/.exec(name)?.[1]);
    const path = join(base, name);
    const inUse = pid === process.pid ? drafts.has(path) : await isAlive(pid);
    // A killed start's initdb may still be writing there; then the next start removes the rest.
    if (pid > 0 && !inUse) await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Postgres wants to own its cluster. A backup that root restored is handed over. */
async function checkOwner(path: string, user: RunAs): Promise<void> {
  const { uid } = await stat(path);
  if (uid === user.uid) return;
  if (user.how === 'self')
    throw new EmbeddedPostgresError(
      `The database ${path} belongs to the user with uid ${uid}, not to ${user.uid}: start as that user, or choose another DATA_DIR.`,
    );
  await chown(path, user.uid, user.gid);
  for (const entry of await readdir(path, { recursive: true })) await chown(join(path, entry), user.uid, user.gid);
}
