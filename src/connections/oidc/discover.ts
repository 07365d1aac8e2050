import { allowInsecureRequests, ClientError, customFetch, discovery } from 'openid-client';
import { parseAddress } from '../../domain/web-address';
import { OutboundError, type OutboundCode } from '../../outbound/failure';
import { causesOf } from './causes';
import { isHttps, parseMetadata, type ProviderMetadata } from './metadata';
import { providerFetch, ProviderUnavailable, STEP_TIMEOUT_MS } from './provider-fetch';

export type DiscoveryCode =
  OutboundCode | 'invalid_issuer' | 'invalid_metadata' | 'issuer_mismatch' | 'multi_tenant_issuer';

export type Discovery =
  | { ok: true; metadata: ProviderMetadata }
  | {
      ok: false;
      code: DiscoveryCode;
      /** One sentence for the admin. */ message: string;
      /** For the log. */ detail: string;
    };

// Discovery knows no client; the library asks for one because it yields a configured client.
const NO_CLIENT = 'discovery';

/** Fetches and checks a provider's metadata (OpenID Connect Discovery 4). Its `issuer` must be the given one, letter by letter. */
export async function discover(issuer: string, fetch: typeof globalThis.fetch): Promise<Discovery> {
  const url = issuerUrl(issuer);
  if (!url) return failed('invalid_issuer', 'The issuer must be an https address without query and fragment.', issuer);
  try {
    const found = await discovery(url, NO_CLIENT, undefined, undefined, {
      [customFetch]: providerFetch(fetch),
      timeout: STEP_TIMEOUT_MS / 1000,
      execute: isHttps(issuer) ? [] : [allowInsecureRequests],
    });
    return accept(issuer, found.serverMetadata());
  } catch (error) {
    return explain(issuer, error);
  }
}

function issuerUrl(issuer: string): URL | undefined {
  const url = parseAddress(issuer);
  return url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username ? url : undefined;
}

function accept(issuer: string, document: { issuer: string }): Discovery {
  // Compared before anything else, and exactly: the library takes a trailing slash, and Entra's template, for equal.
  if (document.issuer !== issuer) return mismatch(issuer, document.issuer);
  const metadata = parseMetadata(document);
  if ('problem' in metadata)
    return failed('invalid_metadata', "The provider's discovery document is not complete.", metadata.problem);
  return { ok: true, metadata };
}

function mismatch(issuer: string, received: string): Discovery {
  if (received.includes('{tenantid}'))
    return failed(
      'multi_tenant_issuer',
      'This address stands for every tenant of the provider. Enter the issuer of your own tenant, which contains its id.',
      `expected ${issuer}, received ${clip(received)}`,
    );
  const message = `The provider names itself "${clip(received)}". Enter the issuer exactly so.`;
  return failed('issuer_mismatch', message, `expected ${issuer}, received ${clip(received)}`);
}

const NOT_FOUND = 'No discovery document was found at the issuer.';

function explain(issuer: string, error: unknown): Discovery {
  const causes = causesOf(error);
  const blocked = causes.find((cause) => cause instanceof OutboundError);
  if (blocked) return failed(blocked.code, blocked.message, blocked.code);
  const unavailable = causes.find((cause) => cause instanceof ProviderUnavailable);
  if (unavailable)
    return failed(
      unavailable.reason === 'not_json' ? 'invalid_metadata' : 'unreachable',
      NOT_FOUND,
      unavailable.message,
    );
  const received = discoveredIssuer(causes);
  if (received !== undefined) return mismatch(issuer, received);
  const detail = error instanceof Error ? error.message : 'unknown';
  if (error instanceof ClientError && error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM')
    return failed('bad_status', NOT_FOUND, detail);
  // A document can make the library stumble in other ways, as by an issuer that is no address.
  return failed('invalid_metadata', "The provider's discovery document cannot be used.", detail);
}

/** The library refuses some other issuers by itself; what it received stands in the cause. */
function discoveredIssuer(causes: readonly unknown[]): string | undefined {
  for (const cause of causes)
    if (typeof cause === 'object' && cause && 'attribute' in cause && cause.attribute === 'issuer' && 'body' in cause)
      return (cause.body as { issuer: string }).issuer;
  return undefined;
}

const clip = (text: string): string => text.slice(0, 300);
const failed = (code: DiscoveryCode, message: string, detail: string): Discovery => ({
  ok: false,
  code,
  message,
  detail,
});
