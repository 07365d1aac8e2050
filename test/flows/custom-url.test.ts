import { randomBytes } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import {
  answer,
  begin,
  createAcme,
  createTestIdp,
  deliver,
  maria,
  sessionOf,
  signIn,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const SECRET = 'a-secret-of-32-characters-0123456789';
const KEYS = randomBytes(32).toString('hex');

describeWith('postgres', 'the custom URL of an organization', () => {
  let service: TestService;
  let idp: TestIdp;
  let organizations = 0;

  beforeAll(async () => {
    service = await startService({ secretKeys: KEYS });
    idp = await createTestIdp();
  });
  afterAll(() => service.stop());

  const rename = (slug: string, to: string) => service.api('PATCH', `/organizations/${slug}`, { slug: to });
  /** An organization with a SAML connection, and the name it is going to have. */
  const organization = async () => {
    const slug = `old-${++organizations}`;
    return { slug, next: `new-${organizations}`, connection: await createAcme(service, idp, { slug }) };
  };

  describe('after a change', () => {
    test('pages under the old one lead to the new one, query and all', async () => {
      const { slug, next, connection } = await organization();
      await rename(slug, next);
      const browser = service.browser();
      for (const path of ['', '/', '?choose=1&lang=de', '/account?a=%2F%20b', '/session', '/nothing/here?x=1']) {
        const reply = await browser.get(`/${slug}${path}`);
        expect([path, reply.status, reply.location]).toEqual([path, 308, `/${next}${path}`]);
        // A browser that kept it would go round in circles once the organization takes its old URL back.
        expect(reply.headers.get('cache-control')).toBe('no-store');
      }
      const post = await browser.post(`/${slug}/logout`);
      expect([post.status, post.location]).toEqual([308, `/${next}/logout`]);
      expect((await browser.get(`/${next}`)).location).toBe(`/${next}/sso/${connection.id}`);
    });

    test('however the old one is written', async () => {
      const { slug, next } = await organization();
      await rename(slug, next);
      const written = `/${slug.replace('o', '%6F')}/account?x=${slug}`;
      const reply = await service.browser().get(written);
      expect([reply.status, reply.location]).toEqual([308, `/${next}/account?x=${slug}`]);
    });

    test('protocol URLs answer in place', async () => {
      const { slug, next, connection } = await organization();
      const metadata = await service.browser().get(`/${slug}/sso/${connection.id}/metadata`);
      await rename(slug, next);
      const browser = service.browser();
      const base = `/${slug}/sso/${connection.id}`;
      const begun = await browser.get(`${base}?login_hint=m`);
      expect([begun.status, begun.location?.startsWith(`${idp.entityId}/sso?`)]).toEqual([302, true]);
      const served = await browser.get(`${base}/metadata`);
      expect([served.status, served.text]).toEqual([200, metadata.text]);
      expect((await browser.get(`${base}/callback`)).status).not.toBe(308);
      expect((await browser.post(`${base}/acs`, {}, { from: idp.entityId })).status).toBe(303);
    });

    test('the entity id and the address for answers are what they were', async () => {
      const { slug, next, connection } = await organization();
      await rename(slug, next);
      const found = await service.api<SamlConnection>('GET', `/organizations/${next}/connections/${connection.id}`);
      expect(found.sp).toEqual(connection.sp);
      expect(found.signInUrl).toBe(`${service.baseUrl}/${next}/sso/${connection.id}`);
      const metadata = (await service.browser().get(`/${next}/sso/${connection.id}/metadata`)).text;
      expect(metadata).toContain(`entityID="${connection.sp.entityId}"`);
      expect(metadata).toContain(`Location="${connection.sp.acsUrl}"`);
    });

    test('a sign-in begun before ends after it, where the identity provider was told to post', async () => {
      const { slug, next, connection } = await organization();
      const browser = service.browser();
      const begun = await begin(browser, connection, slug, `?return_to=/${slug}/account`);
      await rename(slug, next);
      const reply = await deliver(browser, connection, await answer(idp, connection, maria, begun), slug);
      expect([reply.status, reply.location]).toEqual([303, `/${slug}/account`]);
      const landed = await browser.follow(reply);
      expect([landed.status, new URL(landed.url).pathname]).toEqual([200, `/${next}/account`]);
      expect((await sessionOf(browser, next))?.account.email).toBe(maria.email);
    });

    test('an identity provider that was told nothing goes on working, and people stay signed in', async () => {
      const { slug, next, connection } = await organization();
      const { browser: before } = await signIn(service, idp, connection, maria, { slug });
      await rename(slug, next);
      expect((await sessionOf(before, next))?.account.email).toBe(maria.email);

      const browser = service.browser();
      const begun = await begin(browser, connection, next);
      const reply = await deliver(browser, connection, await answer(idp, connection, maria, begun), slug);
      expect([reply.status, reply.location]).toEqual([303, `/${next}/account`]);
      expect((await sessionOf(browser, next))?.account.id).toBe((await sessionOf(before, next))?.account.id);
    });
  });

  describe('with OpenID Connect', () => {
    const clients: ClientMetadata[] = [];
    let op: OidcOp;
    beforeAll(async () => {
      op = await startOidcOp({ clients });
    });
    afterAll(() => op.stop());

    test('the redirect URI that the provider knows goes on working', async () => {
      const slug = `old-${++organizations}`;
      await service.api('POST', '/organizations', { slug, name: slug });
      const connection = await service.api<{ id: string; redirectUri: string }>(
        'POST',
        `/organizations/${slug}/connections`,
        { kind: 'oidc', name: 'OP', issuer: op.issuer, clientId: 'bridge', clientSecret: SECRET, state: 'active' },
      );
      clients.push({ client_id: 'bridge', client_secret: SECRET, redirect_uris: [connection.redirectUri] });
      op.rotateKeys();

      const signInAt = async (from: string) => {
        const browser = service.browser();
        const begun = await browser.get(`/${from}/sso/${connection.id}`);
        const back = await op.signIn(begun.location ?? '', 'ada');
        expect(back.startsWith(`${connection.redirectUri}?`)).toBe(true);
        return { reply: await browser.get(back), browser };
      };
      expect((await signInAt(slug)).reply.location).toBe(`/${slug}/account`);
      const next = `${slug}-renamed`;
      await rename(slug, next);
      const { reply, browser } = await signInAt(next);
      expect([reply.status, reply.location]).toEqual([303, `/${next}/account`]);
      expect((await sessionOf(browser, next))?.connection).toMatchObject({ id: connection.id, kind: 'oidc' });
    });
  });

  describe('names', () => {
    const create = (slug: unknown) => service.request('POST', '/organizations', { slug, name: 'Somebody' });
    const codeOf = (reply: { json<T>(): T }) => reply.json<{ code: string }>().code;

    test('an old one stays reserved for its own, who can take it back', async () => {
      const { slug, next, connection } = await organization();
      const other = await organization();
      await rename(slug, next);
      for (const reply of [
        await create(slug),
        await service.request('PATCH', `/organizations/${other.slug}`, { slug }),
      ])
        expect([reply.status, codeOf(reply)]).toEqual([409, 'slug_taken']);

      await rename(next, slug);
      const browser = service.browser();
      expect((await browser.get(`/${slug}`)).location).toBe(`/${slug}/sso/${connection.id}`);
      const reply = await browser.get(`/${next}/account`);
      expect([reply.status, reply.location]).toEqual([308, `/${slug}/account`]);
    });

    test.each(['admin', 'api', 'oidc', 'setup', 'assets', 'healthz', 'login', 'scim', 'www', 'dev', 'metrics'])(
      '%s belongs to the service',
      async (slug) => {
        const reply = await create(slug);
        expect([409, 422]).toContain(reply.status);
        expect(JSON.stringify(reply.json())).toContain('reserved');
        expect((await service.browser().get(`/${slug}/nothing`)).status).not.toBe(200);
      },
    );

    test.each([
      '',
      'Acme',
      'a b',
      '-a',
      'a-',
      'ä',
      'a_b',
      'a/b',
      'x'.repeat(64),
      '.well-known',
      'favicon.ico',
      7,
      null,
    ])('%j is none', async (slug) => {
      expect([409, 422]).toContain((await create(slug)).status);
    });
  });

  test('a service that moved to another BASE_URL goes on answering for what was given out', async () => {
    const { slug, connection } = await organization();
    const before = await signIn(service, idp, connection, maria, { slug });
    const id = (await sessionOf(before.browser, slug))?.account.id;
    const moved = await startService({
      databaseUrl: service.config.databaseUrl ?? '',
      secretKeys: KEYS,
      env: { BASE_URL: 'http://bridge.test' },
    });
    try {
      const found = await moved.api<SamlConnection>('GET', `/organizations/${slug}/connections/${connection.id}`);
      expect(found.sp).toEqual(connection.sp);
      expect(found.signInUrl).toBe(`http://bridge.test/${slug}/sso/${connection.id}`);
      const again = await signIn(moved, idp, connection, maria, { slug });
      expect([again.status, (await sessionOf(again.browser, slug))?.account.id]).toEqual([303, id]);
      // What is made from now on has the new address.
      const fresh = await createAcme(moved, idp, { slug: `${slug}-fresh` });
      expect(fresh.sp.acsUrl).toBe(`http://bridge.test/${slug}-fresh/sso/${fresh.id}/acs`);
    } finally {
      await moved.stop();
    }
  });
});
