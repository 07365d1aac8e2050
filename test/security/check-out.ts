import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** One check of the product, and how to take it out. */
export interface CheckOut {
  /** Number in the list of security requirements; the tests carry it in their titles as `security N:`. */
  requirement: number;
  check: string;
  file: string;
  /** Stands in the file exactly once. */
  take: string | RegExp;
  /** What stands there instead; nothing by default. */
  leave?: string;
  /** Test files in which a test of the requirement then fails. */
  tests: readonly string[];
}

/** A row of an aligned rule table. */
export const row = (name: string): RegExp => new RegExp(`^ *\\['${name}', .*\\n`, 'm');

/** The file's text without the check. @throws Error when what is to be taken out does not stand there exactly once */
export function without({ check, file, take, leave = '' }: CheckOut): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = typeof take === 'string' ? text.split(take).length - 1 : text.match(new RegExp(take, 'gm'))?.length;
  if (found !== 1) throw new Error(`${check}: stands ${found ?? 0} times in ${file}`);
  return text.replace(take, () => leave);
}
