import type { ApplicationId } from './ids';
import { parseAddress } from './web-address';

export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

export const ID_TOKEN_ALGORITHMS = ['ES256', 'RS256'] as const;
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number];

/** An application that signs people in through the bridge: a client of OpenID Connect. */
export interface Application {
  id: ApplicationId;
  clientId: string;
  name: string;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  /** Redirects to any port and path of this machine are taken besides: for trying things out only. */
  anyLoopback: boolean;
  backchannelLogoutUri: string | null;
  initiateLoginUri: string | null;
  tokenEndpointAuthMethod: ClientAuthMethod;
  idTokenAlgorithm: IdTokenAlgorithm;
  jwks: { keys: readonly Readonly<Record<string, unknown>>[] } | null;
  jwksUri: string | null;
  allOrganizations: boolean;
  /** Who in an organization, by name; null in both: everyone. */
  onlyGroups: readonly string[] | null;
  onlyLicences: readonly string[] | null;
  /** Null: all there are. */
  claims: readonly string[] | null;
  createdAt: Date;
  updatedAt: Date;
  lastUsedAt: Date | null;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export const isLoopback = (uri: string): boolean => {
  const url = parseAddress(uri);
  return url?.protocol === 'http:' && LOOPBACK.includes(url.hostname) && !url.username && !url.password;
};

export type UriProblem = 'invalid_url' | 'insecure' | 'fragment' | 'credentials' | 'wildcard' | 'not_normal';

/**
 * Why an address of an application cannot be registered (RFC 9700, 2.1 and 4.1; RFC 8252, 7.3): it is compared letter by
 * letter later on, so it must be written as a browser would send it.
 */
export function uriProblem(uri: string): UriProblem | undefined {
  const url = parseAddress(uri);
  if (!url) return 'invalid_url';
  if (url.username || url.password) return 'credentials';
  if (url.protocol !== 'https:' && !isLoopback(uri)) return 'insecure';
  if (uri.includes('#')) return 'fragment';
  if (uri.includes('*')) return 'wildcard';
  return uri === url.href || `${uri}/` === url.href ? undefined : 'not_normal';
}

/**
 * Where a person begins in an application, sent there by this provider (OpenID Connect Core 4). The organization goes
 * along as our authorization endpoint takes it, so that the application can pass it on.
 */
export function initiateLoginAt(initiateLoginUri: string, baseUrl: string, organization: string): string {
  const url = new URL(initiateLoginUri);
  url.searchParams.set('iss', `${baseUrl}/oidc`);
  url.searchParams.set('organization', organization);
  return url.href;
}
