import type { AdapterPayload } from 'oidc-provider';
import { SCOPES } from '../domain/application-claims';
import type { Entered } from '../storage/application-sessions';
import { grantIdOf, type GrantKey } from './grant-id';

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/**
 * An application's session as the provider's grant. The organization permits an application, its people are not asked:
 * every scope is granted, and what the claims then hold is up to the application's registration.
 */
export const grantOf = (key: GrantKey, { accountId, clientId, createdAt, expiresAt }: Entered): AdapterPayload => ({
  kind: 'Grant',
  jti: grantIdOf(key),
  iat: seconds(createdAt),
  exp: seconds(expiresAt),
  accountId,
  clientId,
  openid: { scope: SCOPES.join(' ') },
});
