import type { KeyPair } from '../key-pair';

/** A key pair of this service for one connection. */
export interface SpKey extends KeyPair {
  /** Where it stands in its rotation; absent: the only one, which signs. */
  state?: 'next' | 'signing' | 'retiring';
}

/** Settings of a SAML connection, parsed and complete. */
export interface SamlSettings {
  /** Entity id of the identity provider. */
  idpEntityId: string;
  /** SingleSignOnService address. */
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  /** SingleLogoutService address; absent: no single logout. */
  sloUrl?: string;
  /** Of `sloUrl`; absent: redirect. */
  sloBinding?: 'redirect' | 'post';
  /** Where responses go, if not to `sloUrl` (Metadata 2.2.2). */
  sloResponseUrl?: string;
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
  /** The first signs; all decrypt and are published. */
  spKeys: readonly SpKey[];
}
