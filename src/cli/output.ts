/** Where a command writes. Results go to standard output, everything else to standard error. */
export interface Output {
  print(line: string): void;
  complain(line: string): void;
  /** As commander writes: without adding line ends. */
  raw(text: string): void;
  rawError(text: string): void;
}

type Write = (text: string) => unknown;

export const outputTo = (stdout: Write, stderr: Write): Output => ({
  print: (line) => void stdout(`${line}\n`),
  complain: (line) => void stderr(`${line.startsWith(' ') ? '' : 'drawbridge: '}${line}\n`),
  raw: (text) => void stdout(text),
  rawError: (text) => void stderr(text),
});

export const standardOutput = outputTo(
  (text) => process.stdout.write(text),
  (text) => process.stderr.write(text),
);

export type Row = Readonly<Record<string, string | number | Date | null | undefined>>;

interface Shown<T> {
  json?: boolean;
  /** Columns for people; programs get the whole. */
  columns: (one: T) => Row;
}

/** JSON for programs, or a table for people; `empty` stands in for a table without rows. */
export function printList<T>(out: Output, list: readonly T[], options: Shown<T> & { empty: string }): void {
  if (options.json) return out.print(JSON.stringify(list, null, 2));
  if (!list.length) return out.print(options.empty);
  for (const line of table(list.map(options.columns))) out.print(line);
}

/** JSON, or one line a field. */
export function printOne<T>(out: Output, one: T, { json, columns }: Shown<T>): void {
  if (json) return out.print(JSON.stringify(one, null, 2));
  const fields = Object.entries(columns(one));
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) out.print(`${name.padEnd(width)}  ${cell(value)}`);
}

function table(rows: readonly Row[]): string[] {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names.map((name) => name.toUpperCase()), ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - lengthOf(text)))
      .join('  ')
      .trimEnd(),
  );
}

const lengthOf = (text: string): number => [...text].length;

function cell(value: Row[string]): string {
  if (value === null || value === undefined || value === '') return '-';
  return value instanceof Date ? value.toISOString().replace(/\.\d+Z$/, 'Z') : String(value);
}
