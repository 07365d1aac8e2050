import type { ReceivedAttributes } from '../../domain/proof';

/** Claims of an ID token or of userinfo, verified but of any shape. */
export type Claims = Readonly<Record<string, unknown>>;

/** Claims about the token and the sign-in, not about the person (Core 2, 3.3.2.11, 5.6.2; RFC 7519 4.1). */
const PROTOCOL_CLAIMS = new Set([
  ...['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'sub', 'sid', 'acr', 'amr', 'auth_time'],
  ...['at_hash', 'c_hash', 's_hash', '_claim_names', '_claim_sources'],
]);

/** The ID token wins: it is signed. */
export const mergeClaims = (idToken: Claims, userinfo: Claims = {}): Claims => ({ ...userinfo, ...idToken });

/**
 * What the provider said of the person, as lists of text. An empty list is kept: it says that there is nothing. Objects, such as
 * `address`, are laid flat by one level: `address.locality`.
 */
export function attributesOf(claims: Claims): ReceivedAttributes {
  const entries = Object.entries(claims).filter(([name]) => !PROTOCOL_CLAIMS.has(name));
  return Object.fromEntries(entries.flatMap(([name, value]) => flatten(name, value)));
}

function flatten(name: string, value: unknown): [string, readonly string[]][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([part, inner]) => listed(`${name}.${part}`, inner));
  return listed(name, value);
}

function listed(name: string, value: unknown): [string, readonly string[]][] {
  if (isScalar(value)) return [[clean(name), [text(value)]]];
  return Array.isArray(value) ? [[clean(name), value.filter(isScalar).map(text)]] : [];
}

type Scalar = string | number | boolean;
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);
const text = (value: Scalar): string => clean(String(value));

/** NUL and half surrogates: JSON can write them, no database column can hold them. */
const clean = (value: string): string => value.replaceAll('\0', '\uFFFD').replace(/\p{Cs}/gu, '\uFFFD');

/**
 * Core 5.7: true only where the very document that says `true` says it of the address that counts. Otherwise an address in the ID
 * token would be taken for verified because userinfo verified another one.
 */
export function isEmailVerified(idToken: Claims, userinfo: Claims = {}): boolean {
  const { email } = mergeClaims(idToken, userinfo);
  if (typeof email !== 'string') return false;
  const saysOf = ({ email: own, email_verified: verified }: Claims) => (own === email ? verified : undefined);
  return (saysOf(idToken) ?? saysOf(userinfo)) === true;
}

/** Amount of `amr` values that is kept. */
const MOST_METHODS = 20;

/** Authentication methods (RFC 8176); anything that is not a list of text counts as not said. */
export const methodsOf = ({ amr }: Claims): readonly string[] =>
  Array.isArray(amr)
    ? amr
        .filter((one) => typeof one === 'string')
        .slice(0, MOST_METHODS)
        .map(clean)
    : [];

/** When the person proved who they are; `now` when the provider does not say, and never later. */
export function authenticatedAt({ auth_time: seconds }: Claims, now: Date): Date {
  return typeof seconds === 'number' ? new Date(Math.min(seconds * 1000, now.getTime())) : now;
}
