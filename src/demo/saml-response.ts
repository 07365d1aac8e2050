import { randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { SignedXml } from 'xml-crypto';
import { encrypt, type EncryptOptions } from 'xml-encryption';
import type { SamlKey } from './saml-key';
import { SUCCESS, unsignedResponse, type SamlResponseFields } from './saml-message';
import { append, children, documentElement, ownerDocument, parseXml, SAML, serialize } from './xml';

export { createSamlKey, type SamlKey } from './saml-key';
export { idpMetadataXml, type SamlResponseFields } from './saml-message';

const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

export const SIGNATURE = {
  'rsa-sha1': 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  'rsa-sha256': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'rsa-sha512': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
} as const;
const DIGEST = {
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
} as const;
const CONTENT = {
  'aes128-gcm': 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'aes256-gcm': 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'aes128-cbc': 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'aes256-cbc': 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
} as const;
const KEY_TRANSPORT = {
  'rsa-oaep-mgf1p': 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'rsa-oaep': 'http://www.w3.org/2009/xmlenc11#rsa-oaep',
  'rsa-1_5': 'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
} as const;

/** What to say, about whom, and how to protect it. Everything not given is what a well-behaved IdP would send. */
export interface SamlResponseOptions {
  issuer: string;
  acsUrl: string;
  audience: string;
  /** ID of the AuthnRequest; left out: unsolicited. */
  inResponseTo?: string;
  nameId: { value: string; format?: string };
  attributes: Readonly<Record<string, string | readonly string[]>>;
  now: Date;
  sign: 'assertion' | 'response' | 'both' | 'none';
  sessionIndex?: string;
  sessionNotOnOrAfter?: Date;
  authnContext?: string;
  /** Certificate of the service provider, PEM: the assertion is encrypted for it, after its own signature. */
  encryptFor?: string;
  encryption?: {
    content?: keyof typeof CONTENT;
    keyTransport?: keyof typeof KEY_TRANSPORT;
    /** Of OAEP, and of its mask: `sha1` where not given. */
    digest?: 'sha1' | 'sha256' | 'sha512';
    mask?: 'sha1' | 'sha256' | 'sha512';
  };
  /** Full status URIs. Anything but Success carries no assertion. */
  status?: { code: string; subcode?: string; message?: string };
  signature?: { algorithm?: keyof typeof SIGNATURE; digest?: keyof typeof DIGEST; canonicalization?: string };
  /** Replaces any value of the message, for responses that are wrong on purpose. */
  overrides?: Partial<SamlResponseFields>;
  /** Changes the whole Response before anything is signed or encrypted. Issuer elements must stay. */
  mutate?: (xml: string) => string;
}

const FIVE_MINUTES = 5 * 60 * 1000;
export const newId = (): string => `_${randomBytes(16).toString('hex')}`;

function responseFields(options: SamlResponseOptions): SamlResponseFields {
  const until = new Date(options.now.getTime() + FIVE_MINUTES);
  return {
    version: '2.0',
    responseId: newId(),
    assertionId: newId(),
    issueInstant: options.now,
    destination: options.acsUrl,
    responseIssuer: options.issuer,
    responseInResponseTo: options.inResponseTo ?? null,
    statusCode: options.status?.code ?? SUCCESS,
    statusSubcode: options.status?.subcode ?? null,
    statusMessage: options.status?.message ?? null,
    assertionIssuer: options.issuer,
    nameId: options.nameId.value,
    nameIdFormat: options.nameId.format ?? 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    confirmationMethod: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    recipient: options.acsUrl,
    confirmationNotOnOrAfter: until,
    confirmationInResponseTo: options.inResponseTo ?? null,
    notBefore: new Date(options.now.getTime() - FIVE_MINUTES),
    notOnOrAfter: until,
    audiences: [[options.audience]],
    authnInstant: options.now,
    sessionIndex: options.sessionIndex ?? newId(),
    sessionNotOnOrAfter: options.sessionNotOnOrAfter ?? null,
    authnContext: options.authnContext ?? 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    attributes: options.attributes,
    ...options.overrides,
  };
}

const RESPONSE = '/*';
const ASSERTION = "/*/*[local-name(.)='Assertion'][1]";

/** Signs an element of a document: right after its issuer, where it has one. */
export function signElement(
  xml: string,
  element: string,
  hasIssuer: boolean,
  key: SamlKey,
  {
    algorithm = 'rsa-sha256',
    digest = 'sha256',
    canonicalization = EXCLUSIVE_C14N,
  }: SamlResponseOptions['signature'] = {},
): string {
  const signature = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: SIGNATURE[algorithm],
    canonicalizationAlgorithm: canonicalization,
  });
  const transforms = [ENVELOPED, canonicalization];
  signature.addReference({ xpath: element, transforms, digestAlgorithm: DIGEST[digest] });
  signature.computeSignature(xml, {
    prefix: 'ds',
    // SAML's schema wants the signature right after the issuer (Core 2.3.3, 3.2.2).
    location: hasIssuer
      ? { reference: `${element}/*[local-name(.)='Issuer']`, action: 'after' }
      : { reference: element, action: 'prepend' },
  });
  return signature.getSignedXml();
}

async function encryptAssertion(
  xml: string,
  certificate: string,
  { content = 'aes256-gcm', keyTransport = 'rsa-oaep-mgf1p', digest, mask }: SamlResponseOptions['encryption'] = {},
): Promise<string> {
  const response = documentElement(parseXml(xml));
  const options: EncryptOptions & { keyEncryptionDigest?: string; keyEncryptionMgf?: string } = {
    rsa_pub: new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }),
    pem: certificate,
    encryptionAlgorithm: CONTENT[content],
    // The package's types know fewer of them than the package.
    keyEncryptionAlgorithm: KEY_TRANSPORT[keyTransport] as EncryptOptions['keyEncryptionAlgorithm'],
    keyEncryptionDigest: digest,
    keyEncryptionMgf: mask,
    // Weak algorithms are there to be refused by whoever is tested with them.
    disallowEncryptionWithInsecureAlgorithm: false,
    warnInsecureAlgorithm: false,
  };
  for (const assertion of children(response, SAML, 'Assertion')) {
    const encrypted = await promisify(encrypt)(serialize(assertion), options);
    const wrapper = append(response, SAML, 'EncryptedAssertion');
    wrapper.appendChild(ownerDocument(response).importNode(documentElement(parseXml(encrypted.trim())), true));
    response.replaceChild(wrapper, assertion);
  }
  return serialize(response);
}

/**
 * Yields a SAML Response: assertion signed, then encrypted, then the response signed, as the options ask
 * (SAML Core 5, XML Signature, XML Encryption).
 */
export async function samlResponseXml(options: SamlResponseOptions, key: SamlKey): Promise<string> {
  const fields = responseFields(options);
  const { sign, signature, mutate = (xml: string) => xml } = options;
  const carriesAssertion = fields.statusCode === SUCCESS;

  let xml = mutate(unsignedResponse(fields));
  if (carriesAssertion && (sign === 'assertion' || sign === 'both'))
    xml = signElement(xml, ASSERTION, fields.assertionIssuer !== null, key, signature);
  if (options.encryptFor) xml = await encryptAssertion(xml, options.encryptFor, options.encryption);
  if (sign === 'response' || sign === 'both')
    xml = signElement(xml, RESPONSE, fields.responseIssuer !== null, key, signature);
  return xml;
}

/** The value of the `SAMLResponse` form field (SAML Bindings 3.5.4). */
export const encodePost = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64');
