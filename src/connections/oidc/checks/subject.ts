import type { Check } from '../../connection';
import type { IdTokenFacts } from './facts';
import type { Rule } from './rule';

const LONGEST = 255;

/** Core 2: what identifies a person is text of 1 to 255 characters. Control characters and half surrogates have no place in a key. */
export const isSubject = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= LONGEST && !/[\p{Cc}\p{Cs}]/u.test(value);

/** A check of one subject that shows its kind and length, never the subject. */
export const subjectCheck = (rule: string, value: unknown): Check => ({
  rule,
  ok: isSubject(value),
  expected: `text of 1 to ${LONGEST} characters`,
  received: typeof value === 'string' ? `text of ${value.length} characters` : kindOf(value),
});

export const subject: Rule<IdTokenFacts> = ({ claims }) => subjectCheck('subject', claims['sub']);

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value;
}
