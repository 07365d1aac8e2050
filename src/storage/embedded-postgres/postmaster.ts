import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endsWithin, isAlive, isPostgresOf, killLeftBehind, signal } from './processes';

/** The first process of a running Postgres. */
export interface Postmaster {
  readonly pid: number;
  /** Not written yet in the first moments. */
  readonly port?: number;
}

const STOP_MS = 20_000;

/** The postmaster that runs on this cluster, as its postmaster.pid tells, or undefined. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const [pidLine, directory, , portLine] = (await readPidFile(cluster)).split('\n');
  const pid = Number(pidLine);
  if (!(pid > 0) || !(await isAlive(pid))) return undefined;
  if (!((await isPostgresOf(cluster, pid)) ?? directory === cluster)) return undefined;
  return { pid, ...(Number(portLine) > 0 && { port: Number(portLine) }) };
}

/**
 * Removes a postmaster.pid because of which Postgres refuses to start, although the process it names is another one,
 * to which the system has given the number since, or has ended and waits for its parent.
 */
export async function removeStalePidFile(cluster: string): Promise<void> {
  const before = await readPidFile(cluster);
  if (await findPostmaster(cluster)) return;
  // Another start may have written its own meanwhile.
  if ((await readPidFile(cluster)) === before) await rm(pidFile(cluster), { force: true });
}

const pidFile = (cluster: string) => join(cluster, 'postmaster.pid');

async function readPidFile(cluster: string): Promise<string> {
  return readFile(pidFile(cluster), 'utf8').catch(() => '');
}

/** Stops a postmaster and waits until it is gone, cleanly if it lets itself be stopped within `graceMs`. */
export async function stopPostmaster(cluster: string, pid: number, graceMs = STOP_MS): Promise<void> {
  signal(pid, 'SIGINT');
  if (await endsWithin(pid, graceMs)) return;
  signal(pid, 'SIGKILL');
  await endsWithin(pid, STOP_MS);
  await killLeftBehind(cluster);
}
