import { readCertificate, type CertificateFacts } from './certificate';
import { isFault, metadataFault, type MetadataFault, type MetadataWarning } from './metadata-fault';
import { NS } from './names';
import { attribute, children, text, type Element } from './xml';

const SOON = 30 * 24 * 60 * 60 * 1000;

interface SigningCertificates {
  /** PEM. */
  certificates: readonly string[];
  warnings: readonly MetadataWarning[];
}

/** Reads the certificates an identity provider signs with: those for signing, and those for any use (Metadata 2.4.1.1). */
export function signingCertificates(role: Element, now: Date): SigningCertificates | MetadataFault {
  const found = certificateTexts(role).map((base64) => readCertificate(base64) ?? unreadable);
  const fault = found.find(isFault);
  if (fault) return fault;

  const read = found.filter((one): one is CertificateFacts => !isFault(one));
  const unique = [...new Map(read.map((one) => [one.fingerprint256, one])).values()];
  const usable = unique.filter(({ keyType }) => keyType === 'rsa');
  if (!usable.length) return metadataFault('metadata_without_certificate');
  return { certificates: usable.map(({ pem }) => pem), warnings: unique.flatMap((one) => warningsFor(one, now)) };
}

const unreadable = metadataFault('metadata_certificate_unreadable');

/** The first certificate of each X509Data: what follows is the chain that issued it, and signs no responses. */
const certificateTexts = (role: Element): string[] =>
  children(role, NS.metadata, 'KeyDescriptor')
    .filter((descriptor) => attribute(descriptor, 'use') !== 'encryption')
    .flatMap((descriptor) => children(descriptor, NS.signature, 'KeyInfo'))
    .flatMap((keyInfo) => children(keyInfo, NS.signature, 'X509Data'))
    .flatMap((data) => children(data, NS.signature, 'X509Certificate').slice(0, 1))
    .map(text);

/** What an admin should know of a signing certificate. */
export function warningsFor({ keyType, notAfter, subject }: CertificateFacts, now: Date): MetadataWarning[] {
  const name = subject.replaceAll('\n', ', ') || 'without a name';
  const left = notAfter.getTime() - now.getTime();
  const date = notAfter.toISOString().slice(0, 10);
  if (keyType !== 'rsa')
    return [{ code: 'certificate_not_rsa', message: `The certificate ${name} has no RSA key and is left out.` }];
  if (left <= 0)
    return [{ code: 'certificate_expired', message: `The signing certificate ${name} expired on ${date}.` }];
  if (left <= SOON)
    return [{ code: 'certificate_expires_soon', message: `The signing certificate ${name} expires on ${date}.` }];
  return [];
}
