import type { RequestListener } from 'node:http';
import type { CompleteInput, Completion } from '../../src/connections/connection';
import { ConnectionUnavailable } from '../../src/connections/connection-unavailable';
import { createOidc } from '../../src/connections/oidc/oidc';
import { createOutbound } from '../../src/outbound/outbound';
import { newAttempt, oidcConnection, returned } from './oidc-connection';
import { json, metadataOf, newSigningKey, startHostileOp, type Faults, type HostileOp } from './oidc-hostile-op';

const HUGE = 2_000_000;
const OUTBOUND_TIMEOUT_MS = 400;

let op: HostileOp;
let key: HostileOp['key'];
beforeAll(async () => {
  op = await startHostileOp();
  key = op.key;
});
afterAll(() => op.stop());
beforeEach(() => void Object.assign(op, { faults: {}, requests: [], key }));

const outbound = createOutbound({ allow: ['127.0.0.0/8'], timeoutMs: OUTBOUND_TIMEOUT_MS });
const connectionTo = (settings = {}) => ({
  oidc: createOidc({ fetch: outbound.fetch }),
  connection: oidcConnection({ issuer: op.issuer, ...settings }),
});

interface Variation {
  callback?: Record<string, string | undefined>;
  input?: (input: CompleteInput) => CompleteInput;
  connected?: ReturnType<typeof connectionTo>;
}

/** One sign-in at the provider with its faults, after a begin without them. */
async function signIn(faults: Faults = {}, { callback, input, connected = connectionTo() }: Variation = {}) {
  const { oidc, connection } = connected;
  const attempt = newAttempt();
  const step = await oidc.begin(connection, { attempt, now: new Date() });
  if (step.kind !== 'redirect') throw new Error('OIDC begins with a redirect');
  op.faults = faults;
  const back = returned(op.authorize(step.url, callback), attempt);
  return oidc.complete(connection, input ? input(back) : back);
}

const refusalOf = (completion: Completion) => ('refusal' in completion ? completion.refusal : undefined);

function expectRefusal(completion: Completion, code: string, rule: string): void {
  expect(refusalOf(completion)).toMatchObject({ code, rule });
  expect(completion.steps.at(-1)).toMatchObject({
    ...{ rule, ok: false },
    ...{ expected: expect.any(String), received: expect.any(String) },
  });
  expect(completion.steps.slice(0, -1).every(({ ok }) => ok)).toBe(true);
}

test('without a fault the same sign-in is accepted', async () => {
  expect(await signIn()).toMatchObject({ identity: { issuer: op.issuer, subject: 'person-1' } });
});

describe('security 15: ID tokens', () => {
  test.each([
    ['expiry', 600_000],
    ['issued_at', -600_000],
  ])('%s is looked at by the clock of the caller', async (rule, offset) => {
    const input = (back: CompleteInput) => ({ ...back, now: new Date(back.now.getTime() + offset) });
    expectRefusal(await signIn({}, { input }), 'invalid_assertion', rule);
  });
});

describe('security 15: callbacks', () => {
  test.each<[string, Variation]>([
    ['another state', { callback: { state: 'other' } }],
    ['another issuer', { callback: { iss: 'https://evil.example' } }],
    ['no code', { callback: { code: undefined } }],
  ])('no code is sent for one with %s', async (_what, variation) => {
    expect(await signIn({}, variation)).toHaveProperty('refusal');
    expect(op.requests).not.toContain('POST /token');
  });

  test('an error of the provider asks nobody anything', async () => {
    const completion = await signIn({}, { callback: { error: 'login_required', code: undefined } });
    expectRefusal(completion, 'provider_refused', 'authorization_response');
    expect(refusalOf(completion)?.detail).toBe('login_required');
    expect(op.requests).toEqual(['GET /.well-known/openid-configuration']);
  });
});

describe('security 15: userinfo', () => {
  test('is not asked when the ID token says all', async () => {
    await signIn({ claims: { email: 'a@acme.test', groups: [] } });
    expect(op.requests).not.toContain('GET /userinfo');
  });
});

/** A byte now and then: no silence is ever long. */
const drip: RequestListener = (_req, res) => {
  const dripping = setInterval(() => res.write(' '), 50);
  res.on('close', () => clearInterval(dripping));
};

