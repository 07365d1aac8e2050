import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  Configuration,
  customFetch,
  enableNonRepudiationChecks,
  None,
  type ClientAuth,
  type CustomFetch,
} from 'openid-client';
import { privateKeyJwt } from './client-keys';
import { lendKeys } from './keys';
import { isHttps } from './metadata';
import { STEP_TIMEOUT_MS } from './provider-fetch';
import type { Provider } from './providers';
import type { OidcSettings } from './settings';

/** Seconds by which the provider's clock may differ from ours. */
export const CLOCK_SKEW_SECONDS = 60;

/** The library's client for one step of one sign-in: nothing in it is shared with another connection. */
export async function createClient(
  settings: OidcSettings,
  provider: Provider,
  fetch: CustomFetch,
  now: Date,
): Promise<Configuration> {
  const metadata = { [clockTolerance]: CLOCK_SKEW_SECONDS };
  const config = new Configuration(provider.metadata, settings.clientId, metadata, await authentication(settings));
  config[customFetch] = fetch;
  config.timeout = STEP_TIMEOUT_MS / 1000;
  // Core 3.1.3.7 lets TLS stand for the signature of a token that came from the token endpoint; security 15 does not.
  enableNonRepudiationChecks(config);
  // Whether http may be reached at all is the outbound client's decision.
  if (!isHttps(settings.issuer)) allowInsecureRequests(config);
  lendKeys(config, provider.keys, now);
  return config;
}

async function authentication(settings: OidcSettings): Promise<ClientAuth> {
  const { clientSecret = '', clientKeys } = settings;
  switch (settings.tokenEndpointAuthMethod) {
    case 'client_secret_basic':
      return ClientSecretBasic(clientSecret);
    case 'client_secret_post':
      return ClientSecretPost(clientSecret);
    case 'private_key_jwt':
      return privateKeyJwt(clientKeys);
    case 'none':
      return None();
  }
}
