import type { KeyPair } from '../key-pair';

/** A key pair of this service for one connection. */
export interface SpKey extends KeyPair {
  /** Where it stands in its rotation; absent: the only one, which signs. */
  state?: 'next' | 'signing' | 'retiring';
}

export const AUTHN_CONTEXT_COMPARISONS = ['exact', 'minimum', 'maximum', 'better'] as const;

export interface RequestedAuthnContext {
  /** URIs of classes (SAML Authentication Context, 3.4), in the order of preference. */
  classRefs: readonly string[];
  comparison: (typeof AUTHN_CONTEXT_COMPARISONS)[number];
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
  /** The person signs in anew at the identity provider, whatever session there is (Core 3.4.1). */
  forceAuthn: boolean;
  /** How the person is to be authenticated (Core 3.3.2.2.1). */
  requestedAuthnContext?: RequestedAuthnContext;
  nameIdFormat?: string;
  allowIdpInitiated: boolean;
  /** Where the stable subject is read. */
  subjectFrom: 'nameId' | { attribute: string };
  /** The first signs; all decrypt and are published. */
  spKeys: readonly SpKey[];
}
