import type { Check } from '../connections/connection';
import type { Decision } from '../domain/decision';
import type { LinkObstacle } from '../domain/linking';

/** What would have had to be so, in technical words. */
const EXPECTED: Readonly<Record<LinkObstacle, string>> = {
  has_other_identity: 'an account that no identity signs in to yet',
  address_of_another_account: 'an address that no other account has',
  policy: 'a policy that links by what was recognised (linkBy)',
  unverified_email: 'a verified e-mail address',
};

/** How the door settled whether the identity may have the account: a step of the attempt, where that was a question. */
export function linkingSteps(decision: Decision): readonly Check[] {
  if (decision.action === 'refuse' && decision.because)
    return [{ rule: 'linking', ok: false, expected: EXPECTED[decision.because], received: decision.because }];
  if (decision.action !== 'apply') return [];
  return decision.changes.flatMap((change) =>
    change.kind === 'link_identity' ? [{ rule: 'linking', ok: true, received: change.by }] : [],
  );
}
