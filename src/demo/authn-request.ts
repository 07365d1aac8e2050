import { inflateRawSync } from 'node:zlib';
import type { Element } from '@xmldom/xmldom';
import { children, documentElement, parseXml, SAML, SAMLP } from './xml';

export type RequestBinding = 'redirect' | 'post';

/** What the sample identity provider needs of an AuthnRequest (SAML Core 3.4.1). */
export interface AuthnRequest {
  id: string;
  /** Entity id of the service provider: the audience of the answer. */
  issuer: string;
  acsUrl: string;
  forceAuthn: boolean;
  isPassive: boolean;
  nameIdFormat?: string;
  /** NameID of the Subject: who the service provider thinks it is. */
  subject?: string;
}

export type ParsedAuthnRequest = { request: AuthnRequest } | { problem: string };

const MAX_BYTES = 64 * 1024;

function decode(samlRequest: string, binding: RequestBinding): string {
  const bytes = Buffer.from(samlRequest, 'base64');
  return (binding === 'redirect' ? inflateRawSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString('utf8');
}

/** The message of a `SAMLRequest` parameter, if it is of this name. Signatures are not looked at. */
export function parseMessage(
  samlRequest: string,
  binding: RequestBinding,
  name: 'AuthnRequest' | 'LogoutRequest',
): Element | undefined {
  try {
    const xml = decode(samlRequest, binding);
    if (xml.length > MAX_BYTES || /<!DOCTYPE/i.test(xml)) return undefined;
    const root = documentElement(parseXml(xml));
    return root.namespaceURI === SAMLP && root.localName === name ? root : undefined;
  } catch {
    // Not deflated, too large, or not XML: all the same to whoever sent it.
    return undefined;
  }
}

const firstChild = (parent: Element | undefined, namespace: string, name: string): Element | undefined =>
  parent && children(parent, namespace, name)[0];

const isTrue = (element: Element, name: string): boolean => ['true', '1'].includes(element.getAttribute(name) ?? '');

/**
 * Reads the `SAMLRequest` parameter of the Redirect or POST binding (SAML Bindings 3.4, 3.5). Signatures are not looked
 * at: the answer only ever goes to an address under `serviceOrigin`.
 */
export function parseAuthnRequest(
  samlRequest: string,
  binding: RequestBinding,
  serviceOrigin: string,
): ParsedAuthnRequest {
  const root = parseMessage(samlRequest, binding, 'AuthnRequest');
  if (!root) return { problem: 'The SAMLRequest is not an AuthnRequest.' };

  const id = root.getAttribute('ID');
  const issuer = firstChild(root, SAML, 'Issuer')?.textContent?.trim();
  const acsUrl = root.getAttribute('AssertionConsumerServiceURL');
  if (!id || !issuer || !acsUrl)
    return { problem: 'The AuthnRequest lacks an ID, an Issuer or an AssertionConsumerServiceURL.' };
  if (!isUnder(serviceOrigin, acsUrl))
    return { problem: `The AssertionConsumerServiceURL does not lie under ${serviceOrigin}.` };

  return {
    request: {
      id,
      issuer,
      acsUrl,
      forceAuthn: isTrue(root, 'ForceAuthn'),
      isPassive: isTrue(root, 'IsPassive'),
      nameIdFormat: firstChild(root, SAMLP, 'NameIDPolicy')?.getAttribute('Format') ?? undefined,
      subject: firstChild(firstChild(root, SAML, 'Subject'), SAML, 'NameID')?.textContent?.trim(),
    },
  };
}

/** True for an absolute address of exactly this origin. */
export function isUnder(origin: string, address: string): boolean {
  try {
    return new URL(address).origin === origin;
  } catch {
    return false;
  }
}
