import { instant } from '../xml';
import { hasCome, notYet } from './clock';
import type { VerifiedFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** Profiles 4.1.4.2: the assertion says that, and when, the person was authenticated. */
export function authnStatement({ assertion, now }: VerifiedFacts): Outcome {
  const instants = assertion.authnStatements.map(({ authnInstant }) => authnInstant);
  return isTrue(
    instants.length > 0 && instants.every((value) => instant(value) && hasCome(now, value).ok),
    `an AuthnStatement with an AuthnInstant up to ${now.toISOString()}`,
    instants.map((value) => value ?? 'no AuthnInstant').join(' ') || undefined,
  );
}

/** The identity provider's own session has not ended (security 8). */
export function sessionNotOnOrAfter({ assertion, now }: VerifiedFacts): Outcome {
  const ended = assertion.authnStatements
    .map((statement) => statement.sessionNotOnOrAfter)
    .filter((value) => value !== undefined)
    .map((value) => notYet(now, value))
    .find(({ ok }) => !ok);
  return ended ?? { ok: true };
}
