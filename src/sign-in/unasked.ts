import type { SignInDeps } from './deps';
import { noteCheapRefusal } from './note-refusal';
import type { RefusedOutcome } from './outcome';
import type { SignInRequest } from './request';

/** A response that nobody asked for was answered by a request of our own a moment ago: now it is refused (security 11). */
export const noteUnasked = (deps: SignInDeps, request: SignInRequest): Promise<RefusedOutcome> =>
  refuseUnread(deps, request, 'invalid_assertion', {
    rule: 'solicited',
    expected: 'an answer to a request of this service',
    received: 'one that nobody asked for',
  });

/** A response that was held for the GET that follows it was taken already, or is too old (security 10). */
export const noteAnswerGone = (deps: SignInDeps, request: SignInRequest): Promise<RefusedOutcome> =>
  refuseUnread(deps, request, 'attempt_used', {
    rule: 'held_reply',
    expected: 'an answer that is held',
    received: 'none any more',
  });

function refuseUnread(
  deps: SignInDeps,
  request: SignInRequest,
  code: 'invalid_assertion' | 'attempt_used',
  fault: { rule: string; expected: string; received: string },
): Promise<RefusedOutcome> {
  return noteCheapRefusal(deps, request, { code, rule: fault.rule, steps: [{ ok: false, ...fault }] });
}
