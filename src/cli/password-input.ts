import { Refusal } from './failure';
import type { Output } from './output';

/** Far more than any password; what is longer is not one. */
const MOST_BYTES = 64_000;

/**
 * Reads a password from standard input, where no other process of the machine sees it; one newline at its end is cut.
 * @throws Refusal when it is not text
 */
export async function readPassword(out: Output): Promise<string> {
  if (process.stdin.isTTY)
    out.complain('the password is read from standard input: type it (it is shown), then Enter and Ctrl-D');
  const bytes = await readSome();
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    throw new Refusal(['the password on standard input is not UTF-8 text']);
  }
}

async function readSome(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) throw new Refusal(['what came on standard input is too long for a password']);
  }
  return Buffer.concat(chunks);
}
