// @peculiar/x509 resolves its parts with tsyringe, which needs the polyfill loaded before it.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

/** A key pair with its self-signed certificate, as PEM. */
export interface SamlKey {
  certificate: string;
  privateKey: string;
}

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const TEN_YEARS = 10 * 365 * 24 * 60 * 60 * 1000;

/**
 * Yields a new RSA 2048 key with a self-signed certificate.
 * @param validity ten years from now when left out; dates in the past make an expired certificate
 */
export async function createSamlKey(
  commonName = 'Sample identity provider',
  validity: { notBefore: Date; notAfter: Date } = { notBefore: new Date(), notAfter: new Date(Date.now() + TEN_YEARS) },
): Promise<SamlKey> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    signingAlgorithm: ALGORITHM,
    keys,
  });
  return {
    certificate: certificate.toString('pem'),
    privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
