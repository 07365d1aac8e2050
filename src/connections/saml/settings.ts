/** An SP key pair of one connection, as PEM. The private key is decrypted only in memory. */
export interface SpKey {
  certificate: string;
  privateKey: string;
}

/** Settings of a SAML connection, parsed and complete. */
export interface SamlSettings {
  /** Entity id of the identity provider. */
  idpEntityId: string;
  /** SingleSignOnService address. */
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  sloUrl?: string;
  /** Pinned signing certificates, PEM, one or more. */
  certificates: readonly string[];
  metadataUrl?: string;
  /** Signature algorithm of our AuthnRequests. */
  signatureAlgorithm: 'sha256' | 'sha512';
  forceAuthn: boolean;
  nameIdFormat?: string;
  allowIdpInitiated: boolean;
  /** Where the stable subject is read. */
  subjectFrom: 'nameId' | { attribute: string };
  /** Newest first; the first signs, all decrypt and are published. */
  spKeys: readonly SpKey[];
}
