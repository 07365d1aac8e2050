import { discover, type DiscoveryCode } from './discover';
import { isHttps, type ProviderMetadata } from './metadata';

/** What an admin wants to see of a provider before saving. */
export interface IssuerSummary {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  userinfoEndpoint?: string;
  endSessionEndpoint?: string;
  /** Those that are accepted of an ID token. */
  signingAlgorithms: readonly string[];
  /** Undefined: the provider does not say. */
  tokenEndpointAuthMethods?: readonly string[];
}

type IssuerProblem = DiscoveryCode | 'code_flow_unsupported' | 'pkce_unsupported' | 'signing_algorithm_unsupported';

/** Something an admin should know, though it prevents nothing. */
type IssuerWarning = 'unencrypted' | 'pkce_unannounced';

export type IssuerReading =
  | { ok: true; warnings: readonly { code: IssuerWarning; message: string }[]; metadata: IssuerSummary }
  | { ok: false; code: IssuerProblem; message: string };

/**
 * Looks at a provider when a connection is saved: whether discovery answers with exactly this issuer, and whether it can do what a
 * sign-in here asks for. Each failure is a value with a sentence for the admin.
 * @param deps.fetch the outbound client's
 */
export async function readIssuer(issuer: string, deps: { fetch: typeof globalThis.fetch }): Promise<IssuerReading> {
  const found = await discover(issuer, deps.fetch);
  if (!found.ok) return { ok: false, code: found.code, message: found.message };
  const problem = problemOf(found.metadata);
  return problem ?? { ok: true, warnings: warningsOf(found.metadata), metadata: summaryOf(found.metadata) };
}

function problemOf(metadata: ProviderMetadata): IssuerReading | undefined {
  const { response_types_supported: types, grant_types_supported: grants } = metadata;
  if (types?.includes('code') === false || grants?.includes('authorization_code') === false)
    return problem('code_flow_unsupported', 'The provider does not offer the authorization code flow.');
  if (metadata.code_challenge_methods_supported?.includes('S256') === false)
    return problem('pkce_unsupported', 'The provider does not support PKCE with S256.');
  if (!metadata.id_token_signing_alg_values_supported.length)
    return problem('signing_algorithm_unsupported', 'The provider signs ID tokens only in ways that are not accepted.');
  return undefined;
}

function warningsOf(metadata: ProviderMetadata): { code: IssuerWarning; message: string }[] {
  const warnings: { code: IssuerWarning; message: string }[] = [];
  if (!isHttps(metadata.issuer))
    warnings.push({ code: 'unencrypted', message: 'The provider is reached without encryption.' });
  if (!metadata.code_challenge_methods_supported)
    warnings.push({
      code: 'pkce_unannounced',
      message: 'The provider does not say whether it supports PKCE; it is used anyway.',
    });
  return warnings;
}

const problem = (code: IssuerProblem, message: string): IssuerReading => ({ ok: false, code, message });

const summaryOf = (metadata: ProviderMetadata): IssuerSummary => ({
  issuer: metadata.issuer,
  authorizationEndpoint: metadata.authorization_endpoint,
  tokenEndpoint: metadata.token_endpoint,
  jwksUri: metadata.jwks_uri,
  userinfoEndpoint: metadata.userinfo_endpoint,
  endSessionEndpoint: metadata.end_session_endpoint,
  signingAlgorithms: metadata.id_token_signing_alg_values_supported,
  tokenEndpointAuthMethods: metadata.token_endpoint_auth_methods_supported,
});
