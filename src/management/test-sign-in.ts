import { randomBytes } from 'node:crypto';
import { initiateLoginAt, type Application } from '../domain/application';

/**
 * Where somebody tries whether an organization's people get into an application. It begins in the application where that
 * can be (OpenID Connect Core 4); else at our authorization endpoint, with a challenge to which nobody has the verifier:
 * the code that the application is sent can never be redeemed (RFC 7636, 4.6).
 */
export function testSignInUrl(
  { clientId, redirectUris, initiateLoginUri }: Pick<Application, 'clientId' | 'redirectUris' | 'initiateLoginUri'>,
  baseUrl: string,
  organization: string,
): string {
  if (initiateLoginUri) return initiateLoginAt(initiateLoginUri, baseUrl, organization);
  const url = new URL(`${baseUrl}/oidc/auth`);
  url.search = new URLSearchParams({
    ...{ client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: redirectUris[0] ?? '' },
    ...{ code_challenge: randomBytes(32).toString('base64url'), code_challenge_method: 'S256', organization },
  }).toString();
  return url.href;
}
