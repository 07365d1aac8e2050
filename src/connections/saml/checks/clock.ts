import { instant } from '../xml';
import { isTrue, type Outcome } from './rule';

/** How far two clocks may be apart (security 8), in milliseconds. */
export const SKEW = 60_000;
const OLDEST = 10 * 60_000;

/** A required time has not passed: now is before it, give or take the skew. */
export function notYet(now: Date, value: string | undefined): Outcome {
  const until = instant(value);
  const ok = until !== undefined && now.getTime() < until.getTime() + SKEW;
  return isTrue(ok, `a time after ${now.toISOString()}`, value);
}

/** A time that may be left out has come: now is not before it, give or take the skew. */
export function hasCome(now: Date, value: string | undefined): Outcome {
  if (value === undefined) return { ok: true };
  const from = instant(value);
  const ok = from !== undefined && now.getTime() >= from.getTime() - SKEW;
  return isTrue(ok, `a time up to ${now.toISOString()}`, value);
}

/** Issued at most ten minutes ago, and not in the future. */
export function isFresh(now: Date, value: string | undefined): Outcome {
  const issued = instant(value);
  const ok = issued !== undefined && hasCome(now, value).ok && now.getTime() - issued.getTime() <= OLDEST;
  return isTrue(ok, `at most 10 minutes before ${now.toISOString()}`, value);
}
