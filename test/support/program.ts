import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './built';
import { freePort } from './free-port';
import { peerEnvironment } from './leftovers';
import { until } from './processes';

export interface ProgramOptions {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Another user to run as; needs root. */
  as?: { uid: number; gid: number };
  /** Written to its standard input, which ends then. */
  input?: string;
  cwd?: string;
}

export interface Program {
  child: ChildProcess;
  pid: number;
  stdout(): string;
  stderr(): string;
  /** Exit code, or the signal that ended it. */
  exited: Promise<number | string>;
}

const PATH = process.env.PATH ?? '';
const MARK = 'DRAWBRIDGE_TEST_PEER';

/** Runs a script with node as a process of its own, with nothing of this process' environment. */
export function startProgram(script: string, options: ProgramOptions = {}): Program {
  const child = spawn(process.execPath, [script, ...(options.args ?? [])], {
    cwd: options.cwd ?? ROOT,
    env: { PATH, [MARK]: peerEnvironment()[MARK] ?? '', ...options.env },
    ...options.as,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    return () => text;
  }) as [() => string, () => string];
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, pid: child.pid ?? NaN, stdout, stderr, exited };
}

/** Runs a script to its end. */
export async function runProgram(script: string, options: ProgramOptions = {}) {
  const program = startProgram(script, options);
  const code = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

export interface RunningService extends Program {
  port: number;
  origin: string;
}

/**
 * Starts a compiled entry (`server.js`, `demo.js`) on a free port and waits until `/readyz` says so.
 * @throws Error with what it wrote, when it ends or stays silent
 */
export async function startServiceProcess(
  entry: string,
  options: ProgramOptions & { port?: number } = {},
): Promise<RunningService> {
  const port = options.port ?? (await freePort());
  const env = { PORT: String(port), HOST: '127.0.0.1', ...options.env };
  const program = startProgram(join(ROOT, 'dist/src', entry), { ...options, env });
  const origin = `http://127.0.0.1:${port}`;
  const ended = () => program.child.exitCode !== null || program.child.signalCode !== null;
  await until(async () => ended() || (await isReady(origin)), 60_000, `${entry} is not ready`).catch((error: Error) => {
    program.child.kill('SIGKILL');
    throw new Error(`${error.message}\n${program.stdout()}${program.stderr()}`, { cause: error });
  });
  if (ended()) throw new Error(`${entry} ended:\n${program.stdout()}${program.stderr()}`);
  return { ...program, port, origin };
}

export const isReady = (origin: string): Promise<boolean> =>
  fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ status }) => status === 200,
    () => false,
  );

/** Temporary directories that every user may enter; `remove` also ends whatever still works inside. */
export function temporaryDirectories(): { make(): Promise<string>; remove(): Promise<void> } {
  const made: string[] = [];
  return {
    async make() {
      const directory = await mkdtemp(join(tmpdir(), 'drawbridge-start-'));
      await chmod(directory, 0o755);
      made.push(directory);
      return directory;
    },
    async remove() {
      for (const directory of made) {
        for (const { pid } of processesIn(directory)) process.kill(pid, 'SIGKILL');
        await rm(directory, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

/** Processes that work in the directory or below: Postgres does in its own. */
export function processesIn(directory: string): { pid: number; name: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      if (!`${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${directory}/`)) return [];
      return [{ pid: Number(pid), name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }];
    } catch {
      return [];
    }
  });
}

/** Children of a process that run the same program: the workers of a service. */
export function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('server.js'));
  } catch {
    return [];
  }
}
