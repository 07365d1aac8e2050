// @peculiar/x509 resolves its parts with tsyringe, which needs the polyfill loaded before it.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { parseAddress } from '../domain/web-address';

/** A key pair of one connection, as PEM. The private key is decrypted only in memory. */
export interface KeyPair {
  certificate: string;
  privateKey: string;
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
 * @param name what the certificate is for: the host of it where it is an address
 */
export async function createKeyPair(now: Date, name: string): Promise<KeyPair> {
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + VALID_YEARS);
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName(name)] }],
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

/** At most 64 characters (RFC 5280, ub-common-name). */
const commonName = (name: string): string => (parseAddress(name)?.hostname || name).slice(0, 64);
