import type { Database } from './rows';

/** What people who come are written to, and looked up in for each of them. */
export const PEOPLE = ['contacts', 'statements', 'accounts', 'account_groups', 'person_listing'] as const;
/** The lines of runs. */
export const LINES = ['run_rows'] as const;

/**
 * Has Postgres count anew after the first, tenth, hundredth … of the batches that somebody writes one after the other. It
 * plans by what it last counted, and a session keeps its plans, those of foreign keys too: for an organization of ten they
 * read all of it, for each of 100,000 who come before the next round of autovacuum. Not worth it after the last batch.
 */
export async function countAnewAfter(db: Database, batches: number, tables: readonly string[] = PEOPLE): Promise<void> {
  if (Number.isInteger(Math.log10(batches))) await db.query(`ANALYZE ${tables.join(', ')}`);
}
