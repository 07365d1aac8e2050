import type { IdTokenFacts } from './facts';
import { shown, type Rule } from './rule';

/** Core 3.1.3.7 (5): where the token says to whom it was issued, that is us. */
export const authorizedParty: Rule<IdTokenFacts> = ({ claims, settings: { clientId } }) => ({
  rule: 'authorized_party',
  ok: claims['azp'] === undefined || claims['azp'] === clientId,
  expected: clientId,
  ...(claims['azp'] === undefined ? {} : { received: shown(claims['azp']) }),
});
