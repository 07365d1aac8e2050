import { Logger as WorkerLogger, run, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import { deliverMail, sweepOutbox, type DeliveryDeps } from '../mail/deliver';
import type { MailTransport } from '../mail/transport';
import { cleanUp } from '../storage/clean-up';
import { deleteLapsedSignups } from '../storage/lapsed-signups';
import { addJob } from '../storage/job-queue';
import type { Database } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';

export interface JobDeps {
  databaseUrl: string;
  db: Database;
  box: SecretBox;
  /** Without one, mail waits in the outbox. */
  transport?: MailTransport;
  log: Logger;
  now: () => Date;
}

/** When what runs by itself runs, in UTC; several processes and machines run each turn once. */
const CRONTAB = `
17 * * * * clean_up
* * * * * sweep_outbox
`;

/** Runs jobs from Postgres in this process. Yields how to stop: the job under way is finished first. */
export async function startJobs(deps: JobDeps): Promise<{ stop(): Promise<void> }> {
  // What a killed process had in hand goes on at once, not after a minute.
  await addJob(deps.db.manager, { task: 'sweep_outbox', payload: {}, key: 'sweep_outbox' });
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

function tasks(deps: JobDeps): TaskList {
  const { db, now, log } = deps;
  const delivery: DeliveryDeps = { ...deps, jitter: Math.random };
  return {
    clean_up: async () => {
      const signups = await deleteLapsedSignups(db, now());
      const gone = await cleanUp(db, now());
      log.info({ gone: { ...gone, signups } }, 'cleaned up');
    },
    send_mail: (payload, { abortSignal }) => deliverMail(delivery, MailPayload.parse(payload), abortSignal),
    sweep_outbox: () => sweepOutbox(delivery),
  };
}

const MailPayload = z.object({ organizationId: z.uuid(), id: z.uuid() });
