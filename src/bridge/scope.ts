import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * The library drops `offline_access` unless consent is asked for. OpenID Connect Core 11 lets it stand where another
 * condition permits it: here the organization does, for the people it lets into the application.
 */
export function keepOfflineAccess({ query, oidc }: KoaContextWithOIDC): void {
  const { params, entities, body } = oidc;
  if (!params) return;
  const pushed = entities.PushedAuthorizationRequest?.request;
  const asked = pushed ? decodeJwt(pushed).scope : (body?.scope ?? query.scope);
  const scopes = String(params.scope ?? '').split(' ');
  const isDropped =
    String(asked ?? '')
      .split(' ')
      .includes('offline_access') && !scopes.includes('offline_access');
  if (isDropped) params.scope = [...scopes, 'offline_access'].join(' ').trim();
}
