import { audience } from './audience';
import type { LogoutTokenFacts } from './facts';
import { issuedAt } from './issued-at';
import { issuedRecently, logoutEvent, logoutIssuer, logoutSubject, noNonce, tokenId, tokenType } from './logout-claims';
import type { Rule } from './rule';

/** What a logout token must say (Back-Channel Logout 2.4, 2.6). The library looks at signature, `exp` and `nbf`. */
export const logoutTokenRules: readonly Rule<LogoutTokenFacts>[] = [
  tokenType,
  logoutIssuer,
  audience,
  issuedAt,
  issuedRecently,
  logoutEvent,
  noNonce,
  tokenId,
  logoutSubject,
];
