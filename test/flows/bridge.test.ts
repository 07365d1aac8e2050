import * as client from 'openid-client';
import {
  addConnection,
  createAcme,
  createTestIdp,
  maria,
  newcomer,
  sessionOf,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { answerAt, createApplication, REDIRECT_URI, throughIdp, type TestApplication } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { createInitech, PASSWORD } from '../support/initech';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const PETER = { email: 'peter@initech.example', givenName: 'Peter', familyName: 'Gibbons', password: PASSWORD };

describeWith('postgres', 'applications behind the bridge', () => {
  let service: TestService;
  let idp: TestIdp;
  let op: OidcOp;
  let connections: Record<string, SamlConnection>;
  let app: TestApplication;
  let wiki: TestApplication;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
    connections = {
      acme: await createAcme(service, idp),
      hooli: await createAcme(service, idp, { slug: 'hooli' }),
    };
    await createInitech(service);
    await service.api('POST', '/organizations/initech/accounts', PETER);
    app = await createApplication(service);
    wiki = await createApplication(service, { name: 'Wiki', idTokenSignedResponseAlg: 'RS256' });
  });
  afterAll(async () => {
    await op?.stop();
    await service.stop();
  });

  const at = (slug: string, person = maria) => ({ idp, connection: connections[slug]!, person, slug });

  async function signedIn(slug = 'acme', browser = service.browser()): Promise<HttpClient> {
    await throughIdp(browser, await app.start(browser, { organization: slug }), at(slug));
    return browser;
  }

  describe('signing in', () => {
    test('through SAML, with the application’s own library, in four answers of ours', async () => {
      const browser = service.browser();
      const begun = await app.start(browser, { organization: 'acme' });
      expect(begun.at).toMatch(/^https:\/\/idp\.acme\.example\/sso\?/);
      const done = await throughIdp(browser, begun, at('acme'));
      expect(done.at).toMatch(new RegExp(`^${REDIRECT_URI}\\?code=`));
      // /oidc/auth, /acme/sso/… · the reply, which on plain http is one more · /oidc/auth/…
      expect([begun.hops, done.hops]).toEqual([2, 1]);
      const tokens = await done.redeem();
      expect(tokens.claims()).toMatchObject({
        email: 'maria@acme.example',
        email_verified: true,
        name: 'María Suárez',
        organization: { slug: 'acme', name: 'acme Inc.' },
        connection: { id: connections.acme!.id, name: 'Test IdP', kind: 'saml' },
        user_type: 'Standard',
        site: 'HQ',
      });
      const sub = tokens.claims()?.sub ?? '';
      const info = await client.fetchUserInfo(app.config, tokens.access_token, sub);
      expect(info).toMatchObject({ sub, preferred_username: 'maria.suarez', groups: [] });
      expect((await sessionOf(browser))?.account.id).toBe(sub);
    });

    test('through OpenID Connect', async () => {
      await service.api('POST', '/organizations', { slug: 'globex', name: 'Globex' });
      const redirect_uris = ['http://127.0.0.1/placeholder'];
      const clients = [{ client_id: 'drawbridge', client_secret: 'a secret of the bridge', redirect_uris }];
      op = await startOidcOp({ clients });
      const made = await service.api<{ redirectUri: string }>('POST', '/organizations/globex/connections', {
        ...{ kind: 'oidc', name: 'OP', issuer: op.issuer, clientId: 'drawbridge' },
        ...{ clientSecret: 'a secret of the bridge', state: 'active' },
      });
      redirect_uris[0] = made.redirectUri;
      op.rotateKeys();

      const browser = service.browser();
      const begun = await app.start(browser, { organization: 'globex' });
      const back = await op.signIn(begun.at, 'ada');
      const done = await begun.resume(back);
      expect((await done.redeem()).claims()).toMatchObject({
        organization: { slug: 'globex' },
        connection: { kind: 'oidc' },
      });
    });

    test('with a password, from a form that the browser lets through to the application', async () => {
      const browser = service.browser();
      const begun = await app.start(browser, { organization: 'initech' });
      const page = await browser.get(begun.at);
      expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' https://app.example`);
      const reply = await browser.submit(page, { login: PETER.email, password: PASSWORD });
      const tokens = await (await begun.resume(reply.location ?? '')).redeem();
      expect(tokens.claims()).toMatchObject({
        ...{ email: PETER.email, organization: { slug: 'initech' }, amr: ['pwd'] },
        auth_time: expect.any(Number),
      });
      expect(tokens.claims()).not.toHaveProperty('connection');
    });

    test('a login_hint in a verified domain leads straight to the identity provider, and along to it', async () => {
      const begun = await app.start(service.browser(), { login_hint: 'maria@acme.example' });
      expect(begun.at).toMatch(/^https:\/\/idp\.acme\.example\//);
    });

    test('one sign-in serves every application: the second is answered with a code at once, signed as it wants', async () => {
      const browser = await signedIn();
      const second = await wiki.start(browser, { organization: 'acme' });
      expect(second.hops).toBe(1);
      expect((await second.redeem()).claims()?.email).toBe('maria@acme.example');
    });

    test('claims are limited to those the application is registered for', async () => {
      const shy = await createApplication(service, { name: 'Shy', claims: ['email', 'organization'] });
      const claims = (await (await shy.start(await signedIn(), { organization: 'acme' })).redeem()).claims();
      expect(claims).toMatchObject({ email: 'maria@acme.example', organization: { slug: 'acme' } });
      expect(claims).not.toHaveProperty('name');
      expect(claims).not.toHaveProperty('groups');
    });
  });

  describe('sessions per organization', () => {
    test('signing in to a second organization leaves the first and its applications alone', async () => {
      const browser = await signedIn('acme');
      const first = await (await app.start(browser, { organization: 'acme' })).redeem();
      await signedIn('hooli', browser);
      const second = await (await app.start(browser, { organization: 'hooli' })).redeem();
      expect(second.claims()?.organization).toMatchObject({ slug: 'hooli' });
      expect(second.claims()?.sub).not.toBe(first.claims()?.sub);
      const info = await client.fetchUserInfo(app.config, first.access_token, first.claims()!.sub);
      expect(info.organization).toMatchObject({ slug: 'acme' });
      const again = await wiki.start(browser, { organization: 'acme', prompt: 'none' });
      expect((await again.redeem()).claims()?.sub).toBe(first.claims()?.sub);
    });

    test('another organization’s session never counts', async () => {
      const browser = await signedIn('acme');
      const asked = await app.start(browser, { organization: 'hooli', prompt: 'none' });
      expect(answerAt(asked)).toMatchObject({ error: 'login_required', iss: `${service.baseUrl}/oidc` });
    });

    test('without an organization a page asks, however many sessions there are', async () => {
      const browser = await signedIn('acme');
      expect(answerAt(await wiki.start(browser, { prompt: 'none' }))).toMatchObject({ error: 'login_required' });
      const asked = await wiki.start(browser);
      expect([asked.status, asked.at]).toEqual([200, expect.stringContaining('/interaction/')]);
      expect(asked.text).toContain('Where do you work?');
      const known = /href="(\/interaction\/[^"]+)"/.exec(asked.text)?.[1] ?? '';
      expect((await (await asked.resume(known)).redeem()).claims()?.organization).toMatchObject({ slug: 'acme' });
      // From now on this browser's choice for this application is known.
      expect((await wiki.start(browser)).hops).toBe(1);
      expect((await wiki.start(browser, { prompt: 'select_account' })).text).toContain('Where do you work?');
    });

    test('who types where they work is led to its sign-in page, and back to the application', async () => {
      const browser = service.browser();
      const asked = await wiki.start(browser);
      const typed = await browser.submit(await browser.get(asked.at), { organization: 'someone@acme.example' });
      const page = await asked.resume(typed.location ?? '');
      const signIn = /href="(\/acme\/sso\/[^"]+)"/.exec(page.text)?.[1] ?? '';
      const done = await throughIdp(browser, await page.resume(signIn.replaceAll('&amp;', '&')), at('acme'));
      expect((await done.redeem()).claims()?.email).toBe('maria@acme.example');
    });

    test('security 23: a session that was ended is none: no code, and the tokens are void', async () => {
      const browser = await signedIn();
      const tokens = await (await app.start(browser, { organization: 'acme' })).redeem();
      const { sub } = tokens.claims()!;
      await service.api('POST', `/organizations/acme/accounts/${sub}/end-sessions`);
      const asked = await app.start(browser, { organization: 'acme', prompt: 'none' });
      expect(answerAt(asked).error).toBe('login_required');
      await expect(client.fetchUserInfo(app.config, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 });
    });

    test('prompt=login and max_age ask anew, and take nobody who signed in before', async () => {
      const browser = await signedIn();
      for (const [name, value] of [
        ['prompt', 'login'],
        ['max_age', '0'],
      ] as const) {
        const begun = await app.start(browser, { organization: 'acme', [name]: value });
        expect(begun.at).toMatch(/^https:\/\/idp\.acme\.example\//);
        const early = await begun.resume(`/oidc/auth/${browser.jar.get('drawbridge-resume')}`);
        expect(early.at).toMatch(/^https:\/\/idp\.acme\.example\//);
        const done = await throughIdp(browser, begun, at('acme'));
        expect((await done.redeem()).claims()?.auth_time).toBeGreaterThan(Date.now() / 1000 - 60);
      }
      // Nor who turns out to be there once the organization is chosen.
      const asked = await wiki.start(browser, { prompt: 'login' });
      const known = /href="(\/interaction\/[^"]+)"/.exec(asked.text)?.[1] ?? '';
      expect((await asked.resume(known)).at).toMatch(/^https:\/\/idp\.acme\.example\//);
      const kept = await app.start(browser, { organization: 'acme', max_age: '600' });
      expect(kept.hops).toBe(1);
    });
  });

  describe('who may', () => {
    test('an application of one organization needs none named, and is not for others', async () => {
      const own = await createApplication(service, { name: 'Acme only', organizations: ['acme'] });
      const browser = await signedIn('hooli', await signedIn('acme'));
      expect((await (await own.start(browser)).redeem()).claims()?.organization).toMatchObject({ slug: 'acme' });
      const silent = await own.start(browser, { organization: 'hooli', prompt: 'none' });
      expect(answerAt(silent).error).toBe('access_denied');
      const asked = await own.start(browser, { organization: 'hooli' });
      expect(asked.status).toBe(403);
      expect(asked.text).toContain('Acme only is not open to you');
      const declined = await browser.submit(await browser.get(asked.at));
      expect(answerAt(await asked.resume(declined.location ?? ''))).toMatchObject({ error: 'access_denied' });
    });

    test('only members of a group, from the moment they are', async () => {
      const groups = ['Engineering'];
      await service.api('POST', '/organizations/acme/groups', { name: 'Engineering' });
      const tool = await createApplication(service, { name: 'Tool', access: { groups } });
      const browser = await signedIn();
      const sub = (await sessionOf(browser))!.account.id;
      expect((await tool.start(browser, { organization: 'acme' })).text).toContain('Tool is not open to you');
      await service.api('PATCH', `/organizations/acme/accounts/${sub}`, { groups });
      const tokens = await (await tool.start(browser, { organization: 'acme' })).redeem();
      expect(tokens.claims()?.groups).toEqual(groups);
      await service.api('PATCH', `/organizations/acme/accounts/${sub}`, { groups: [] });
      await expect(client.fetchUserInfo(tool.config, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 });
    });

    test('a connection that the organization has, and no other, may be asked for', async () => {
      const { id } = connections.hooli!;
      const begun = await app.start(service.browser(), { organization: 'hooli', connection: id });
      expect(begun.at).toMatch(/^https:\/\/idp\.acme\.example\//);
      for (const connection of [id, 'no-id'])
        expect(answerAt(await app.start(service.browser(), { organization: 'acme', connection }))).toMatchObject({
          error: 'invalid_request',
        });
    });

    test('a session that began at another connection is not taken for the one that is asked for', async () => {
      const other = await addConnection(service, 'acme', idp, { name: 'Second', state: 'pilot' });
      const { id } = connections.acme!;
      const browser = await signedIn();
      const begun = await app.start(browser, { organization: 'acme', connection: other.id });
      expect(new URL(begun.at).origin).toBe('https://idp.acme.example');
      const early = await begun.resume(`/oidc/auth/${browser.jar.get('drawbridge-resume')}`);
      expect(early.at).toMatch(/^https:\/\/idp\.acme\.example\//);
      const silent = await app.start(browser, { organization: 'acme', connection: other.id, prompt: 'none' });
      expect(answerAt(silent).error).toBe('login_required');
      const done = await throughIdp(browser, early, { ...at('acme', newcomer(maria)), connection: other });
      expect((await done.redeem()).claims()?.connection).toMatchObject({ id: other.id });
      expect((await app.start(browser, { organization: 'acme', connection: other.id })).hops).toBe(1);
      expect((await app.start(browser, { organization: 'acme', connection: id })).at).toMatch(/^https:/);
      await service.api('DELETE', `/organizations/acme/connections/${other.id}`);
    });

    test('an unknown organization is told to the application', async () => {
      const asked = await app.start(service.browser(), { organization: 'nowhere' });
      expect(answerAt(asked)).toMatchObject({ error: 'invalid_request' });
    });

    test('a page of another browser’s request is nobody’s', async () => {
      const asked = await wiki.start(service.browser());
      const stranger = await service.browser().get(asked.at);
      expect([stranger.status, stranger.text]).toEqual([400, expect.stringContaining('started again')]);
    });
  });
});
