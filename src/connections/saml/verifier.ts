import { createPublicKey } from 'node:crypto';
import { SAML, type CacheProvider, type SamlConfig } from '@node-saml/passport-saml';
import type { ConnectionContext } from '../connection';
import type { SamlSettings } from './settings';

/** node-saml keeps request ids in a cache with a timer; ours live in the database, so it gets one that keeps nothing. */
export const NO_CACHE: CacheProvider = {
  saveAsync: () => Promise.resolve(null),
  getAsync: () => Promise.resolve(null),
  removeAsync: () => Promise.resolve(null),
};

/**
 * node-saml's verification, stopped right after it: what was verified comes back as text, before node-saml reads an
 * identity out of it by its own rules and clock. Signature handling itself is untouched.
 */
class SignatureVerifier extends SAML {
  /** Called with the canonical XML of the signed element, and nothing else. */
  protected override getSignedAssertion(signedXml: string): Promise<string | null> {
    return Promise.resolve(signedXml);
  }

  protected override processValidlySignedAssertionAsync(
    xml: string,
  ): ReturnType<SAML['processValidlySignedAssertionAsync']> {
    const profile = { issuer: '', nameID: '', nameIDFormat: '', getAssertionXml: () => xml };
    return Promise.resolve({ profile, loggedOut: false });
  }

  /** The canonical XML of the signed element; undefined when no pinned certificate verifies it. */
  async verified(base64: string): Promise<string | undefined> {
    try {
      const { profile } = await this.validatePostResponseAsync({ SAMLResponse: base64 });
      return profile?.getAssertionXml?.();
    } catch {
      // node-saml tells every kind of unacceptable message by an exception; which one does not matter to us.
      return undefined;
    }
  }
}

/** The body of a PEM certificate: what stands in a message's X509Certificate. */
export const certificateBody = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s+/g, '');

/**
 * The public key of a certificate in the form OpenSSL reads fastest: reading a certificate anew for each signature costs
 * five times the signature. Undefined: no certificate, or not of RSA, which alone is accepted.
 */
function publicKey(pem: string): string | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'pem' }).toString() : undefined;
  } catch {
    return undefined;
  }
}

/** The verifiers of one connection, kept between requests. */
export class ConnectionVerifier {
  private readonly pinned: readonly { body: string; key: string }[];
  private readonly verifiers = new Map<string, SignatureVerifier>();

  constructor(private readonly connection: ConnectionContext<SamlSettings>) {
    this.pinned = connection.settings.certificates.flatMap((pem) => {
      const key = publicKey(pem);
      return key ? [{ body: certificateBody(pem), key }] : [];
    });
  }

  /** True when this was made for the same pinned certificates and keys. */
  fits({ settings }: ConnectionContext<SamlSettings>): boolean {
    const { certificates, spKeys } = this.connection.settings;
    return (
      certificates.length === settings.certificates.length &&
      spKeys.length === settings.spKeys.length &&
      certificates.every((pem, index) => pem === settings.certificates[index]) &&
      spKeys.every((key, index) => key.privateKey === settings.spKeys[index]?.privateKey)
    );
  }

  /** Certificates that can verify anything. */
  get size(): number {
    return this.pinned.length;
  }

  isPinned(certificate: string): boolean {
    return this.pinned.some(({ body }) => body === certificate);
  }

  /**
   * Verifies a message whose assertion is not encrypted, by the signature of the Response or of the assertion.
   * @param hint certificate named in the message: tried first when it is pinned, so that three cost no more than one
   * @returns canonical XML of the signed element (Response or Assertion), undefined when nothing verifies
   */
  verify(base64: string, hint: string | undefined): Promise<string | undefined> {
    return this.verifier(this.indexOf(hint), undefined).verified(base64);
  }

  /** Verifies the signature of a Response around an EncryptedAssertion; nothing is decrypted before that has succeeded. */
  verifyEnclosing(base64: string, hint: string | undefined, decryptionKey: string): Promise<string | undefined> {
    return this.verifier(this.indexOf(hint), decryptionKey).verified(base64);
  }

  private indexOf(hint: string | undefined): number {
    return Math.max(
      0,
      this.pinned.findIndex(({ body }) => body === hint),
    );
  }

  private verifier(first: number, decryptionKey: string | undefined): SignatureVerifier {
    const { spKeys } = this.connection.settings;
    const name = `${first} ${spKeys.findIndex(({ privateKey }) => privateKey === decryptionKey)}`;
    const known = this.verifiers.get(name);
    if (known) return known;
    const ordered = [...this.pinned.slice(first), ...this.pinned.slice(0, first)].map(({ key }) => key);
    const made = new SignatureVerifier({ ...this.options(ordered), ...(decryptionKey && enclosing(decryptionKey)) });
    this.verifiers.set(name, made);
    return made;
  }

  private options(publicKeys: string[]): SamlConfig {
    return {
      idpCert: publicKeys,
      issuer: this.connection.endpoints.entityId,
      callbackUrl: this.connection.endpoints.acsUrl,
      cacheProvider: NO_CACHE,
      // Either signature is enough; audience and times are rules of ours, on what this verifies.
      wantAssertionsSigned: false,
      wantAuthnResponseSigned: false,
      audience: false,
      acceptedClockSkewMs: -1,
    };
  }
}

const enclosing = (decryptionPvk: string): Partial<SamlConfig> => ({ decryptionPvk, wantAuthnResponseSigned: true });

const MOST_CONNECTIONS = 200;
const verifiers = new Map<string, ConnectionVerifier>();

/** The verifier of this connection in this version, from a cache of the most recently used. */
export function verifierOf(connection: ConnectionContext<SamlSettings>): ConnectionVerifier {
  const key = `${connection.id} ${connection.version}`;
  const known = verifiers.get(key);
  const verifier = known?.fits(connection) ? known : new ConnectionVerifier(connection);
  verifiers.delete(key);
  verifiers.set(key, verifier);
  const [oldest] = verifiers.keys();
  if (verifiers.size > MOST_CONNECTIONS && oldest !== undefined) verifiers.delete(oldest);
  return verifier;
}
