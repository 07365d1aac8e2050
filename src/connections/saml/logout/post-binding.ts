import { checkInTurn } from '../checks';
import { FORM_DOCUMENT_RULES } from '../checks/logout';
import { decodeBase64, readXml, type Looks } from '../guard';
import { survey } from '../survey';
import type { ConnectionVerifier } from '../verifier';
import { parseXml, type Element } from '../xml';
import type { LogoutInput, LogoutKind, Opened } from './message';

/**
 * Opens a message of the HTTP-POST binding (Bindings 3.5.4): guard, shape, then its signature against the pinned
 * certificates. What comes back is read from the canonical text that was signed.
 */
export function openPost(looks: Looks, { body, query }: LogoutInput, verifier: ConnectionVerifier): Opened | undefined {
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
  const root = xml === undefined ? undefined : verifiedRoot(looks, xml, kind, verifier);
  return root && { kind, root, ...(typeof RelayState === 'string' && { relayState: RelayState }) };
}

function verifiedRoot(looks: Looks, xml: string, kind: LogoutKind, verifier: ConnectionVerifier): Element | undefined {
  const root = parseXml(xml);
  if (!looks.passes('well_formed', Boolean(root), 'well-formed XML with namespaces', 'something else') || !root)
    return undefined;
  const document = survey(root);
  const shape = checkInTurn(FORM_DOCUMENT_RULES, { survey: document, kind });
  looks.checks.push(...shape);
  const [signature] = document.signatures;
  if (!signature || !shape.every(({ ok }) => ok)) return undefined;

  const signed = verifier.verify(xml, signature);
  const verified = signed === undefined ? undefined : parseXml(signed);
  const expected = 'a signature by a pinned certificate';
  return looks.passes('signature', Boolean(verified), expected, 'none that matches') ? verified : undefined;
}
