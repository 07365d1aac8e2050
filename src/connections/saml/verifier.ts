import { createPublicKey, type KeyObject } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { ConnectionContext } from '../connection';
import type { SamlSettings } from './settings';
import { certificateOf } from './survey';
import type { Element } from './xml';

/** The body of a PEM certificate: what stands in a message's X509Certificate. */
export const certificateBody = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s+/g, '');

/** The public key of a certificate. Undefined: no certificate, or not of RSA, which alone is accepted. */
function publicKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The pinned certificates of one connection, read once and kept between requests. */
export class ConnectionVerifier {
  private readonly pinned: readonly { body: string; key: KeyObject }[];

  constructor(private readonly certificates: readonly string[]) {
    this.pinned = certificates.flatMap((pem) => {
      const key = publicKey(pem);
      return key ? [{ body: certificateBody(pem), key }] : [];
    });
  }

  /** True when this was made for the same pinned certificates. */
  fits({ settings: { certificates } }: ConnectionContext<SamlSettings>): boolean {
    return (
      this.certificates.length === certificates.length &&
      this.certificates.every((pem, index) => pem === certificates[index])
    );
  }

  /** Of the certificates that can verify anything. */
  get keys(): readonly KeyObject[] {
    return this.pinned.map(({ key }) => key);
  }

  isPinned(certificate: string): boolean {
    return this.pinned.some(({ body }) => body === certificate);
  }

  /**
   * Verifies one signature of a document, by any of the pinned certificates (XML Signature 3.2). Its structure, its
   * algorithms and the one element its Reference can mean are the rules' to settle before.
   * @param xml the whole document, as it came
   * @returns canonical XML of the signed element, to be read in the document's stead; undefined when nothing verifies
   */
  verify(xml: string, signature: Element): string | undefined {
    const signed = load(signature);
    if (!signed) return undefined;
    for (const key of this.inOrder(certificateOf(signature))) {
      const verified = verifiedBy(key, signed, xml);
      if (verified !== undefined) return verified;
    }
    return undefined;
  }

  /** The certificate named in the message is only a hint which to try first, so that three cost no more than one. */
  private inOrder(hint: string | undefined): readonly KeyObject[] {
    const named = this.pinned.filter(({ body }) => body === hint);
    return [...named, ...this.pinned.filter(({ body }) => body !== hint)].map(({ key }) => key);
  }
}

function load(signature: Element): SignedXml | undefined {
  const signed = new SignedXml();
  // SAML's own (Core 1.3.4); the rules let no other element have the same value in another spelling. Each costs a walk.
  signed.idAttributes = ['ID'];
  try {
    signed.loadSignature(signature);
    return signed;
  } catch {
    return undefined;
  }
}

/** xml-crypto publishes canonical XML only of what the signature covers, and only once it has verified. */
function verifiedBy(key: KeyObject, signed: SignedXml, xml: string): string | undefined {
  signed.publicCert = key;
  try {
    const [only, ...more] = signed.checkSignature(xml) ? signed.getSignedReferences() : [];
    return more.length ? undefined : only;
  } catch {
    // It tells a signature by another key by an exception.
    return undefined;
  }
}

const MOST_CONNECTIONS = 200;
const verifiers = new Map<string, ConnectionVerifier>();

/** The verifier of this connection in this version, from a cache of the most recently used. */
export function verifierOf(connection: ConnectionContext<SamlSettings>): ConnectionVerifier {
  const key = `${connection.id} ${connection.version}`;
  const known = verifiers.get(key);
  const verifier = known?.fits(connection) ? known : new ConnectionVerifier(connection.settings.certificates);
  verifiers.delete(key);
  verifiers.set(key, verifier);
  const [oldest] = verifiers.keys();
  if (verifiers.size > MOST_CONNECTIONS && oldest !== undefined) verifiers.delete(oldest);
  return verifier;
}
