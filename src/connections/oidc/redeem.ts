import { authorizationCodeGrant, type Configuration } from 'openid-client';
import type { AttemptSecrets, Check, ConnectionContext } from '../connection';
import type { CallbackParameters } from './callback';
import { idTokenRules } from './checks/id-token';
import { runRules } from './checks/rule';
import type { Claims } from './claims';
import { forgetKeys, keepKeys } from './keys';
import { failureOf } from './library-errors';
import type { Provider } from './providers';
import { invalid, type Failure, type Stage } from './refusals';
import type { OidcSettings } from './settings';

export interface Redeemed {
  /** Of the verified ID token. */
  claims: Claims;
  /** `sub` as the token has it. */
  subject: string;
  accessToken: string;
}

interface RedeemInput {
  connection: ConnectionContext<OidcSettings>;
  provider: Provider;
  client: Configuration;
  attempt: AttemptSecrets;
  startedAt?: Date;
  parameters: CallbackParameters;
  now: Date;
}

/** Exchanges the code and verifies the ID token: the library its signature, issuer, audience, nonce and expiry, our rules the rest. */
export async function redeem(input: RedeemInput): Promise<Stage<{ redeemed: Redeemed }> & { claims?: Claims }> {
  const exchanged = await exchangeCode(input);
  if ('failure' in exchanged) return { steps: [], failure: exchanged.failure };
  const { settings } = input.connection;
  const { startedAt, now } = input;
  const { claims } = exchanged.redeemed;
  const { passed, failed } = runRules(idTokenRules, { claims, settings, startedAt, now });
  const steps = [...verifiedByLibrary(settings.issuer), ...passed];
  return failed ? { steps, claims, failure: invalid(failed) } : { steps, claims, redeemed: exchanged.redeemed };
}

async function exchangeCode(input: RedeemInput): Promise<{ redeemed: Redeemed } | { failure: Failure }> {
  const { client, provider, attempt, now } = input;
  try {
    const tokens = await authorizationCodeGrant(client, callbackUrl(input), {
      expectedState: attempt.relay,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.codeVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('a code was exchanged without an ID token');
    keepKeys(client, provider.keys, now);
    return { redeemed: { claims, subject: claims.sub, accessToken: tokens.access_token } };
  } catch (error) {
    forgetKeys(provider.keys);
    return { failure: failureOf(error, 'token_endpoint') };
  }
}

/** Built from what was stored, so that the token endpoint is told the redirect URI that the authorization endpoint was. */
function callbackUrl({ connection, parameters }: RedeemInput): URL {
  const url = new URL(connection.endpoints.redirectUri);
  url.search = new URLSearchParams(parameters).toString();
  return url;
}

const verifiedByLibrary = (issuer: string): readonly Check[] => [
  { rule: 'token_endpoint', ok: true },
  { rule: 'algorithm', ok: true },
  { rule: 'issuer', ok: true, expected: issuer, received: issuer },
  { rule: 'nonce', ok: true },
  { rule: 'signature', ok: true },
];
