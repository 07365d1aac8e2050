import { randomBytes } from 'node:crypto';
import type { Check } from '../connections/connection';
import type { ErrorCode } from '../domain/errors';
import type { AttemptId } from '../domain/ids';
import type { LedgerEntry } from '../domain/ledger-entry';
import {
  finishAttempt,
  insertFinishedAttempt,
  noteLateAnswer,
  noteRefusedReply,
  type PendingAttempt,
} from '../storage/attempts';
import type { Transaction } from '../storage/rows';
import { writeLedger } from '../storage/ledger';
import { inTransaction } from '../storage/transaction';
import { hashOf, newAttemptCode } from './attempt';
import type { Obstacle } from './attempt-checks';
import type { RefusedOutcome } from './outcome';
import type { SignInRequest } from './request';
import type { SignInDeps } from './deps';

/** So many answers to one attempt are looked into, and so many lines are written about it. */
export const MOST_REFUSALS = 10;

export interface Refused {
  code: ErrorCode;
  rule: string;
  detail?: string;
  steps: readonly Check[];
}

/**
 * Keeps a connection's refusal with its steps. The attempt stays open, for a forged response must not burn it (security 9);
 * where another reply ended it meanwhile, this one came too late.
 */
export async function noteRefusal(
  deps: SignInDeps,
  request: SignInRequest,
  refused: Refused,
  attempt: PendingAttempt | undefined,
): Promise<RefusedOutcome> {
  const now = deps.now();
  const noted = await inTransaction(deps.db, async (tx) => {
    const place = attempt
      ? await noteOnAttempt(tx, request, refused, attempt)
      : await noteNewAttempt(tx, now, request, refused);
    if (place) await writeLedger(tx, now, [refusalLine(request, refused, place.attemptId)]);
    return place;
  });
  const returnTo = attempt?.returnTo;
  if (!noted) return { kind: 'refused', code: 'attempt_used', attemptCode: attempt?.code, returnTo };
  const detail = `${refused.rule}: ${refused.detail ?? ''}`;
  return { kind: 'refused', code: refused.code, attemptId: noted.attemptId, attemptCode: noted.code, returnTo, detail };
}

/** The same for what costs a stranger nothing: where too much of it was noted already, it is refused without a line. */
export async function noteCheapRefusal(
  deps: SignInDeps,
  request: SignInRequest,
  refused: Refused,
  attempt?: PendingAttempt,
): Promise<RefusedOutcome> {
  const { organizationId } = request.connection;
  if (await deps.throttle.mayNote(organizationId, request.address)) return noteRefusal(deps, request, refused, attempt);
  return { kind: 'refused', code: refused.code, attemptCode: attempt?.code, returnTo: attempt?.returnTo };
}

/** Keeps that an attempt which is over was answered again. */
export function noteUsed(
  deps: SignInDeps,
  request: SignInRequest,
  { code, check }: Obstacle,
  attempt: PendingAttempt,
): Promise<RefusedOutcome> {
  const now = deps.now();
  const { organizationId } = request.connection;
  return inTransaction(deps.db, async (tx) => {
    if (await noteLateAnswer(tx, organizationId, attempt.id, check, MOST_REFUSALS))
      await writeLedger(tx, now, [refusalLine(request, { code, rule: check.rule }, attempt.id)]);
    return { kind: 'refused', code, attemptCode: attempt.code, returnTo: attempt.returnTo };
  });
}

interface Noted {
  attemptId: AttemptId;
  code: string;
}

async function noteOnAttempt(
  tx: Transaction,
  { connection }: SignInRequest,
  { code, steps }: Refused,
  attempt: PendingAttempt,
): Promise<Noted | undefined> {
  // What another browser sends must not count against the one that began (security 10).
  const refusal = { code, steps, counts: code !== 'cookies_required' };
  const isOpen = await noteRefusedReply(tx, connection.organizationId, attempt.id, refusal);
  return isOpen ? { attemptId: attempt.id, code: attempt.code } : undefined;
}

async function noteNewAttempt(tx: Transaction, now: Date, request: SignInRequest, refused: Refused): Promise<Noted> {
  const { organizationId, id: connectionId } = request.connection;
  const code = newAttemptCode();
  const attemptId = await insertFinishedAttempt(tx, {
    organizationId,
    connectionId,
    code,
    relayHash: hashOf(randomBytes(32).toString('hex')),
    startedAt: now,
    userAgent: request.userAgent ?? null,
    requestId: request.requestId ?? null,
  });
  const outcome = { state: 'refused', refusalCode: refused.code, steps: refused.steps } as const;
  await finishAttempt(tx, organizationId, attemptId, outcome, now);
  return { attemptId, code };
}

function refusalLine(
  { connection, requestId }: SignInRequest,
  { code, rule }: Pick<Refused, 'code' | 'rule'>,
  attemptId: AttemptId,
): LedgerEntry {
  return {
    organizationId: connection.organizationId,
    actor: { kind: 'person', connectionId: connection.id },
    action: 'signin.refused',
    outcome: code,
    connectionId: connection.id,
    attemptId,
    details: { rule },
    requestId,
  };
}
