import { createSign } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { SIGNING } from '../names';
import type { SamlSettings, SpKey } from '../settings';

/**
 * Bindings 3.4.4.1: the signature covers the query exactly as it is sent. node-saml signs one encoding and sends
 * another, which a RelayState with a blank or an apostrophe in it brings to light.
 */
export function withSignedQuery(
  url: string,
  parameters: Readonly<Record<string, string>>,
  { signatureAlgorithm }: SamlSettings,
  { privateKey }: SpKey,
): string {
  const all = { ...parameters, SigAlg: algorithmUri(SIGNING.signature, signatureAlgorithm) };
  const query = Object.entries(all)
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&');
  const signature = createSign(`RSA-${signatureAlgorithm.toUpperCase()}`).update(query).sign(privateKey, 'base64');
  return `${url}${url.includes('?') ? '&' : '?'}${query}&Signature=${encoded(signature)}`;
}

/** A browser encodes an apostrophe that it meets in an address, and with that the signature would no longer fit. */
const encoded = (value: string): string => encodeURIComponent(value).replaceAll("'", '%27');

/** Bindings 3.5.4.2: an enveloped signature, right after the issuer (Core 3.2.1). */
export function withSignature(
  xml: string,
  { signatureAlgorithm }: SamlSettings,
  { privateKey, certificate }: SpKey,
): string {
  const [canonicalization] = SIGNING.canonicalization;
  const signature = new SignedXml({
    privateKey,
    publicCert: certificate,
    signatureAlgorithm: algorithmUri(SIGNING.signature, signatureAlgorithm),
    canonicalizationAlgorithm: canonicalization,
  });
  signature.addReference({
    xpath: '/*',
    transforms: [...SIGNING.transforms],
    digestAlgorithm: algorithmUri(SIGNING.digest, signatureAlgorithm),
  });
  const location = { reference: "/*/*[local-name(.)='Issuer']", action: 'after' } as const;
  signature.computeSignature(xml, { prefix: 'ds', location });
  return signature.getSignedXml();
}

const algorithmUri = (uris: readonly string[], name: string): string => {
  const uri = uris.find((one) => one.endsWith(name));
  if (!uri) throw new Error(`no algorithm ${name}`);
  return uri;
};
