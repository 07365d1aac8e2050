import { createBoundedCache } from '../../src/connections/oidc/bounded-cache';
import {
  attributesOf,
  authenticatedAt,
  isEmailVerified,
  mergeClaims,
  methodsOf,
} from '../../src/connections/oidc/claims';
import { createOidc } from '../../src/connections/oidc/oidc';
import { createOutbound } from '../../src/outbound/outbound';
import { newAttempt, oidcConnection, returned } from './oidc-connection';
import { startHostileOp, type Faults, type HostileOp } from './oidc-hostile-op';

describe('attributes', () => {
  test.each<[string, unknown, readonly string[] | undefined]>([
    ['text', 'Łukasz', ['Łukasz']],
    ['empty text', '', ['']],
    ['a number', 42, ['42']],
    ['a truth value', false, ['false']],
    ['a list', ['a', 1, true], ['a', '1', 'true']],
    ['an empty list', [], []],
    ['a list with what is no value', ['a', null, { b: 1 }, ['c']], ['a']],
    ['null', null, undefined],
    ['NUL and half a surrogate', 'a\0b\uD800c', ['a\uFFFDb\uFFFDc']],
    ['letters beyond the basic plane', '𠮷', ['𠮷']],
  ])('%s', (_kind, value, expected) => {
    expect(attributesOf({ claim: value })).toEqual(expected ? { claim: expected } : {});
  });

  test('objects are laid flat by one level', () => {
    const address = { locality: 'Łódź', lines: ['a', 'b'], geo: { lat: 1 }, none: null };
    expect(attributesOf({ address })).toEqual({ 'address.locality': ['Łódź'], 'address.lines': ['a', 'b'] });
  });

  test('claims of the protocol are left out', () => {
    const names = 'iss aud exp iat nbf jti nonce azp sub sid acr amr auth_time at_hash c_hash s_hash'.split(' ');
    const claims = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(attributesOf({ ...claims, _claim_names: { groups: 'src1' }, _claim_sources: {}, oid: 'o' })).toEqual({
      oid: ['o'],
    });
  });

  test('names of object members are ordinary names', () => {
    const claims = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, unknown>;
    const attributes = attributesOf(claims);
    expect(Object.keys(attributes).sort()).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  });

  test('the ID token wins over userinfo', () => {
    expect(mergeClaims({ sub: 's', email: 'token@x' }, { sub: 's', email: 'info@x', name: 'n' })).toEqual({
      sub: 's',
      email: 'token@x',
      name: 'n',
    });
  });
});

describe('security 16: email_verified', () => {
  const email = 'a@acme.test';
  test.each<[string, Record<string, unknown>, Record<string, unknown> | undefined, boolean]>([
    ['true', { email, email_verified: true }, undefined, true],
    ['missing', { email }, undefined, false],
    ['false', { email, email_verified: false }, undefined, false],
    ['text', { email, email_verified: 'true' }, undefined, false],
    ['a number', { email, email_verified: 1 }, undefined, false],
    ['true without an address', { email_verified: true }, undefined, false],
    ['true of a list of addresses', { email: [email], email_verified: true }, undefined, false],
    ['true in userinfo, which alone has the address', {}, { email, email_verified: true }, true],
    ['true in userinfo, of the same address', { email }, { email, email_verified: true }, true],
    ['true in userinfo, of another address', { email }, { email: 'b@acme.test', email_verified: true }, false],
    [
      'true in userinfo, false in the ID token',
      { email, email_verified: false },
      { email, email_verified: true },
      false,
    ],
    ['true in the ID token, which has no address', { email_verified: true }, { email }, false],
  ])('%s', (_what, idToken, userinfo, expected) => {
    expect(isEmailVerified(idToken, userinfo)).toBe(expected);
  });
});

describe('how and when somebody signed in there', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const seconds = now.getTime() / 1000;

  test.each<[unknown, Date]>([
    [seconds - 3600, new Date('2026-03-01T11:00:00Z')],
    [seconds + 3600, now],
    [1e300, now],
    [undefined, now],
    ['2026', now],
  ])('auth_time %j', (auth_time, expected) => expect(authenticatedAt({ auth_time }, now)).toEqual(expected));

  test.each<[unknown, readonly string[]]>([
    [
      ['pwd', 'otp'],
      ['pwd', 'otp'],
    ],
    ['pwd', []],
    [undefined, []],
    [['pwd', 7, null], ['pwd']],
    [Array(50).fill('x'), Array(20).fill('x')],
  ])('amr %j', (amr, expected) => expect(methodsOf({ amr })).toEqual(expected));
});

describe('an identity', () => {
  const { fetch } = createOutbound({ allow: ['127.0.0.0/8'] });
  let op: HostileOp;
  beforeAll(async () => {
    op = await startHostileOp();
  });
  afterAll(() => op.stop());

  async function signIn(faults: Faults, settings = {}) {
    const oidc = createOidc({ fetch });
    const connection = oidcConnection({ issuer: op.issuer, ...settings });
    const attempt = newAttempt();
    const step = await oidc.begin(connection, { attempt, now: new Date() });
    op.faults = faults;
    return oidc.complete(connection, returned(op.authorize('url' in step ? step.url : ''), attempt));
  }

  test('holds what token and userinfo say', async () => {
    const claims = { email: 'a@acme.test', sid: 'session-1', amr: ['mfa'], acr: 'phr', auth_time: 1_700_000_000 };
    const userinfo = { email: 'b@acme.test', email_verified: true, groups: ['staff'] };
    expect(await signIn({ claims, userinfo })).toMatchObject({
      identity: {
        subject: 'person-1',
        sessionIndex: 'session-1',
        amr: ['mfa'],
        acr: 'phr',
        authenticatedAt: new Date(1_700_000_000_000),
        emailVerified: false,
        attributes: { email: ['a@acme.test'], groups: ['staff'] },
      },
    });
  });

  const subjectFrom = { claim: 'employee' };
  test.each([{ employee: 'e-1' }, { employee: 'e-1', email: 'a@acme.test', groups: ['staff'] }])(
    'takes its subject from a claim of %j',
    async (claims) => {
      expect(await signIn({ claims }, { subjectFrom })).toMatchObject({ identity: { subject: 'e-1' } });
    },
  );

  test('takes its subject from a claim that only userinfo has', async () => {
    const faults = { claims: { email: 'a@acme.test', groups: [] }, userinfo: { employee: 'e-1' } };
    expect(await signIn(faults, { subjectFrom })).toMatchObject({ identity: { subject: 'e-1' } });
  });
});

test('a bounded cache forgets what was not used for longest, and what is too old', () => {
  const cache = createBoundedCache<number>({ maxEntries: 2, maxAgeMs: 100 });
  const at = (ms: number) => new Date(ms);
  cache.set('a', 1, at(0));
  cache.set('b', 2, at(0));
  expect(cache.get('a', at(1))).toBe(1);
  cache.set('c', 3, at(1));
  expect(cache.get('b', at(2))).toBeUndefined();
  expect(cache.get('a', at(99))).toBe(1);
  expect(cache.get('a', at(100))).toBeUndefined();
  cache.delete('c');
  expect(cache.get('c', at(2))).toBeUndefined();
});
