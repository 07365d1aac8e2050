import { NS, SIGNING } from '../names';
import { attribute, children, type Element } from '../xml';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

const algorithms = (parent: Element | undefined, name: string): string[] =>
  children(parent, NS.signature, name).map((element) => attribute(element, 'Algorithm') || 'none');

/** The first algorithm of a signature that is not on the list. */
function unknown(signature: Element): string | undefined {
  const [signedInfo] = children(signature, NS.signature, 'SignedInfo');
  const [reference] = children(signedInfo, NS.signature, 'Reference');
  const [transforms] = children(reference, NS.signature, 'Transforms');
  const applied = algorithms(transforms, 'Transform');
  if (applied.join(' ') !== SIGNING.transforms.join(' ')) return `transforms ${applied.join(' ') || 'none'}`;
  return [
    ...algorithms(signedInfo, 'CanonicalizationMethod').filter((uri) => !isOneOf(SIGNING.canonicalization, uri)),
    ...algorithms(signedInfo, 'SignatureMethod').filter((uri) => !isOneOf(SIGNING.signature, uri)),
    ...algorithms(reference, 'DigestMethod').filter((uri) => !isOneOf(SIGNING.digest, uri)),
  ][0];
}

const isOneOf = (list: readonly string[], uri: string): boolean => list.includes(uri);

/** RSA with SHA-2, exclusive canonicalization without comments; no SHA-1, MD5, HMAC (security 3). */
export function signatureAlgorithms({ survey }: DocumentFacts): Outcome {
  const received = survey.signatures.map(unknown).find(Boolean);
  return isTrue(!received, 'RSA-SHA256 or RSA-SHA512, SHA-256 or SHA-512, exclusive canonicalization', received);
}
