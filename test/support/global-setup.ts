import type * as Migrate from '../../src/storage/migrate';
import { endPeersWithThisProcess } from './leftovers';
import { TEMPLATE, administer, databaseUrl } from './postgres';
import { startPostgresServer } from './postgres-server';
import type { PostgresServer } from './postgres-server';

declare global {
  var drawbridgeTestPostgres: PostgresServer | undefined;
}

const MIGRATE = '../../src/storage/migrate';

/**
 * One Postgres for the whole run, its address in DRAWBRIDGE_TEST_POSTGRES. Where it cannot be had the variable stays
 * empty and the suites that need it are skipped.
 */
export default async function globalSetup(): Promise<void> {
  endPeersWithThisProcess();
  const server = await startPostgresServer().catch((error: Error) => {
    console.error(`No Postgres for the tests: ${error.message}`);
    return undefined;
  });
  if (!server) return;
  globalThis.drawbridgeTestPostgres = server;
  await administer(server.url, `CREATE DATABASE ${TEMPLATE} TEMPLATE template0`);
  await migrateTemplate(server.url);
  process.env.DRAWBRIDGE_TEST_POSTGRES = server.url;
}

/** The one place where the tests' databases get our tables. A failure is felt by the tests that want them, not by all. */
async function migrateTemplate(server: string): Promise<void> {
  try {
    const { migrateAt } = (await import(MIGRATE)) as typeof Migrate;
    await migrateAt(databaseUrl(server, TEMPLATE));
  } catch (error) {
    console.error('The migrations fail:', error);
    await administer(server, `DROP DATABASE ${TEMPLATE} WITH (FORCE)`);
  }
}
