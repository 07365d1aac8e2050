import { finished } from 'node:stream/promises';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { SourceFailure } from '../source';

const MOST_UNPACKED = 200 * 1024 * 1024;
/** Sheets of people shrink to a tenth; zeros shrink to a thousandth. */
const MOST_RATIO = 250;
const MOST_ENTRIES = 2000;

const IS_ENCRYPTED = 0x1;
const HAS_DESCRIPTOR = 0x8;
/** Signature, checksum and two sizes of eight bytes: APPNOTE 4.3.9. */
const LONGEST_DESCRIPTOR = 24;

/**
 * Looks at every part of a workbook before anything parses it (security 25): how much it says it unpacks to, how much it
 * really does, and that a reader which goes from part to part finds what the directory at the end lists, and nothing else.
 * Throws `SourceFailure`.
 */
export async function checkZip(content: Buffer): Promise<void> {
  try {
    const zip = await fromBufferPromise(content);
    const entries = await entriesOf(zip, content.length);
    checkKind(entries);
    await checkOrder(zip, entries);
    for (const entry of entries) await unpack(zip, entry);
  } catch (error) {
    throw error instanceof SourceFailure ? error : damaged(error);
  }
}

/** Security 25: the declared sizes. */
async function entriesOf(zip: ZipFile, size: number): Promise<Entry[]> {
  const most = Math.min(MOST_UNPACKED, size * MOST_RATIO);
  const entries: Entry[] = [];
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    unpacked += entry.uncompressedSize;
    if (unpacked > most || entries.push(entry) > MOST_ENTRIES)
      throw new SourceFailure('file_unpacks_too_large', 'The workbook unpacks to more than an import may take.');
  }
  return entries;
}

function checkKind(entries: readonly Entry[]): void {
  if (entries.some(({ generalPurposeBitFlag }) => generalPurposeBitFlag & IS_ENCRYPTED))
    throw new SourceFailure('file_encrypted', 'The workbook is protected by a password. Save it without one.');
  const names = entries.map(({ fileName }) => fileName.toLowerCase());
  if (names.some((name) => name.endsWith('vbaproject.bin')))
    throw new SourceFailure('file_has_macros', 'The workbook holds macros. Save it as XLSX without them.');
  if (!names.includes('xl/workbook.xml'))
    throw new SourceFailure('file_type_not_supported', 'The file is a ZIP archive but no XLSX workbook.');
}

/** Each part begins where the one before ends, and says of itself what the directory says of it. */
async function checkOrder(zip: ZipFile, entries: readonly Entry[]): Promise<void> {
  const inOrder = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  let slack = 0;
  for (const entry of inOrder) {
    const gap = entry.relativeOffsetOfLocalHeader - end;
    const local = await zip.readLocalFileHeaderPromise(entry);
    if (gap < 0 || gap > slack || !saysTheSame(entry, local)) throw damaged();
    end = local.fileDataStart + entry.compressedSize;
    slack = entry.generalPurposeBitFlag & HAS_DESCRIPTOR ? LONGEST_DESCRIPTOR : 0;
  }
}

type Told = Pick<Entry, 'generalPurposeBitFlag' | 'compressionMethod' | 'compressedSize' | 'uncompressedSize'>;

function saysTheSame(entry: Told, local: Told): boolean {
  const mayBeSilent = (entry.generalPurposeBitFlag & HAS_DESCRIPTOR) !== 0;
  const isSame = (told: number, said: number) => said === told || (mayBeSilent && said === 0);
  return (
    local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    local.compressionMethod === entry.compressionMethod &&
    isSame(entry.compressedSize, local.compressedSize) &&
    isSame(entry.uncompressedSize, local.uncompressedSize)
  );
}

/** Security 25: the real size. The stream fails as soon as a part is longer than it says. */
async function unpack(zip: ZipFile, entry: Entry): Promise<void> {
  const stream = await zip.openReadStreamPromise(entry);
  await finished(stream.resume());
}

const damaged = (cause?: unknown): SourceFailure =>
  new SourceFailure('file_damaged', 'The workbook is damaged: it may have been cut off on its way.', { cause });