const brokenAnswers: [string, RequestListener][] = [
  ['is down with 500', (_req, res) => res.writeHead(500).end('sorry')],
  ['is not there', (_req, res) => res.writeHead(404).end()],
  ['redirects', (_req, res) => res.writeHead(302, { location: '/elsewhere' }).end()],
  ['answers HTML', (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>hello')],
  ['answers HTML as JSON', (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('<p>hello')],
  ['answers nothing', (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end()],
  ['answers a list', (_req, res) => json(res, [])],
  ['answers null', (_req, res) => json(res, null)],
  ['answers too much', (_req, res) => json(res, { padding: 'x'.repeat(HUGE) })],
  ['hangs', () => undefined],
  ['hangs within the body', (_req, res) => res.writeHead(200).write('{')],
  ['drips', drip],
  ['hangs up', (req) => req.socket.destroy()],
];

describe.each([
  ['/token', 'token_endpoint'],
  ['/jwks', 'token_endpoint'],
  ['/userinfo', 'userinfo'],
])('security 22: a provider whose %s', (path, rule) => {
  test.each(brokenAnswers)('%s is unavailable', async (_how, listener) => {
    const began = performance.now();
    expectRefusal(await signIn({ at: { [path]: listener } }), 'connection_unavailable', rule);
    expect(performance.now() - began).toBeLessThan(OUTBOUND_TIMEOUT_MS + 1500);
  });
});

describe('security 22: a provider whose discovery', () => {
  test.each<[string, RequestListener]>([
    ...brokenAnswers,
    ['names another issuer', (_req, res) => json(res, { issuer: 'https://evil.example' })],
    ['names an issuer that is no address', (_req, res) => json(res, { issuer: 'nonsense' })],
    ['names no issuer', (_req, res) => json(res, {})],
    ['lacks endpoints', (_req, res) => json(res, { issuer: op.issuer })],
    [
      'sends browsers to a script',
      (_req, res) => json(res, { ...complete(), authorization_endpoint: 'javascript:alert(1)' }),
    ],
    ['has a list where text belongs', (_req, res) => json(res, { ...complete(), token_endpoint: ['https://x'] })],
  ])('%s is unavailable at begin and at the end', async (_how, listener) => {
    const { oidc, connection } = connectionTo();
    const attempt = newAttempt();
    op.faults = { at: { '/.well-known/openid-configuration': listener } };
    const begin = oidc.begin(connection, { attempt, now: new Date() });
    await expect(begin).rejects.toBeInstanceOf(ConnectionUnavailable);
    const callback = `${connection.endpoints.redirectUri}?code=c&state=${attempt.relay}`;
    expectRefusal(await oidc.complete(connection, returned(callback, attempt)), 'connection_unavailable', 'discovery');
  });

  const complete = () => ({
    issuer: op.issuer,
    authorization_endpoint: `${op.issuer}/authorize`,
    token_endpoint: `${op.issuer}/token`,
    jwks_uri: `${op.issuer}/jwks`,
  });

  test('failed is asked again at the next sign-in', async () => {
    const { oidc, connection } = connectionTo();
    const begin = () => oidc.begin(connection, { attempt: newAttempt(), now: new Date() });
    op.faults = { at: { '/.well-known/openid-configuration': (_req, res) => res.writeHead(503).end() } };
    await expect(begin()).rejects.toBeInstanceOf(ConnectionUnavailable);
    op.faults = {};
    expect(await begin()).toHaveProperty('url');
  });
});

test('security 22: slow calls in a row are bounded together, discovery included', async () => {
  const slow =
    (after: RequestListener): RequestListener =>
    (req, res) =>
      void setTimeout(() => after(req, res), 300);
  const connection = connectionTo().connection;
  const attempt = newAttempt();
  const timeoutMs = 500;
  op.faults = {
    at: {
      '/.well-known/openid-configuration': slow((_req, res) => json(res, metadataOf(op))),
      '/token': slow((_req, res) => json(res, { access_token: 'at', token_type: 'Bearer' })),
    },
  };
  const oidc = createOidc({ fetch: outbound.fetch, timeoutMs });
  const callback = `${connection.endpoints.redirectUri}?code=c&state=${attempt.relay}&iss=${encodeURIComponent(op.issuer)}`;
  const began = performance.now();
  const completion = await oidc.complete(connection, returned(callback, attempt));
  expectRefusal(completion, 'connection_unavailable', 'token_endpoint');
  expect(refusalOf(completion)?.detail).toMatch(/timeout$/);
  expect(performance.now() - began).toBeLessThan(timeoutMs + 1500);
});

test.each([
  ['token_endpoint', 'token_endpoint'],
  ['jwks_uri', 'token_endpoint'],
  ['userinfo_endpoint', 'userinfo'],
])('security 22: a %s in a private network is refused when it is called', async (endpoint, rule) => {
  const port = new URL(op.issuer).port;
  const narrow = createOutbound({ allow: [`127.0.0.1:${port}`] });
  const connected = { ...connectionTo(), oidc: createOidc({ fetch: narrow.fetch }) };
  op.faults = { metadata: { [endpoint]: 'https://169.254.169.254/x' } };
  const completion = await signIn(op.faults, { connected });
  expectRefusal(completion, 'connection_unavailable', rule);
  expect(refusalOf(completion)?.detail).toBe('https://169.254.169.254/x: address_refused');
});

describe('security 15: what is kept', () => {
  const discoveries = () => op.requests.filter((request) => request.includes('well-known')).length;
  const keyFetches = () => op.requests.filter((request) => request === 'GET /jwks').length;

  test('discovery: ten minutes, per connection and version, one request at a time', async () => {
    const { oidc, connection } = connectionTo();
    const begin = (changes = {}, now = new Date(0)) =>
      oidc.begin({ ...connection, ...changes }, { attempt: newAttempt(), now });
    await Promise.all([begin(), begin(), begin()]);
    expect(discoveries()).toBe(1);
    await begin({}, new Date(599_999));
    expect(discoveries()).toBe(1);
    await begin({}, new Date(600_000));
    expect(discoveries()).toBe(2);
    await begin({ version: 2 }, new Date(600_000));
    await begin({ id: 'another' }, new Date(600_000));
    expect(discoveries()).toBe(4);
  });

  test('keys: a minute; a new key id is looked up at once', async () => {
    const connected = connectionTo();
    const at = (offset: number): Variation => ({
      connected,
      input: (input) => ({ ...input, now: new Date(input.now.getTime() + offset) }),
    });
    await signIn({}, at(0));
    await signIn({}, at(0));
    expect(keyFetches()).toBe(1);
    op.key = await newSigningKey('k2');
    expect(await signIn({}, at(0))).toHaveProperty('identity');
    expect(keyFetches()).toBe(2);
    await signIn({}, at(59_000));
    expect(keyFetches()).toBe(2);
    await signIn({}, at(60_000));
    expect(keyFetches()).toBe(3);
  });

  test('a key exchanged under the same id is accepted at the second try', async () => {
    const connected = connectionTo();
    await signIn({}, { connected });
    op.key = await newSigningKey('k1');
    expectRefusal(await signIn({}, { connected }), 'invalid_assertion', 'signature');
    expect(await signIn({}, { connected })).toHaveProperty('identity');
  });
});
