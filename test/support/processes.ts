import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { peerEnvironment } from './leftovers';

export interface StartOptions {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Another user to run as; needs root. */
  as?: { uid: number; gid: number };
  /** True once it answers. A rejection counts as not yet. */
  ready: () => Promise<boolean>;
  /** Milliseconds until a start counts as failed. */
  timeout?: number;
  /** How it is asked to end. */
  stopSignal?: NodeJS.Signals;
}

export interface RunningProcess {
  pid: number;
  /** What it wrote so far, both streams. */
  output(): string;
  /** Ends it and its children; resolves when none is left. */
  stop(): Promise<void>;
}

/**
 * Starts a program in a process group of its own and waits until it answers.
 * @throws Error with the program's output when it ends or stays silent
 */
export async function startProcess(options: StartOptions): Promise<RunningProcess> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...peerEnvironment(), ...options.env },
    ...options.as,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  // A peer that a failed test left running must not keep the test run alive.
  child.unref();
  const pid = await pidOf(child);
  const stop = () => stopGroup(pid, options.stopSignal ?? 'SIGTERM');
  try {
    await untilReady(child, options);
  } catch (error) {
    await stop();
    throw new Error(`${options.command}: ${(error as Error).message}\n${output()}`, { cause: error });
  }
  return { pid, output, stop };
}

/** Polls until the answer is true; a rejection counts as not yet. Milliseconds. */
export async function until(isTrue: () => Promise<boolean> | boolean, timeout: number, what: string): Promise<void> {
  const deadline = performance.now() + timeout;
  while (
    !(await Promise.resolve()
      .then(isTrue)
      .catch(() => false))
  ) {
    if (performance.now() > deadline) throw new Error(`${what} within ${timeout} ms`);
    await delay(20);
  }
}

/** Ids of the processes of a group that still run. */
export function livingInGroup(group: number): number[] {
  if (!existsSync('/proc/self/stat')) return isAlive(-group) ? [group] : [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [state, , pgrp] = statFields(pid);
      return Number(pgrp) === group && state !== 'Z' && state !== 'X';
    });
}

function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // already gone
  }
}

async function stopGroup(group: number, signal: NodeJS.Signals): Promise<void> {
  const isGone = () => livingInGroup(group).length === 0;
  signalGroup(group, signal);
  try {
    await until(isGone, 5_000, `process group ${group} did not end`);
  } catch {
    signalGroup(group, 'SIGKILL');
    await until(isGone, 5_000, `process group ${group} did not die`);
  }
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer) => (text = (text + chunk.toString()).slice(-20_000));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', add);
    if (stream instanceof Socket) stream.unref();
  }
  return () => text;
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid as number));
  });
}

async function untilReady(child: ChildProcess, { ready, timeout = 20_000 }: StartOptions): Promise<void> {
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  let answered = false;
  await until(async () => ended() || (answered = await ready()), timeout, 'did not answer');
  if (!answered || ended()) throw new Error(`ended with ${child.exitCode ?? child.signalCode}`);
}
