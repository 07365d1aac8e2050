import { SourceFailure } from '../source';
import { LARGEST_FILE } from './limits';
import { isText } from './text-encoding';

export type SheetFormat = 'csv' | 'xlsx';

/** What Office keeps old workbooks and encrypted new ones in: [MS-CFB] 2.2. */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** The stream that holds an encrypted workbook: [MS-OFFCRYPTO] 2.3.4.4. */
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');
const ZIP = Buffer.from('PK\x03\x04', 'latin1');

/** What a file is by its bytes, whatever its name says; throws `SourceFailure` for what is neither CSV nor XLSX. */
export function formatOf(content: Uint8Array): SheetFormat {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length === 0) throw new SourceFailure('file_empty', 'The file is empty.');
  if (bytes.length > LARGEST_FILE) throw new SourceFailure('file_too_large', 'A file may have at most 10 MB.');
  if (startsWith(bytes, COMPOUND_FILE)) throw compoundFile(bytes);
  if (startsWith(bytes, ZIP)) return 'xlsx';
  if (isText(bytes)) return 'csv';
  throw new SourceFailure('file_type_not_supported', 'The file is neither CSV nor XLSX.');
}

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);

const compoundFile = (bytes: Buffer): SourceFailure =>
  bytes.includes(ENCRYPTED_PACKAGE)
    ? new SourceFailure('file_encrypted', 'The workbook is protected by a password. Save it without one.')
    : new SourceFailure('file_type_not_supported', 'This is the old XLS format. Save the workbook as XLSX or CSV.');
