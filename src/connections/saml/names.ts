/** Names that the standards fixed: SAML 2.0 Core, Bindings and Metadata, XML Signature, XML Encryption. */

export const NS = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  xmlns: 'http://www.w3.org/2000/xmlns/',
  schemaInstance: 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

export const BINDING = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

/** The only encoding of the Redirect binding (Bindings 3.4.4). */
export const ENCODING_DEFLATE = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';

export const STATUS_SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
export const METHOD_BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const NAMEID_TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
export const NAMEID_UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/**
 * What a signature may use (security 3). RSA-SHA384 and SHA-384 would be allowed too, but the verifier under node-saml
 * (xml-crypto 6) does not know them, and node-saml makes it without a way in for more; naming them here would only move
 * the refusal to a less clear place.
 */
export const SIGNING = {
  canonicalization: [EXCLUSIVE_C14N],
  signature: ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'],
  digest: ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'],
  transforms: [ENVELOPED, EXCLUSIVE_C14N],
} as const satisfies Record<string, readonly string[]>;

/** What a signature over a query may use (Bindings 3.4.4.1; security 3), and what OpenSSL calls it. */
export const QUERY_SIGNING: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'RSA-SHA256'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', 'RSA-SHA384'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'RSA-SHA512'],
]);

/** What an encrypted assertion may use (security 14). */
export const ENCRYPTION = {
  authenticated: ['http://www.w3.org/2009/xmlenc11#aes128-gcm', 'http://www.w3.org/2009/xmlenc11#aes256-gcm'],
  /** Malleable: only inside a Response whose signature was verified first. */
  unauthenticated: ['http://www.w3.org/2001/04/xmlenc#aes128-cbc', 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'],
  /** SHA-1 is as good as any here; the last two are SHA-2 by names that older libraries made up. */
  oaepDigest: [
    'http://www.w3.org/2000/09/xmldsig#sha1',
    'http://www.w3.org/2001/04/xmlenc#sha256',
    'http://www.w3.org/2001/04/xmlenc#sha512',
    'http://www.w3.org/2000/09/xmldsig#sha256',
    'http://www.w3.org/2000/09/xmldsig#sha512',
  ],
  keyTransport: ['http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p', 'http://www.w3.org/2009/xmlenc11#rsa-oaep'],
} as const satisfies Record<string, readonly string[]>;
