import type { AssertionFacts } from '../message';
import type { VerifiedFacts } from './facts';
import { isTrue, type Outcome } from './rule';

const classesOf = ({ authnStatements }: AssertionFacts): readonly (readonly string[])[] =>
  authnStatements.map(({ authnContextClassRefs }) => authnContextClassRefs);

/**
 * The person was authenticated in a way that was asked for (Core 3.3.2.2.1). Which of two ways is the stronger, for
 * `minimum`, `maximum` and `better`, is the identity provider's to say and nowhere written down: there the assertion
 * must only name its class, so that the trace tells what it was.
 */
export function authnContext({ assertion, connection }: VerifiedFacts): Outcome {
  const { requestedAuthnContext: requested } = connection.settings;
  if (!requested) return { ok: true };
  const isWanted = (name: string): boolean =>
    name !== '' && (requested.comparison !== 'exact' || requested.classRefs.includes(name));
  const statements = classesOf(assertion);
  return isTrue(
    statements.length > 0 && statements.every((classes) => classes.length > 0 && classes.every(isWanted)),
    `${requested.comparison}: ${requested.classRefs.join(' ')}`,
    statements.flat().join(' ') || undefined,
  );
}
