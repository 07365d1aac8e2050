import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** Migrated once by the global setup; `createTestDatabase({ migrated: true })` copies it. */
export const TEMPLATE = 'drawbridge_template';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/**
 * A fresh database of one's own on the server that the whole test run shares: empty, or with our migrations applied.
 * @throws Error when the run has no Postgres (see `describeWith('postgres', …)`)
 */
export async function createTestDatabase({ migrated = false } = {}): Promise<TestDatabase> {
  const server = process.env.DRAWBRIDGE_TEST_POSTGRES;
  if (!server) throw new Error('No Postgres in this test run');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${migrated ? TEMPLATE : 'template0'}`);
  return {
    url: databaseUrl(server, name),
    drop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** The address of another database of the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement as the server's owner. */
export async function administer(server: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
