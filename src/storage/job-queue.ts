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

/** Enqueues jobs that run once the transaction is committed. */
export async function addJobs(tx: Transaction, jobs: readonly Job[]): Promise<void> {
  if (!jobs.length) return;
  await tx.query(
    `SELECT graphile_worker.add_job(j.task, j.payload, job_key => j.key, run_at => now() + make_interval(secs => j.delay))
       FROM json_to_recordset($1::json) AS j(task text, payload json, key text, delay double precision)`,
    [JSON.stringify(jobs.map((job) => ({ delay: 0, ...job })))],
  );
}

export const addJob = (tx: Transaction, job: Job): Promise<void> => addJobs(tx, [job]);

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
