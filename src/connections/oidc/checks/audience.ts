import type { IdTokenFacts } from './facts';
import { shown, type Rule } from './rule';

/** Core 3.1.3.7 (3): a second audience could sign in here with a token that was minted for both. */
export const audience: Rule<IdTokenFacts> = ({ claims, settings: { clientId } }) => {
  const audiences: readonly unknown[] = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  return {
    rule: 'audience',
    ok: audiences.length === 1 && audiences[0] === clientId,
    expected: clientId,
    received: shown(claims['aud']),
  };
};
