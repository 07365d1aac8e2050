import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import type { Check } from '../connection';
import { causesOf } from './causes';
import { shown } from './checks/rule';
import { ProviderUnavailable } from './provider-fetch';
import { invalid, refusedByProvider, unavailable, type Failure } from './refusals';

type Facts = Readonly<Record<string, unknown>>;

/** The calls a sign-in makes; each is a rule of its own as well. */
export type Endpoint = 'token_endpoint' | 'userinfo';

/** Codes of the library that speak of an answer as a whole, not of what stands in it. */
const UNAVAILABLE_CODES: readonly unknown[] = [
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
];

/**
 * What a failed call of the library means. What is not recognized counts against the token, because a fault in it surfaces anywhere:
 * garbage in a key or in base64 throws from deep below.
 */
export function failureOf(error: unknown, endpoint: Endpoint): Failure {
  const causes = causesOf(error);
  const offline = causes.find((cause) => cause instanceof ProviderUnavailable);
  if (offline) return unavailable(endpoint, offline.message);
  if (error instanceof ResponseBodyError) return refusedByProvider(endpoint, error.error, error.error_description);
  if (error instanceof WWWAuthenticateChallengeError) return refusedByProvider(endpoint, `status ${error.status}`);

  // A ClientError wraps the error of the protocol layer, whose own cause holds what was compared.
  const [outer, inner, facts] = causes.map(factsOf);
  const message = shown(inner?.['message'] ?? outer?.['message']);
  if (UNAVAILABLE_CODES.includes(outer?.['code'])) return unavailable(endpoint, message);
  if (endpoint === 'userinfo') return invalid(userinfoCheck(facts ?? {}), message);
  if (facts?.['body']) return unavailable(endpoint, message);
  return invalid(idTokenCheck(outer?.['code'], facts ?? {}), message);
}

/** Core 5.3.2: userinfo of another subject is somebody else's. Its values are a person's and stay out of the trace. */
const userinfoCheck = (facts: Facts): Check =>
  facts['body']
    ? failed('userinfo_subject', 'the subject of the ID token', 'another one')
    : failed('userinfo', 'claims as JSON or as a JWT', 'something else');

/** The rules of claims that the library compares. */
const CLAIM_RULES: Readonly<Record<string, string>> = {
  iss: 'issuer',
  aud: 'audience',
  azp: 'authorized_party',
  exp: 'expiry',
  nbf: 'not_before',
};

function idTokenCheck(code: unknown, facts: Facts): Check {
  const { claim, expected } = facts;
  const header = factsOf(facts['header']);
  if (facts['parameters'])
    return failed('response_issuer', expected ?? 'the issuer, as the provider announces', 'nothing');
  if (code === 'OAUTH_KEY_SELECTION_FAILED') return failed('signature_key', 'a key of the provider', header['kid']);
  if (facts['header'] && expected) return failed('algorithm', expected, header['alg']);
  if (facts['signature']) return failed('signature', 'a signature by a key of the provider', 'another one');
  // A nonce is a secret of the attempt: neither value is shown.
  if (claim === 'nonce') return failed('nonce', 'the nonce of the attempt', 'another one');
  const rule = typeof claim === 'string' ? CLAIM_RULES[claim] : undefined;
  return rule
    ? failed(rule, expected ?? 'a time that holds now', factsOf(facts['claims'])[String(claim)])
    : failed('id_token', 'a valid ID token', 'something else');
}

const failed = (rule: string, expected?: unknown, received?: unknown): Check => ({
  rule,
  ok: false,
  ...(expected === undefined ? {} : { expected: shown(expected) }),
  ...(received === undefined ? {} : { received: shown(received) }),
});

const factsOf = (value: unknown): Facts => (typeof value === 'object' && value !== null ? (value as Facts) : {});
