import { hasCome, notYet } from './clock';
import type { VerifiedFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** One Conditions element with conditions this service knows (Core 2.5.1). */
export function conditions({ assertion }: VerifiedFacts): Outcome {
  const unknown = assertion.conditions.flatMap((one) => one.unknown);
  return isTrue(
    assertion.conditions.length === 1 && !unknown.length,
    'one Conditions element of known conditions',
    unknown.join(' ') || `${assertion.conditions.length} Conditions`,
  );
}

export const notBefore = ({ assertion, now }: VerifiedFacts): Outcome =>
  hasCome(now, assertion.conditions[0]?.notBefore);

/** May be left out of Conditions: the bearer's own NotOnOrAfter may not (Profiles 4.1.4.2). */
export function notOnOrAfter({ assertion, now }: VerifiedFacts): Outcome {
  const until = assertion.conditions[0]?.notOnOrAfter;
  return until === undefined ? { ok: true } : notYet(now, until);
}

/** Core 2.5.1.4: an unmatched audience means the assertion was minted for another service, however valid its signature. */
export function audience({ assertion, connection }: VerifiedFacts): Outcome {
  const { entityId } = connection.endpoints;
  const restrictions = assertion.conditions.flatMap((one) => one.audiences);
  return isTrue(
    restrictions.length > 0 && restrictions.every((audiences) => audiences.includes(entityId)),
    entityId,
    restrictions.map((audiences) => audiences.join(', ')).join(' and ') || undefined,
  );
}
