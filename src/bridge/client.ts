import { timingSafeEqual } from 'node:crypto';
import type { AdapterPayload, Client } from 'oidc-provider';
import { isLoopback } from '../domain/application';
import type { ApplicationId } from '../domain/ids';
import { hashSecret, type ApplicationClient } from '../storage/applications';
import type { Provider } from './load-library';

/** What the library carries along of a client without knowing it. */
export const OWN_PROPERTIES = ['application', 'secrets', 'loopback', 'organizations', 'only'];

interface OwnProperties {
  /** Id of the application. */
  application: ApplicationId;
  /** Hashes of the secrets in force, in hexadecimal. */
  secrets: readonly string[];
  loopback: boolean;
  /** Slugs; null: every organization. */
  organizations: readonly string[] | null;
  /** The only claims it gets; null: all. */
  only: readonly string[] | null;
}

export const ownOf = (client: Client): OwnProperties => client as unknown as OwnProperties;

/** An application as client metadata (OpenID Connect Registration, 2). */
export function clientOf(application: ApplicationClient): AdapterPayload {
  const method = application.tokenEndpointAuthMethod;
  const own: OwnProperties = {
    application: application.id,
    secrets: application.secrets,
    loopback: application.anyLoopback,
    organizations: application.allOrganizations ? null : application.organizations,
    only: application.claims,
  };
  return {
    ...own,
    client_id: application.clientId,
    client_name: application.name,
    redirect_uris: [...application.redirectUris],
    post_logout_redirect_uris: [...application.postLogoutRedirectUris],
    token_endpoint_auth_method: method,
    id_token_signed_response_alg: application.idTokenAlgorithm,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    // Required of a client that has secrets; which they are, only their hashes tell.
    ...(method.startsWith('client_secret') && { client_secret: 'kept as hashes' }),
    ...(application.jwks && { jwks: { keys: [...application.jwks.keys] } }),
    ...(application.jwksUri && { jwks_uri: application.jwksUri }),
    ...(application.backchannelLogoutUri && {
      backchannel_logout_uri: application.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
  } as AdapterPayload;
}

/** Secrets are compared by their hashes, every ID token names the application's session, and loopback is for trying out. */
export function teachClients(
  { Client }: Provider,
  noteSecret: (application: ApplicationId, hash: Buffer) => void,
): void {
  const { redirectUriAllowed, postLogoutRedirectUriAllowed } = Client.prototype;
  Client.prototype.compareClientSecret = function (this: Client, shown: string) {
    const hash = hashSecret(shown);
    const isKnown = ownOf(this).secrets.some((known) => timingSafeEqual(Buffer.from(known, 'hex'), hash));
    if (isKnown) noteSecret(ownOf(this).application, hash);
    return isKnown;
  };
  Client.prototype.includeSid = () => true;
  Client.prototype.redirectUriAllowed = function (this: Client, uri: string) {
    return redirectUriAllowed.call(this, uri) || (ownOf(this).loopback && isLoopback(uri));
  };
  Client.prototype.postLogoutRedirectUriAllowed = function (this: Client, uri: string) {
    return postLogoutRedirectUriAllowed.call(this, uri) || (ownOf(this).loopback && isLoopback(uri));
  };
}
