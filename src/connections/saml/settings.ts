import type { KeyPair } from '../key-pair';

/** A key pair of this service for one connection. */
export type SpKey = KeyPair;

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
