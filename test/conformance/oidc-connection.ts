import { randomBytes, randomUUID } from 'node:crypto';
import type { AttemptSecrets, CompleteInput, ConnectionContext } from '../../src/connections/connection';
import type { OidcSettings } from '../../src/connections/oidc/settings';

const BASE = 'http://localhost:3000/acme/sso';

/** A connection as it comes from storage; another id each time. */
export function oidcConnection(settings: Partial<OidcSettings> & { issuer: string }): ConnectionContext<OidcSettings> {
  const id = randomUUID();
  const at = `${BASE}/${id}`;
  return {
    id,
    organizationId: randomUUID(),
    version: 1,
    endpoints: {
      entityId: at,
      acsUrl: `${at}/acs`,
      sloUrl: `${at}/slo`,
      metadataUrl: `${at}/metadata`,
      redirectUri: `${at}/callback`,
    },
    settings: {
      clientId: 'drawbridge',
      clientSecret: 'a secret with : and % in it',
      scopes: ['openid', 'profile', 'email'],
      tokenEndpointAuthMethod: 'client_secret_basic',
      subjectFrom: 'sub',
      ...settings,
    },
  };
}

const random = (): string => randomBytes(32).toString('base64url');

export const newAttempt = (): AttemptSecrets => ({
  relay: random(),
  requestId: `_${randomBytes(16).toString('hex')}`,
  nonce: random(),
  codeVerifier: random(),
});

/** What the web server makes of the browser's return. */
export const returned = (url: string, attempt: AttemptSecrets | undefined, now = new Date()): CompleteInput => ({
  attempt,
  reply: { method: 'GET', url, query: Object.fromEntries(new URL(url).searchParams), body: {} },
  now,
});
