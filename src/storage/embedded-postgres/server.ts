import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Cluster } from './cluster';
import { stopPostmaster } from './postmaster';
import { spawnAs } from './run-as';
import { causeIn, levelOf } from './server-log';

export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

/** A Postgres of ours that takes connections. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Resolves when its first process has ended. */
  readonly exited: Promise<void>;
  /** Begins a fast shutdown, without waiting for it. */
  interrupt(): void;
  /** Fast shutdown; resolves when no process is left. */
  stop(graceMs?: number): Promise<void>;
}

/** How a start ended; `left_behind`: children of a killed postmaster are still there. */
export type Launch =
  | { readonly server: Server }
  | { readonly failure: 'port_taken' | 'cluster_taken' | 'left_behind' | 'broken'; readonly message: string };

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  // Small and quiet: one service on one machine.
  shared_buffers: '64MB',
  max_connections: '100',
  max_locks_per_transaction: '256',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  io_method: 'sync',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Neither statements nor values nor details, which repeat values, reach the log.
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
};

/** A port on the loopback that is free just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** Starts Postgres on the cluster and waits until it takes connections, however long a recovery takes. */
export async function launchServer(cluster: Cluster, port: number, log: Log): Promise<Launch> {
  const child = spawnAs(cluster.user, cluster.binaries.postgres, argumentsFor(cluster, port), [
    'ignore',
    'ignore',
    'pipe',
  ]);
  const early: string[] = [];
  const ready = watchLog(child, early, log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const closed = once(child, 'close').then(
    () => 'closed' as const,
    (error: Error) => ({ message: `it does not run on this system (${error.message}); set DATABASE_URL` }),
  );
  const outcome = await Promise.race([ready, closed]);
  if (outcome === 'ready' && child.pid !== undefined) {
    const { pid } = child;
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const stop = async (graceMs?: number) => {
      // The number of a process that has ended may belong to another by now.
      if (!hasEnded()) await stopPostmaster(cluster.path, pid, graceMs);
      await exited;
    };
    return { server: { pid, port, exited, interrupt: () => void child.kill('SIGINT'), stop } };
  }
  if (typeof outcome === 'object') return { failure: 'broken', message: outcome.message };
  return { failure: kindOf(early), message: causeIn(early) };
}

function argumentsFor(cluster: Cluster, port: number): string[] {
  // The name tells the next start, and whoever reads a process list, which process this Postgres belongs to.
  const settings = { ...SETTINGS, port: String(port), cluster_name: `drawbridge-${process.pid}` };
  return ['-D', cluster.path, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Collects the lines until Postgres is ready, hands on what matters afterwards. */
function watchLog(child: ChildProcess, early: string[], log: Log): Promise<'ready'> {
  return new Promise((resolve) => {
    let isReady = false;
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (!isReady) early.push(line);
      const level = levelOf(line);
      if (level && (isReady || level === 'info')) log(level, `Postgres: ${line}`);
      if (!line.includes('database system is ready to accept connections')) return;
      isReady = true;
      resolve('ready');
    });
  });
}

function kindOf(lines: readonly string[]): 'port_taken' | 'cluster_taken' | 'left_behind' | 'broken' {
  const text = lines.join('\n');
  if (/lock file "postmaster.pid" already exists/.test(text)) return 'cluster_taken';
  if (/pre-existing shared memory block/.test(text)) return 'left_behind';
  return /could not create any TCP\/IP sockets/.test(text) ? 'port_taken' : 'broken';
}
