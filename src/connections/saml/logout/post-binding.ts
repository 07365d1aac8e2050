import type { KeyObject } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { checkInTurn } from '../checks';
import { FORM_DOCUMENT_RULES } from '../checks/logout';
import { decodeBase64, readXml, type Looks } from '../guard';
import { survey } from '../survey';
import { parseXml, type Element } from '../xml';
import type { LogoutInput, LogoutKind, Opened } from './message';

/**
 * Opens a message of the HTTP-POST binding (Bindings 3.5.4): guard, shape, then its signature by xml-crypto against the
 * pinned keys. What comes back is read from the canonical text that was signed.
 */
export function openPost(looks: Looks, { body, query }: LogoutInput, keys: readonly KeyObject[]): Opened | undefined {
  const { SAMLRequest, SAMLResponse, RelayState } = body;
  const kind: LogoutKind = SAMLRequest === undefined ? 'response' : 'request';
  const parameter = SAMLRequest ?? SAMLResponse;
  const isAlone = (SAMLRequest === undefined || SAMLResponse === undefined) && !/(?:^|&)SAML/.test(query);
  const isClear = RelayState === undefined || typeof RelayState === 'string';
  const isOne = typeof parameter === 'string' && parameter !== '' && isAlone && isClear;
  const expected = 'one SAMLRequest or one SAMLResponse in the form, no field twice';
  if (!looks.passes('parameters', isOne, expected, Object.keys(body).join(' ') || undefined) || !isOne)
    return undefined;

  const bytes = decodeBase64(looks, parameter);
  const xml = bytes && readXml(looks, bytes);
  const root = xml === undefined ? undefined : verifiedRoot(looks, xml, kind, keys);
  return root && { kind, root, ...(typeof RelayState === 'string' && { relayState: RelayState }) };
}

function verifiedRoot(looks: Looks, xml: string, kind: LogoutKind, keys: readonly KeyObject[]): Element | undefined {
  const root = parseXml(xml);
  if (!looks.passes('well_formed', Boolean(root), 'well-formed XML with namespaces', 'something else') || !root)
    return undefined;
  const document = survey(root);
  const shape = checkInTurn(FORM_DOCUMENT_RULES, { survey: document, kind });
  looks.checks.push(...shape);
  const [signature] = document.signatures;
  if (!signature || !shape.every(({ ok }) => ok)) return undefined;

  const signed = signedXml(xml, signature, keys);
  const verified = signed === undefined ? undefined : parseXml(signed);
  const expected = 'a signature by a pinned certificate';
  return looks.passes('signature', Boolean(verified), expected, 'none that matches') ? verified : undefined;
}

/** The canonical XML of the one signed element; undefined when no pinned key verifies it. */
function signedXml(xml: string, signature: Element, keys: readonly KeyObject[]): string | undefined {
  for (const key of keys) {
    // Keys in the message are never looked at: `getCertFromKeyInfo` yields none by default.
    const verifier = new SignedXml({ publicCert: key });
    try {
      verifier.loadSignature(signature.toString());
      // XML 1.0, 2.11: line ends count as one character, which the parser under xml-crypto leaves to its caller.
      if (verifier.checkSignature(xml.replace(/\r\n?/g, '\n'))) return verifier.getSignedReferences()[0];
    } catch {
      // xml-crypto tells by an exception that a digest or signature does not match; the next key may.
    }
  }
  return undefined;
}
