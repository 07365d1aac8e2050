import type { Database } from './rows';

/** What people who come are written to, and looked up in for each of them. */
const GROWING = ['contacts', 'statements', 'accounts', 'account_groups', 'person_listing'];

/**
 * Has Postgres count anew. It plans by what it last counted, and a session keeps its plans, those of foreign keys too: for
 * an organization of ten they read all of it, for each of 100,000 who come before the next round of autovacuum.
 */
export async function countAnew(db: Database): Promise<void> {
  await db.query(`ANALYZE ${GROWING.join(', ')}`);
}
