import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ROOT } from './built';
import { createTestDatabase } from './postgres';
import { runProgram } from './program';
import { outputTo } from '../../src/cli/output';
import { runCli } from '../../src/cli/run';

export const CLI = join(ROOT, 'dist/src/cli.js');

/** 32 random bytes, as SECRET_KEYS takes them. */
export const newKey = (): string => randomBytes(32).toString('hex');

export interface CommandInstallation {
  /** The environment that its commands, and a service on it, have. */
  env: Readonly<Record<string, string>>;
  run(
    args: readonly string[],
    options?: { input?: string; env?: Record<string, string> },
  ): Promise<{ code: number | string; stdout: string; stderr: string }>;
  /** Runs a command with --json. Yields what it printed; throws when it was refused. */
  json<T>(...args: string[]): Promise<T>;
  drop(): Promise<void>;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs a command in this process, which costs a tenth of one of its own. One at a time: they read one environment. */
function runHere(args: readonly string[], env: Readonly<Record<string, string>>) {
  const turn = last.then(async () => {
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const before = process.env;
    process.env = { PATH: before.PATH, ...env };
    try {
      const code: number = await runCli(
        args,
        outputTo(
          (text) => stdout.push(text),
          (text) => stderr.push(text),
        ),
      );
      return { code, stdout: stdout.join(''), stderr: stderr.join('') };
    } finally {
      process.env = before;
    }
  });
  last = turn.catch(() => undefined);
  return turn;
}

/** A migrated database of its own, and `drawbridge` on it; a process of its own reads what is put in. */
export async function commandInstallation(): Promise<CommandInstallation> {
  const database = await createTestDatabase({ migrated: true });
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEYS: newKey(),
    BASE_URL: 'https://login.example.com',
    OUTBOUND_ALLOW: '127.0.0.0/8',
  };
  const run: CommandInstallation['run'] = (args, { input, env: more } = {}) =>
    input === undefined
      ? runHere(args, { ...env, ...more })
      : runProgram(CLI, { args, input, env: { ...env, ...more } });
  return {
    env,
    run,
    async json<T>(...args: string[]) {
      const { code, stdout, stderr } = await run([...args, '--json']);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as T;
    },
    drop: database.drop,
  };
}
