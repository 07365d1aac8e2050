type Level = 'info' | 'warn';

// What Postgres tells every client that comes too early or stays too long; the clients know.
const NOISE =
  /the database system is (starting up|shutting down|in recovery mode|not yet accepting)|administrator command/;
const TROUBLE = /terminated by signal|could not /;
const RECOVERY = /was not properly shut down/;

/** How loud a line of Postgres' own log is, or undefined when nobody needs it. */
export function levelOf(line: string): Level | undefined {
  const [, severity, text = ''] = /^([A-Z]+): {2}(.*)$/.exec(line) ?? [];
  if (severity === undefined || NOISE.test(text)) return undefined;
  if (['WARNING', 'ERROR', 'FATAL', 'PANIC'].includes(severity)) return 'warn';
  if (severity !== 'LOG') return undefined;
  if (TROUBLE.test(text)) return 'warn';
  return RECOVERY.test(text) ? 'info' : undefined;
}

/** Why a start failed: the last grave line, or the last line at all. */
export function causeIn(lines: readonly string[]): string {
  const grave = lines.findLast((line) => /^(FATAL|PANIC|ERROR): {2}|: error: |: fatal: /.test(line));
  return (grave ?? lines.findLast((line) => line.trim() !== '') ?? 'no reason given').trim();
}
