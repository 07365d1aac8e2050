import { ConfigError } from './config';
import { StartError } from './resources';
import { EmbeddedPostgresError } from './storage/embedded-postgres';

/** What an operator can mend, one line each. Undefined: a defect, which shows its stack. */
export function mendableLines(error: unknown): readonly string[] | undefined {
  if (error instanceof ConfigError) return error.problems;
  return error instanceof StartError || error instanceof EmbeddedPostgresError ? [error.message] : undefined;
}

/** Says on standard error why the program ends, and ends it with code 1 when nothing is open any more. */
export function failStart(error: unknown): void {
  const lines = mendableLines(error);
  const text = lines
    ? lines.map((line) => `drawbridge: ${line}\n`).join('')
    : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  process.stderr.write(text);
  process.exitCode = 1;
}
