import { randomBytes } from 'node:crypto';
import type { Check } from '../connections/connection';
import type { ErrorCode } from '../domain/errors';
import type { AttemptId } from '../domain/ids';
import type { LedgerEntry } from '../domain/ledger-entry';
import { finishAttempt, insertFinishedAttempt, noteRefusedReply, type PendingAttempt } from '../storage/attempts';
import type { Transaction } from '../storage/rows';
import { writeLedger } from '../storage/ledger';
import { inTransaction } from '../storage/transaction';
import { hashOf, newAttemptCode } from './attempt';
import type { CompleteRequest } from './request';
import type { SignInDeps } from './deps';
import type { SignInOutcome } from './outcome';

interface Refused {
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
  request: CompleteRequest,
  refused: Refused,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  const now = deps.now();
  const noted = await inTransaction(deps.db, async (tx) => {
    const place = attempt
      ? await noteOnAttempt(tx, request, refused, attempt)
      : await noteUnsolicited(tx, now, request, refused);
    if (place) await writeLedger(tx, now, [refusalLine(request, refused, place.attemptId)]);
    return place;
  });
  const returnTo = attempt?.returnTo;
  if (!noted) return { kind: 'refused', code: 'attempt_used', attemptCode: attempt?.code, returnTo };
  const detail = `${refused.rule}: ${refused.detail ?? ''}`;
  return { kind: 'refused', code: refused.code, attemptCode: noted.code, returnTo, detail };
}

interface Noted {
  attemptId: AttemptId;
  code: string;
}

async function noteOnAttempt(
  tx: Transaction,
  { connection }: CompleteRequest,
  { code, steps }: Refused,
  attempt: PendingAttempt,
): Promise<Noted | undefined> {
  const isOpen = await noteRefusedReply(tx, connection.organizationId, attempt.id, { code, steps });
  return isOpen ? { attemptId: attempt.id, code: attempt.code } : undefined;
}

async function noteUnsolicited(tx: Transaction, now: Date, request: CompleteRequest, refused: Refused): Promise<Noted> {
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
  { connection, requestId }: CompleteRequest,
  { code, rule }: Refused,
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
