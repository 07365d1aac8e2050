import { stringify } from 'csv-stringify/sync';
import writeXlsxFile from 'write-excel-file/node';
import { COLUMN_NAMES, COLUMNS } from '../columns';
import type { SheetFormat } from './file-format';
import { REQUIRED_COLUMNS } from './header';

export interface Template {
  name: string;
  type: string;
  content: Buffer;
}

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const HEADERS = COLUMN_NAMES.map((name) => COLUMNS[name].header + (REQUIRED_COLUMNS.includes(name) ? '*' : ''));
const EXAMPLE = COLUMN_NAMES.map((name) => COLUMNS[name].example);

/** A file to fill in: every column that is read, a star at what is required, one example; no cell is a formula (security 25). */
export const template = (format: SheetFormat): Promise<Template> => (format === 'csv' ? csvTemplate() : xlsxTemplate());

async function csvTemplate(): Promise<Template> {
  const text = stringify([HEADERS, EXAMPLE], { bom: true, escape_formulas: true, record_delimiter: 'windows' });
  return { name: 'people.csv', type: 'text/csv; charset=utf-8', content: Buffer.from(text) };
}

async function xlsxTemplate(): Promise<Template> {
  const header = HEADERS.map((value) => ({ value, type: String, fontWeight: 'bold' as const }));
  const example = EXAMPLE.map((value) => ({ value, type: String }));
  const columns = HEADERS.map(() => ({ width: 22 }));
  const content = await writeXlsxFile([header, example], { stickyRowsCount: 1, columns }).toBuffer();
  return { name: 'people.xlsx', type: XLSX_TYPE, content };
}
