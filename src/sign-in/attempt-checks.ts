import type { Check } from '../connections/connection';
import type { ErrorCode } from '../domain/errors';
import type { PendingAttempt } from '../storage/attempts';
import { ATTEMPT_MINUTES, hashOf } from './attempt';

/** An attempt that somebody comes back with. */
interface Facts {
  attempt: PendingAttempt;
  /** The browser's own random id; none when it sent no cookie. */
  browser: string | undefined;
  now: Date;
}

type Code = Extract<ErrorCode, 'attempt_used' | 'attempt_expired' | 'cookies_required'>;
type Rule = (facts: Facts) => Omit<Check, 'rule'>;

/** Why an answer is not looked into any further. */
export interface Obstacle {
  code: Code;
  check: Check;
}

/** Security 9: an attempt is answered once. */
const isOpen: Rule = ({ attempt }) => ({
  ok: attempt.state === 'started',
  expected: 'one answer',
  received: 'a further one',
});

/** Security 9: within its time. */
const isInTime: Rule = ({ attempt, now }) => ({
  ok: attempt.expiresAt > now,
  expected: `an answer within ${ATTEMPT_MINUTES} minutes`,
  received: 'a later one',
});

/** Security 10: by the browser that began it. */
const isOfBrowser: Rule = ({ attempt, browser }) => ({
  ok: isOf(attempt, browser),
  expected: 'the cookie of the browser that began',
  received: browser === undefined ? 'none' : "another browser's",
});

export const isOf = ({ browserHash }: PendingAttempt, browser: string | undefined): boolean =>
  browser !== undefined && browserHash?.equals(hashOf(browser)) === true;

/** In turn, before the connection is asked. */
// prettier-ignore
const ATTEMPT_RULES: readonly (readonly [name: string, code: Code, rule: Rule])[] = [
  ['attempt_open',    'attempt_used',     isOpen],
  ['attempt_in_time', 'attempt_expired',  isInTime],
  ['browser',         'cookies_required', isOfBrowser],
];

/** Another answer was faster. */
export const USED: Obstacle = {
  code: 'attempt_used',
  check: { rule: 'attempt_open', ok: false, expected: 'one answer', received: 'a further one' },
};

/** The first rule that an answer fails by the attempt it names, if any. */
export function obstacleTo(facts: Facts): Obstacle | undefined {
  for (const [rule, code, look] of ATTEMPT_RULES) {
    const found = look(facts);
    if (!found.ok) return { code, check: { rule, ...found } };
  }
  return undefined;
}
