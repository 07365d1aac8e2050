// @peculiar/x509 resolves its parts with tsyringe, which needs the polyfill loaded before it.
import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { SpKey } from './settings';

/** What an admin is shown of a certificate, and what is pinned of it. */
export interface CertificateFacts {
  pem: string;
  /** SHA-256 of the DER form, hex pairs with colons. */
  fingerprint256: string;
  notBefore: Date;
  notAfter: Date;
  subject: string;
  /** As node:crypto names it, for example `rsa`. Only RSA keys verify signatures here. */
  keyType: string;
}

/**
 * Reads a certificate as people paste it: PEM, or its base64 alone as in metadata, with any white space.
 * @returns undefined when it is none
 */
export function readCertificate(pemOrBase64: string): CertificateFacts | undefined {
  const [, inPem] = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/.exec(pemOrBase64) ?? [];
  const base64 = (inPem ?? pemOrBase64).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    return {
      pem: certificate.toString(),
      fingerprint256: certificate.fingerprint256,
      // validFromDate and validToDate came with Node 22.10.
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
      subject: certificate.subject ?? '',
      keyType: certificate.publicKey.asymmetricKeyType ?? 'unknown',
    };
  } catch {
    return undefined;
  }
}

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const VALID_YEARS = 10;

/**
 * Makes a key pair for one connection: RSA 2048 with a self-signed certificate, valid ten years from `now`. Identity
 * providers pin it and few look at its dates; a short validity would only break sign-ins on a date nobody remembers.
 */
export async function createSpKey(now: Date, entityId: string): Promise<SpKey> {
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + VALID_YEARS);
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName(entityId)] }],
    notBefore: now,
    notAfter,
    signingAlgorithm: RSA,
    keys,
  });
  return {
    certificate: certificate.toString('pem'),
    privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** At most 64 characters (RFC 5280, ub-common-name): the host where the entity id is an address. */
const commonName = (entityId: string): string =>
  (URL.canParse(entityId) && new URL(entityId).hostname ? new URL(entityId).hostname : entityId).slice(0, 64);
