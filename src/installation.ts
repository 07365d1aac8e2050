import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Config } from './config';
import type { Installation } from './management/installation';
import type { Resources } from './resources';

/** The product's version, as its package says. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** How this installation is set up, without its secrets. */
export const installationOf = (config: Config, { secretKeys }: Resources, hasInbox: boolean): Installation => ({
  version: readVersion(),
  mail: config.smtpUrl ? 'smtp' : hasInbox ? 'inbox' : 'none',
  database: config.databaseUrl ? 'own' : 'embedded',
  sessionStore: config.redisUrl ? 'redis' : 'postgres',
  secretKeys: secretKeys.length,
});
