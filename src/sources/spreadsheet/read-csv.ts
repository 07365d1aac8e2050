import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { SourceFailure } from '../source';
import { dialectOf } from './csv-dialect';
import type { SheetLines } from './sheet-line';
import { decode } from './text-encoding';

/** What an export puts before a cell that a spreadsheet program could take for a formula (csv-stringify's `escape_formulas`). */
const FORMULA_ESCAPE = /^'(?=[=+\-@\t\r＝＋－＠])/;

/** The lines of a CSV file (RFC 4180, any common encoding, delimiter and line end); throws `SourceFailure` file_damaged. */
export async function* readCsv(content: Uint8Array): SheetLines {
  const text = decode(content);
  const { value: start = '' } = await text.next();
  const { delimiter, preamble } = dialectOf(start);
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
  });
  const source = Readable.from(rest(start.slice(preamble), text));
  source.once('error', (error) => parser.destroy(error)).pipe(parser);
  try {
    let line = 0;
    for await (const cells of parser as AsyncIterable<string[]>)
      yield { line: ++line, cells: cells.map((cell) => cell.replace(FORMULA_ESCAPE, '')) };
  } catch (error) {
    throw error instanceof CsvError ? damaged(error) : error;
  } finally {
    source.destroy();
  }
}

async function* rest(start: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* text;
}

const damaged = (cause: CsvError): SourceFailure =>
  new SourceFailure('file_damaged', `The file cannot be read to its end: ${cause.message}.`, { cause });
