import { CLOCK_SKEW_SECONDS } from '../client';
import type { IdTokenFacts } from './facts';
import { instant } from './instant';
import { shown, type Rule } from './rule';

/**
 * Core 3.1.2.1: asked by `prompt` and `max_age`, a provider must authenticate the person anew and say when it did. Held
 * against the begin of the attempt: the library would hold it against now, and refuse whoever takes a minute to consent.
 */
export const forceAuthn: Rule<IdTokenFacts> = ({ claims, settings, startedAt }) => {
  if (!settings.forceAuthn) return { rule: 'force_authn', ok: true };
  const { auth_time: time } = claims;
  // Seconds are whole: rounded down, as the provider's are.
  const earliest = Math.floor((startedAt?.getTime() ?? Infinity) / 1000) - CLOCK_SKEW_SECONDS;
  return {
    rule: 'force_authn',
    ok: typeof time === 'number' && time >= earliest,
    expected: `authentication from ${instant(earliest)} on`,
    received: typeof time === 'number' ? instant(time) : shown(time),
  };
};
