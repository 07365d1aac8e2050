import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import type { Cells } from '../../src/sources/cells';
import { readPerson } from '../../src/sources/person';
import { SourceFailure, type SourceRow } from '../../src/sources/source';
import { inspectSheet, spreadsheet, template, type Mapping } from '../../src/sources/spreadsheet/index';
import { cell, row, textRow, workbook } from '../support/workbook';

async function readAll(content: Uint8Array, mapping?: Mapping): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const read of spreadsheet.read({ name: 'people', content, ...(mapping && { mapping }) }))
    if ('line' in read) rows.push(read);
  return rows;
}

const failureOf = async (content: Uint8Array): Promise<{ code: string; detail: string }> =>
  readAll(content).then(
    () => ({ code: 'none', detail: '' }),
    (error: unknown) => {
      if (error instanceof SourceFailure) return error;
      throw error;
    },
  );

const PAT = { displayName: 'Pat O’Leary', email: 'pat@example.com' };
const HEADER = textRow(1, 'Name', 'Email');
const PAT_ROW = textRow(2, 'Pat O’Leary', 'pat@example.com');
const withBom = (text: string) => Buffer.from(`\uFEFF${text}`);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('a CSV file', () => {
  const files: [string, Uint8Array, Cells, number?][] = [
    ['UTF-8', Buffer.from('Name,Email\nPat O’Leary,pat@example.com\n'), PAT],
    ['UTF-8 with a byte order mark', withBom('Name,Email\nPat O’Leary,pat@example.com\n'), PAT],
    ['UTF-16 little-endian with a mark', utf16('\uFEFFName\tEmail\r\nPat O’Leary\tpat@example.com'), PAT],
    ['UTF-16 little-endian without a mark', utf16('Name\tEmail\r\nPat O’Leary\tpat@example.com'), PAT],
    ['UTF-16 big-endian with a mark', utf16('\uFEFFName;Email\nPat O’Leary;pat@example.com').swap16(), PAT],
    ['UTF-16 big-endian without a mark', utf16('Name;Email\nPat O’Leary;pat@example.com').swap16(), PAT],
    ['Windows-1252', Buffer.from('Name;E-Mail\nPat O\x92Leary;pat@example.com', 'latin1'), PAT],
    ['CR as line end', Buffer.from('Name,Email\rPat O’Leary,pat@example.com\r'), PAT],
    ['a delimiter that it names', Buffer.from('sep=|\r\nName|Email\r\nPat O’Leary|pat@example.com'), PAT],
    [
      'delimiters inside quotes',
      Buffer.from('"Name";"Site, or, office, of"\n"Pat; Lee";"a,b,c"\n'),
      { displayName: 'Pat; Lee' },
    ],
    [
      'quoted line breaks and quotes',
      Buffer.from('Name,Groups\n"Pat ""P"" Lee","A\nB"\n'),
      { displayName: 'Pat "P" Lee', groups: 'A\nB' },
    ],
    [
      'quotes in the middle',
      Buffer.from('Name,Email\nPat "P" Lee,p@example.com\n'),
      { displayName: 'Pat "P" Lee', email: 'p@example.com' },
    ],
    ['empty lines', Buffer.from('\r\nName,Email\r\n,\r\n\r\nPat O’Leary,pat@example.com\r\n\r\n'), PAT, 5],
    ['formulas as text', Buffer.from('Name,Site\n=1+1,@SUM(A1)\n'), { displayName: '=1+1', site: '@SUM(A1)' }],
    ['escaped formulas', Buffer.from("Name,Phone\n'=1+1,'+49 30 1\n"), { displayName: '=1+1', phone: '+49 30 1' }],
    ['leading zeros', Buffer.from('Name,External ID\nPat,00417\n'), { displayName: 'Pat', externalId: '00417' }],
  ];
  it.each(files)('is read: %s', async (_, content, cells, line = 2) => {
    expect(await readAll(content)).toEqual([{ line, cells }]);
  });

  it('comes back as it was written, in every encoding, with every delimiter and line end', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((said) => !/[\p{Cc}\uFFFD\uFEFF]/u.test(said));
    const encodings = {
      'utf-8': (said: string) => Buffer.from(said),
      'utf-8 with a mark': withBom,
      'utf-16le': (said: string) => utf16(`\uFEFF${said}`),
      'utf-16be': (said: string) => utf16(`\uFEFF${said}`).swap16(),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...Object.values(encodings)),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (lines, encode, delimiter, record_delimiter) => {
          const people = lines.map(([name, site]) => [`x${name}`, site]);
          const written = stringify([['Name', 'Site'], ...people], {
            delimiter,
            record_delimiter,
            escape_formulas: true,
          });
          const rows = await readAll(encode(written));
          expect(rows.map(({ cells }) => [cells.displayName, cells.site ?? ''])).toEqual(
            people.map(([name = '', site = '']) => [name.trim(), site.trim()]),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  const problems: [string, Uint8Array, string, string][] = [
    ['a NUL byte', Buffer.from('Name,Groups\nPat\0,x\nLee,'), 'displayName', 'unreadable_characters'],
    ['half a character', utf16('\uFEFFName,Groups\nPat\uD800,x\nLee,'), 'displayName', 'unreadable_characters'],
    ['a cell of 1 MB', Buffer.from(`Name,Groups\nPat,${'x'.repeat(2 ** 20)}\nLee,`), 'groups', 'too_long'],
    ['a comma too many', Buffer.from('Name,Groups\nO’Leary, Pat,x\nLee,'), 'line', 'too_many_cells'],
  ];
  it.each(problems)('is read to its end beside a row with %s', async (_, content, field, code) => {
    const [bad, good] = await readAll(content);
    expect(bad?.problems).toEqual([expect.objectContaining({ field, code })]);
    expect(JSON.stringify(bad?.cells)).not.toMatch(/\\u0000|\\ud800/i);
    expect(JSON.stringify(bad?.cells).length).toBeLessThan(33_000);
    expect(good).toEqual({ line: 3, cells: { displayName: 'Lee' } });
  });
});

describe('a workbook', () => {
  it('keeps leading zeros, long numbers, days, instants, and yes or no as people see them', async () => {
    const header = textRow(1, 'Name', 'External ID', 'Phone', 'Access until', 'Admin-managed', 'Extension', 'Site');
    const person = row(
      3,
      cell.text('A3', 'Pat'),
      cell.text('B3', '00417'),
      cell.number('C3', '4.9301234567E+10'),
      cell.number('D3', '46477', 1),
      cell.yesOrNo('E3', 1),
      cell.number('F3', '0.30000000000000004'),
      cell.formula('G3', 'A1&amp;B1', 'HQ'),
    );
    const later = row(7, cell.text('A7', 'Lee'), cell.number('D7', '46477.520833333336', 2));
    expect(await readAll(workbook([header + person + later]))).toEqual([
      {
        line: 3,
        cells: {
          displayName: 'Pat',
          externalId: '00417',
          phone: '49301234567',
          accessUntil: '2027-03-31',
          adminManaged: 'yes',
          extension: '0.3',
          site: 'HQ',
        },
      },
      { line: 7, cells: { displayName: 'Lee', accessUntil: '2027-03-31T12:30:00Z' } },
    ]);
  });

  it('is read from its first sheet that has a header', async () => {
    const sheets = [textRow(1, 'Read me first'), '', HEADER + PAT_ROW, HEADER + textRow(2, 'Lee', 'lee@example.com')];
    expect(await readAll(workbook(sheets))).toEqual([{ line: 2, cells: PAT }]);
  });

  it('has problems in its rows for what no database can hold', async () => {
    const rows = await readAll(workbook([HEADER + textRow(2, 'Pat_x0000_', 'pat@example.com')]));
    expect(rows).toEqual([
      {
        line: 2,
        cells: { ...PAT, displayName: 'Pat\uFFFD' },
        problems: [expect.objectContaining({ field: 'displayName' })],
      },
    ]);
  });
});

describe('a file that cannot be read is refused with a reason', () => {
  const csv = (text: string): Buffer => Buffer.from(text);
  const files: [string, string, () => Uint8Array | Promise<Uint8Array>][] = [
    ['nothing in it', 'file_empty', () => csv('')],
    ['line ends only', 'file_empty', () => csv('\r\n\r\n')],
    ['a header only', 'no_rows', () => csv('Name,Email\n\n')],
    ['a workbook with a header only', 'no_rows', () => workbook([HEADER])],
    ['a workbook with nothing in it', 'file_empty', () => workbook([''])],
    ['no known header', 'unknown_header', () => csv('Colour,Weight\nred,3\n')],
    [
      'two columns for one thing',
      'duplicate_column',
      () => csv('Name,Email,E-Mail-Adresse\nPat,a@b.example,c@d.example\n'),
    ],
    [
      'a quote that is not closed',
      'file_damaged',
      () => csv('Name,Email\n"Pat,pat@example.com\nLee,lee@example.com\n'),
    ],
    ['a workbook cut off in the middle', 'file_damaged', () => workbook([HEADER + PAT_ROW]).subarray(0, 900)],
    [
      'a workbook with broken XML',
      'file_damaged',
      () => workbook([`${HEADER}<row r="2"><c r="A2" t="s"><v>99</v></c></row>`]),
    ],
    ['an old XLS', 'file_type_not_supported', () => Buffer.from('d0cf11e0a1b11ae1'.padEnd(1024, '0'), 'hex')],
    [
      'a picture',
      'file_type_not_supported',
      () => Buffer.from(`89504e470d0a1a0a${'0000000d4948445201'.repeat(20)}`, 'hex'),
    ],
    ['an archive of something else', 'file_type_not_supported', () => renamedWorkbook()],
    ['a password', 'file_encrypted', () => encryptedWorkbook()],
    ['macros', 'file_has_macros', () => workbook([HEADER + PAT_ROW], { 'xl/vbaProject.bin': 'x' })],
    ['more than 10 MB', 'file_too_large', () => Buffer.alloc(10 * 1024 * 1024 + 1, 'Name\n')],
    ['201 columns', 'too_many_columns', () => csv(`Name${',x'.repeat(200)}\nPat\n`)],
    ['100,001 people', 'too_many_rows', () => csv(`Name\n${'Pat\n'.repeat(100_001)}`)],
  ];
  it.each(files)('%s: %s', async (_, code, make) => {
    expect((await failureOf(await make())).code).toBe(code);
  });

  it('names the line of a quote that is not closed, and what was found instead of a header', async () => {
    expect((await failureOf(csv('Name,Email\n"Pat,pat@example.com\n'))).detail).toContain('line');
    expect((await failureOf(csv('Colour,Weight\nred,3\n'))).detail).toContain('“Colour”, “Weight”');
  });

  it('more columns than a workbook can have: too_many_columns', async () => {
    const cells = Array.from({ length: 20_000 }, (_, index) =>
      cell.number(`${columnLetters(index + 1)}1`, String(index)),
    );
    expect((await failureOf(workbook([row(1, cells.join(''))]))).code).toBe('too_many_columns');
  });
});

/** A, B, …, Z, AA, …: what a workbook calls its columns. */
const columnLetters = (number: number): string =>
  number === 0 ? '' : columnLetters(Math.floor((number - 1) / 26)) + String.fromCharCode(65 + ((number - 1) % 26));

const renamedWorkbook = (): Buffer =>
  Buffer.from(workbook([HEADER]).toString('latin1').replaceAll('xl/workbook.xml', 'word/documt.xml'), 'latin1');

const encryptedWorkbook = (): Buffer =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(504),
    utf16('EncryptedPackage'),
    Buffer.alloc(64),
  ]);

describe('the header', () => {
  it('is recognised in any order, case and wording, and what is unknown is left out', async () => {
    const content = Buffer.from('E-MAIL ADDRESS,Shoe size,User name*,username\npat@example.com,42,Pat O’Leary,pat\n');
    expect(await readAll(content)).toEqual([{ line: 2, cells: { ...PAT, username: 'pat' } }]);
  });

  it('means what the mapping says', async () => {
    const content = Buffer.from('Wer,Email,Kostenstelle,Title\nPat O’Leary,pat@example.com,4711,Dr\n');
    const mapping: Mapping = { Wer: 'displayName', Kostenstelle: 'attributes.costCentre', Title: null };
    const cells = { ...PAT, 'attributes.costCentre': '4711' };
    expect(await readAll(content, mapping)).toEqual([{ line: 2, cells }]);
  });

  it('is shown with samples before all is read, even where no column is known', async () => {
    const content = Buffer.from('Quién,Email,\nPat,pat@example.com,x\nLee,,\n');
    expect(await inspectSheet({ name: 'people.xlsx', content })).toEqual({
      format: 'csv',
      columns: [
        { header: 'Quién', means: null, samples: ['Pat', 'Lee'] },
        { header: 'Email', means: 'email', samples: ['pat@example.com'] },
      ],
    });
    const foreign = await inspectSheet({
      name: 'people.csv',
      content: workbook([textRow(1, 'Quién') + textRow(2, 'Pat')]),
    });
    expect(foreign).toEqual({ format: 'xlsx', columns: [{ header: 'Quién', means: null, samples: ['Pat'] }] });
  });
});

describe.each(['csv', 'xlsx'] as const)('security 25: the template as %s', (format) => {
  it('is read back without a problem, and holds no formula', async () => {
    const { content } = await template(format);
    const rows = await readAll(content);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.problems).toBeUndefined();
    expect(readPerson(rows[0]?.cells ?? {}, spreadsheet.required)).toMatchObject({
      attributes: { displayName: 'Pat O’Leary', email: 'pat.oleary@example.com' },
      problems: [],
    });
    expect((await inspectSheet({ name: 'people', content })).columns.every(({ means }) => means !== null)).toBe(true);
    if (format === 'csv') expect(content.toString()).not.toMatch(/(^|,)"?[=+\-@]/m);
  });
});
