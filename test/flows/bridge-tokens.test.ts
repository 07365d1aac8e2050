import * as client from 'openid-client';
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { createAcme, createTestIdp, maria, type SamlConnection, type TestIdp } from '../support/acme';
import {
  answerAt,
  applicationOf,
  createApplication,
  REDIRECT_URI,
  throughIdp,
  type TestApplication,
  type Tokens,
} from '../support/application';
import type { HttpClient } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const OFFLINE = { organization: 'acme', scope: 'openid email offline_access' };

describeWith('postgres', 'tokens of applications', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;
  let app: TestApplication;
  let wiki: TestApplication;
  let browser: HttpClient;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
    app = await createApplication(service);
    wiki = await createApplication(service, { name: 'Wiki' });
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  beforeEach(async () => {
    browser = service.browser();
    const person = { idp, connection: acme, person: maria, slug: 'acme' };
    await throughIdp(browser, await app.start(browser, { organization: 'acme' }), person);
  });

  const tokensOf = async (asking: Record<string, string> = OFFLINE, of = app): Promise<Tokens> =>
    (await of.start(browser, asking)).redeem();
  const isAlive = async ({ access_token: token }: Tokens, of = app): Promise<boolean> =>
    (await client.tokenIntrospection(of.config, token)).active;
  const refusal = (error: string) => expect.objectContaining({ error });

  /** The authorization request as the application writes it, changed by the test. */
  async function ask(changes: Readonly<Record<string, string>>) {
    const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
    const query = new URLSearchParams({
      ...{ client_id: app.config.clientMetadata().client_id, redirect_uri: REDIRECT_URI, response_type: 'code' },
      ...{ scope: 'openid', state: 's', code_challenge: challenge, code_challenge_method: 'S256' },
      ...{ organization: 'acme', ...changes },
    });
    for (const [name, value] of Object.entries(changes)) if (value === '') query.delete(name);
    return browser.get(`/oidc/auth?${query}`);
  }

  const redeem = (code: string, changes: Readonly<Record<string, string>> = {}, of = app) =>
    client.genericGrantRequest(of.config, 'authorization_code', {
      ...{ code, redirect_uri: REDIRECT_URI, code_verifier: 'v'.repeat(43), ...changes },
    });
  const codeFrom = (location = ''): string => new URL(location).searchParams.get('code') ?? '';

  describe('refresh tokens', () => {
    test('come with offline_access only, rotate, and the used one ends everything that came of it', async () => {
      expect(await tokensOf({ organization: 'acme' })).not.toHaveProperty('refresh_token');
      const first = await tokensOf();
      const second = await client.refreshTokenGrant(app.config, first.refresh_token!);
      expect(second.refresh_token).toBeDefined();
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(await isAlive(second)).toBe(true);
      await expect(client.refreshTokenGrant(app.config, first.refresh_token!)).rejects.toEqual(
        refusal('invalid_grant'),
      );
      expect(await isAlive(second)).toBe(false);
      await expect(client.refreshTokenGrant(app.config, second.refresh_token!)).rejects.toEqual(
        refusal('invalid_grant'),
      );
    });

    test('of one that is used twice at once, nothing is left', async () => {
      const { refresh_token: token = '' } = await tokensOf();
      const twice = await Promise.allSettled([
        client.refreshTokenGrant(app.config, token),
        client.refreshTokenGrant(app.config, token),
      ]);
      for (const one of twice) if (one.status === 'fulfilled') expect(await isAlive(one.value)).toBe(false);
      expect(twice.some(({ status }) => status === 'rejected')).toBe(true);
    });

    test('are nobody else’s', async () => {
      const { refresh_token: token = '' } = await tokensOf();
      await expect(client.refreshTokenGrant(wiki.config, token)).rejects.toEqual(refusal('invalid_grant'));
    });

    test('security 23: do not outlive the session, however often they rotate', async () => {
      const first = await tokensOf();
      const { refresh_token: token = '' } = await client.refreshTokenGrant(app.config, first.refresh_token!);
      const late = await service.resources.db.query<object[]>(
        `SELECT 1 FROM oidc_payloads p JOIN application_sessions x ON x.id = p.application_session_id JOIN sessions s ON s.id = x.session_id
          WHERE p.model = 'RefreshToken' AND p.expires_at > s.expires_at + interval '1 second'`,
      );
      expect(late).toEqual([]);
      // Idle for longer than the policy permits.
      service.clock.offsetMs = 24 * 3600_000;
      await expect(client.refreshTokenGrant(app.config, token)).rejects.toEqual(refusal('invalid_grant'));
      service.clock.offsetMs = 0;
      await browser.post('/acme/logout');
      await expect(client.refreshTokenGrant(app.config, token)).rejects.toEqual(refusal('invalid_grant'));
    });
  });

  describe('introspection and revocation', () => {
    test('a revoked token is not active, nor is anything of the same sign-in', async () => {
      const tokens = await tokensOf();
      await client.tokenRevocation(app.config, tokens.refresh_token!);
      expect(await isAlive(tokens)).toBe(false);
      expect(await isAlive(await tokensOf())).toBe(true);
    });

    test('an application is told nothing of another one’s tokens, and cannot revoke them', async () => {
      const tokens = await tokensOf();
      expect(await isAlive(tokens, wiki)).toBe(false);
      await client.tokenRevocation(wiki.config, tokens.access_token).catch(() => undefined);
      expect(await isAlive(tokens)).toBe(true);
    });

    test.each(['suspend', 'deactivate'])('security 23: to %s somebody voids their tokens at once', async (act) => {
      const tokens = await tokensOf();
      const account = `/organizations/acme/accounts/${tokens.claims()!.sub}`;
      await service.api('POST', `${account}/${act}`);
      expect(await isAlive(tokens)).toBe(false);
      await expect(client.refreshTokenGrant(app.config, tokens.refresh_token!)).rejects.toEqual(
        refusal('invalid_grant'),
      );
      await service.api('POST', `${account}/reactivate`);
      expect(await isAlive(tokens)).toBe(false);
    });
  });

  describe('applications without a secret', () => {
    test('prove themselves by a key, and by no other', async () => {
      const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
      const keyed = {
        ...{ name: 'Keyed', tokenEndpointAuthMethod: 'private_key_jwt' },
        jwks: { keys: [await exportJWK(own.publicKey)] },
      };
      const app = await createApplication(service, keyed, client.PrivateKeyJwt(own.privateKey));
      expect((await tokensOf(undefined, app)).claims()?.email).toBe('maria@acme.example');
      const thief = await createApplication(service, keyed, client.PrivateKeyJwt(foreign.privateKey));
      await expect(tokensOf(undefined, thief)).rejects.toEqual(refusal('invalid_client'));
    });

    test('are public with PKCE, and their refresh tokens rotate', async () => {
      const open = { name: 'Public', tokenEndpointAuthMethod: 'none' };
      const app = await createApplication(service, open, client.None());
      const first = await tokensOf(undefined, app);
      await client.refreshTokenGrant(app.config, first.refresh_token!);
      await expect(client.refreshTokenGrant(app.config, first.refresh_token!)).rejects.toEqual(
        refusal('invalid_grant'),
      );
    });
  });

  describe('applications in the browser', () => {
    const allowed = async (of: TestApplication, origin: string): Promise<string | null> => {
      const { token_endpoint: endpoint = '' } = of.config.serverMetadata();
      const form = { client_id: of.config.clientMetadata().client_id, grant_type: 'authorization_code', code: 'x' };
      const reply = await browser.post(endpoint, form, { from: origin });
      return reply.headers.get('access-control-allow-origin');
    };

    test('redeem their codes from their own origin, which has no secret, and from no other', async () => {
      const open = await createApplication(service, { name: 'Page', tokenEndpointAuthMethod: 'none' }, client.None());
      expect(await allowed(open, 'https://app.example')).toBe('https://app.example');
      expect(await allowed(open, 'https://evil.example')).toBeNull();
      expect(await allowed(app, 'https://app.example')).toBeNull();
    });
  });

  describe('secrets', () => {
    test('an old one goes on working for the overlap, and no longer', async () => {
      const app = await createApplication(service, { name: 'Rotating' });
      await service.api('POST', `/applications/${app.id}/rotate-secret`, { overlapHours: 1 });
      expect((await tokensOf(undefined, app)).access_token).toBeDefined();
      await service.api('POST', `/applications/${app.id}/rotate-secret`, { overlapHours: 0 });
      await expect(tokensOf(undefined, app)).rejects.toMatchObject({ status: 401 });
    });
  });

  describe('pushed requests', () => {
    test('count, whatever the browser says besides', async () => {
      const url = await client.buildAuthorizationUrlWithPAR(app.config, {
        ...{ redirect_uri: REDIRECT_URI, scope: 'openid offline_access', organization: 'acme', state: 's' },
        code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
        code_challenge_method: 'S256',
      });
      const reply = await browser.get(`${url.href}&organization=elsewhere`);
      expect(await redeem(codeFrom(reply.location))).toHaveProperty('refresh_token');
      expect((await browser.get(url.href)).status).toBe(400);
    });
  });

  describe('codes', () => {
    test('a code that is shown again voids what came of it (RFC 6749, 4.1.2)', async () => {
      const code = codeFrom((await ask({})).location);
      const tokens = (await redeem(code)) as Tokens;
      expect(await isAlive(tokens)).toBe(true);
      await expect(redeem(code)).rejects.toEqual(refusal('invalid_grant'));
      expect(await isAlive(tokens)).toBe(false);
    });

    test.each([
      ['another verifier', { code_verifier: 'w'.repeat(43) }],
      ['another redirect URI', { redirect_uri: `${REDIRECT_URI}/` }],
    ])('a code with %s is refused', async (_what, changes) => {
      await expect(redeem(codeFrom((await ask({})).location), changes)).rejects.toEqual(refusal('invalid_grant'));
    });

    test('a code of another application is refused', async () => {
      await expect(redeem(codeFrom((await ask({})).location), {}, wiki)).rejects.toEqual(refusal('invalid_grant'));
    });

    test('security 24: what is shown to use a code or token stands nowhere in the database', async () => {
      const reply = await ask({ scope: 'openid offline_access' });
      const tokens = (await redeem(codeFrom(reply.location))) as Tokens;
      const [{ all } = { all: '' }] = await service.resources.db.query<{ all: string }[]>(
        `SELECT string_agg(p::text, ' ') AS all FROM oidc_payloads p`,
      );
      for (const secret of [codeFrom(reply.location), tokens.access_token, tokens.refresh_token!])
        // Bytes are shown as hexadecimal.
        for (const shown of [secret, Buffer.from(secret).toString('hex')]) expect(all).not.toContain(shown);
      const [key] = await service.resources.db.query<{ private_key: string }[]>('SELECT private_key FROM signing_keys');
      expect(key?.private_key).not.toContain('kty');
    });
  });

  describe('other ways to ask and to answer', () => {
    test('a request that is posted from the application counts (OpenID Connect Core 3.1.2.1)', async () => {
      const asked = await ask({});
      const form = new URL(asked.url).searchParams;
      const posted = await browser.post('/oidc/auth', form, { from: 'https://app.example' });
      expect(posted.status).toBe(303);
      expect((await browser.get(posted.location ?? '')).location).toMatch(`${REDIRECT_URI}?code=`);
    });

    test('a reply by form is let through to the application', async () => {
      const page = await ask({ response_mode: 'form_post' });
      expect(page.headers.get('content-security-policy')).toMatch(/form-action 'self' https:\/\/app\.example(;|$)/);
      expect(page.form()).toMatchObject({ action: REDIRECT_URI, fields: { code: expect.any(String), state: 's' } });
      const elsewhere = await ask({ response_mode: 'form_post', redirect_uri: 'https://evil.example/' });
      expect(elsewhere.headers.get('content-security-policy')).not.toContain('evil.example');
    });
  });

  describe('bad requests', () => {
    test.each([
      ['https://app.example/callback/'],
      ['https://app.example/callback?next=1'],
      ['https://app.example/Callback'],
      ['https://app.example.evil.example/callback'],
      ['https://app.example/callback/../other'],
      ['https://app.example@evil.example/callback'],
      ['http://app.example/callback'],
    ])('the browser is never sent to %s', async (redirect_uri) => {
      const reply = await ask({ redirect_uri });
      expect([reply.status, reply.location]).toEqual([400, undefined]);
      expect(reply.text).toContain('cannot answer');
    });

    test.each([
      ['no PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
      ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['a token from the authorization endpoint', { response_type: 'token' }, 'unsupported_response_type'],
    ])('%s is refused, to the application', async (_what, changes, error) => {
      const { location = '' } = await ask(changes);
      const { search, hash } = new URL(location);
      expect(new URLSearchParams(search || hash.slice(1)).get('error')).toBe(error);
    });

    test('an unknown application gets a page of ours', async () => {
      const reply = await ask({ client_id: 'nobody' });
      expect([reply.status, reply.location]).toEqual([400, undefined]);
    });

    test('a wrong secret is refused', async () => {
      const { issuer } = app.config.serverMetadata();
      const id = app.config.clientMetadata().client_id;
      const config = await client.discovery(new URL(issuer), id, {}, client.ClientSecretPost('wrong'.repeat(9)), {
        execute: [client.allowInsecureRequests],
      });
      const code = codeFrom((await ask({})).location);
      await expect(redeem(code, {}, applicationOf(service, app.id, config))).rejects.toEqual(refusal('invalid_client'));
    });

    test('answers name the issuer, so that an application of several providers cannot be mixed up (RFC 9207)', async () => {
      const asked = await app.start(browser, { organization: 'acme' });
      expect(answerAt(asked).iss).toBe(`${service.baseUrl}/oidc`);
      const mixed = { ...asked, at: asked.at.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example') };
      await expect(asked.redeemAt(mixed.at)).rejects.toThrow();
    });
  });
});
