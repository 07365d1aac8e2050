import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const SAMPLE = 4096;
const AT_ONCE = 64 * 1024;

/** By the byte order mark; without one UTF-16 shows by the zeros of its Latin letters, and what is no UTF-8 is Windows-1252. */
export function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE);
  const pairs = sample.length / 2;
  if (zerosAt(1, sample) > pairs / 2) return 'utf-16le';
  if (zerosAt(0, sample) > pairs / 2) return 'utf-16be';
  return isUtf8(bytes) || isCutUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

const zerosAt = (offset: 0 | 1, bytes: Uint8Array): number =>
  bytes.reduce((zeros, byte, index) => zeros + Number(byte === 0 && index % 2 === offset), 0);

/** UTF-8 whose last character was cut off; a text with no other beyond ASCII rather ends with a letter of Windows-1252. */
function isCutUtf8(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return /[^\x00-\x7f]/.test(text);
  } catch {
    return false;
  }
}

/** False for pictures, archives and other files whose beginning is full of control characters. */
export function isText(bytes: Uint8Array): boolean {
  const start = new TextDecoder(encodingOf(bytes)).decode(bytes.subarray(0, SAMPLE));
  const controls = start.match(/[^\P{Cc}\t\r\n]/gu)?.length ?? 0;
  return controls <= start.length / 20;
}

/** The text piece by piece, with room between the pieces for whatever else the process has to do. */
export async function* decode(bytes: Uint8Array): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encodingOf(bytes));
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    yield decoder.decode(bytes.subarray(at, at + AT_ONCE), { stream: true });
    await setImmediate();
  }
  yield decoder.decode();
}
