import { Logger as WorkerLogger, run, type Runner, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Notifier } from '../bridge/notifier';
import { sweepNotices, tellApplication } from '../bridge/tell-application';
import { deliverMail, sweepOutbox, type DeliveryDeps } from '../mail/deliver';
import type { MailTransport } from '../mail/transport';
import { runBulkAction } from '../management/bulk-run';
import { runImport } from '../management/import-run';
import type { ManagementDeps } from '../management/deps';
import { enqueueBulkAction, listStrandedBulkActions } from '../storage/bulk-actions';
import { cleanUp } from '../storage/clean-up';
import { endLapsedAccess } from '../storage/lapsed-access';
import { deleteLapsedSignups } from '../storage/lapsed-signups';
import { addJob } from '../storage/job-queue';
import { enqueueRun, listStrandedRuns } from '../storage/runs';
import type { Database } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';
import { keepRunning, type Kept } from './keep-running';

export interface JobDeps {
  databaseUrl: string;
  db: Database;
  box: SecretBox;
  /** Without one, mail waits in the outbox. */
  transport?: MailTransport;
  /** Without one, applications are not told of sign-outs. */
  notifier?: Notifier;
  /** Without it, bulk actions wait. */
  management?: ManagementDeps;
  log: Logger;
  now: () => Date;
}

/** When what runs by itself runs, in UTC; several processes and machines run each turn once. */
const CRONTAB = `
17 * * * * clean_up
* * * * * sweep_outbox
* * * * * sweep_notices
* * * * * end_lapsed_access
* * * * * sweep_bulk_actions
* * * * * sweep_runs
`;

/** Runs jobs from Postgres in this process. Yields how to stop: the job under way is finished first. */
export async function startJobs(deps: JobDeps): Promise<Kept> {
  // What a killed process had in hand goes on at once, not after a minute.
  for (const task of ['sweep_outbox', 'sweep_notices', 'sweep_bulk_actions', 'sweep_runs'])
    await addJob(deps.db.manager, { task, payload: {}, key: task });
  const pool = jobPool(deps);
  const note = (error: unknown) => deps.log.warn({ err: error }, 'jobs: the worker gave up; another takes its place');
  const kept = await keepRunning(() => startWorker(deps, pool), note);
  return {
    async stop() {
      await kept.stop();
      await pool.end();
    },
  };
}

const startWorker = (deps: JobDeps, pgPool: Pool): Promise<Runner> =>
  run({
    pgPool,
    taskList: tasks(deps),
    crontab: CRONTAB,
    concurrency: 2,
    noHandleSignals: true,
    // Not batched, what cannot be recorded is a rejection that nobody handles, and ends the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: new WorkerLogger(() => (level, message) => {
      if (level === 'error' || level === 'warning') deps.log.warn(`jobs: ${message}`);
    }),
  });

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
    send_mail: (payload, { abortSignal }) => deliverMail(delivery, Ref.parse(payload), abortSignal),
    sweep_outbox: () => sweepOutbox(delivery),
    tell_application: async (payload) => {
      const { notifier } = deps;
      if (notifier) await tellApplication({ ...deps, notifier }, Ref.parse(payload));
    },
    sweep_notices: () => sweepNotices(deps),
    end_lapsed_access: () => endLapsedAccess(db, now()),
    run_bulk_action: async (payload, { abortSignal }) => {
      const failed = (error: unknown) => log.error({ err: error }, 'a bulk action failed for one account');
      if (deps.management) await runBulkAction(deps.management, Ref.parse(payload), failed, abortSignal);
    },
    sweep_bulk_actions: async () => {
      for (const ref of await listStrandedBulkActions(db.manager, SWEPT)) await enqueueBulkAction(db.manager, ref);
    },
    advance_run: async (payload, { abortSignal }) => {
      if (deps.management) await runImport(deps.management, Ref.parse(payload), abortSignal);
    },
    sweep_runs: async () => {
      for (const ref of await listStrandedRuns(db.manager, now(), SWEPT)) await enqueueRun(db.manager, ref);
    },
  };
}

/** Bulk actions or runs that one sweep gives a job again. */
const SWEPT = 100;

const Ref = z.object({ organizationId: z.uuid(), id: z.uuid() });
