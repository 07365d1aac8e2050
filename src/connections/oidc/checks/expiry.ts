import { CLOCK_SKEW_SECONDS } from '../client';
import type { IdTokenFacts } from './facts';
import { instant } from './instant';
import { shown, type Rule } from './rule';

/** Core 3.1.3.7 (9), by the same clock as every other of our checks. */
export const expiry: Rule<IdTokenFacts> = ({ claims, now }) => {
  const earliest = now.getTime() / 1000 - CLOCK_SKEW_SECONDS;
  const { exp } = claims;
  return {
    rule: 'expiry',
    ok: typeof exp === 'number' && exp > earliest,
    expected: `after ${instant(earliest)}`,
    received: typeof exp === 'number' ? instant(exp) : shown(exp),
  };
};
