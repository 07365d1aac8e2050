import { CLOCK_SKEW_SECONDS } from '../client';
import type { IdTokenFacts } from './facts';
import { shown, type Rule } from './rule';
import { instant } from './instant';

/** Security 15: a token from the future would outlive its revocation. The library does not look at it. */
export const issuedAt: Rule<IdTokenFacts> = ({ claims, now }) => {
  const latest = now.getTime() / 1000 + CLOCK_SKEW_SECONDS;
  const { iat } = claims;
  return {
    rule: 'issued_at',
    ok: typeof iat === 'number' && iat <= latest,
    expected: `at most ${instant(latest)}`,
    received: typeof iat === 'number' ? instant(iat) : shown(iat),
  };
};
