import type { Wishes } from '../connections/connection';

const LONGEST_HINT = 254;
const MOST_CONTEXTS = 10;
/** As a URI or a short name is written (OpenID Connect Core 3.1.2.1). */
const CONTEXT = /^[\x21-\x7e]{1,255}$/;

/** What an address says of the sign-in that it begins: `login_hint` and `acr_values`, as an application says it. */
export function wishesOf(query: Readonly<Record<string, unknown>>): Wishes {
  const { login_hint: hint, acr_values: contexts } = query;
  const acrValues = typeof contexts === 'string' ? contexts.split(' ').filter((one) => CONTEXT.test(one)) : [];
  return {
    ...(typeof hint === 'string' && { loginHint: hint.slice(0, LONGEST_HINT) }),
    ...(acrValues.length && { acrValues: acrValues.slice(0, MOST_CONTEXTS) }),
  };
}

/** Writes them into an address again. */
export function addWishes(query: URLSearchParams, { loginHint, acrValues }: Wishes): void {
  if (loginHint) query.set('login_hint', loginHint);
  if (acrValues?.length) query.set('acr_values', acrValues.join(' '));
}
