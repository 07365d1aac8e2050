/** Settings of an OpenID Connect connection, parsed and complete. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  /** Decrypted only in memory; absent for public clients. */
  clientSecret?: string;
  scopes: readonly string[];
  tokenEndpointAuthMethod: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** Where the stable subject is read; `oid` for Entra ID. */
  subjectFrom: 'sub' | { claim: string };
}
