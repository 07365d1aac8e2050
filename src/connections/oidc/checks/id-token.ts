import { audience } from './audience';
import { authenticationContext } from './authentication-context';
import { authorizedParty } from './authorized-party';
import { expiry } from './expiry';
import type { IdTokenFacts } from './facts';
import { forceAuthn } from './force-authn';
import { issuedAt } from './issued-at';
import type { Rule } from './rule';
import { subject } from './subject';

/** What the library does not look at, or not as strictly (Core 3.1.3.7). */
export const idTokenRules: readonly Rule<IdTokenFacts>[] = [
  audience,
  authorizedParty,
  issuedAt,
  expiry,
  authenticationContext,
  forceAuthn,
  subject,
];
