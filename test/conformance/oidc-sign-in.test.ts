import type { Connection, ConnectionContext } from '../../src/connections/connection';
import { createOidc } from '../../src/connections/oidc/oidc';
import type { OidcSettings } from '../../src/connections/oidc/settings';
import { createOutbound } from '../../src/outbound/outbound';
import { startOidcOp, type OidcOp, type OidcOpOptions } from '../support/oidc-op';
import { newAttempt, oidcConnection, returned } from './oidc-connection';

const outbound = createOutbound({ allow: ['127.0.0.0/8'] });
const running: OidcOp[] = [];

let oidc: Connection<OidcSettings>;
beforeEach(() => {
  oidc = createOidc({ fetch: outbound.fetch });
});
afterEach(() => Promise.all(running.splice(0).map((op) => op.stop())));

/** A real provider, and a connection that is registered there. */
async function connected(
  settings: Partial<OidcSettings> = {},
  configure?: OidcOpOptions['configure'],
): Promise<{ op: OidcOp; connection: ConnectionContext<OidcSettings> }> {
  const draft = oidcConnection({ issuer: 'http://127.0.0.1', ...settings });
  const { clientId, clientSecret, tokenEndpointAuthMethod } = draft.settings;
  const client = {
    client_id: clientId,
    ...(tokenEndpointAuthMethod === 'none' ? {} : { client_secret: clientSecret }),
    token_endpoint_auth_method: tokenEndpointAuthMethod,
    redirect_uris: [draft.endpoints.redirectUri],
  };
  const op = await startOidcOp({ clients: [client], configure });
  running.push(op);
  return { op, connection: { ...draft, settings: { ...draft.settings, issuer: op.issuer } } };
}

async function beginAt(connection: ConnectionContext<OidcSettings>, loginHint?: string) {
  const attempt = newAttempt();
  const step = await oidc.begin(connection, { attempt, loginHint, now: new Date() });
  if (step.kind !== 'redirect') throw new Error('OIDC begins with a redirect');
  return { attempt, url: step.url };
}

async function signIn(op: OidcOp, connection: ConnectionContext<OidcSettings>, username: string) {
  const { attempt, url } = await beginAt(connection);
  return oidc.complete(connection, returned(await op.signIn(url, username), attempt));
}

test('security 15: the authorization request carries state, nonce, S256 and what was asked', async () => {
  const { op, connection } = await connected({ scopes: ['email'] });
  const { attempt, url } = await beginAt(connection, 'ada@acme.test');
  const { origin, searchParams } = new URL(url);
  expect(origin).toBe(op.issuer);
  const { code_challenge: challenge, ...params } = Object.fromEntries(searchParams);
  expect(challenge).toMatch(/^[\w-]{43}$/);
  expect(challenge).not.toBe(attempt.codeVerifier);
  expect(params).toEqual({
    response_type: 'code',
    client_id: 'drawbridge',
    redirect_uri: connection.endpoints.redirectUri,
    scope: 'openid email',
    state: attempt.relay,
    nonce: attempt.nonce,
    code_challenge_method: 'S256',
    login_hint: 'ada@acme.test',
  });
});

test.each(['client_secret_basic', 'client_secret_post', 'none'] as const)(
  'signs in with token endpoint authentication %s',
  async (tokenEndpointAuthMethod) => {
    const { op, connection } = await connected({ tokenEndpointAuthMethod });
    const completion = await signIn(op, connection, 'lukasz');
    expect(completion).toMatchObject({
      identity: {
        connectionId: connection.id,
        issuer: op.issuer,
        subject: 'lukasz',
        emailVerified: true,
      },
    });
    expect(completion.steps.every(({ ok }) => ok)).toBe(true);
    expect(completion.steps.map(({ rule }) => rule)).toEqual([
      ...['callback_method', 'single_valued_parameters', 'state', 'response_issuer', 'authorization_code'],
      ...['token_endpoint', 'algorithm', 'issuer', 'nonce', 'signature'],
      ...['audience', 'authorized_party', 'issued_at', 'expiry', 'acr', 'force_authn', 'subject'],
    ]);
  },
);

test('yields what the provider says, by its own names', async () => {
  const { op, connection } = await connected();
  const completion = await signIn(op, connection, 'lukasz');
  expect(completion).toMatchObject({
    identity: {
      attributes: {
        email: ['lukasz@acme.test'],
        email_verified: ['true'],
        name: ['Łukasz Żółkiewski'],
        given_name: ['Łukasz'],
        family_name: ['Żółkiewski'],
        preferred_username: ['lukasz'],
        groups: ['staff', 'engineering'],
      },
    },
  });
  for (const protocol of ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'at_hash'])
    expect(completion).not.toHaveProperty(['identity', 'attributes', protocol]);
});

