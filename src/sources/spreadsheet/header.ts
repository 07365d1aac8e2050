import type { CellName } from '../cells';
import { columnOf, type ColumnName } from '../columns';
import { SourceFailure } from '../source';
import { MOST_COLUMNS } from './limits';

/** Which column of the file means what: its header as it stands in the file → cell name; null: left out. */
export type Mapping = Readonly<Record<string, CellName | null>>;

export interface SheetColumn {
  header: string;
  means: CellName | null;
}

/** What nobody can be imported without; the template marks it. */
export const REQUIRED_COLUMNS: readonly ColumnName[] = ['displayName', 'email'];

/** The columns that the first line of a sheet names, under a mapping where one is given. */
export function readHeader(cells: readonly string[], mapping: Mapping = {}): SheetColumn[] {
  const headers = cells.map((cell) => cell.trim());
  const columns = headers.slice(0, headers.findLastIndex(Boolean) + 1);
  return columns.map((header) => ({
    header,
    means: Object.hasOwn(mapping, header) ? (mapping[header] ?? null) : (columnOf(header) ?? null),
  }));
}

/** True for a line that names at least one of the columns that are required. */
export const isHeader = (columns: readonly SheetColumn[]): boolean =>
  columns.some(({ means }) => REQUIRED_COLUMNS.some((name) => name === means));

/** Throws `SourceFailure` too_many_columns. */
export function checkWidth(columns: readonly SheetColumn[]): void {
  if (columns.length <= MOST_COLUMNS) return;
  throw new SourceFailure('too_many_columns', `A sheet may have at most ${MOST_COLUMNS} columns.`);
}

/** Throws `SourceFailure` unknown_header or duplicate_column. */
export function checkHeader(columns: readonly SheetColumn[]): void {
  if (!isHeader(columns)) throw unknownHeader(columns);
  const firsts = new Map<CellName, string>();
  for (const { header, means } of columns) {
    if (means === null) continue;
    const first = firsts.get(means);
    if (first !== undefined) throw duplicate(means, first, header);
    firsts.set(means, header);
  }
}

const MOST_NAMED = 20;

function unknownHeader(columns: readonly SheetColumn[]): SourceFailure {
  const found = columns.filter(({ header }) => header).slice(0, MOST_NAMED);
  const named = found.map(({ header }) => `“${header.slice(0, 60)}”`).join(', ') || 'nothing';
  return new SourceFailure(
    'unknown_header',
    `The first line names neither a name nor an e-mail address. Found: ${named}.`,
  );
}

const duplicate = (means: CellName, first: string, second: string): SourceFailure =>
  new SourceFailure('duplicate_column', `“${first}” and “${second}” both mean ${means}. Leave one of them out.`);
