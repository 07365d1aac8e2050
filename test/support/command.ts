import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ROOT } from './built';
import { createTestDatabase } from './postgres';
import { runProgram } from './program';

export const CLI = join(ROOT, 'dist/src/cli.js');

/** 32 random bytes, as SECRET_KEYS takes them. */
export const newKey = (): string => randomBytes(32).toString('hex');

export interface CommandInstallation {
  /** The environment that its commands, and a service on it, have. */
  env: Readonly<Record<string, string>>;
  run(
    args: readonly string[],
    options?: { input?: string; env?: Record<string, string> },
  ): ReturnType<typeof runProgram>;
  /** Runs a command with --json. Yields what it printed; throws when it was refused. */
  json<T>(...args: string[]): Promise<T>;
  drop(): Promise<void>;
}

/** A migrated database of its own, and `drawbridge` on it. */
export async function commandInstallation(): Promise<CommandInstallation> {
  const database = await createTestDatabase({ migrated: true });
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEYS: newKey(),
    BASE_URL: 'https://login.example.com',
    OUTBOUND_ALLOW: '127.0.0.0/8',
  };
  const run: CommandInstallation['run'] = (args, options = {}) =>
    runProgram(CLI, { args, ...options, env: { ...env, ...options.env } });
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
