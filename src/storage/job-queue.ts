import { runMigrations } from 'graphile-worker';
import { migrations } from 'graphile-worker/dist/generated/sql';
import { Pool } from 'pg';
import { rows, type Database, type Transaction } from './rows';

const NEWEST = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)));

export interface Job {
  task: string;
  /** Ids only: what is secret or personal stays in our own tables (security 19). */
  payload: Readonly<Record<string, string>>;
  /** At most one waiting job has a key: another takes its place. */
  key: string;
  /** Seconds from now, by the database's clock. */
  delay?: number;
}

/** Enqueues a job that runs once the transaction is committed. */
export async function addJob(tx: Transaction, { task, payload, key, delay = 0 }: Job): Promise<void> {
  await tx.query(
    `SELECT graphile_worker.add_job($1, $2::json, job_key => $3, run_at => now() + make_interval(secs => $4))`,
    [task, JSON.stringify(payload), key, delay],
  );
}

/** Brings graphile-worker's own tables up to date, so that jobs can be enqueued before a worker ever ran. */
export async function migrateJobQueue(url: string): Promise<void> {
  const ignore = (): void => undefined;
  const pgPool = new Pool({ connectionString: url, max: 1 });
  pgPool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
  try {
    await runMigrations({ pgPool });
  } finally {
    await pgPool.end();
  }
}

/** The job queue's tables are missing or older than this program's. */
export async function isJobQueueOutdated(db: Database): Promise<boolean> {
  const [found] = await rows<{ isThere: boolean }>(
    db.manager,
    `SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS is_there`,
  );
  if (!found?.isThere) return true;
  const [newest] = await rows<{ id: number | null }>(
    db.manager,
    'SELECT max(id) AS id FROM graphile_worker.migrations',
  );
  return (newest?.id ?? 0) < NEWEST;
}
