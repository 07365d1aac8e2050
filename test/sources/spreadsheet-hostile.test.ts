import { randomBytes } from 'node:crypto';
import { zipSync } from 'fflate';
import { SourceFailure } from '../../src/sources/source';
import { checkZip } from '../../src/sources/spreadsheet/check-zip';
import { spreadsheet } from '../../src/sources/spreadsheet/index';
import { row, textRow, workbook } from '../support/workbook';

const MB = 1024 * 1024;
const SHEET = textRow(1, 'Name', 'Email') + textRow(2, 'Pat', 'pat@example.com');
/** Where a part of an archive and its entry in the directory say how much it unpacks to: APPNOTE 4.3.7 and 4.3.12. */
const LOCAL_SIZE = 22;
const DIRECTORY_SIZE = 24;
const DIRECTORY_ENTRY = Buffer.from('PK\x01\x02', 'latin1');

const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'none',
    (error: unknown) => (error instanceof SourceFailure ? error.code : String(error)),
  );

async function readAll(content: Uint8Array): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const read of spreadsheet.read({ name: 'people.xlsx', content })) rows.push(read);
  return rows;
}

/** An archive of this part and a workbook's, which may say of the part that it is of another size. */
function archiveOf(part: Uint8Array, said: { inDirectory?: number; before?: number } = {}): Buffer {
  const archive = Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': part, 'xl/workbook.xml': new Uint8Array(1) }));
  if (said.before !== undefined) archive.writeUInt32LE(said.before, LOCAL_SIZE);
  if (said.inDirectory !== undefined)
    archive.writeUInt32LE(said.inDirectory, archive.indexOf(DIRECTORY_ENTRY) + DIRECTORY_SIZE);
  return archive;
}

const spaces = (size: number): Uint8Array => new Uint8Array(size).fill(32);
const both = (size: number) => ({ inDirectory: size, before: size });

describe('security 25: a workbook that would unpack to more than it may is refused', () => {
  const bombs: [string, string, () => Buffer][] = [
    ['to 1 GB from few bytes', 'file_unpacks_too_large', () => archiveOf(spaces(MB), both(1024 * MB))],
    ['to more than 200 MB', 'file_unpacks_too_large', () => archiveOf(randomBytes(MB), both(201 * MB))],
    ['to 250 times its size', 'file_unpacks_too_large', () => archiveOf(spaces(20 * MB))],
    ['to more than it says', 'file_damaged', () => archiveOf(spaces(20 * MB), both(1000))],
    [
      'to more than it says where a reader looks first',
      'file_damaged',
      () => archiveOf(spaces(1000), { before: 1024 * MB }),
    ],
  ];
  it.each(bombs)('%s: %s, in no time and without the memory', async (_, code, make) => {
    const content = make();
    const memory = process.memoryUsage.rss();
    const cpu = process.cpuUsage();
    expect(await codeOf(checkZip(content))).toBe(code);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(process.memoryUsage.rss() - memory).toBeLessThan(40 * MB);
    expect(await codeOf(readAll(content))).toBe(code);
  });

  it('holds a part that its directory does not list: file_damaged', async () => {
    const hidden = archiveOf(spaces(MB));
    const content = Buffer.concat([hidden.subarray(0, hidden.indexOf(DIRECTORY_ENTRY)), workbook([SHEET])]);
    expect(await codeOf(readAll(content))).toBe('file_damaged');
  });
});

describe('security 25: a workbook is parsed in a thread', () => {
  it('whose memory has an end: rows that are not there do not fill the process', async () => {
    const memory = process.memoryUsage.rss();
    const far = row(30_000_000, `<c r="A30000000" t="inlineStr"><is><t>x</t></is></c>`);
    expect(await codeOf(readAll(workbook([SHEET + far])))).toBe('file_needs_too_much_memory');
    expect(process.memoryUsage.rss() - memory).toBeLessThan(500 * MB);
  }, 90_000);

  it('while the process answers others', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) =>
      textRow(index + 3, `Pat ${index}`, `pat${index}@example.com`),
    );
    const content = workbook([SHEET + rows.join('')]);
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    expect(await readAll(content)).toHaveLength(20_001);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});
