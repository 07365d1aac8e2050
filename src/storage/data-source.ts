import { DataSource, DefaultNamingStrategy } from 'typeorm';
import { CreateFoundation20261122030000 } from '../../migrations/20261122030000-CreateFoundation';
import { AddCredentials20261122090000 } from '../../migrations/20261122090000-AddCredentials';
import { RememberPrincipals20261128010000 } from '../../migrations/20261128010000-RememberPrincipals';
import { AddKeyRotation20261128020000 } from '../../migrations/20261128020000-AddKeyRotation';
import { AddLinkReasons20261128030000 } from '../../migrations/20261128030000-AddLinkReasons';
import { AddCaptures20261128040000 } from '../../migrations/20261128040000-AddCaptures';
import { AddApplications20261128100000 } from '../../migrations/20261128100000-AddApplications';
import { KeepAuthenticationContext20261128110000 } from '../../migrations/20261128110000-KeepAuthenticationContext';
import { IndexAccessUntil20261128130000 } from '../../migrations/20261128130000-IndexAccessUntil';
import { IndexLogoutNotices20261128130100 } from '../../migrations/20261128130100-IndexLogoutNotices';
import { AddPortalRoles20261128200000 } from '../../migrations/20261128200000-AddPortalRoles';
import { ListPeople20261128220000 } from '../../migrations/20261128220000-ListPeople';
import { AddBulkActions20261128220001 } from '../../migrations/20261128220001-AddBulkActions';
import { AddErasures20261128220002 } from '../../migrations/20261128220002-AddErasures';
import { AddSecondFactor20261128210000 } from '../../migrations/20261128210000-AddSecondFactor';
import { IndexWhatAdminsLookFor20261128240000 } from '../../migrations/20261128240000-IndexWhatAdminsLookFor';
import { AddLogos20261128250000 } from '../../migrations/20261128250000-AddLogos';
import { AddBreakGlass20261128260000 } from '../../migrations/20261128260000-AddBreakGlass';
import { ListNewPeopleAtOnce20261128270000 } from '../../migrations/20261128270000-ListNewPeopleAtOnce';
import { AddRuns20261128280000 } from '../../migrations/20261128280000-AddRuns';
import { GiveAccountsToContacts20261128290000 } from '../../migrations/20261128290000-GiveAccountsToContacts';
import { PutPeopleIntoOrganizations20261128290001 } from '../../migrations/20261128290001-PutPeopleIntoOrganizations';
import { isJobQueueOutdated, migrateJobQueue } from './job-queue';
import { entities } from './schema';

const MIGRATION_LOCK = 7_236_001;
/** The locks of a machine that vanished without a word are free after a minute, not after two hours. */
const KEEPALIVE = '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

class SnakeCase extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

export const createDataSource = (url: string, poolSize = 10): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations: [
      CreateFoundation20261122030000,
      AddCredentials20261122090000,
      RememberPrincipals20261128010000,
      AddKeyRotation20261128020000,
      AddLinkReasons20261128030000,
      AddCaptures20261128040000,
      AddApplications20261128100000,
      KeepAuthenticationContext20261128110000,
      IndexAccessUntil20261128130000,
      IndexLogoutNotices20261128130100,
      AddPortalRoles20261128200000,
      ListPeople20261128220000,
      AddBulkActions20261128220001,
      AddErasures20261128220002,
      AddSecondFactor20261128210000,
      IndexWhatAdminsLookFor20261128240000,
      AddLogos20261128250000,
      AddBreakGlass20261128260000,
      ListNewPeopleAtOnce20261128270000,
      AddRuns20261128280000,
      GiveAccountsToContacts20261128290000,
      PutPeopleIntoOrganizations20261128290001,
    ],
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeCase(),
    poolSize,
    applicationName: 'drawbridge',
    extra: { connectionTimeoutMillis: 5_000, options: `-c TimeZone=UTC -c statement_timeout=30000 ${KEEPALIVE}` },
    // The database may be restarted under us; a lost idle client is replaced, not fatal.
    poolErrorHandler: () => undefined,
  });

/** Opens the pool. Yields a connected data source; rejects when the database cannot be reached. */
export const openDatabase = (url: string, poolSize?: number): Promise<DataSource> =>
  createDataSource(url, poolSize).initialize();

/** Brings the schema up to date. Several processes may start at once: one migrates, the others wait. Yields the names applied. */
export async function migrate(db: DataSource): Promise<readonly string[]> {
  const lock = db.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('SET statement_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await db.runMigrations({ transaction: 'each' });
    await migrateJobQueue(addressOf(db));
    return applied.map((migration) => migration.name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
  }
}

/** There are migrations, ours or the job queue's, that this program knows and the database does not have yet. */
export const pendingMigrations = async (db: DataSource): Promise<boolean> =>
  (await db.showMigrations()) || isJobQueueOutdated(db);

function addressOf({ options }: DataSource): string {
  if (options.type !== 'postgres' || !options.url)
    throw new Error('a data source of createDataSource() has an address');
  return options.url;
}
