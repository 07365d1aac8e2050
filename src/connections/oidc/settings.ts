import type { KeyPair } from '../key-pair';

export const TOKEN_ENDPOINT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const;
export type TokenEndpointAuthMethod = (typeof TOKEN_ENDPOINT_AUTH_METHODS)[number];

/** The others sign by a key of our own, or authenticate this service in no way. */
export const needsClientSecret = (method: TokenEndpointAuthMethod): boolean => method.startsWith('client_secret_');

/** A key pair of this service for one connection; its id is the `kid`. */
export interface ClientKey extends KeyPair {
  id: string;
}

/** Settings of an OpenID Connect connection, parsed and complete. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  /** Decrypted only in memory; absent for public clients. */
  clientSecret?: string;
  scopes: readonly string[];
  tokenEndpointAuthMethod: TokenEndpointAuthMethod;
  /** For `private_key_jwt`. The first signs, all are published. */
  clientKeys?: readonly ClientKey[];
  /** The person signs in anew at the provider, whatever session there is. */
  forceAuthn?: boolean;
  /** Authentication contexts that are asked for, in the order of preference; the ID token's `acr` is one of them. */
  acrValues?: readonly string[];
  /** Where the stable subject is read; `oid` for Entra ID. */
  subjectFrom: 'sub' | { claim: string };
}
