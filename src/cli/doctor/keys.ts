import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config';
import { readSecretKeys } from '../../resources';
import { keysFit } from '../../storage/installation';
import type { Database } from '../../storage/rows';
import { createSecretBox, type SecretBox } from '../../storage/secret-box';
import { findings, type Finding } from './finding';

/**
 * Whether secrets can be opened, and by how many keys. Yields the box when they can.
 * The key check is there once the schema is up to date.
 */
export async function checkKeys(
  config: Config,
  db: Database,
): Promise<{ findings: readonly Finding[]; box?: SecretBox }> {
  const say = findings('keys');
  const mode = config.secretKeys ? undefined : await modeOf(config);
  if (mode === 'missing')
    return { findings: [say.problem('DATA_DIR holds no secret-keys', 'Restore the file from the backup.')] };
  const keys = await readSecretKeys(config);
  const box = createSecretBox(keys);
  if (!(await keysFit(db.manager, box)))
    return {
      findings: [
        say.problem(
          'None of the keys is the one that this database was started with',
          'Put the former key back into SECRET_KEYS (or DATA_DIR/secret-keys), newest first.',
        ),
      ],
    };
  const open = mode === 'open' ? [readableByOthers(config)] : [];
  const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
  const where = config.secretKeys ? 'SECRET_KEYS' : 'DATA_DIR/secret-keys';
  return { findings: [say.ok(`${count} in ${where}, fitting this database`), ...open], box };
}

async function modeOf({ dataDir }: Config): Promise<'missing' | 'open' | 'closed'> {
  const found = await stat(join(dataDir, 'secret-keys')).catch(() => undefined);
  if (!found) return 'missing';
  return (found.mode & 0o077) === 0 ? 'closed' : 'open';
}

const readableByOthers = ({ dataDir }: Config): Finding => {
  const file = join(dataDir, 'secret-keys');
  return findings('keys').warning('Other users of this machine can read the keys', `Run: chmod 600 ${file}`);
};
