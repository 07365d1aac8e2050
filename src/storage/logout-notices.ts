import type { AccountId, ApplicationId, ApplicationSessionId, OrganizationId, SessionId } from '../domain/ids';
import { addJob, addJobs, type Job } from './job-queue';
import { row, rows, type Transaction } from './rows';

/** Which application's session is over; all that a job's payload says. */
export interface NoticeRef {
  organizationId: OrganizationId;
  id: ApplicationSessionId;
}

/** An application that has to hear that somebody is signed out. */
export interface LogoutNotice extends NoticeRef {
  accountId: AccountId;
  applicationId: ApplicationId;
  clientId: string;
  /** When the session ended. */
  createdAt: Date;
  attempts: number;
}

const WAITING = 'n.confirmed_at IS NULL AND n.failed_at IS NULL';
const TASK = 'tell_application';

const jobOf = ({ organizationId, id }: NoticeRef): Job => ({
  task: TASK,
  payload: { organizationId, id },
  key: `notice ${id}`,
});

/**
 * For every application that was signed in within these sessions and wants to hear of sign-outs: a notice, and its job,
 * in the transaction that ends them. The sessions are locked, so that none is entered meanwhile.
 */
export async function queueLogoutNotices(
  tx: Transaction,
  organizationId: OrganizationId,
  sessions: readonly SessionId[],
  now: Date,
): Promise<void> {
  if (sessions.length)
    await queueWhere(tx, now, 'x.organization_id = $2 AND x.session_id = ANY($3)', organizationId, sessions);
}

/** As `queueLogoutNotices`, for applications' sessions that are over while the person's goes on. */
export async function queueNoticesOf(tx: Transaction, over: readonly NoticeRef[], now: Date): Promise<void> {
  const [organizations, ids] = [over.map(({ organizationId }) => organizationId), over.map(({ id }) => id)];
  const condition = '(x.organization_id, x.id) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))';
  if (over.length) await queueWhere(tx, now, condition, organizations, ids);
}

async function queueWhere(tx: Transaction, now: Date, condition: string, ...parameters: unknown[]): Promise<void> {
  const queued = await rows<NoticeRef>(
    tx,
    `INSERT INTO logout_notices (organization_id, id, application_id, account_id, created_at, due_at)
     SELECT x.organization_id, x.id, x.application_id, s.account_id, $1, $1
       FROM application_sessions x JOIN sessions s ON s.organization_id = x.organization_id AND s.id = x.session_id
       JOIN applications p ON p.id = x.application_id
      WHERE ${condition} AND p.backchannel_logout_uri IS NOT NULL
     ON CONFLICT DO NOTHING RETURNING organization_id, id`,
    [now, ...parameters],
  );
  await addJobs(tx, queued.map(jobOf));
}

/** How it stands with the sign-out that an application was told of last. */
export interface LastLogoutNotice {
  /** When the session ended. */
  at: Date;
  state: 'waiting' | 'confirmed' | 'given_up';
  attempts: number;
  /** Why it was not confirmed the last time. */
  problem: string | null;
}

export const findLastLogoutNotice = (tx: Transaction, id: ApplicationId): Promise<LastLogoutNotice | undefined> =>
  row<LastLogoutNotice>(
    tx,
    `SELECT created_at AS at, attempts, problem,
            CASE WHEN confirmed_at IS NOT NULL THEN 'confirmed' WHEN failed_at IS NOT NULL THEN 'given_up' ELSE 'waiting' END AS state
       FROM logout_notices WHERE application_id = $1 ORDER BY created_at DESC LIMIT 1`,
    [id],
  );

/** Undefined when it is confirmed, given up, or not due yet, by a clock that may be a second behind. */
export const findDueNotice = (
  tx: Transaction,
  { organizationId, id }: NoticeRef,
  now: Date,
): Promise<LogoutNotice | undefined> =>
  row<LogoutNotice>(
    tx,
    `SELECT n.organization_id, n.id, n.account_id, n.application_id, p.client_id, n.created_at, n.attempts
       FROM logout_notices n JOIN applications p ON p.id = n.application_id
      WHERE n.organization_id = $1 AND n.id = $2 AND ${WAITING} AND n.due_at <= $3::timestamptz + interval '1 second'`,
    [organizationId, id, now],
  );

export async function confirmNotice(tx: Transaction, { organizationId, id }: NoticeRef, now: Date): Promise<void> {
  await tx.query(
    `UPDATE logout_notices SET confirmed_at = $3, attempts = attempts + 1, problem = NULL WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, now],
  );
}

/** Not confirmed: given up, or, with a delay in seconds, tried again. */
export async function noteUnconfirmed(
  tx: Transaction,
  { organizationId, id }: NoticeRef,
  now: Date,
  problem: string,
  delay: number | undefined,
): Promise<void> {
  const due = new Date(now.getTime() + (delay ?? 0) * 1000);
  await tx.query(
    `UPDATE logout_notices SET attempts = attempts + 1, problem = $3, due_at = $4, failed_at = $5
      WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, problem, due, delay === undefined ? now : null],
  );
  if (delay !== undefined) await addJob(tx, { ...jobOf({ organizationId, id }), delay });
}

/** Gives notices that a killed process left behind their jobs again. */
export async function enqueueStrandedNotices(tx: Transaction, now: Date, most: number): Promise<void> {
  const stranded = await rows<NoticeRef>(
    tx,
    `SELECT n.organization_id, n.id FROM logout_notices n WHERE ${WAITING} AND n.due_at <= $1 ORDER BY n.due_at LIMIT $2`,
    [now, most],
  );
  await addJobs(tx, stranded.map(jobOf));
}
