import type { Connection, ConnectionContext, Wishes } from '../../src/connections/connection';
import { jwks } from '../../src/connections/oidc/client-keys';
import { createOidc } from '../../src/connections/oidc/oidc';
import type { OidcSettings } from '../../src/connections/oidc/settings';
import { createKeyPair } from '../../src/connections/key-pair';
import { createOutbound } from '../../src/outbound/outbound';
import { createClient } from '../support/http-client';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { newAttempt, oidcConnection, returned } from './oidc-connection';
import { startHostileOp, type HostileOp } from './oidc-hostile-op';

const outbound = createOutbound({ allow: ['127.0.0.0/8'] });
const oidc: Connection<OidcSettings> = createOidc({ fetch: outbound.fetch });

async function beginAt(connection: ConnectionContext<OidcSettings>, wishes: Wishes = {}) {
  const attempt = newAttempt();
  const startedAt = new Date();
  const step = await oidc.begin(connection, { attempt, now: startedAt, ...wishes });
  if (step.kind !== 'redirect') throw new Error('OIDC begins with a redirect');
  return { attempt, startedAt, url: step.url };
}

describe('security 15: a provider that does as it likes', () => {
  let op: HostileOp;
  beforeAll(async () => {
    op = await startHostileOp();
  });
  afterAll(() => op.stop());

  /** The rule that refuses, or undefined. */
  async function refusedBy(settings: Partial<OidcSettings>, claims: object, startedAt: Date | undefined = new Date()) {
    const connection = oidcConnection({ issuer: op.issuer, ...settings });
    const { attempt, url } = await beginAt(connection);
    op.faults = { claims: { email: 'a@acme.test', groups: [], ...claims } };
    const completion = await oidc.complete(connection, { ...returned(op.authorize(url), attempt), startedAt });
    return 'refusal' in completion ? completion.refusal.rule : undefined;
  }
  const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

  test('is asked for contexts, and for a new authentication', async () => {
    const connection = oidcConnection({ issuer: op.issuer, acrValues: ['phr', 'phrh'], forceAuthn: true });
    const { searchParams } = new URL((await beginAt(connection)).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({ acr_values: 'phr phrh', prompt: 'login', max_age: '0' });
  });

  test('is asked for what an application wishes for where the connection demands nothing', async () => {
    const asked = async (settings: Partial<OidcSettings>) => {
      const { url } = await beginAt(oidcConnection({ issuer: op.issuer, ...settings }), { acrValues: ['mfa', 'phr'] });
      return new URL(url).searchParams.get('acr_values');
    };
    expect(await asked({})).toBe('mfa phr');
    expect(await asked({ acrValues: ['phrh'] })).toBe('phrh');
  });

  test('is refused when the context is none of those', async () => {
    const asked = { acrValues: ['phr', 'phrh'] };
    expect(await refusedBy(asked, { acr: 'phrh' })).toBeUndefined();
    for (const acr of ['0', 'phr phrh', '', undefined, ['phr'], 1]) expect(await refusedBy(asked, { acr })).toBe('acr');
    expect(await refusedBy({}, { acr: '0' })).toBeUndefined();
  });

  test('is refused when the authentication is older than the attempt, or of unknown age', async () => {
    const asked = { forceAuthn: true };
    expect(await refusedBy(asked, { auth_time: seconds(0) })).toBeUndefined();
    expect(await refusedBy(asked, { auth_time: seconds(-59) })).toBeUndefined();
    for (const auth_time of [seconds(-62), undefined, null, String(seconds(0)), [seconds(0)]])
      expect(await refusedBy(asked, { auth_time })).toBeDefined();
    expect(await refusedBy(asked, { auth_time: seconds(-62) })).toBe('force_authn');
    expect(await refusedBy({}, { auth_time: seconds(-3600) })).toBeUndefined();
  });
});

describe('a real provider', () => {
  let op: OidcOp | undefined;
  afterEach(() => op?.stop());

  async function connected(draft: ConnectionContext<OidcSettings>, client: object) {
    op = await startOidcOp({
      clients: [{ client_id: 'drawbridge', redirect_uris: [draft.endpoints.redirectUri], ...client }],
      configure: (configuration) => ({ ...configuration, acrValues: ['phr'] }),
    });
    return { op, connection: { ...draft, settings: { ...draft.settings, issuer: op.issuer } } };
  }

  test('authenticates somebody anew whom it knows', async () => {
    const draft = oidcConnection({ issuer: 'http://127.0.0.1', forceAuthn: true });
    const { clientSecret } = draft.settings;
    const { op, connection } = await connected(draft, { client_secret: clientSecret });
    const browser = createClient(op.issuer);
    for (const _visit of [1, 2]) {
      const { attempt, startedAt, url } = await beginAt(connection);
      const callback = await op.signIn(url, 'lukasz', browser);
      expect(await oidc.complete(connection, { ...returned(callback, attempt), startedAt })).toHaveProperty('identity');
    }
  });
});

test('the keys for private_key_jwt are published without their private part', async () => {
  const pairs = await Promise.all([1, 2].map((id) => createKeyPair(new Date(), `key ${id}`)));
  const clientKeys = pairs.map((pair, index) => ({ id: `key-${index}`, ...pair }));
  const { keys } = await jwks(oidcConnection({ issuer: 'https://op.example', clientKeys }));
  expect(keys.map(({ kid, use, alg, kty }) => [kid, use, alg, kty])).toEqual([
    ['key-0', 'sig', 'RS256', 'RSA'],
    ['key-1', 'sig', 'RS256', 'RSA'],
  ]);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5t#S256']);
});
