import type { Completion } from '../connections/connection';
import type { AnyOpenConnection } from '../connections/registry';
import type { ErrorCode } from '../domain/errors';
import { findAttempt, type PendingAttempt } from '../storage/attempts';
import { hashOf, openAttempt, relayOf } from './attempt';
import { obstacleTo, USED } from './attempt-checks';
import { admit } from './admit';
import { captureReply } from './capture';
import { completeUpToDate } from './complete-up-to-date';
import type { SignInDeps } from './deps';
import { MOST_REFUSALS, noteRefusal, noteUsed } from './note-refusal';
import type { SignInOutcome } from './outcome';
import type { CompleteRequest } from './request';
import { allowsUnsolicited } from './solicited';
import { stopAttempt } from './stop-attempt';

/**
 * Ends an attempt: who it is, by the connection; what follows, by the door. Yields a session to begin, a refusal to
 * show, or the wish to start afresh. Nothing that a stranger sends uses a pending attempt up.
 */
export async function completeSignIn(deps: SignInDeps, request: CompleteRequest): Promise<SignInOutcome> {
  const { connection, reply } = request;
  const opened = deps.openConnection(connection);
  const relay = relayOf(opened.kind, reply);
  const attempt = relay
    ? await findAttempt(deps.db.manager, connection.organizationId, connection.id, hashOf(relay))
    : undefined;
  if (!attempt) return completeUnsolicited(deps, request, opened);

  const obstacle = obstacleTo({ attempt, browser: request.browser, now: deps.now() });
  if (obstacle) return stopAttempt(deps, request, attempt, obstacle);
  if (attempt.refusals >= MOST_REFUSALS) return refuseUnread(attempt);
  const secrets = openAttempt(deps.box, connection.organizationId, attempt.secrets ?? '');
  const input = { attempt: secrets, startedAt: attempt.startedAt, reply, now: deps.now() };
  const completion = await completeUpToDate(deps, connection, input);
  const outcome = await conclude(deps, request, completion, attempt);
  const isLate = outcome.kind === 'refused' && outcome.code === 'attempt_used';
  return isLate ? noteUsed(deps, request, USED, attempt) : outcome;
}

/** One browser that answers over and over is told what it was told before; nothing is verified and written any more. */
const refuseUnread = ({ code, refusalCode, returnTo }: PendingAttempt): SignInOutcome => ({
  kind: 'refused',
  code: (refusalCode as ErrorCode | null) ?? 'invalid_assertion',
  attemptCode: code,
  returnTo,
});

/**
 * Security 11: off, it is discarded unread and answered by a request of our own; on, an assertion is accepted once. So are
 * those from an address that sent too many in vain: who signs in there gets in by the request of our own.
 */
async function completeUnsolicited(
  deps: SignInDeps,
  request: CompleteRequest,
  opened: AnyOpenConnection,
): Promise<SignInOutcome> {
  const discarded: SignInOutcome = { kind: 'restart', because: 'unsolicited', returnTo: null };
  if (!allowsUnsolicited(opened)) return discarded;
  const { connection, reply, address } = request;
  const outcome = await deps.throttle.unsolicited(connection.id, address, async () => {
    const completion = await completeUpToDate(deps, connection, { reply, now: deps.now() });
    return conclude(deps, request, completion, undefined);
  });
  return outcome === 'rate_limited' ? discarded : outcome;
}

async function conclude(
  deps: SignInDeps,
  request: CompleteRequest,
  completion: Completion,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  const outcome = await weigh(deps, request, completion, attempt);
  const attemptId = attempt?.id ?? ('attemptId' in outcome ? outcome.attemptId : undefined);
  await captureReply(deps, request, completion, attemptId);
  return outcome;
}

async function weigh(
  deps: SignInDeps,
  request: CompleteRequest,
  completion: Completion,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  const { steps } = completion;
  if ('refusal' in completion) return noteRefusal(deps, request, { ...completion.refusal, steps }, attempt);
  const outcome = await admit(deps, request, completion, attempt);
  if (outcome.kind !== 'refused' || outcome.code !== 'assertion_replayed') return outcome;
  const rule = 'assertion_unused';
  const replayed = { rule, ok: false, expected: 'an assertion that was not used before', received: 'one that was' };
  return noteRefusal(deps, request, { code: outcome.code, rule, steps: [...steps, replayed] }, undefined);
}
