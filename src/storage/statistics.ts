import type { Database } from './rows';

/** What people who come are written to, and looked up in for each of them. */
const GROWING = [
  ...['contacts', 'statements', 'accounts', 'account_groups', 'person_listing'],
  ...['run_rows', 'run_results'],
];

/**
 * Has Postgres count anew. It plans by what it last counted, and a session keeps its plans, those of foreign keys too: for
 * an organization of ten they read all of it, for each of 100,000 who come before the next round of autovacuum.
 */
export async function countAnew(db: Database): Promise<void> {
  await db.query(`ANALYZE ${GROWING.join(', ')}`);
}

/** As `countAnew`, after the first, tenth, hundredth … of the batches that somebody writes one after the other. */
export async function countAnewAfter(db: Database, batches: number): Promise<void> {
  if (Number.isInteger(Math.log10(batches))) await countAnew(db);
}
