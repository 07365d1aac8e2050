import { randomBytes } from 'node:crypto';
import type { Check } from '../connections/connection';
import type { ErrorCode } from '../domain/errors';
import { finishAttempt, insertFinishedAttempt, type PendingAttempt } from '../storage/attempts';
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

/** Keeps a connection's refusal with its steps. The attempt stays open: a forged response must not burn it (security 9). */
export async function noteRefusal(
  deps: SignInDeps,
  request: CompleteRequest,
  refused: Refused,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  const { organizationId, id: connectionId } = request.connection;
  const now = deps.now();
  const code = attempt?.code ?? newAttemptCode();
  await inTransaction(deps.db, async (tx) => {
    const attemptId =
      attempt?.id ??
      (await insertFinishedAttempt(tx, {
        organizationId,
        connectionId,
        code,
        relayHash: hashOf(randomBytes(32).toString('hex')),
        startedAt: now,
        userAgent: request.userAgent ?? null,
        requestId: request.requestId ?? null,
      }));
    const state = attempt ? 'started' : 'refused';
    await finishAttempt(tx, organizationId, attemptId, { state, refusalCode: refused.code, steps: refused.steps }, now);
    await writeLedger(tx, now, [
      {
        organizationId,
        actor: { kind: 'person', connectionId },
        action: 'signin.refused',
        outcome: refused.code,
        connectionId,
        attemptId,
        details: { rule: refused.rule },
        requestId: request.requestId,
      },
    ]);
  });
  return { kind: 'refused', code: refused.code, attemptCode: code, detail: `${refused.rule}: ${refused.detail ?? ''}` };
}
