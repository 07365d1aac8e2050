import { v7 as uuid } from 'uuid';
import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import type { Actor } from '../domain/ledger-entry';
import { addJob } from './job-queue';
import type { Selection } from './listing';
import { row, rows, type Transaction } from './rows';

/** Which bulk action; all that a job's payload says. */
export interface BulkActionRef {
  organizationId: OrganizationId;
  id: string;
}

/** Whom an action means; the ids of its people are theirs. */
export type BulkSubject = 'account' | 'contact';
export type SubjectId = AccountId | ContactId;

export interface NewBulkAction {
  organizationId: OrganizationId;
  action: string;
  subject: BulkSubject;
  value: string | null;
  /** What else was asked for, of an action that takes more than a value. */
  options: Readonly<Record<string, unknown>> | null;
  actor: Actor;
  scopes: readonly string[];
  requestId: string | null;
}

export interface BulkAction extends NewBulkAction {
  id: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** Who is meant: named one by one, or all who match now but for some. */
export type Chosen = { ids: readonly SubjectId[] } | { matching: Selection; except: readonly SubjectId[] };

export const BULK_OUTCOMES = ['waiting', 'ok', 'refused'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

export interface Settled {
  outcome: Exclude<BulkOutcome, 'waiting'>;
  code: string | null;
  detail: string | null;
}

const TASK = 'run_bulk_action';

/** Puts down what is to be done to whom, and enqueues it. Yields the action's id. */
export async function insertBulkAction(
  tx: Transaction,
  bulk: NewBulkAction,
  chosen: Chosen,
  now: Date,
): Promise<string> {
  const { organizationId, action, subject, value, options, actor, scopes, requestId } = bulk;
  const id = uuid();
  await tx.query(
    `INSERT INTO bulk_actions (organization_id, id, action, subject, value, options, actor, scopes, request_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[organizationId, id, action, subject, value, options && JSON.stringify(options)],
      ...[JSON.stringify(actor), scopes, requestId, now],
    ],
  );
  await insertChosen(tx, { organizationId, id }, subject, chosen);
  await enqueueBulkAction(tx, { organizationId, id });
  return id;
}

async function insertChosen(
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
  subject: BulkSubject,
  chosen: Chosen,
): Promise<void> {
  const insert = 'INSERT INTO bulk_action_accounts (organization_id, bulk_action_id, account_id)';
  if ('ids' in chosen) {
    await tx.query(`${insert} SELECT $1, $2, account FROM unnest($3::uuid[]) account ON CONFLICT DO NOTHING`, [
      organizationId,
      id,
      chosen.ids,
    ]);
    return;
  }
  const { values, where } = chosen.matching;
  const action = `$${values.push(id)}::uuid`;
  const except = `$${values.push(chosen.except)}::uuid[]`;
  await tx.query(
    `${insert} SELECT l.organization_id, ${action}, l.${subject}_id FROM person_listing l
      WHERE ${where} AND l.${subject}_id <> ALL (${except})`,
    values,
  );
}

export const enqueueBulkAction = (tx: Transaction, { organizationId, id }: BulkActionRef): Promise<void> =>
  addJob(tx, { task: TASK, payload: { organizationId, id }, key: `bulk ${id}` });

const COLUMNS = `b.organization_id, b.id, b.action, b.subject, b.value, b.options, b.actor, b.scopes, b.request_id, b.created_at, b.started_at, b.finished_at`;

export const findBulkAction = (
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
): Promise<BulkAction | undefined> =>
  row<BulkAction>(tx, `SELECT ${COLUMNS} FROM bulk_actions b WHERE b.organization_id = $1 AND b.id = $2`, [
    organizationId,
    id,
  ]);

/** A page of bulk actions, newest first. */
export const listBulkActions = (
  tx: Transaction,
  { organizationId, limit, before }: { organizationId: OrganizationId; limit: number; before?: string },
): Promise<BulkAction[]> =>
  rows<BulkAction>(
    tx,
    `SELECT ${COLUMNS} FROM bulk_actions b WHERE b.organization_id = $1 AND ($3::uuid IS NULL OR b.id < $3) ORDER BY b.id DESC LIMIT $2`,
    [organizationId, limit, before ?? null],
  );

/** How many are meant, and how many of them are settled, by outcome. */
export async function countOutcomes(
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
): Promise<Readonly<Record<BulkOutcome, number>>> {
  const counted = await rows<{ outcome: BulkOutcome; count: number }>(
    tx,
    `SELECT outcome, count(*)::int AS count FROM bulk_action_accounts WHERE organization_id = $1 AND bulk_action_id = $2 GROUP BY outcome`,
    [organizationId, id],
  );
  const known = new Map(counted.map(({ outcome, count }) => [outcome, count]));
  return { waiting: known.get('waiting') ?? 0, ok: known.get('ok') ?? 0, refused: known.get('refused') ?? 0 };
}

/** Notes that it began; yields those who wait, at most so many. */
export async function beginBatch(
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
  limit: number,
  now: Date,
): Promise<SubjectId[]> {
  await tx.query(
    `UPDATE bulk_actions SET started_at = $3 WHERE organization_id = $1 AND id = $2 AND started_at IS NULL`,
    [organizationId, id, now],
  );
  const waiting = await rows<{ accountId: SubjectId }>(
    tx,
    `SELECT account_id FROM bulk_action_accounts WHERE organization_id = $1 AND bulk_action_id = $2 AND outcome = 'waiting'
      ORDER BY account_id LIMIT $3`,
    [organizationId, id, limit],
  );
  return waiting.map(({ accountId }) => accountId);
}

/** Holds somebody who waits until the end of the transaction; false when another has it or it is settled. */
export async function claimWaiting(
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
  subjectId: SubjectId,
): Promise<boolean> {
  const found = await rows(
    tx,
    `SELECT 1 FROM bulk_action_accounts WHERE organization_id = $1 AND bulk_action_id = $2 AND account_id = $3 AND outcome = 'waiting'
        FOR UPDATE SKIP LOCKED`,
    [organizationId, id, subjectId],
  );
  return found.length > 0;
}

/** Settles somebody who waits; what is settled stays as it is. */
export async function settle(
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
  subjectId: SubjectId,
  { outcome, code, detail }: Settled,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE bulk_action_accounts SET outcome = $4, code = $5, detail = $6, decided_at = $7
      WHERE organization_id = $1 AND bulk_action_id = $2 AND account_id = $3 AND outcome = 'waiting'`,
    [organizationId, id, subjectId, outcome, code, detail, now],
  );
}

/** Notes that nobody waits any more; false when somebody does, or it was noted before. */
export async function finishBulkAction(
  tx: Transaction,
  { organizationId, id }: BulkActionRef,
  now: Date,
): Promise<boolean> {
  const finished = await rows(
    tx,
    `UPDATE bulk_actions SET finished_at = $3 WHERE organization_id = $1 AND id = $2 AND finished_at IS NULL AND NOT EXISTS (
        SELECT FROM bulk_action_accounts WHERE organization_id = $1 AND bulk_action_id = $2 AND outcome = 'waiting') RETURNING id`,
    [organizationId, id, now],
  );
  return finished.length > 0;
}

/** Bulk actions that go on and that no job waits for: the process that had the job was killed, or is at it. */
export const listStrandedBulkActions = (tx: Transaction, limit: number): Promise<BulkActionRef[]> =>
  rows<BulkActionRef>(
    tx,
    `SELECT organization_id, id FROM bulk_actions b
      WHERE finished_at IS NULL AND NOT EXISTS (
        SELECT FROM graphile_worker.jobs WHERE key = 'bulk ' || b.id AND locked_at IS NULL AND attempts < max_attempts)
      ORDER BY created_at LIMIT $1`,
    [limit],
  );
