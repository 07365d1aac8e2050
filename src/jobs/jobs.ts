import { Logger as WorkerLogger, run, type TaskList } from 'graphile-worker';
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
  const runner = await run({
    // A pool of its own: it waits for notifications on one connection, and wants its own error handlers on all.
    connectionString: deps.databaseUrl,
    maxPoolSize: 3,
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
      // Its connections are let go of after that, and must be before Postgres is stopped under them.
      await runner.promise;
    },
  };
}

const tasks = ({ db, now, log }: JobDeps): TaskList => ({
  clean_up: async () => {
    const gone = await cleanUp(db, now());
    log.info({ gone }, 'cleaned up');
  },
});
