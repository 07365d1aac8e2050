import { NAMEID_TRANSIENT } from '../names';
import { subjectValues } from '../subject';
import type { VerifiedFacts } from './facts';
import { isTrue, type Outcome } from './rule';

const LONGEST = 1024;

/** A NameID that is new at each sign-in would make a new account each time (Core 8.3.8). */
export function subjectStable({ assertion, connection }: VerifiedFacts): Outcome {
  const formats = assertion.nameIds.map(({ format }) => format);
  const stable = connection.settings.subjectFrom !== 'nameId' || !formats.includes(NAMEID_TRANSIENT);
  return isTrue(
    stable,
    'a NameID format that stays the same: persistent, emailAddress or unspecified',
    formats.join(' '),
  );
}

/** There is exactly one subject, where this connection's settings look for it. */
export function subject({ assertion, connection }: VerifiedFacts): Outcome {
  const { subjectFrom } = connection.settings;
  const values = subjectValues(assertion, subjectFrom);
  const usable = values.length === 1 && values.every((value) => value.length > 0 && value.length <= LONGEST);
  return isTrue(
    assertion.subjects === 1 && usable && !/[\u0000-\u001F\u007F]/.test(values.join('')),
    subjectFrom === 'nameId' ? 'one NameID' : `one value of ${subjectFrom.attribute}`,
    `${values.length} values in ${assertion.subjects} Subject, 1 to ${LONGEST} characters each`,
  );
}
