import type { PullSource, SourceRow } from '../source';
import { SourceFailure } from '../source';
import { formatOf, type SheetFormat } from './file-format';
import {
  checkHeader,
  checkWidth,
  isHeader,
  readHeader,
  REQUIRED_COLUMNS,
  type Mapping,
  type SheetColumn,
} from './header';
import { MOST_ROWS } from './limits';
import { readCsv } from './read-csv';
import { readXlsx } from './read-xlsx';
import { rowOf } from './row';
import { isEmptyLine, type SheetLine, type SheetLines } from './sheet-line';

export type { Mapping } from './header';
export { template } from './template';

export interface SpreadsheetSettings {
  /** What the file is called: for people; its bytes say what it is. */
  name: string;
  content: Uint8Array;
  mapping?: Mapping;
}

/** A file of people, CSV or XLSX, read line by line; throws `SourceFailure` as the README lists. */
export const spreadsheet: PullSource<SpreadsheetSettings> = { kind: 'spreadsheet', required: REQUIRED_COLUMNS, read };

async function* read({ content, mapping }: SpreadsheetSettings): AsyncGenerator<SourceRow, void, undefined> {
  const format = formatOf(content);
  const lines = linesOf(content, format, mapping);
  try {
    const columns = await readColumns(lines, mapping);
    checkHeader(columns);
    let rows = 0;
    for await (const line of lines) {
      if (++rows > MOST_ROWS) throw new SourceFailure('too_many_rows', `A file may hold at most ${MOST_ROWS} people.`);
      yield rowOf(line, columns, format);
    }
    if (rows === 0) throw noRows();
  } finally {
    await lines.return();
  }
}

const SAMPLE_LINES = 20;
const SAMPLES = 3;
const LONGEST_SAMPLE = 80;

export interface InspectedSheet {
  format: SheetFormat;
  columns: (SheetColumn & { samples: string[] })[];
}

/** The columns of a file with what each is taken for, under a mapping where one is given, and what its first lines hold, to choose a mapping by. */
export async function inspectSheet({ content, mapping }: SpreadsheetSettings): Promise<InspectedSheet> {
  const format = formatOf(content);
  const lines = linesOf(content, format, mapping);
  try {
    const columns = await readColumns(lines, mapping);
    const first: SheetLine[] = [];
    for await (const line of lines) if (first.push(line) === SAMPLE_LINES) break;
    if (first.length === 0) throw noRows();
    const withSamples = columns.map((column, index) => ({ ...column, samples: samplesAt(index, first) }));
    return { format, columns: withSamples.filter(({ header }) => header) };
  } finally {
    await lines.return();
  }
}

const samplesAt = (index: number, lines: readonly SheetLine[]): string[] =>
  lines
    .map(({ cells }) => (cells[index] ?? '').trim().slice(0, LONGEST_SAMPLE))
    .filter(Boolean)
    .slice(0, SAMPLES);

async function* linesOf(content: Uint8Array, format: SheetFormat, mapping?: Mapping): SheetLines {
  const hasHeader = (line: SheetLine): boolean => isHeader(readHeader(line.cells, mapping));
  const lines = format === 'csv' ? readCsv(content) : readXlsx(content, hasHeader);
  for await (const line of lines) if (!isEmptyLine(line)) yield line;
}

async function readColumns(lines: SheetLines, mapping?: Mapping): Promise<SheetColumn[]> {
  const header = await lines.next();
  if (header.done) throw new SourceFailure('file_empty', 'The file is empty.');
  const columns = readHeader(header.value.cells, mapping);
  checkWidth(columns);
  return columns;
}

const noRows = (): SourceFailure => new SourceFailure('no_rows', 'The file has a header and nobody below it.');
