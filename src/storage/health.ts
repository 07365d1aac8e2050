import { row, type Transaction } from './rows';

export interface DatabaseFacts {
  version: string;
  bytes: number;
}

export async function readDatabaseFacts(tx: Transaction): Promise<DatabaseFacts> {
  const found = await row<DatabaseFacts>(
    tx,
    `SELECT current_setting('server_version') AS version, pg_database_size(current_database())::float8 AS bytes`,
  );
  if (!found) throw new Error('the database says nothing of itself');
  return found;
}

/** What waits for somebody to do it. */
export interface Backlog {
  /** Due, and not done yet. */
  waiting: number;
  /** Given up. */
  failed: number;
  /** Since when the oldest of those that wait has been due. */
  oldest: Date | null;
}

const NOTHING: Backlog = { waiting: 0, failed: 0, oldest: null };

/** The jobs. Due is what the database's clock says: the queue goes by it. */
export const readJobBacklog = async (tx: Transaction): Promise<Backlog> =>
  (await row<Backlog>(
    tx,
    `SELECT count(*) FILTER (WHERE attempts < max_attempts AND run_at <= now())::int AS waiting,
            count(*) FILTER (WHERE attempts >= max_attempts)::int AS failed,
            min(run_at) FILTER (WHERE attempts < max_attempts AND run_at <= now()) AS oldest
       FROM graphile_worker.jobs`,
  )) ?? NOTHING;

/** The outbox; given up since `since`. */
export const readMailBacklog = async (tx: Transaction, since: Date): Promise<Backlog> =>
  (await row<Backlog>(
    tx,
    `SELECT count(*) FILTER (WHERE sent_at IS NULL AND failed_at IS NULL)::int AS waiting,
            count(*) FILTER (WHERE failed_at >= $1)::int AS failed,
            min(created_at) FILTER (WHERE sent_at IS NULL AND failed_at IS NULL) AS oldest
       FROM mails`,
    [since],
  )) ?? NOTHING;
