import { join } from 'node:path';
import type { Database } from '../../src/storage/rows';
import type { PostgresServer } from '../support/postgres-server';
import { cpuOfTree } from './cpu';

/** What a person comes to be kept in. */
const TABLES = [
  ...['contacts', 'statements', 'accounts', 'account_groups', 'ledger_entries', 'ledger_values', 'person_listing'],
];

export interface Cost {
  wallMs: number;
  cpuMs: number;
}

const fileOf = (files: string, table: string): string => join(files, table);

/** Writes the rows into files of the server's, and empties the tables. */
export async function copyOut(db: Database, files: string): Promise<void> {
  for (const table of TABLES) await db.query(`COPY ${table} TO '${fileOf(files, table)}'`);
  await db.query(`TRUNCATE ${TABLES.join(', ')} CASCADE`);
  // The people are listed by a file of their own.
  for (const table of ['contacts', 'accounts']) await db.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await db.query('CHECKPOINT');
}

/** Reads them back in as they are: nothing is parsed but the rows. */
export async function copyIn(db: Database, files: string, people: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    for (const table of TABLES) await tx.query(`COPY ${table} FROM '${fileOf(files, table)}'`);
  });
  const [listed] = await db.query<{ people: number }[]>('SELECT count(*)::int AS people FROM person_listing');
  if (listed?.people !== people) throw new Error(`${people} people are expected, ${listed?.people} came`);
}

/** Wall time, and CPU time of this process and the server together; printed. */
export async function costOf({ pid }: PostgresServer, what: string, work: () => Promise<void>): Promise<Cost> {
  const used = () => cpuOfTree(pid) + process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;
  const [begin, before] = [performance.now(), used()];
  await work();
  const cost = { wallMs: performance.now() - begin, cpuMs: used() - before };
  const [wall, cpu] = [cost.wallMs, cost.cpuMs].map((ms) => (ms / 1000).toFixed(1));
  console.log(`${what}: ${wall} s, CPU ${cpu} s (service ${(process.cpuUsage().user / 1e6).toFixed(1)} s so far)`);
  return cost;
}
