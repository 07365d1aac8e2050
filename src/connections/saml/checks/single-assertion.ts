import { NS } from '../names';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/**
 * Exactly one Assertion or EncryptedAssertion in the whole document, and it is a child of the Response. A second one
 * anywhere is how a signed assertion is wrapped around a forged one (security 2).
 */
export function singleAssertion({ survey, inner }: DocumentFacts): Outcome {
  const { assertions, encryptedAssertions } = survey;
  const found = [...assertions, ...encryptedAssertions];
  const [only] = found;
  const inPlace = only?.parentNode === survey.root && only.namespaceURI === NS.assertion;
  return isTrue(
    found.length === 1 && inPlace && !(inner && encryptedAssertions.length),
    'one assertion, child of the Response',
    `${assertions.length} Assertion, ${encryptedAssertions.length} EncryptedAssertion${found.length === 1 ? ', elsewhere' : ''}`,
  );
}
