import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

const MARK = 'DRAWBRIDGE_TEST_PEER';
const RUN = 'DRAWBRIDGE_TEST_RUN';

/** Environment for a process that a test starts; marks it as belonging to this test run. */
export const peerEnvironment = (): Record<string, string> => ({
  ...(process.env as Record<string, string>),
  [MARK]: process.env[RUN] ?? '',
});

/**
 * Whatever a test forgot to stop, or could not stop because the run was interrupted, ends with the process that called
 * this: jest's own, not a worker's, where the hooks of `process` do not fire.
 */
export function endPeersWithThisProcess(): void {
  const run = (process.env[RUN] ??= randomUUID());
  process.once('exit', () => endPeers(run));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

function endPeers(run: string): void {
  const peers = peersOf(run);
  const names = peers.map((pid) => read(pid, 'cmdline').join(' ').trim().slice(0, 150)).filter(Boolean);
  for (const pid of peers) kill(pid);
  for (const name of new Set(names)) console.error(`Left running, ended now: ${name}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended by itself, or with its parent
  }
}

const peersOf = (run: string): number[] =>
  listProcesses().filter((pid) => read(pid, 'environ').includes(`${MARK}=${run}`));

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function read(pid: number, file: 'environ' | 'cmdline'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
