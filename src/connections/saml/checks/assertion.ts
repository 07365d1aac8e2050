import { isFresh } from './clock';
import type { VerifiedFacts } from './facts';
import { equals, isTrue, type Outcome } from './rule';

/** Core 1.3.4: without an ID it could be replayed unnoticed. */
export const assertionId = ({ assertion }: VerifiedFacts): Outcome =>
  isTrue(Boolean(assertion.id), 'an ID', assertion.id);

export const assertionVersion = ({ assertion }: VerifiedFacts): Outcome => equals('2.0', assertion.version);

/** Several connections may trust one key: only the issuer tells their identity providers apart (security 6). */
export const assertionIssuer = ({ assertion, connection }: VerifiedFacts): Outcome =>
  equals(connection.settings.idpEntityId, assertion.issuers.length > 1 ? 'several' : assertion.issuers[0]);

export const assertionIssueInstant = ({ assertion, now }: VerifiedFacts): Outcome =>
  isFresh(now, assertion.issueInstant);
