import { NS } from '../names';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** At most one Signature on the Response and one on its assertion, each a direct child (security 2; Core 5.4.1). */
export function signaturePlacement({ survey, inner }: DocumentFacts): Outcome {
  const { signatures, assertions } = survey;
  const owners = new Set(signatures.map((signature) => signature.parentNode));
  const allowed = inner ? [assertions[0]] : [survey.root, assertions[0]];
  const inPlace = signatures.every(
    (signature) => signature.namespaceURI === NS.signature && allowed.some((owner) => owner === signature.parentNode),
  );
  return isTrue(
    inPlace && owners.size === signatures.length,
    'signatures only as direct children of Response and Assertion, one each',
    `${signatures.length} signatures, ${inPlace ? 'two on one element' : 'one elsewhere'}`,
  );
}
