import { findAttempt, type PendingAttempt } from '../storage/attempts';
import type { SignInConnection } from '../storage/connections';
import { hashOf, openAttempt } from './attempt';
import type { SignInDeps } from './deps';
import type { SignInOutcome } from './outcome';

type UsedOutcome = Extract<SignInOutcome, { kind: 'used' | 'refused' }>;

/** An attempt that is over, or another browser's, is not looked into any further (security 9, 10). */
export function stopAttempt(
  deps: SignInDeps,
  { organizationId }: SignInConnection,
  attempt: PendingAttempt,
  browser: string | undefined,
): SignInOutcome | undefined {
  const { returnTo, code: attemptCode } = attempt;
  const isOwn = isOf(attempt, browser);
  if (attempt.state !== 'started') return usedAttempt(attempt, isOwn);
  if (attempt.expiresAt <= deps.now()) {
    const { loginHint } = isOwn ? openAttempt(deps.box, organizationId, attempt.secrets ?? '') : {};
    return { kind: 'restart', because: 'attempt_expired', returnTo, loginHint };
  }
  if (!isOwn) return { kind: 'refused', code: 'cookies_required', attemptCode, returnTo };
  return undefined;
}

/** What an answer that is not there any more would have come to: its attempt tells, as far as it is this browser's own. */
export async function answeredBefore(
  deps: SignInDeps,
  { organizationId, id }: SignInConnection,
  relay: string,
  browser: string | undefined,
): Promise<UsedOutcome> {
  const attempt = await findAttempt(deps.db.manager, organizationId, id, hashOf(relay));
  if (!attempt) return { kind: 'refused', code: 'attempt_used' };
  return usedAttempt(attempt, isOf(attempt, browser));
}

function usedAttempt({ accountId, state, code: attemptCode, returnTo }: PendingAttempt, isOwn: boolean): UsedOutcome {
  if (isOwn && state === 'succeeded' && accountId) return { kind: 'used', accountId, attemptCode, returnTo };
  return { kind: 'refused', code: 'attempt_used', attemptCode, returnTo };
}

const isOf = ({ browserHash }: PendingAttempt, browser: string | undefined): boolean =>
  browser !== undefined && browserHash?.equals(hashOf(browser)) === true;
