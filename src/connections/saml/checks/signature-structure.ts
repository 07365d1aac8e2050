import { NS } from '../names';
import { shapeOf } from '../survey';
import { attribute, children, type Element } from '../xml';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

const child = (parent: Element | undefined, name: string): Element | undefined =>
  children(parent, NS.signature, name)[0];

/** Says what is wrong with a signature: one SignedInfo with one Reference to the element that carries it. */
function fault(signature: Element): string | undefined {
  const signedInfo = child(signature, 'SignedInfo');
  const reference = child(signedInfo, 'Reference');
  const id = attribute(signature.parentNode as Element, 'ID');
  if (!/^SignedInfo SignatureValue( KeyInfo)?$/.test(shapeOf(signature, NS.signature)))
    return `Signature of ${shapeOf(signature, NS.signature)}`;
  if (shapeOf(signedInfo, NS.signature) !== 'CanonicalizationMethod SignatureMethod Reference')
    return `SignedInfo of ${shapeOf(signedInfo, NS.signature)}`;
  if (shapeOf(reference, NS.signature) !== 'Transforms DigestMethod DigestValue')
    return `Reference of ${shapeOf(reference, NS.signature)}`;
  if (!id || attribute(reference, 'URI') !== `#${id}`) return 'Reference to another element';
  return undefined;
}

/** Each signature is enveloped, signs the element it stands in and nothing else, and holds no ds:Object (security 2). */
export function signatureStructure({ survey }: DocumentFacts): Outcome {
  const received = survey.misplaced ? `${survey.misplaced} out of place` : survey.signatures.map(fault).find(Boolean);
  return isTrue(!received, 'one SignedInfo with one Reference to the parent, nothing more', received);
}
