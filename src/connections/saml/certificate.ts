import { X509Certificate } from 'node:crypto';

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
