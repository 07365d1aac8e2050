import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The keys of the embedded default: 32 random bytes in DATA_DIR, readable by the service's user only, made at the first
 * start. The file may hold several lines of 64 hex digits, newest first.
 */
export async function ensureSecretKeys(dataDir: string): Promise<readonly Buffer[]> {
  const file = join(dataDir, 'secret-keys');
  await mkdir(dataDir, { recursive: true });
  try {
    const created = await open(file, 'wx', 0o600);
    await created.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await created.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  if (!lines.length || !lines.every((line) => /^[0-9a-f]{64}$/.test(line)))
    throw new Error(`${file} does not hold keys of 64 hex digits, one a line`);
  return lines.map((line) => Buffer.from(line, 'hex'));
}
