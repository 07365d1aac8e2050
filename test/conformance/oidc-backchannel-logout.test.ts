import { createOidc } from '../../src/connections/oidc/oidc';
import { createOutbound } from '../../src/outbound/outbound';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { oidcConnection } from './oidc-connection';
import { newSigningKey, sign, startHostileOp, type HostileOp } from './oidc-hostile-op';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MINUTE = 60;
const OUTBOUND_TIMEOUT_MS = 400;

let op: HostileOp;
let key: HostileOp['key'];
beforeAll(async () => {
  op = await startHostileOp();
  key = op.key;
});
afterAll(() => op.stop());
beforeEach(() => void Object.assign(op, { faults: {}, requests: [], key }));
afterEach(() => jest.restoreAllMocks());

const outbound = createOutbound({ allow: ['127.0.0.0/8'], timeoutMs: OUTBOUND_TIMEOUT_MS });
/** Every token of the rules' tests arrives at this moment. */
const NOW = new Date(Math.floor(Date.now() / 1000) * 1000);
const seconds = (offset = 0): number => NOW.getTime() / 1000 + offset;

/** What a well-behaved provider sends. Members set to undefined are left out. */
const claimsWith = (changes: Record<string, unknown> = {}): JWTPayload =>
  Object.fromEntries(
    Object.entries({
      iss: op.issuer,
      aud: 'drawbridge',
      iat: seconds(),
      exp: seconds(2 * MINUTE),
      jti: 'token-1',
      sub: 'person-1',
      sid: 'session-1',
      events: { [EVENT]: {} },
      ...changes,
    }).filter(([, value]) => value !== undefined),
  );
const tokenWith = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = { typ: 'logout+jwt' }) =>
  sign(op.key, claimsWith(changes), header);

const reader = () => {
  const oidc = createOidc({ fetch: outbound.fetch });
  const connection = oidcConnection({ issuer: op.issuer });
  return (token: string) => oidc.readLogoutToken(connection, { token, now: NOW });
};
const read = (token: string) => reader()(token);

async function expectRefusal(token: string, rule: string, code = 'invalid_logout_token'): Promise<void> {
  const reading = await read(token);
  expect(reading).toMatchObject({ refusal: { code, rule } });
  expect(reading).not.toHaveProperty('logout');
  expect(JSON.stringify(reading)).not.toMatch(/person-1|session-1/);
}

describe('security 13: a logout token', () => {
  test('is taken as its provider sent it', async () => {
    expect(await read(await tokenWith())).toMatchObject({
      logout: { issuer: op.issuer, name: 'person-1', index: 'session-1', replayKey: 'token-1' },
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['for a person', { sid: undefined }],
    ['for a session', { sub: undefined }],
    ['for a list of one audience', { aud: ['drawbridge'] }],
    ['issued ten minutes ago', { iat: seconds(-10 * MINUTE) }],
    ['issued by a clock that is a minute ahead', { iat: seconds(MINUTE) }],
    ['that expired less than a minute ago', { exp: seconds(-MINUTE + 1) }],
    ['that does not say when it expires, as older providers send it', { exp: undefined }],
  ])('is taken just inside: %s', async (_what, changes) => {
    expect(await read(await tokenWith(changes))).toHaveProperty('logout');
  });

  test.each([undefined, 'JWT', 'Logout+JWT', 'application/logout+jwt'])('is taken as type %s', async (typ) => {
    expect(await read(await tokenWith({}, typ === undefined ? {} : { typ }))).toHaveProperty('logout');
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['of another issuer', 'issuer', { iss: 'https://evil.example' }],
    ['of no issuer', 'issuer', { iss: undefined }],
    ['for another audience', 'audience', { aud: 'other' }],
    ['for a second audience', 'audience', { aud: ['drawbridge', 'other'] }],
    ['for no audience', 'audience', { aud: undefined }],
    ['issued more than ten minutes ago', 'issued_recently', { iat: seconds(-10 * MINUTE - 1) }],
    ['issued more than a minute ahead', 'issued_at', { iat: seconds(MINUTE + 1) }],
    ['that does not say when it was issued', 'issued_at', { iat: undefined }],
    ['that says so in words', 'claims', { iat: 'now' }],
    ['that expired a minute ago', 'expiry', { exp: seconds(-MINUTE) }],
    ['that is not valid yet', 'claims', { nbf: seconds(2 * MINUTE) }],
    ['without event', 'event', { events: undefined }],
    ['with another event', 'event', { events: { 'urn:other': {} } }],
    ['whose event is no object', 'event', { events: { [EVENT]: true } }],
    ['whose events are a list', 'event', { events: [EVENT] }],
    ['with a nonce, as an ID token has it', 'no_nonce', { nonce: 'n' }],
    ['with an empty nonce', 'no_nonce', { nonce: null }],
    ['without id', 'token_id', { jti: undefined }],
    ['with an empty id', 'token_id', { jti: '' }],
    ['for nobody', 'subject', { sub: undefined, sid: undefined }],
    ['for an empty person', 'subject', { sub: '' }],
    ['for a person with a NUL in the name', 'subject', { sub: 'a\0' }],
    ['for a session of 256 characters', 'subject', { sid: 's'.repeat(256) }],
    ['for a session that is a list', 'subject', { sid: ['session-1'] }],
  ])('is refused: %s', async (_what, rule, changes) => {
    await expectRefusal(await tokenWith(changes), rule);
  });

  test.each<[string, string, () => Promise<string> | string]>([
    ['declared as an access token', 'token_type', () => tokenWith({}, { typ: 'at+jwt' })],
    ['unsigned', 'algorithm', () => new UnsecuredJWT(claimsWith()).encode()],
    ['signed with the client secret', 'algorithm', () => hs256()],
    [
      'signed with an algorithm that is not announced',
      'algorithm',
      async () => sign(await newSigningKey('k1', 'ES256'), claimsWith()),
    ],
    [
      'signed by an unpublished key of the same id',
      'signature',
      async () => sign(await newSigningKey('k1'), claimsWith()),
    ],
    ['signed by an unknown key', 'signature_key', async () => sign(await newSigningKey('k2'), claimsWith())],
    ['changed since it was signed', 'signature', () => tampered()],
    ['with a critical header that is not known here', 'algorithm', () => critical()],
    ['encrypted', 'logout_token', () => 'a.b.c.d.e'],
    ['empty', 'logout_token', () => ''],
    ['no JWT', 'logout_token', () => 'garbage'],
    ['three dots', 'logout_token', () => '...'],
  ])('is refused: %s', async (_what, rule, make) => {
    await expectRefusal(await make(), rule);
  });

  const hs256 = (): Promise<string> =>
    new SignJWT(claimsWith())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(Buffer.from('a secret with : and % in it'));
  const critical = (): Promise<string> =>
    new SignJWT(claimsWith())
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 })
      .sign(op.key.privateKey, { crit: { x: true } });
  const tampered = async (): Promise<string> => {
    const [header, , signature] = (await tokenWith()).split('.');
    return [header, Buffer.from(JSON.stringify(claimsWith({ sub: 'person-2' }))).toString('base64url'), signature].join(
      '.',
    );
  };
});