test('asks userinfo for what the ID token leaves out', async () => {
  const { op, connection } = await connected({}, (configuration) => ({ ...configuration, conformIdTokenClaims: true }));
  const completion = await signIn(op, connection, 'ada');
  expect(completion).toMatchObject({
    identity: {
      subject: 'ada',
      emailVerified: true,
      attributes: { email: ['Ada.Lovelace+sso@Acme.test'], groups: [] },
    },
  });
  expect(completion.steps).toContainEqual({ rule: 'userinfo_subject', ok: true });
});

test('security 28: no trace holds a secret of the attempt or anything of the person', async () => {
  const { op, connection } = await connected();
  const { attempt, url } = await beginAt(connection);
  const completion = await oidc.complete(connection, returned(await op.signIn(url, 'lukasz'), attempt));
  const trace = JSON.stringify(completion.steps);
  for (const secret of [...Object.values(attempt), connection.settings.clientSecret ?? '', 'lukasz'])
    expect(trace).not.toContain(secret);
});

test('reads the subject where the settings say', async () => {
  const { op, connection } = await connected({ subjectFrom: { claim: 'oid' } });
  const [person] = op.accounts.values();
  op.accounts.set('lukasz', { ...person!, claims: { oid: '5d2c1f9e-object-id' } });
  expect(await signIn(op, connection, 'lukasz')).toMatchObject({ identity: { subject: '5d2c1f9e-object-id' } });
  expect(await signIn(op, connection, 'li')).toMatchObject({
    refusal: { code: 'invalid_assertion', rule: 'subject_from' },
  });
});

test('security 15: a key that is new since the last sign-in is accepted at once', async () => {
  const { op, connection } = await connected();
  expect(await signIn(op, connection, 'lukasz')).toHaveProperty('identity');
  op.rotateKeys();
  expect(await signIn(op, connection, 'lukasz')).toHaveProperty('identity');
  op.rotateKeys({ dropOld: true });
  expect(await signIn(op, connection, 'lukasz')).toHaveProperty('identity');
});

test('security 15: a code is not accepted twice', async () => {
  const { op, connection } = await connected();
  const { attempt, url } = await beginAt(connection);
  const callback = await op.signIn(url, 'lukasz');
  expect(await oidc.complete(connection, returned(callback, attempt))).toHaveProperty('identity');
  expect(await oidc.complete(connection, returned(callback, attempt))).toMatchObject({
    refusal: { code: 'provider_refused', rule: 'token_endpoint', detail: expect.stringMatching(/^invalid_grant/) },
  });
});

test("security 15: another attempt's code is refused by PKCE, and by state before that", async () => {
  const { op, connection } = await connected();
  const [mine, theirs] = [await beginAt(connection), await beginAt(connection)];
  const callback = new URL(await op.signIn(theirs.url, 'lukasz'));
  expect(await oidc.complete(connection, returned(callback.href, mine.attempt))).toMatchObject({
    refusal: { code: 'invalid_assertion', rule: 'state' },
  });
  callback.searchParams.set('state', mine.attempt.relay);
  expect(await oidc.complete(connection, returned(callback.href, mine.attempt))).toMatchObject({
    refusal: { code: 'provider_refused', rule: 'token_endpoint' },
  });
});

test('a wrong client secret is told as the provider tells it', async () => {
  const { op, connection } = await connected();
  const wrong = { ...connection, settings: { ...connection.settings, clientSecret: 'wrong' } };
  const completion = await signIn(op, wrong, 'lukasz');
  expect(completion).toMatchObject({ refusal: { code: 'provider_refused', rule: 'token_endpoint' } });
});

test('someone who cancels there is a refusal of the provider', async () => {
  const { op, connection } = await connected();
  const { attempt } = await beginAt(connection);
  const callback = new URL(connection.endpoints.redirectUri);
  callback.search = new URLSearchParams({
    error: 'access_denied',
    error_description: `End-User\naborted ${'x'.repeat(1000)}`,
    state: attempt.relay,
    iss: op.issuer,
  }).toString();
  const completion = await oidc.complete(connection, returned(callback.href, attempt));
  const detail = expect.stringMatching(/^access_denied: End-User aborted x{100,300}$/);
  expect(completion).toMatchObject({ refusal: { code: 'provider_refused', rule: 'authorization_response', detail } });
});

test('security 15: two connections to one issuer keep their own clients, keys and identities', async () => {
  const { op, connection } = await connected();
  const other = { ...oidcConnection({ issuer: op.issuer }), endpoints: connection.endpoints };
  expect(await signIn(op, connection, 'lukasz')).toMatchObject({ identity: { connectionId: connection.id } });
  expect(await signIn(op, other, 'lukasz')).toMatchObject({ identity: { connectionId: other.id } });
  const stranger = { ...other, version: 2, settings: { ...other.settings, clientSecret: 'wrong' } };
  expect(await signIn(op, stranger, 'lukasz')).toHaveProperty('refusal');
});
