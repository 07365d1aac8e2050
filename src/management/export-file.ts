import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import writeXlsxFile from 'write-excel-file/node';

/** A file on its way to whoever asked for it. */
export interface ExportFile {
  name: string;
  type: string;
  stream: Readable;
}

type Line = Readonly<Record<string, string>>;

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const EXPORT_FORMATS = ['csv', 'xlsx'] as const;
export const EXPORT_TYPES: readonly string[] = ['text/csv', XLSX_TYPE];

/** CSV is written as it is read, whatever its length; no cell of it is a formula (security 25). */
export function csvFile(name: string, columns: readonly string[], lines: AsyncIterable<Line>): ExportFile {
  const csv = stringify({ header: true, columns: [...columns], bom: true, escape_formulas: true });
  // What fails while reading ends the file as broken off.
  pipeline(Readable.from(lines), csv, () => undefined);
  return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', stream: csv };
}

/** A workbook is held in memory whole. */
export const MOST_IN_XLSX = 50_000;

/** A workbook is put together in memory. Its cells are typed as text: nothing in them is ever a formula. */
export async function xlsxFile(
  name: string,
  columns: readonly string[],
  lines: AsyncIterable<Line>,
): Promise<ExportFile> {
  const sheet = [columns.map((value) => ({ value, type: String, fontWeight: 'bold' as const }))];
  for await (const line of lines)
    sheet.push(columns.map((column) => ({ value: printable(line[column]), type: String })) as (typeof sheet)[number]);
  const buffer = await writeXlsxFile(sheet, { stickyRowsCount: 1 }).toBuffer();
  return { name: `${name}.xlsx`, type: XLSX_TYPE, stream: Readable.from([buffer]) };
}

/** XML has no control characters. */
const printable = (text = ''): string => text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ');
