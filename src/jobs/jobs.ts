import { Logger as WorkerLogger, run, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { cleanUp } from '../storage/clean-up';
import type { Database } from '../storage/rows';

export interface JobDeps {
  databaseUrl: string;
  db: Database;
  log: Logger;
  now: () => Date;
}

/** When what runs by itself runs, in UTC; several processes and machines run each turn once. */
const CRONTAB = '17 * * * * clean_up';

/** Runs jobs from Postgres in this process. Yields how to stop: the job under way is finished first. */
export async function startJobs(deps: JobDeps): Promise<{ stop(): Promise<void> }> {
  const pool = jobPool(deps);
  const runner = await run({
    pgPool: pool,
    taskList: tasks(deps),
    crontab: CRONTAB,
    concurrency: 2,
    noHandleSignals: true,
    logger: new WorkerLogger(() => (level, message) => {
      if (level === 'error' || level === 'warning') deps.log.warn(`jobs: ${message}`);
    }),
  });
  return {
    async stop() {
      await runner.stop();
      await runner.promise;
      await pool.end();
    },
  };
}

/** A pool of its own, for one connection waits for notifications. A Postgres that goes away is waited for, not fatal. */
function jobPool({ databaseUrl, log }: JobDeps): Pool {
  const note = (error: Error) => log.warn(`jobs: ${error.message}`);
  const pool = new Pool({ connectionString: databaseUrl, max: 3 });
  return pool.on('error', note).on('connect', (client) => client.on('error', note));
}

const tasks = ({ db, now, log }: JobDeps): TaskList => ({
  clean_up: async () => {
    const gone = await cleanUp(db, now());
    log.info({ gone }, 'cleaned up');
  },
});
