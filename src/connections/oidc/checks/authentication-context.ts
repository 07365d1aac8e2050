import type { IdTokenFacts } from './facts';
import { shown, type Rule } from './rule';

/** Core 3.1.3.7 (12): what was asked for by `acr_values` is only a wish, which a provider may grant or pass over. */
export const authenticationContext: Rule<IdTokenFacts> = ({ claims: { acr }, settings: { acrValues } }) => ({
  rule: 'acr',
  ok: !acrValues?.length || (typeof acr === 'string' && acrValues.includes(acr)),
  ...(acrValues?.length ? { expected: acrValues.join(' '), received: shown(acr) } : {}),
});
