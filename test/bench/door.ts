import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDoor } from '../../src/provisioning/door';
import { BATCH, provision } from '../../src/provisioning/provision';
import { openDatabase } from '../../src/storage/data-source';
import { migrateAt } from '../../src/storage/migrate';
import type { Database } from '../../src/storage/rows';
import { countAnew } from '../../src/storage/statistics';
import { inTransaction } from '../../src/storage/transaction';
import { startPostgresServer, type PostgresServer } from '../support/postgres-server';
import { cpuOfTree } from './cpu';
import { createDestination, newcomer, type Destination } from './newcomers';

const PEOPLE = Number(process.argv[2] ?? 100_000);

/** What a person comes to be kept in. */
const TABLES = [
  ...['contacts', 'statements', 'accounts', 'account_groups', 'ledger_entries', 'ledger_values', 'person_listing'],
];

interface Cost {
  wallMs: number;
  cpuMs: number;
}

/**
 * New people through the door, in batches as an import commits them, beside COPY of the very rows that came of it into the
 * same tables, emptied, with their indexes and foreign keys. The server itself reads the files: no client stands in
 * between, and nothing is parsed but the rows.
 */
async function main(): Promise<void> {
  const postgres = await startPostgresServer();
  const files = await mkdtemp(join(tmpdir(), 'drawbridge-copy-'));
  try {
    // Where root runs the tests, the server is somebody else.
    await chmod(files, 0o777);
    await migrateAt(postgres.url);
    const db = await openDatabase(postgres.url);
    const destination = await createDestination(db, PEOPLE);
    const cost = (what: string, work: () => Promise<void>) => costOf(postgres, what, work);
    const door = await cost('through the door', () => bringPeople(db, destination));
    await copyOut(db, files);
    const copy = await cost('COPY of the same rows', () => copyIn(db, files));
    console.log(`ratio: wall ${(door.wallMs / copy.wallMs).toFixed(2)}, CPU ${(door.cpuMs / copy.cpuMs).toFixed(2)}`);
    await db.destroy();
  } finally {
    await postgres.stop();
    await rm(files, { recursive: true, force: true });
  }
}

async function bringPeople(db: Database, destination: Destination): Promise<void> {
  const { organizationId, sourceId } = destination;
  for (let first = 0; first < PEOPLE; first += BATCH) {
    const length = Math.min(BATCH, PEOPLE - first);
    const records = Array.from({ length }, (_, at) => newcomer(destination, first + at));
    await inTransaction(db, async (tx) => {
      const door = await openDoor(tx, organizationId, sourceId);
      const outcomes = await provision(tx, door, records, { actor: { kind: 'command' }, now: new Date() });
      const odd = outcomes.find(({ accountId }) => !accountId);
      if (odd) throw new Error(`everybody gets an account, but ${JSON.stringify(odd.decision)}`);
    });
    if (isTenfold(first / BATCH + 1)) await countAnew(db);
  }
}

const isTenfold = (batches: number): boolean => [1, 10, 100].includes(batches);

const fileOf = (files: string, table: string): string => join(files, table);

async function copyOut(db: Database, files: string): Promise<void> {
  for (const table of TABLES) await db.query(`COPY ${table} TO '${fileOf(files, table)}'`);
  await db.query(`TRUNCATE ${TABLES.join(', ')} CASCADE`);
  // The people are listed by a file of their own.
  for (const table of ['contacts', 'accounts']) await db.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await db.query('CHECKPOINT');
}

async function copyIn(db: Database, files: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    for (const table of TABLES) await tx.query(`COPY ${table} FROM '${fileOf(files, table)}'`);
  });
  const [listed] = await db.query<{ people: number }[]>('SELECT count(*)::int AS people FROM person_listing');
  if (listed?.people !== PEOPLE) throw new Error(`${PEOPLE} people are expected, ${listed?.people} came`);
}

async function costOf({ pid }: PostgresServer, what: string, work: () => Promise<void>): Promise<Cost> {
  const used = () => cpuOfTree(pid) + process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;
  const [begin, before] = [performance.now(), used()];
  await work();
  const cost = { wallMs: performance.now() - begin, cpuMs: used() - before };
  const [wall, cpu] = [cost.wallMs, cost.cpuMs].map((ms) => (ms / 1000).toFixed(1));
  console.log(
    `${PEOPLE} people, ${what}: ${wall} s, CPU ${cpu} s (service ${(process.cpuUsage().user / 1e6).toFixed(1)} s so far)`,
  );
  return cost;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
