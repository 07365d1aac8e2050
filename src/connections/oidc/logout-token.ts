import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyResult, type RemoteJWKSet } from 'jose';
import type { Check, ConnectionContext, LogoutTokenReading, TakesLogoutTokens } from '../connection';
import { causesOf } from './causes';
import { logoutTokenRules } from './checks/logout-token';
import { runRules, shown } from './checks/rule';
import { CLOCK_SKEW_SECONDS } from './client';
import { providerFetch, ProviderUnavailable } from './provider-fetch';
import type { Provider, Providers } from './providers';
import type { OidcSettings } from './settings';

type Fetch = typeof globalThis.fetch;
type Context = ConnectionContext<OidcSettings>;

/** A key is never older than this; an unknown key id asks for new ones after the cooldown, so that nobody can make us ask more often. */
const KEYS_MAX_AGE_MS = 60_000;
const KEYS_COOLDOWN_MS = 10_000;
/** As long as its `iat` would let a token in again: ten minutes, and the skew on both sides. */
const REPLAY_MS = 12 * 60_000;

/**
 * Reads logout tokens (OpenID Connect Back-Channel Logout 1.0): signature by jose with the provider's published keys and
 * the algorithms pinned for its ID tokens, then every rule on the verified claims. Every refusal is a value.
 */
export function createLogoutTokenReader(
  providers: Providers,
  fetch: Fetch,
): TakesLogoutTokens<OidcSettings>['readLogoutToken'] {
  const keys = new WeakMap<Provider, RemoteJWKSet>();
  const keysOf = (provider: Provider): RemoteJWKSet => {
    const known = keys.get(provider) ?? publishedKeys(provider, fetch);
    keys.set(provider, known);
    return known;
  };
  return async (connection, { token, now }) => {
    const found = await providers.get(connection, now);
    if (!found.ok) return unavailable('discovery', `${found.code}: ${found.detail}`);
    const { metadata } = found.provider;
    try {
      const verified = await jwtVerify(token, keysOf(found.provider), {
        algorithms: metadata.id_token_signing_alg_values_supported,
        currentDate: now,
        clockTolerance: CLOCK_SKEW_SECONDS,
      });
      return judge(connection, verified, now);
    } catch (error) {
      return refusalOf(error);
    }
  };
}

const publishedKeys = ({ metadata }: Provider, fetch: Fetch): RemoteJWKSet =>
  createRemoteJWKSet(new URL(metadata.jwks_uri), {
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    // A deadline of its own for each call; `duplex` and the like are not needed for a GET.
    [customFetch]: (url, { headers, signal }) =>
      providerFetch(fetch)(url, {
        method: 'GET',
        headers: Object.fromEntries(headers),
        body: undefined,
        redirect: 'manual',
        signal,
      }),
  });

function judge({ settings }: Context, { payload, protectedHeader }: JWTVerifyResult, now: Date): LogoutTokenReading {
  const { issuer } = settings;
  const facts = { claims: payload, header: { ...protectedHeader }, settings, now };
  const { passed, failed } = runRules(logoutTokenRules, facts);
  const steps: readonly Check[] = [{ rule: 'signature', ok: true }, ...passed];
  if (failed) return invalid(failed, steps);
  const { sub, sid, jti = '' } = payload;
  return {
    steps,
    logout: {
      issuer,
      ...(sub !== undefined && { name: sub }),
      ...(typeof sid === 'string' && { index: sid }),
      replayKey: jti,
      replayUntil: new Date(now.getTime() + REPLAY_MS),
    },
  };
}

/** Which rule of ours an error of the library stands for; anything else counts against the token. */
const RULES: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JOSE_NOT_SUPPORTED: 'algorithm',
  ERR_JWKS_NO_MATCHING_KEY: 'signature_key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'signature_key',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWT_EXPIRED: 'expiry',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'claims',
};
const OFFLINE: readonly string[] = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

function refusalOf(error: unknown): LogoutTokenReading {
  const offline = causesOf(error).find((cause) => cause instanceof ProviderUnavailable);
  if (offline) return unavailable('jwks', offline.message);
  const code = error instanceof errors.JOSEError ? error.code : '';
  if (OFFLINE.includes(code)) return unavailable('jwks', code);
  return invalid({ rule: RULES[code] ?? 'logout_token', ok: false, received: code || 'garbage' });
}

const invalid = (check: Check, steps: readonly Check[] = []): LogoutTokenReading => ({
  steps: [...steps, check],
  refusal: {
    code: 'invalid_logout_token',
    rule: check.rule,
    detail: `expected ${check.expected ?? check.rule}, received ${check.received ?? 'nothing'}`,
  },
});

const unavailable = (rule: string, detail: string): LogoutTokenReading => ({
  steps: [{ rule, ok: false, received: shown(detail) }],
  refusal: { code: 'connection_unavailable', rule, detail: shown(detail) },
});
