import { v7 as uuid } from 'uuid';
import type { AccountId, AttemptId, ConnectionId, ContactId, OrganizationId } from '../domain/ids';
import { preparedRow, rows, type Transaction } from './rows';

export interface AttemptStart {
  organizationId: OrganizationId;
  connectionId: ConnectionId;
  code: string;
  relayHash: Buffer;
  browserHash: Buffer;
  /** Sealed. */
  secrets: string;
  returnTo: string | null;
  startedAt: Date;
  expiresAt: Date;
  userAgent: string | null;
  requestId: string | null;
}

export interface PendingAttempt {
  id: AttemptId;
  code: string;
  state: 'started' | 'succeeded' | 'refused' | 'expired';
  browserHash: Buffer | null;
  secrets: string | null;
  returnTo: string | null;
  startedAt: Date;
  expiresAt: Date;
  /** Whom it signed in. */
  accountId: AccountId | null;
  refusalCode: string | null;
  /** Answers of its own browser that were refused. */
  refusals: number;
}

export async function insertAttempt(tx: Transaction, attempt: AttemptStart): Promise<AttemptId> {
  const id = uuid();
  await preparedRow(
    tx,
    'begin_attempt',
    `INSERT INTO sign_in_attempts (organization_id, id, connection_id, code, state, relay_hash, browser_hash, secrets, return_to,
                                   started_at, expires_at, user_agent, request_id)
     VALUES ($1, $2, $3, $4, 'started', $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      attempt.organizationId,
      id,
      attempt.connectionId,
      attempt.code,
      attempt.relayHash,
      attempt.browserHash,
      attempt.secrets,
      attempt.returnTo,
      attempt.startedAt,
      attempt.expiresAt,
      attempt.userAgent,
      attempt.requestId,
    ],
  );
  return id;
}

/** The attempt that a RelayState or `state` names, at this connection of this organization only. */
export const findAttempt = (
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  relayHash: Buffer,
): Promise<PendingAttempt | undefined> =>
  preparedRow<PendingAttempt>(
    tx,
    'pending_attempt',
    `SELECT id, code, state, browser_hash, secrets, return_to, started_at, expires_at, account_id, refusal_code, refusals FROM sign_in_attempts
      WHERE organization_id = $1 AND connection_id = $2 AND relay_hash = $3`,
    [organizationId, connectionId, relayHash],
  );

/** Uses an attempt up: of eight at once exactly one yields true (security 9). Its secrets are wiped. */
export async function consumeAttempt(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AttemptId,
  now: Date,
): Promise<boolean> {
  const used = await rows(
    tx,
    `UPDATE sign_in_attempts SET state = 'succeeded', secrets = NULL, finished_at = $3
      WHERE organization_id = $1 AND id = $2 AND state = 'started' AND expires_at > $3 RETURNING id`,
    [organizationId, id, now],
  );
  return used.length > 0;
}

export interface AttemptOutcome {
  state: 'succeeded' | 'refused';
  refusalCode?: string;
  steps: readonly object[];
  accountId?: AccountId;
  contactId?: ContactId;
  email?: string;
  subject?: string;
}

/**
 * Notes a refusal on an attempt that goes on: a forged response burns nothing (security 9). False when the attempt is over
 * meanwhile, and then nothing is written. One that `counts` came from the browser that began it.
 */
export async function noteRefusedReply(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AttemptId,
  refusal: { code: string; steps: readonly object[]; counts: boolean },
): Promise<boolean> {
  const noted = await rows(
    tx,
    `UPDATE sign_in_attempts SET refusal_code = $3, steps = $4, refusals = refusals + $5
      WHERE organization_id = $1 AND id = $2 AND state = 'started' RETURNING id`,
    [organizationId, id, refusal.code, JSON.stringify(refusal.steps), refusal.counts ? 1 : 0],
  );
  return noted.length > 0;
}

/** Adds to the steps of an attempt that is over, once, that it was answered again. False from the `most`-th time on. */
export async function noteLateAnswer(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AttemptId,
  step: object,
  most: number,
): Promise<boolean> {
  const noted = await rows(
    tx,
    `UPDATE sign_in_attempts SET refusals = refusals + 1,
            steps = CASE WHEN steps @> jsonb_build_array($3::jsonb) THEN steps ELSE steps || $3::jsonb END
      WHERE organization_id = $1 AND id = $2 AND state <> 'started' AND refusals < $4 RETURNING id`,
    [organizationId, id, JSON.stringify(step), most],
  );
  return noted.length > 0;
}

/** Writes how an attempt ended, with its steps. */
export async function finishAttempt(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AttemptId,
  outcome: AttemptOutcome,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE sign_in_attempts SET state = $3, refusal_code = $4, steps = $5, account_id = $6, contact_id = $7, email = $8, subject = $9, finished_at = $10
      WHERE organization_id = $1 AND id = $2`,
    [
      organizationId,
      id,
      outcome.state,
      outcome.refusalCode ?? null,
      JSON.stringify(outcome.steps),
      outcome.accountId ?? null,
      outcome.contactId ?? null,
      outcome.email ?? null,
      outcome.subject ?? null,
      now,
    ],
  );
}

/** Notes an attempt that never began here: an unsolicited or unrecognisable reply. Yields its id. */
export async function insertFinishedAttempt(
  tx: Transaction,
  attempt: Pick<AttemptStart, 'organizationId' | 'code' | 'relayHash' | 'startedAt' | 'userAgent' | 'requestId'> & {
    /** Null: by password. */
    connectionId: ConnectionId | null;
  },
): Promise<AttemptId> {
  const id = uuid();
  await tx.query(
    `INSERT INTO sign_in_attempts (organization_id, id, connection_id, code, state, relay_hash, started_at, expires_at, user_agent, request_id)
     VALUES ($1, $2, $3, $4, 'refused', $5, $6, $6, $7, $8)`,
    [
      attempt.organizationId,
      id,
      attempt.connectionId,
      attempt.code,
      attempt.relayHash,
      attempt.startedAt,
      attempt.userAgent,
      attempt.requestId,
    ],
  );
  return id;
}
