import { instant } from './instant';
import type { LogoutTokenFacts } from './facts';
import { shown, type Rule } from './rule';
import { isSubject } from './subject';

/** The member of `events` that makes a token a logout token. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const OLDEST_SECONDS = 600;
/** Providers from before explicit typing write `JWT`, or nothing. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'logout+jwt', 'application/logout+jwt'];

/** Back-Channel Logout 2.4: a token of another declared type is meant for something else. */
export const tokenType: Rule<LogoutTokenFacts> = ({ header }) => ({
  rule: 'token_type',
  ok: TYPES.includes(typeof header.typ === 'string' && header.typ !== 'JWT' ? header.typ.toLowerCase() : header.typ),
  expected: 'logout+jwt',
  received: shown(header.typ),
});

export const logoutIssuer: Rule<LogoutTokenFacts> = ({ claims, settings: { issuer } }) => ({
  rule: 'issuer',
  ok: claims['iss'] === issuer,
  expected: issuer,
  received: shown(claims['iss']),
});

/** A logout is news: an old token would end sessions that began since. */
export const issuedRecently: Rule<LogoutTokenFacts> = ({ claims, now }) => {
  const earliest = now.getTime() / 1000 - OLDEST_SECONDS;
  const { iat } = claims;
  return {
    rule: 'issued_recently',
    ok: typeof iat === 'number' && iat >= earliest,
    expected: `at least ${instant(earliest)}`,
    received: typeof iat === 'number' ? instant(iat) : shown(iat),
  };
};

/** 2.6 (4): what tells it from an ID token, which the same key signs for the same audience. */
export const logoutEvent: Rule<LogoutTokenFacts> = ({ claims }) => {
  const { events } = claims;
  const event = isObject(events) ? events[EVENT] : undefined;
  return {
    rule: 'event',
    ok: isObject(event),
    expected: EVENT,
    received: shown(isObject(events) ? Object.keys(events) : events),
  };
};

/** 2.6 (5): an ID token holds one, a logout token never. */
export const noNonce: Rule<LogoutTokenFacts> = ({ claims }) => ({
  rule: 'no_nonce',
  ok: !('nonce' in claims),
  expected: 'no nonce',
});

/** 2.4: without an id it could be replayed unnoticed. */
export const tokenId: Rule<LogoutTokenFacts> = ({ claims }) => ({
  rule: 'token_id',
  ok: isSubject(claims['jti']),
  expected: 'jti: text of 1 to 255 characters',
});

/** 2.4: whose sessions end, or which: `sub`, `sid` or both. */
export const logoutSubject: Rule<LogoutTokenFacts> = ({ claims }) => {
  const named = [claims['sub'], claims['sid']].filter((value) => value !== undefined);
  return {
    rule: 'subject',
    ok: named.length > 0 && named.every(isSubject),
    expected: 'sub or sid: text of 1 to 255 characters',
    received: `${named.length} of them`,
  };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
