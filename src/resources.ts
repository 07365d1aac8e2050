import type { Logger } from 'pino';
import type { Config } from './config';
import { createOutbound, type Outbound } from './outbound/outbound';
import { migrate, openDatabase, pendingMigrations } from './storage/data-source';
import { openEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './storage/embedded-postgres';
import { keysFit } from './storage/installation';
import type { Database } from './storage/rows';
import { createSecretBox, type SecretBox } from './storage/secret-box';
import { ensureSecretKeys } from './storage/secret-keys';

/** A database that takes connections, in whatever state it is. */
export interface OpenDatabase {
  databaseUrl: string;
  db: Database;
  close(): Promise<void>;
}

/** What a process holds open: the service, a command and the demo alike. */
export interface Resources extends OpenDatabase {
  secretKeys: readonly Buffer[];
  box: SecretBox;
  outbound: Outbound;
  /** Names of the migrations that were applied just now. */
  migrated: readonly string[];
}

/** A start that cannot go on, in one line for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface Role {
  /** As others read it when they find DATA_DIR in use: 'the … with process id …'. */
  owner: string;
  /** A service must own DATA_DIR; a command may use what a running service has open. */
  exclusive: boolean;
}

export const OLDEST_POSTGRES = 15;

/**
 * Opens database and keys: the embedded Postgres unless DATABASE_URL names another, migrated unless MIGRATIONS is off.
 * @throws StartError with one line that says what to do
 */
export async function openResources(config: Config, role: Role, log: Logger): Promise<Resources> {
  const database = await openBareDatabase(config, role, log);
  try {
    const secretKeys = await readSecretKeys(config);
    const box = createSecretBox(secretKeys);
    const migrated = await prepare(database.db, box, config);
    const outbound = createOutbound({ allow: config.outboundAllow });
    return { ...database, secretKeys, box, migrated, outbound };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Connects, and neither migrates nor looks at anything: for who wants to see what is wrong.
 * @throws StartError when the database cannot be reached
 */
export async function openBareDatabase(config: Config, role: Role, log: Logger): Promise<OpenDatabase> {
  const postgres = config.databaseUrl ? undefined : await openPostgres(config, role, log);
  const databaseUrl = config.databaseUrl ?? postgres?.url ?? '';
  try {
    const db = await openDatabase(databaseUrl);
    const close = async (): Promise<void> => {
      await db.destroy();
      await postgres?.stop();
    };
    return { databaseUrl, db, close };
  } catch (error) {
    await postgres?.stop();
    throw new StartError(`${sourceOf(config)}: cannot connect: ${reasonOf(error)}`);
  }
}

/** The keys of SECRET_KEYS, or those of DATA_DIR, made at the first start. @throws StartError */
export async function readSecretKeys({ secretKeys, dataDir }: Config): Promise<readonly Buffer[]> {
  if (secretKeys) return secretKeys;
  return ensureSecretKeys(dataDir).catch((error: unknown) => {
    throw new StartError(`DATA_DIR: the secret keys cannot be read: ${reasonOf(error)}`);
  });
}

function openPostgres(config: Config, role: Role, log: Logger): Promise<EmbeddedPostgres> {
  const open = role.exclusive ? startEmbeddedPostgres : openEmbeddedPostgres;
  return open({
    dataDir: config.dataDir,
    owner: role.owner,
    log: (level, message) => log[level](message),
  });
}

async function prepare(db: Database, box: SecretBox, config: Config): Promise<readonly string[]> {
  await requireUsable(db, config);
  const migrated = await bringUpToDate(db, config);
  if (!(await keysFit(db.manager, box)))
    throw new StartError(
      `${config.secretKeys ? 'SECRET_KEYS' : 'DATA_DIR: secret-keys'}: none of the keys is the one this database was started with; put the former key back, newest first`,
    );
  return migrated;
}

async function bringUpToDate(db: Database, config: Config): Promise<readonly string[]> {
  if (config.migrations === 'off') {
    if (!(await pendingMigrations(db))) return [];
    throw new StartError('MIGRATIONS is off and the database is not up to date; run: npx drawbridge migrate');
  }
  return migrate(db).catch((error: unknown) => {
    // A role without rights, a full disk: Postgres names it. Without a code it is a defect of ours.
    if (typeof (error as { code?: unknown }).code !== 'string') throw error;
    throw new StartError(`${sourceOf(config)}: the migrations fail: ${reasonOf(error)}`);
  });
}

async function requireUsable(db: Database, config: Config): Promise<void> {
  const { version, encoding } = await readServer(db);
  if (version < OLDEST_POSTGRES)
    throw new StartError(`${sourceOf(config)}: this is Postgres ${version}; ${OLDEST_POSTGRES} or newer is needed`);
  if (encoding !== 'UTF8')
    throw new StartError(
      `${sourceOf(config)}: the database is encoded as ${encoding}; create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    );
}

/** Major version, and the encoding of this database. */
export async function readServer(db: Database): Promise<{ version: number; encoding: string }> {
  const [server] = await db.query<{ version: number; encoding: string }[]>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding`,
  );
  if (!server) throw new Error('the database does not tell its version');
  return server;
}

const sourceOf = (config: Config): string => (config.databaseUrl ? 'DATABASE_URL' : 'embedded Postgres');

/** Why something failed, in one line; a connection tried at several addresses has its reason inside. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error instanceof Error ? error.message : String(error);
}
