import { NS } from './names';
import { forbiddenBinding } from './namespaces';
import { childElements, children, isElement, text, type Element } from './xml';

/** What one walk over a message's elements finds. Nothing of it is verified: it decides what the verifier may see. */
export interface Survey {
  root: Element;
  /** By local name in any namespace, because verifiers search by local name. */
  responses: number;
  assertions: readonly Element[];
  encryptedAssertions: readonly Element[];
  signatures: readonly Element[];
  /** First element of XML Signature where it does not belong. */
  misplaced?: string;
  /** First value that is the ID of two elements. */
  repeatedId?: string;
  /** First namespace declaration that Namespaces in XML forbids. */
  forbiddenBinding?: string;
  /** First certificate in the KeyInfo of a signature, base64: a hint for the order of the pinned ones, never trusted. */
  certificateHint?: string;
}

/** The one place of each element of XML Signature (section 4). */
const HOME: Readonly<Record<string, string>> = {
  SignedInfo: 'Signature',
  SignatureValue: 'Signature',
  CanonicalizationMethod: 'SignedInfo',
  SignatureMethod: 'SignedInfo',
  Reference: 'SignedInfo',
  Transforms: 'Reference',
  Transform: 'Transforms',
  DigestMethod: 'Reference',
  DigestValue: 'Reference',
};

/** Walks a document once. */
export function survey(root: Element): Survey {
  const found: Findings = { Response: [], Assertion: [], EncryptedAssertion: [], Signature: [], ids: new Set() };
  visit(root, found);
  return {
    root,
    responses: found.Response.length,
    assertions: found.Assertion,
    encryptedAssertions: found.EncryptedAssertion,
    signatures: found.Signature,
    misplaced: found.misplaced,
    repeatedId: found.repeatedId,
    forbiddenBinding: found.forbiddenBinding,
    certificateHint: found.Signature.map(certificateOf).find(Boolean),
  };
}

type Counted = 'Response' | 'Assertion' | 'EncryptedAssertion' | 'Signature';
type Findings = Record<Counted, Element[]> & {
  ids: Set<string>;
  misplaced?: string;
  repeatedId?: string;
  forbiddenBinding?: string;
};

/** Recursion is as deep as the guard lets a document be. */
function visit(element: Element, found: Findings): void {
  const name = element.localName ?? '';
  if (name === 'Response' || name === 'Assertion' || name === 'EncryptedAssertion' || name === 'Signature')
    found[name].push(element);
  if (isMisplaced(element, name)) found.misplaced ??= name;
  found.forbiddenBinding ??= forbiddenBinding(element);
  for (const { nodeName, value } of element.attributes) {
    if (!/^(?:xml:)?id$/i.test(nodeName)) continue;
    if (found.ids.has(value)) found.repeatedId ??= value;
    found.ids.add(value);
  }
  for (let node = element.firstChild; node; node = node.nextSibling) if (isElement(node)) visit(node, found);
}

function isMisplaced(element: Element, name: string): boolean {
  if (name === 'Object' || name === 'Manifest') return element.namespaceURI === NS.signature;
  const home = HOME[name];
  if (!home) return false;
  const parent = element.parentNode as Element | null;
  // The hash inside RSA-OAEP is written with the same element (XML Encryption 5.5.2).
  if (name === 'DigestMethod' && parent?.localName === 'EncryptionMethod') return false;
  return parent?.localName !== home || parent.namespaceURI !== NS.signature || element.namespaceURI !== NS.signature;
}

/** The certificate in a signature's KeyInfo, base64: whoever made the signature wrote it. */
export function certificateOf(signature: Element): string | undefined {
  const [keyInfo] = children(signature, NS.signature, 'KeyInfo');
  const [data] = children(keyInfo, NS.signature, 'X509Data');
  const [certificate] = children(data, NS.signature, 'X509Certificate');
  return certificate && text(certificate).replace(/\s+/g, '');
}

/** Names and namespace of an element's children, to compare a structure with. */
export const shapeOf = (element: Element | undefined, namespace: string): string =>
  element
    ? childElements(element)
        .map((child) => (child.namespaceURI === namespace ? child.localName : `other:${child.localName}`))
        .join(' ')
    : 'missing';
