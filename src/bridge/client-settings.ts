import type { Configuration } from 'oidc-provider';
import { OWN_PROPERTIES } from './client';
import type { BridgeDeps } from './deps';

/** What clients may be registered with, and how what they name is called. */
export const clientSettings = ({ fetch }: Pick<BridgeDeps, 'fetch'>): Configuration => ({
  responseTypes: ['code'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256', 'RS256'],
    clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
  },
  extraClientMetadata: { properties: OWN_PROPERTIES },
  // An application that lives in the browser redeems its codes there, from where it was sent back to.
  clientBasedCORS: (_ctx, origin, client) =>
    client.clientAuthMethod === 'none' && (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
  // Ours checks the address (security 22); the library's own dispatcher is none that it could use.
  fetch: (address, options) => fetch(address, { ...options, dispatcher: undefined } as RequestInit),
});
