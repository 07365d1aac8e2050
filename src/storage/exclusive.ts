import { poolOf, type Database } from './rows';

/**
 * Does the work while nobody else does work of that name. The lock is a session's (Postgres 13.3.5) on a connection of
 * its own, so no transaction is open meanwhile, and a process that is killed lets go at once.
 * @returns undefined, with nothing done, when another is at it
 */
export async function exclusively<T>(db: Database, name: string, work: () => Promise<T>): Promise<T | undefined> {
  const client = await poolOf(db).connect();
  let lost: Error | undefined;
  const lose = (error: Error): void => void (lost = error);
  client.on('error', lose);
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      [name],
    );
    if (!rows[0]?.taken) return undefined;
    try {
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(lose);
    }
  } finally {
    client.off('error', lose);
    // A connection that may still hold the lock is closed, which frees it.
    client.release(lost);
  }
}
