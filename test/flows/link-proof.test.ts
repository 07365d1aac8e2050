import {
  addConnection,
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
  type TestPerson,
} from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { logIn, OTHER_PASSWORD, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { standingAt } from '../support/self-service';
import { startService, type TestService } from '../support/service';

const MINUTE = 60_000;

describeWith('postgres', 'security 17: proof by the old way of signing in links at once', () => {
  let service: TestService;
  let idp: TestIdp;
  let slug: string;
  let connection: SamlConnection;
  let somebody: TestPerson;
  let account: { id: string };
  let organizations = 0;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    slug = `acme${++organizations}`;
    connection = await createAcme(service, idp, { slug, trustEmail: 'none' });
    somebody = { ...maria, email: `maria@${slug}.example` };
    account = await makeAccount(somebody.email);
  });

  const setState = (state: string, at = connection) =>
    service.api('PATCH', `/organizations/${slug}/connections/${at.id}`, { state });
  /** Passwords are from before SSO. */
  const makeAccount = async (email: string | undefined, password = PASSWORD, at = connection) => {
    await setState('disabled', at);
    const names = { givenName: 'Maria', familyName: 'S.' };
    const made = await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, {
      email,
      ...names,
      password,
    });
    await setState('active', at);
    return made;
  };
  const items = async <T>(path: string) =>
    (await service.api<{ items: T[] }>('GET', `/organizations/${slug}/${path}`)).items;
  const requests = () => items<{ id: string; state: string; because: string }>('link-requests');
  const identities = (id = account.id) =>
    items<{ subject: string; linkedBy: string; linkedAt: string }>(`accounts/${id}/identities`);
  const ledger = (action: string) =>
    items<{ action: string; outcome: string | null; actor: object; details: object; accountId: string }>(
      `audit-events?action=${action}`,
    );
  const linkUrl = () => `/${slug}/account/link`;

  /** The new identity is refused in this browser. */
  const refused = async (browser = service.browser(), at = connection): Promise<Reply & { browser: HttpClient }> => {
    const reply = await signIn(service, idp, at, somebody, { browser, slug });
    expect(reply.status).toBe(409);
    return reply;
  };
  /** By the password form that the refusal's page leads to. */
  const proveByPassword = async (page: Reply & { browser: HttpClient }): Promise<Reply> => {
    const href = /href="([^"]*prove=[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const form = await page.browser.get(href);
    expect(form.text).toContain('Sign in the way you did before');
    const entered = await page.browser.submit(form, { login: somebody.email ?? '', password: PASSWORD });
    expect([entered.status, entered.location]).toEqual([303, linkUrl()]);
    return page.browser.get(linkUrl());
  };
  const expectNothingLinked = async (id = account.id): Promise<void> => {
    expect(await identities(id)).toEqual([]);
    expect(await ledger('identity.linked')).toEqual([]);
  };
  const expectRefused = async (reply: Reply, rule?: string): Promise<void> => {
    expect(reply.status).toBe(409);
    expect(reply.text).toContain('Nothing was linked');
    await expectNothingLinked();
    if (rule)
      expect((await ledger('identity.link_refused'))[0]).toMatchObject({
        ...{ outcome: 'link_not_provable', details: { rule } },
      });
  };

  test('by password: asked on one page, linked by its button, and the next sign-in lands in the account', async () => {
    const elsewhere = service.browser();
    await logIn(elsewhere, somebody.email ?? '', PASSWORD, slug);
    const page = await refused();
    const asked = await proveByPassword(page);
    expect(asked.text).toContain('Use Test IdP for this account from now on?');
    await expectNothingLinked();

    const done = await page.browser.submit(asked);
    expect([done.status, done.location]).toEqual([303, `/${slug}/account?notice=identity_linked`]);
    expect((await page.browser.get(done.location ?? '')).text).toContain(
      'the new way of signing in leads to this account',
    );
    expect((await sessionOf(page.browser, slug))?.account.id).toBe(account.id);
    expect(await sessionOf(elsewhere, slug)).toBeUndefined();
    expect(await identities()).toMatchObject([{ subject: 'maria-1', linkedBy: 'proof', linkedAt: expect.any(String) }]);
    expect(await requests()).toMatchObject([{ state: 'proved', because: 'unverified_email' }]);
    expect(await ledger('identity.linked')).toMatchObject([
      { actor: { kind: 'account', id: account.id }, details: { by: 'proof' }, accountId: account.id },
    ]);

    const { browser } = await signIn(service, idp, connection, somebody, { slug });
    expect((await sessionOf(browser, slug))?.account.id).toBe(account.id);
  });

  test('by another connection; the identity at the same connection before is retired', async () => {
    const other = await addConnection(service, slug, idp, { name: 'Other IdP' });
    const old = { ...somebody, subject: 'old' };
    await service.api('DELETE', `/organizations/${slug}/accounts/${account.id}`);
    const first = await signIn(service, idp, other, old, { slug });
    const own = (await sessionOf(first.browser, slug))?.account.id;
    const page = await signIn(service, idp, other, somebody, { slug });
    expect(page.status).toBe(409);
    expect(await requests()).toMatchObject([{ because: 'has_other_identity' }]);
    // The person still has the old identity, here at the same provider.
    const begun = await begin(page.browser, other, slug, `?return_to=${linkUrl()}`);
    const back = await deliver(page.browser, other, await answer(idp, other, old, begun), slug);
    expect(back.location).toBe(linkUrl());
    const asked = await page.browser.get(linkUrl());
    expect(asked.text).toContain('What you used at Other IdP so far no longer works here');
    expect((await page.browser.submit(asked)).status).toBe(303);
    expect(await identities(own)).toMatchObject([{ subject: 'maria-1', linkedBy: 'proof' }]);
    expect((await signIn(service, idp, other, old, { slug })).status).toBe(409);
  });

  describe('what links nothing', () => {
    test('a GET', async () => {
      const page = await refused();
      await proveByPassword(page);
      await page.browser.get(linkUrl());
      await expectNothingLinked();
    });

    test('a POST without the page’s token', async () => {
      const page = await refused();
      const { request = '' } = (await proveByPassword(page)).form().fields;
      expect((await page.browser.post(linkUrl(), { request })).status).toBe(403);
      await expectNothingLinked();
    });

    test('another browser', async () => {
      const page = await refused();
      const { request = '' } = (await proveByPassword(page)).form().fields;
      const other = service.browser();
      await logIn(other, somebody.email ?? '', PASSWORD, slug);
      await expectRefused(await other.get(linkUrl()));
      await expectRefused(await post(other, request), 'same_browser');
    });

    test('another account', async () => {
      const page = await refused();
      const { request = '' } = (await proveByPassword(page)).form().fields;
      const another = `ben@${slug}.example`;
      const { id } = await makeAccount(another, OTHER_PASSWORD);
      await logIn(page.browser, another, OTHER_PASSWORD, slug);
      await expectRefused(await page.browser.get(linkUrl()));
      await expectRefused(await post(page.browser, request), 'own_account');
      await expectNothingLinked(id);
    });

    test('a session from before the refusal', async () => {
      const browser = service.browser();
      await logIn(browser, somebody.email ?? '', PASSWORD, slug);
      await refused(browser);
      const [request] = await requests();
      await expectRefused(await browser.get(linkUrl()));
      await expectRefused(await post(browser, request?.id ?? ''), 'signed_in_since');
      // The way from the page asks for the password although somebody is signed in.
      const form = await browser.get(`/${slug}?choose=1&prove=${connection.id}&return_to=${linkUrl()}`);
      await browser.submit(form, { login: somebody.email ?? '', password: PASSWORD });
      expect((await browser.get(linkUrl())).text).toContain('from now on?');
    });

    test('an hour later', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      await standingAt(service, new Date(Date.now() + 61 * MINUTE), async () => {
        await expectRefused(await page.browser.get(linkUrl()));
        await expectRefused(await page.browser.submit(asked), 'within_the_hour');
      });
    });

    test('a request that an admin rejected', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      const [request] = await requests();
      await service.api('POST', `/organizations/${slug}/link-requests/${request?.id}/reject`);
      await expectRefused(await page.browser.submit(asked), 'request_open');
    });

    test('the same POST a second time, or twice at once', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      const both = await Promise.all([page.browser.submit(asked), page.browser.submit(asked)]);
      expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
      expect((await page.browser.submit(asked)).status).toBe(409);
      expect(await ledger('identity.linked')).toHaveLength(1);
    });

    test('an identity that signs in to another account by now', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      await signIn(service, idp, connection, { ...somebody, email: `new@${slug}.example` }, { slug });
      // As a release left it that did not withdraw.
      await service.resources.db.query(`UPDATE link_requests SET state = 'open' WHERE account_id = $1`, [account.id]);
      expect((await page.browser.submit(asked)).status).toBe(409);
      expect(await identities()).toEqual([]);
      expect((await ledger('identity.link_refused'))[0]).toMatchObject({ details: { rule: 'identity_free' } });
    });

    test('an account that admins manage', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      await service.api('PATCH', `/organizations/${slug}/accounts/${account.id}`, { adminManaged: true });
      await expectRefused(await page.browser.submit(asked), 'not_admin_managed');
    });

    test('a session whose account was suspended meanwhile', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      await service.api('POST', `/organizations/${slug}/accounts/${account.id}/suspend`);
      expect((await page.browser.submit(asked)).location).toBe(`/${slug}?notice=session_ended`);
      await expectNothingLinked();
    });

    test('a password where a connection is required: then only an admin can', async () => {
      const page = await refused();
      const asked = await proveByPassword(page);
      await setState('required');
      await expectRefused(await page.browser.submit(asked), 'password_permitted');
      const again = await refused();
      expect(again.text).not.toContain('prove=');
      expect(again.text).toContain('We have sent your IT admin a request');
    });

    test('an identity that nobody asked for here: its browser is not known', async () => {
      await service.api('PATCH', `/organizations/${slug}/connections/${connection.id}`, { allowIdpInitiated: true });
      const browser = service.browser();
      const reply = await deliver(browser, connection, await answer(idp, connection, somebody, undefined), slug);
      expect(reply.status).toBe(409);
      expect(reply.text).not.toContain('prove=');
      await logIn(browser, somebody.email ?? '', PASSWORD, slug);
      await expectRefused(await browser.get(linkUrl()));
    });

    test('security 26: another organization’s request', async () => {
      const page = await refused();
      const { request = '' } = (await proveByPassword(page)).form().fields;
      const theirs = slug;
      slug = `acme${++organizations}`;
      const other = await createAcme(service, idp, { slug });
      await makeAccount(`maria@${slug}.example`, PASSWORD, other);
      await logIn(page.browser, `maria@${slug}.example`, PASSWORD, slug);
      expect((await page.browser.get(linkUrl())).status).toBe(409);
      expect((await post(page.browser, request)).status).toBe(409);
      slug = theirs;
      await expectNothingLinked();
    });

    test('nobody signed in', async () => {
      expect((await service.browser().get(linkUrl())).location).toBe(`/${slug}?notice=session_ended`);
    });
  });

  /** With a token of this browser's own session, as its account page holds it. */
  const post = async (browser: HttpClient, request: string): Promise<Reply> => {
    const { _csrf = '' } = (await browser.get(`/${slug}/account`)).form().fields;
    return browser.post(linkUrl(), { _csrf, request });
  };
});
