import type { Wishes } from '../connections/connection';
import { findAttempt, type PendingAttempt } from '../storage/attempts';
import { hashOf, openAttempt } from './attempt';
import { isOf, USED, type Obstacle } from './attempt-checks';
import type { SignInDeps } from './deps';
import { noteCheapRefusal, noteUsed } from './note-refusal';
import type { RefusedOutcome, SignInOutcome } from './outcome';
import type { CompleteRequest, SignInRequest } from './request';
import { noteAnswerGone } from './unasked';

type UsedOutcome = RefusedOutcome | Extract<SignInOutcome, { kind: 'used' }>;

/** An attempt that is over, too old, or another browser's, is not looked into any further (security 9, 10). */
export async function stopAttempt(
  deps: SignInDeps,
  request: CompleteRequest,
  attempt: PendingAttempt,
  obstacle: Obstacle,
): Promise<SignInOutcome> {
  const { code, check } = obstacle;
  const { returnTo } = attempt;
  if (code === 'attempt_used') return usedAttempt(deps, request, attempt, request.browser);
  const refused = await noteCheapRefusal(deps, request, { code, rule: check.rule, steps: [check] }, attempt);
  if (code !== 'attempt_expired') return refused;
  const { organizationId } = request.connection;
  const { loginHint, acrValues }: Wishes = isOf(attempt, request.browser)
    ? openAttempt(deps.box, organizationId, attempt.secrets ?? '')
    : {};
  return { kind: 'restart', because: code, returnTo, loginHint, acrValues };
}

/** What an answer that is not there any more would have come to: its attempt tells, as far as it is this browser's own. */
export async function answeredBefore(
  deps: SignInDeps,
  request: SignInRequest,
  relay: string,
  browser: string | undefined,
): Promise<UsedOutcome> {
  const { organizationId, id } = request.connection;
  const attempt = await findAttempt(deps.db.manager, organizationId, id, hashOf(relay));
  return attempt ? usedAttempt(deps, request, attempt, browser) : noteAnswerGone(deps, request);
}

/** To the browser that it signed in, a further answer is no refusal: Back and a reload bring it. */
async function usedAttempt(
  deps: SignInDeps,
  request: SignInRequest,
  attempt: PendingAttempt,
  browser: string | undefined,
): Promise<UsedOutcome> {
  const { accountId, state, code: attemptCode, returnTo } = attempt;
  if (state === 'succeeded' && accountId && isOf(attempt, browser))
    return { kind: 'used', accountId, attemptCode, returnTo };
  return noteUsed(deps, request, USED, attempt);
}
