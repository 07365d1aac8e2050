import { buildAuthorizationUrl, calculatePKCECodeChallenge, type CustomFetch } from 'openid-client';
import type {
  BeginInput,
  BrowserStep,
  CompleteInput,
  Completion,
  Connection,
  ConnectionContext,
  TakesLogoutTokens,
} from '../connection';
import { readCallback } from './callback';
import { createClient } from './client';
import { ConnectionUnavailable } from '../connection-unavailable';
import { readIdentity } from './identity';
import { createLogoutTokenReader } from './logout-token';
import { providerFetch } from './provider-fetch';
import { createProviders, type Providers } from './providers';
import { redeem } from './redeem';
import { refuse, unavailable } from './refusals';
import type { OidcSettings } from './settings';
import { readUserinfo } from './userinfo';

type Context = ConnectionContext<OidcSettings>;

/**
 * OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), state, nonce and issuer identification (RFC 9207).
 * `begin` throws ConnectionUnavailable where the provider cannot be asked; `complete` yields every refusal as a value.
 * @param deps.fetch the outbound client's: every address of a provider was typed by somebody
 * @param deps.timeoutMs for all calls of one step together, discovery included
 */
export function createOidc({ fetch, timeoutMs }: OidcDeps): Connection<OidcSettings> & TakesLogoutTokens<OidcSettings> {
  const providers = createProviders(fetch);
  const step = () => providerFetch(fetch, timeoutMs);
  return {
    kind: 'oidc',
    begin: (connection, input) => begin(providers, step(), connection, input),
    complete: (connection, input) => complete(providers, step(), connection, input),
    readLogoutToken: createLogoutTokenReader(providers, fetch),
  };
}

interface OidcDeps {
  fetch: typeof globalThis.fetch;
  timeoutMs?: number;
}

async function begin(
  providers: Providers,
  fetch: CustomFetch,
  connection: Context,
  input: BeginInput,
): Promise<BrowserStep> {
  const { settings, endpoints } = connection;
  const { attempt, loginHint, acrValues, now } = input;
  const found = await providers.get(connection, now);
  if (!found.ok) throw new ConnectionUnavailable('discovery', `${found.code}: ${found.detail}`);

  const url = buildAuthorizationUrl(await createClient(settings, found.provider, fetch, now), {
    response_type: 'code',
    redirect_uri: endpoints.redirectUri,
    scope: [...new Set(['openid', ...settings.scopes])].join(' '),
    state: attempt.relay,
    nonce: attempt.nonce,
    code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
    code_challenge_method: 'S256',
    ...authenticationOf({ ...settings, acrValues: settings.acrValues?.length ? settings.acrValues : acrValues }),
    ...(loginHint ? { login_hint: loginHint } : {}),
  });
  return { kind: 'redirect', url: url.href };
}

/** How the person is to be authenticated (Core 3.1.2.1). Providers know the one or the other way to ask for it anew. */
const authenticationOf = ({
  acrValues,
  forceAuthn,
}: Pick<OidcSettings, 'acrValues' | 'forceAuthn'>): Record<string, string> => ({
  ...(acrValues?.length ? { acr_values: acrValues.join(' ') } : {}),
  ...(forceAuthn ? { prompt: 'login', max_age: '0' } : {}),
});

async function complete(
  providers: Providers,
  fetch: CustomFetch,
  connection: Context,
  input: CompleteInput,
): Promise<Completion> {
  const { settings } = connection;
  const { now } = input;
  const callback = readCallback(settings.issuer, input);
  if ('failure' in callback) return refuse(callback.steps, callback.failure);

  const found = await providers.get(connection, now);
  if (!found.ok) return refuse(callback.steps, unavailable('discovery', `${found.code}: ${found.detail}`));
  const { provider } = found;
  const client = await createClient(settings, provider, fetch, now);

  const { attempt, parameters } = callback;
  const { startedAt } = input;
  const exchange = await redeem({ connection, provider, client, attempt, startedAt, parameters, now });
  const verified = [...callback.steps, ...exchange.steps];
  const { claims: idToken } = exchange;
  if ('failure' in exchange) return refuse(verified, exchange.failure, idToken && { idToken });

  const profile = await readUserinfo(client, settings, exchange.redeemed);
  const known = [...verified, ...profile.steps];
  const { redeemed } = exchange;
  if ('failure' in profile) return refuse(known, profile.failure, { idToken: redeemed.claims });

  const claims = { idToken: redeemed.claims, userinfo: profile.userinfo };
  const read = readIdentity(connection, redeemed, profile.userinfo, now);
  if ('failure' in read) return refuse(known, read.failure, claims);
  return { steps: [...known, ...read.steps], claims, identity: read.identity };
}
