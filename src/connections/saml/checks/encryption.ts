import { ENCRYPTION, NS } from '../names';
import { attribute, children, descendants, type Element } from '../xml';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

const EXPECTED = 'AES-GCM (AES-CBC inside a signed Response), one key by RSA-OAEP';

const method = (parent: Element | undefined): string => {
  const [first, ...more] = children(parent, NS.encryption, 'EncryptionMethod');
  return more.length ? 'several' : attribute(first, 'Algorithm') || 'none';
};

/** The hash inside RSA-OAEP; left out, it is SHA-1 (XML Encryption 5.5.2). The library below takes an unknown one for that. */
function oaepDigest(key: Element | undefined): string | undefined {
  const [encryptionMethod] = children(key, NS.encryption, 'EncryptionMethod');
  const [digest] = children(encryptionMethod, NS.signature, 'DigestMethod');
  return digest && (attribute(digest, 'Algorithm') || 'none');
}

/** How the content of an EncryptedAssertion is encrypted; the URI of its algorithm. */
export const contentAlgorithm = (encrypted: Element | undefined): string =>
  method(children(encrypted, NS.encryption, 'EncryptedData')[0]);

export const isAuthenticated = (algorithm: string): boolean =>
  (ENCRYPTION.authenticated as readonly string[]).includes(algorithm);

function fault(encrypted: Element, insideSignature: boolean): string | undefined {
  const below = [...descendants(encrypted)];
  const named = (name: string): Element[] => below.filter((element) => element.localName === name);
  const counts = ['EncryptedData', 'EncryptedKey', 'CipherReference'].map((name) => named(name).length);
  if (counts.join() !== '1,1,0') return `${counts[0]} EncryptedData, ${counts[1]} EncryptedKey`;

  const content = contentAlgorithm(encrypted);
  const isCbc = (ENCRYPTION.unauthenticated as readonly string[]).includes(content);
  if (!isAuthenticated(content) && !(isCbc && insideSignature)) return content;
  const [key] = named('EncryptedKey');
  const transport = method(key);
  if (!(ENCRYPTION.keyTransport as readonly string[]).includes(transport)) return transport;
  const digest = oaepDigest(key);
  if (digest !== undefined && !(ENCRYPTION.oaepDigest as readonly string[]).includes(digest)) return digest;
  // The library below looks this reference up with an XPath expression.
  const retrieval = named('RetrievalMethod').map((element) => attribute(element, 'URI') || 'nowhere');
  return retrieval.find((uri) => !/^#[A-Za-z0-9_.-]+$/.test(uri));
}

/** Who encrypts is not known, so only authenticated encryption is opened before a signature was verified (security 14). */
export function encryption({ survey }: DocumentFacts): Outcome {
  const received = survey.encryptedAssertions.map((one) => fault(one, survey.signatures.length > 0)).find(Boolean);
  return isTrue(!received, EXPECTED, received);
}
