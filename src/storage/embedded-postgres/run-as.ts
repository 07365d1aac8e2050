import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './errors';

/** A system user. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The user that Postgres runs as, and how a process comes to run as that user. */
export interface RunAs extends User {
  readonly how: 'self' | 'switch' | 'setpriv';
}

const NOBODY: User = { uid: 65534, gid: 65534 };

// A fresh environment: no locale of the machine, no PG* variable and no secret of ours reaches Postgres.
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Whom Postgres runs as, since it refuses root: oneself, or as root the owner of the existing cluster, else nobody.
 * @param cluster the cluster's folder, which need not exist
 */
export async function chooseUser(cluster: string): Promise<User> {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? uid };
  const existing = await stat(cluster).catch(() => undefined);
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : NOBODY;
}

/**
 * How to run as `user` so that every path of `paths` can be reached (a directory entered, a file read), also under a
 * home directory that is closed to others.
 * @param setpriv the tool of util-linux
 * @throws EmbeddedPostgresError when a path cannot be reached
 */
export async function runAs(user: User, paths: readonly string[], setpriv = 'setpriv'): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { ...user, how: 'self' };
  const closed = (await Promise.all(paths.map((path) => closedPath(user, path)))).find((path) => path !== undefined);
  if (closed === undefined) return { ...user, how: 'switch' };
  if (await canUse(setpriv, user)) return { ...user, how: 'setpriv' };
  throw new EmbeddedPostgresError(
    `Postgres does not run as root, and the user with uid ${user.uid} may not enter ${closed} (which setpriv from ` +
      'util-linux could change, but it is not usable here): choose another DATA_DIR, or start as an ordinary user.',
  );
}

/** Starts a program as `user`, outside the terminal's process group, so that Ctrl-C reaches only the service. */
export function spawnAs(user: RunAs, command: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [file = command, ...argv] =
    user.how === 'setpriv' ? [...viaSetpriv(user), command, ...args] : [command, ...args];
  const identity = user.how === 'switch' ? { uid: user.uid, gid: user.gid } : {};
  return spawn(file, argv, { cwd: '/', env: ENVIRONMENT, detached: true, stdio, ...identity });
}

/** The first directory on the way to the path, or the path itself, that the user may not enter or read. */
async function closedPath(user: User, path: string): Promise<string | undefined> {
  const real = await realpath(path);
  const isDirectory = (await stat(real)).isDirectory();
  const way = isDirectory ? [real] : [];
  for (let at = real; at !== dirname(at); at = dirname(at)) way.unshift(dirname(at));
  for (const directory of way) if (!(await allows(user, directory, 0o1))) return directory;
  return isDirectory || (await allows(user, real, 0o4)) ? undefined : real;
}

async function allows(user: User, path: string, right: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & right) !== 0;
}

/**
 * Of root's rights only that to read and search directories is kept. `no_setuid_fixup`, because access(2), with which
 * Postgres looks for its own programs, ignores the rights of a process that is not root without it.
 */
function viaSetpriv(user: User, setpriv = 'setpriv'): string[] {
  const identity = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
  const rights = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
  return [setpriv, ...identity, ...rights, '--securebits', '+no_setuid_fixup'];
}

async function canUse(setpriv: string, user: User): Promise<boolean> {
  const [file = setpriv, ...args] = [...viaSetpriv(user, setpriv), 'true'];
  const child = spawn(file, args, { env: ENVIRONMENT, stdio: 'ignore' });
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  );
}
