import type { CellName, Cells } from '../cells';
import type { RowProblem } from '../columns';
import type { SourceRow } from '../source';
import type { SheetFormat } from './file-format';
import type { SheetColumn } from './header';
import { LONGEST_CELL } from './limits';
import type { SheetLine } from './sheet-line';

/** NUL, halves of characters, and what a decoder puts where it could not read: no database and no person can use them. */
const UNREADABLE = /[\0\uFFFD\p{Cs}]/u;
const EVERY_UNREADABLE = new RegExp(UNREADABLE, 'gu');

/** A line under its header, as text that can be stored; what had to be changed in it is a problem of the row. */
export function rowOf({ line, cells }: SheetLine, columns: readonly SheetColumn[], format: SheetFormat): SourceRow {
  const said: Cells = {};
  const problems: RowProblem[] = [];
  columns.forEach(({ means }, index) => {
    const text = cells[index]?.trim();
    if (means !== null && text) said[means] = storable(means, text, problems);
  });
  // A comma too many moves all behind it one column to the right; a workbook's cells stand where they stand.
  if (format === 'csv' && cells.slice(columns.length).some((cell) => cell.trim())) problems.push(TOO_MANY_CELLS);
  return { line, cells: said, ...(problems.length > 0 && { problems }) };
}

function storable(field: CellName, text: string, problems: RowProblem[]): string {
  const isReadable = !UNREADABLE.test(text);
  if (text.length > LONGEST_CELL)
    problems.push({ field, code: 'too_long', message: 'The cell was cut: it is too long.' });
  if (!isReadable)
    problems.push({ field, code: 'unreadable_characters', message: 'Some characters could not be read.' });
  const cut = text.slice(0, LONGEST_CELL);
  return isReadable ? cut : cut.replace(EVERY_UNREADABLE, '\uFFFD');
}

const TOO_MANY_CELLS: RowProblem = {
  field: 'line',
  code: 'too_many_cells',
  message: 'The line has more cells than the header.',
};