describe("security 13: the provider's keys", () => {
  const fetches = (): number => op.requests.filter((request) => request === 'GET /jwks').length;
  const later = (milliseconds: number): void => {
    const started = Date.now() + milliseconds;
    jest.spyOn(Date, 'now').mockImplementation(() => started);
  };

  test('a new one counts within a minute, and strangers cannot make us ask more often', async () => {
    const readAt = reader();
    expect(await readAt(await tokenWith())).toHaveProperty('logout');
    op.key = await newSigningKey('k2');
    for (let times = 0; times < 5; times += 1)
      expect(await readAt(await tokenWith({ jti: `x${times}` }))).toMatchObject({ refusal: { rule: 'signature_key' } });
    expect(fetches()).toBe(1);
    later(10_001);
    expect(await readAt(await tokenWith())).toHaveProperty('logout');
    expect(fetches()).toBe(2);
  });

  test('one exchanged under the same id counts within a minute', async () => {
    const readAt = reader();
    await readAt(await tokenWith());
    op.key = await newSigningKey('k1');
    expect(await readAt(await tokenWith())).toMatchObject({ refusal: { rule: 'signature' } });
    later(60_001);
    expect(await readAt(await tokenWith())).toHaveProperty('logout');
  });

  test.each<[string, string, HostileOp['faults']]>([
    ['down', 'jwks', { at: { '/jwks': (_req, res) => void res.writeHead(500).end() } }],
    ['silent', 'jwks', { at: { '/jwks': () => undefined } }],
    ['huge', 'jwks', { at: { '/jwks': (_req, res) => void res.end('x'.repeat(2_000_000)) } }],
    ['no JSON', 'jwks', { at: { '/jwks': (_req, res) => void res.end('<html>') } }],
    ['no key set', 'jwks', { at: { '/jwks': (_req, res) => void res.end('{}') } }],
    [
      'nowhere to be found',
      'discovery',
      { at: { '/.well-known/openid-configuration': (_req, res) => void res.writeHead(404).end() } },
    ],
  ])('%s: the connection is unavailable, in bounded time', async (_what, rule, faults) => {
    op.faults = faults;
    const started = performance.now();
    await expectRefusal(await tokenWith(), rule, 'connection_unavailable');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('garbage for a key is refused and breaks nothing', async () => {
    op.faults = { publishedKeys: [{ kty: 'RSA', kid: 'k1', n: '!', e: '!' }] };
    await expectRefusal(await tokenWith(), 'logout_token');
  });
});
