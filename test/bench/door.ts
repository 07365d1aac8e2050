import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDoor } from '../../src/provisioning/door';
import { BATCH, provision } from '../../src/provisioning/provision';
import { openDatabase } from '../../src/storage/data-source';
import { migrateAt } from '../../src/storage/migrate';
import type { Database } from '../../src/storage/rows';
import { countAnewAfter } from '../../src/storage/statistics';
import { inTransaction } from '../../src/storage/transaction';
import { startPostgresServer } from '../support/postgres-server';
import { copyIn, copyOut, costOf } from './copy';
import { createDestination, newcomer, type Destination } from './newcomers';

const PEOPLE = Number(process.argv[2] ?? 100_000);

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
    const cost = (what: string, work: () => Promise<void>) => costOf(postgres, `${PEOPLE} people, ${what}`, work);
    const door = await cost('through the door', () => bringPeople(db, destination));
    await copyOut(db, files);
    const copy = await cost('COPY of the same rows', () => copyIn(db, files, PEOPLE));
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
    await countAnewAfter(db, first / BATCH + 1);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
