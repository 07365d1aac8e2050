import { parentPort, workerData } from 'node:worker_threads';
import { readSheet, SheetNotFoundError } from 'read-excel-file/node';
import { cellText, numberText, type CellValue } from './cell-text';
import { MOST_COLUMNS } from './limits';
import type { SheetLine } from './sheet-line';

/** Which lines are wanted: of the sheet of that number (from 1 on), those from that index on. */
export interface Question {
  sheet: number;
  from: number;
}

/** Null: there is no such sheet. An empty list: it has no more lines. */
export type Answer = SheetLine[] | null;

// read-excel-file makes the pieces it parses smaller while they take long, without an end: on a busy machine they become so
// small that a sheet takes minutes or overflows the stack. In this thread the clock stands still, and no piece takes long.
Date.now = () => 0;

const AT_ONCE = 1000;
const { buffer, byteOffset, byteLength } = workerData as Uint8Array;
const content = Buffer.from(buffer, byteOffset, byteLength);

type Row = readonly CellValue[];
let parsed: { sheet: number; rows: Row[] } = { sheet: 0, rows: [] };

async function answer({ sheet, from }: Question): Promise<Answer> {
  try {
    if (parsed.sheet !== sheet) {
      parsed = { sheet: 0, rows: [] };
      parsed = { sheet, rows: (await readSheet(content, sheet, { parseNumber: numberText })) as Row[] };
    }
    return parsed.rows
      .slice(from, from + AT_ONCE)
      .map((row, index) => ({ line: from + index + 1, cells: cellsOf(row) }));
  } catch (error) {
    if (error instanceof SheetNotFoundError) return null;
    throw error;
  }
}

/** One cell more than there may be is enough to see that there are too many. */
const cellsOf = (row: Row): string[] => row.slice(0, MOST_COLUMNS + 1).map(cellText);

// What is thrown ends the worker, and reaches whoever asked as its `error`.
parentPort?.on('message', (question: Question) => {
  void answer(question).then((lines) => parentPort?.postMessage(lines));
});
