import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const KILLED_MS = 5_000;

/** Whether a process runs. One that has ended and only waits for its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(line);
}

/**
 * Whether the process is a Postgres that works in `cluster`; undefined where the system does not tell (no /proc, or
 * no right to look).
 */
export async function isPostgresOf(cluster: string, pid: number): Promise<boolean | undefined> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined);
  if (name === undefined) return undefined;
  if (name.trim() !== 'postgres') return false;
  const [theirs, ours] = await Promise.all([stat(`/proc/${pid}/cwd`).catch(() => undefined), stat(cluster)]);
  return theirs && theirs.dev === ours.dev && theirs.ino === ours.ino;
}

/**
 * Kills what an ended postmaster left behind: its children leave by themselves, except one that is busy computing.
 * Their memory is lost anyway, and the next start recovers from the log. The children of a living one are spared.
 */
export async function killLeftBehind(cluster: string): Promise<void> {
  const numbers = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const ours = new Set<number>();
  for (const pid of numbers) if (await isPostgresOf(cluster, pid)) ours.add(pid);
  for (const pid of ours) {
    if (!(await isChild(pid)) || ours.has(await parentOf(pid))) continue;
    signal(pid, 'SIGKILL');
    await endsWithin(pid, KILLED_MS);
  }
}

/** A child's title begins so; a postmaster shows its command line. */
async function isChild(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).startsWith('postgres: ');
}

async function parentOf(pid: number): Promise<number> {
  return Number(/\) \S (\d+) /.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))?.[1]);
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits at most `ms` until the process has ended; yields whether it has. */
export async function endsWithin(pid: number, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(20)) {
    if (!(await isAlive(pid))) return true;
  }
  return !(await isAlive(pid));
}
