import { z } from 'zod';

const endpoint = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).max(2048);
const names = z.array(z.string().max(200)).max(200).optional();

/** What is used of a discovery document (OpenID Connect Discovery 3); the rest is dropped, so that a cached one stays small. */
const providerMetadata = z
  .object({
    issuer: z.string().max(2048),
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    jwks_uri: endpoint,
    userinfo_endpoint: endpoint.optional(),
    end_session_endpoint: endpoint.optional(),
    response_types_supported: names,
    grant_types_supported: names,
    code_challenge_methods_supported: names,
    token_endpoint_auth_methods_supported: names,
    id_token_signing_alg_values_supported: names,
    userinfo_signing_alg_values_supported: names,
    authorization_response_iss_parameter_supported: z.boolean().optional(),
  })
  .transform((metadata) => ({
    ...metadata,
    // Core 2: RS256 is what a provider signs with unless it says otherwise.
    id_token_signing_alg_values_supported: asymmetric(metadata.id_token_signing_alg_values_supported ?? ['RS256']),
    userinfo_signing_alg_values_supported: asymmetric(metadata.userinfo_signing_alg_values_supported ?? ['RS256']),
  }));

export type ProviderMetadata = z.output<typeof providerMetadata>;

/** Never `none`; never HS*: whoever holds the client secret could sign with it. */
const SIGNING_ALGORITHMS = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;
const asymmetric = (algorithms: readonly string[]) => algorithms.filter((name) => SIGNING_ALGORITHMS.test(name));

/** Yields the metadata, or one line that names each field that is wrong. */
export function parseMetadata(document: unknown): ProviderMetadata | { problem: string } {
  const parsed = providerMetadata.safeParse(document);
  if (!parsed.success)
    return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  const unencrypted = isHttps(parsed.data.issuer) ? endpointsOf(parsed.data).filter((url) => !isHttps(url)) : [];
  return unencrypted.length ? { problem: `not https: ${unencrypted.join(', ')}` } : parsed.data;
}

export const isHttps = (url: string): boolean => /^https:/i.test(url);

const endpointsOf = (metadata: ProviderMetadata): string[] =>
  [
    metadata.authorization_endpoint,
    metadata.token_endpoint,
    metadata.jwks_uri,
    metadata.userinfo_endpoint,
    metadata.end_session_endpoint,
  ].filter((url) => url !== undefined);
