import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Root of the repository. */
export const ROOT = resolve(__dirname, '../..');

const LOCK = join(tmpdir(), `drawbridge-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`);
const ABANDONED_MS = 120_000;

/**
 * Compiles the service where it is older than its sources. One suite at a time: another must not start a program that
 * is half written.
 */
export async function ensureBuilt(): Promise<void> {
  while (!(await lock())) await delay(50);
  try {
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

async function lock(): Promise<boolean> {
  const taken = await mkdir(LOCK).then(
    () => true,
    () => false,
  );
  if (taken) return true;
  const since = await stat(LOCK).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - since > ABANDONED_MS) await rm(LOCK, { recursive: true, force: true });
  return false;
}
