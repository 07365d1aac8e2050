import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** Something is signed: the Response, the assertion, or what an encrypted assertion will turn out to hold. */
export function signed({ survey, inner }: DocumentFacts): Outcome {
  const enough = survey.signatures.length > 0 || inner === 'enclosed' || survey.encryptedAssertions.length > 0;
  return isTrue(enough, 'a signature on the Response or the assertion', 'none');
}
