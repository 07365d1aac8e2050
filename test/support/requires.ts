import { accessSync, appendFileSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import parts from './parts.json';

/** A real component that a suite stands on and that a machine may lack. */
export type Part = keyof typeof parts | 'postgres' | 'root';

const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

function isOnPath(binary: string): boolean {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_PATH];
  return directories.some((directory) => isExecutable(join(directory, binary)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** True when the part can be started here. */
export function isAvailable(part: Part): boolean {
  if (part === 'root') return process.getuid?.() === 0;
  if (part === 'postgres') return Boolean(process.env.DRAWBRIDGE_TEST_POSTGRES);
  return parts[part].binaries.every(isOnPath) && parts[part].files.every(existsSync);
}

/**
 * `describe` for a suite that needs real parts. Where one is missing the suite is skipped and the runner names it;
 * with CI=true it fails instead.
 */
export function describeWith(needs: Part | readonly Part[], name: string, suite: () => void): void {
  const missing = [needs].flat().filter((part) => !isAvailable(part));
  if (missing.length === 0) return describe(name, suite);
  record(missing, name);
  if (process.env.CI !== 'true') return describe.skip(name, suite);
  describe(name, () => {
    test('has the real parts it needs', () => {
      throw new Error(`Missing on this machine: ${missing.join(', ')}`);
    });
  });
}

function record(missing: readonly Part[], suite: string): void {
  const file = process.env.DRAWBRIDGE_TEST_MISSING;
  if (file) appendFileSync(file, `${JSON.stringify({ missing, suite, file: expect.getState().testPath })}\n`);
}
