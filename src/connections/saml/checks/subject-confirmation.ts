import { METHOD_BEARER } from '../names';
import type { AssertionFacts, Confirmation } from '../message';
import { hasCome, notYet } from './clock';
import type { VerifiedFacts } from './facts';
import { inResponseTo } from './response';
import { equals, isTrue, type Outcome } from './rule';

const bearers = ({ confirmations }: AssertionFacts): readonly Confirmation[] =>
  confirmations.filter((confirmation) => confirmation.method === METHOD_BEARER);

/**
 * The bearer confirmation that counts: the first one meant for this service and request, else the first. One is enough
 * (Core 2.4.1.1); identity providers that serve several addresses send several.
 */
export function bearerOf({ assertion, connection, requestId }: VerifiedFacts): Confirmation | undefined {
  const all = bearers(assertion);
  const ours = (one: Confirmation): boolean =>
    one.recipient === connection.endpoints.acsUrl && one.inResponseTo === requestId;
  return all.find(ours) ?? all[0];
}

/** Profiles 4.1.4.2: whoever brings the assertion is its subject. */
export const bearer = ({ assertion }: VerifiedFacts): Outcome =>
  isTrue(
    bearers(assertion).length > 0,
    METHOD_BEARER,
    assertion.confirmations.map(({ method }) => method ?? 'none').join(' ') || undefined,
  );

/** Compared exactly with the stored address: the assertion was to be delivered here (security 5). */
export const recipient = (facts: VerifiedFacts): Outcome =>
  equals(facts.connection.endpoints.acsUrl, bearerOf(facts)?.recipient);

export const confirmationInResponseTo = (facts: VerifiedFacts): Outcome =>
  inResponseTo(facts.requestId, bearerOf(facts)?.inResponseTo);

export const confirmationNotBefore = (facts: VerifiedFacts): Outcome => hasCome(facts.now, bearerOf(facts)?.notBefore);

export const confirmationNotOnOrAfter = (facts: VerifiedFacts): Outcome =>
  notYet(facts.now, bearerOf(facts)?.notOnOrAfter);
