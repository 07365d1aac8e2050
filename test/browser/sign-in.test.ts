import type { ClientMetadata } from 'oidc-provider';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { SamlConnection } from '../support/acme';
import { expectAccessible, launchBrowser } from '../support/browser';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { PASSWORD } from '../support/people';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';
import { startSimpleSamlPhp, type ServiceProvider, type SimpleSamlPhp } from '../support/simplesamlphp';

const SECRET = 'a-secret-of-32-characters-0123456789';
const REDIRECT_SSO = /<md:SingleSignOnService[^>]*HTTP-Redirect[^>]*\/>/;

interface Settings {
  /** Of `saml20-sp-remote`. */
  sp?: ServiceProvider['options'];
  /** SimpleSAMLphp encrypts assertions to the certificate that the API gave out. */
  encrypted?: boolean;
  connection?: Record<string, unknown>;
  policy?: object;
}

describeWith(['chromium', 'simplesamlphp', 'postgres'], 'signing in with Chromium', () => {
  jest.setTimeout(180_000);
  let service: TestService;
  let idp: SimpleSamlPhp;
  let op: OidcOp;
  let metadataXml: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let organizations = 0;
  const clients: ClientMetadata[] = [];

  beforeAll(async () => {
    [service, idp, op, browser] = await Promise.all([
      startService(),
      startSimpleSamlPhp(),
      startOidcOp({ clients }),
      launchBrowser(),
    ]);
    metadataXml = await (await fetch(idp.metadataUrl)).text();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([op?.stop(), idp?.stop(), service?.stop()]);
  });

  beforeEach(() => open());
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  /** A browser of its own, which must have nothing to complain about: no script error, nothing that a policy stopped. */
  const open = async (options: BrowserContextOptions = {}): Promise<void> => {
    await context?.close();
    // Without motion, colours do not change over time.
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
    complaints = [];
    context.on('console', (message) => {
      const isPolicy = /Content Security Policy|Refused to/i.test(message.text());
      if (isPolicy || (message.type() === 'error' && !/Failed to load resource/.test(message.text())))
        complaints.push(message.text());
    });
    context.on('weberror', (error) => complaints.push(error.error().message));
    context.setDefaultTimeout(45_000);
    page = await context.newPage();
  };

  /** An organization that signs in at SimpleSAMLphp. Yields its slug. */
  const samlOrganization = async ({ sp, encrypted, connection, policy }: Settings = {}): Promise<string> => {
    const slug = `saml-${++organizations}`;
    await service.api('POST', '/organizations', {
      slug,
      name: `Saml ${organizations} Inc.`,
      technicalContacts: [`it@${slug}.example`],
    });
    await service.api('POST', `/organizations/${slug}/domains`, { domain: `${slug}.example`, verified: true });
    const made = await service.api<SamlConnection>('POST', `/organizations/${slug}/connections`, {
      kind: 'saml',
      name: 'Test IdP',
      metadataXml,
      state: 'active',
      ...connection,
    });
    if (policy) await service.api('PUT', `/organizations/${slug}/policy`, policy);
    await idp.addServiceProvider({
      entityId: made.sp.entityId,
      acsUrl: made.sp.acsUrl,
      sloUrl: made.sp.sloUrl,
      ...(encrypted && { certificate: made.sp.encryptionCertificate }),
      options: { ...(encrypted && { 'assertion.encryption': true }), ...sp },
    });
    return slug;
  };
  const oidcOrganization = async (): Promise<string> => {
    const slug = `oidc-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: `Oidc ${organizations} Inc.` });
    const { redirectUri } = await service.api<{ redirectUri: string }>('POST', `/organizations/${slug}/connections`, {
      kind: 'oidc',
      name: 'Test OP',
      issuer: op.issuer,
      clientId: slug,
      clientSecret: SECRET,
      state: 'active',
    });
    clients.push({ client_id: slug, client_secret: SECRET, redirect_uris: [redirectUri] });
    op.rotateKeys();
    return slug;
  };
  const accountsOf = async (slug: string) =>
    (await service.api<{ items: { id: string; email: string }[] }>('GET', `/organizations/${slug}/accounts`)).items;

  const go = (path: string) => page.goto(service.baseUrl + path);
  const here = (): string => page.url().replace(service.baseUrl, '');
  const heading = () => page.locator('h1').innerText();
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
  const atAccount = (slug: string) => page.waitForURL(`${service.baseUrl}/${slug}/account`);
  /** Fills in the login page of either provider, once it is there. */
  const logIn = async (username: string, tab = page): Promise<void> => {
    await tab.waitForURL((url) => url.hostname === '127.0.0.1');
    await tab.locator('[name=username]').fill(username);
    await tab.locator('[name=password]').fill(PASSWORD);
    await tab.locator('[type=submit], form button').first().click();
  };
  const signIn = async (slug: string, username = 'lukasz'): Promise<void> => {
    await go(`/${slug}`);
    await logIn(username);
    await atAccount(slug);
  };
  const statusOf = async (slug: string): Promise<number> =>
    (await context.request.get(`${service.baseUrl}/${slug}/session`)).status();
  const expectAccessibleInBothThemes = async (): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  };

  describe('the whole way', () => {
    test.each<[string, () => Promise<string>]>([
      ['SAML, signed twice, as SimpleSAMLphp does it', () => samlOrganization()],
      ['SAML, only the assertion signed', () => samlOrganization({ sp: { 'saml20.sign.response': false } })],
      ['SAML, only the response signed', () => samlOrganization({ sp: { 'saml20.sign.assertion': false } })],
      ['SAML, an encrypted assertion', () => samlOrganization({ encrypted: true })],
      [
        'SAML, our request by a form',
        () => samlOrganization({ connection: { metadataXml: metadataXml.replace(REDIRECT_SSO, '') } }),
      ],
      ['OpenID Connect', () => oidcOrganization()],
    ])('%s: in, out, and in again', async (how, make) => {
      const slug = await make();
      await signIn(slug);
      expect(await heading()).toBe('Łukasz Żółkiewski');
      expect(await page.getByText('lukasz@acme.test').count()).toBeGreaterThan(0);
      const accounts = await accountsOf(slug);
      expect(accounts.map((account) => account.email)).toEqual(['lukasz@acme.test']);

      await press('Sign out');
      // SAML: by way of the provider, which ended its own session too; OpenID Connect: it still knows the person.
      const isSaml = how.startsWith('SAML');
      await page.waitForURL((url) => url.searchParams.get('notice') === 'signed_out');
      const said = isSaml ? '&provider=confirmed' : '';
      expect([here(), await heading()]).toEqual([`/${slug}?notice=signed_out${said}`, 'You are signed out']);
      expect(await statusOf(slug)).toBe(401);

      await follow('Sign in again');
      await follow(/^Continue with/);
      if (isSaml) await logIn('lukasz');
      await atAccount(slug);
      expect(await heading()).toBe('Łukasz Żółkiewski');
      expect(await accountsOf(slug)).toEqual([expect.objectContaining({ id: accounts[0]?.id })]);
    });

    test('security 23: the request that goes by a form waits on a page of ours, which lets it go to the provider only', async () => {
      const slug = await samlOrganization({ connection: { metadataXml: metadataXml.replace(REDIRECT_SSO, '') } });
      await page.route('**/submit.js*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
      const [posting] = await Promise.all([
        page.waitForResponse((response) => /\/sso\/[0-9a-f-]{36}$/.test(response.url()) && response.status() === 200),
        go(`/${slug}`),
      ]);
      expect((await posting.allHeaders())['content-security-policy']).toContain(
        `form-action 'self' ${new URL(idp.ssoUrl).origin}`,
      );
      expect(await heading()).toContain('Going on to Test IdP');
      await press('Continue');
      await logIn('li');
      await atAccount(slug);
    });

    test('from the start page by e-mail address', async () => {
      const slug = await samlOrganization();
      await go('/');
      await page.getByLabel('Work e-mail or organization name').fill(`Somebody@${slug}.example`);
      await press('Continue');
      expect(here()).toBe(`/${slug}?choose=1`);
      await follow('Continue with Test IdP');
      await logIn('olga');
      await atAccount(slug);
      expect(await heading()).toBe('Ольга Иванова');
    });

    test('to where it was meant to go', async () => {
      const slug = await samlOrganization();
      await go(`/${slug}/account`);
      await logIn('siobhan');
      await atAccount(slug);
      expect(await heading()).toBe("Siobhán O'Leary");
    });

    test.each<[string, () => Promise<string>]>([
      ['SAML', () => samlOrganization()],
      [
        'SAML, our request by a form',
        () => samlOrganization({ connection: { metadataXml: metadataXml.replace(REDIRECT_SSO, '') } }),
      ],
      ['OpenID Connect', () => oidcOrganization()],
    ])('without scripts: %s', async (_how, make) => {
      const slug = await make();
      await open({ javaScriptEnabled: false });
      await go('/');
      await page.getByLabel('Work e-mail or organization name').fill(slug);
      await press('Continue');
      await follow(/^Continue with/);
      if (page.url().startsWith(service.baseUrl)) await press('Continue');
      await logIn('orsted');
      // SimpleSAMLphp's form to us, which it would send by itself.
      if (!page.url().startsWith(service.baseUrl)) await page.locator('[type=submit]:visible').click();
      await atAccount(slug);
      expect(await heading()).toBe('Hans Christian Ørsted');
      await press('Sign out');
      expect(await heading()).toBe('You are signed out');
    });
  });

  describe('two organizations in one browser', () => {
    test('security 23: each has its own session; signing out of one keeps the other', async () => {
      const [one, other] = [await samlOrganization(), await oidcOrganization()];
      await signIn(one, 'lukasz');
      await signIn(other, 'siobhan');
      await go(`/${one}/account`);
      expect(await heading()).toBe('Łukasz Żółkiewski');
      await go(`/${other}/account`);
      expect(await heading()).toBe("Siobhán O'Leary");

      await press('Sign out');
      expect([await statusOf(one), await statusOf(other)]).toEqual([200, 401]);
    });

    test('security 10: two tabs begun before either ends both arrive', async () => {
      const slug = await samlOrganization();
      await go(`/${slug}`);
      const second = await context.newPage();
      await second.goto(`${service.baseUrl}/${slug}`);
      await logIn('ada');
      await atAccount(slug);
      await logIn('ada', second);
      await second.waitForURL(`${service.baseUrl}/${slug}/account`);
      expect(await second.locator('h1').innerText()).toBe('Ada Lovelace');
    });
  });

  describe('pages that are good to read', () => {
    test('choosing, the account, signed out', async () => {
      const slug = await samlOrganization();
      await go(`/${slug}?choose=1`);
      await expectAccessibleInBothThemes();
      await follow('Continue with Test IdP');
      await logIn('lukasz');
      await atAccount(slug);
      await expectAccessibleInBothThemes();
      await press('Sign out');
      await expectAccessibleInBothThemes();
    });

    test('security 23: a session is ended from another browser, which is told so', async () => {
      const slug = await samlOrganization();
      await signIn(slug);
      const elsewhere = await browser.newContext({ storageState: await context.storageState() });
      await elsewhere.clearCookies({ domain: 'localhost' });
      const there = await elsewhere.newPage();
      await there.goto(`${service.baseUrl}/${slug}/account`);
      await there.waitForURL(`${service.baseUrl}/${slug}/account`);

      await page.reload();
      await press(/^End the session/);
      expect(await page.getByText('The session was ended.').count()).toBe(1);
      await expectAccessible(page);
      await there.getByRole('button', { name: 'Sign out' }).click();
      expect(await there.locator('h1').innerText()).toBe('You are signed out');
      await elsewhere.close();
    });

    test('security 23: a form of a session that an admin has ended leads to a page of ours', async () => {
      const slug = await samlOrganization();
      await signIn(slug);
      const twin = await browser.newContext({ storageState: await context.storageState() });
      await twin.clearCookies({ domain: 'localhost' });
      const there = await twin.newPage();
      await there.goto(`${service.baseUrl}/${slug}`);
      await there.waitForURL(`${service.baseUrl}/${slug}/account`);
      await page.reload();
      const [account] = await accountsOf(slug);
      await service.api('POST', `/organizations/${slug}/accounts/${account?.id}/end-sessions`);
      await press('End all others');
      expect(here()).toBe(`/${slug}?notice=session_ended`);
      await follow('Continue with Test IdP');
      await atAccount(slug);
      await twin.close();
    });

    test.each<[string, () => Promise<string>]>([
      ['identity_not_permitted', () => samlOrganization({ policy: { allowedSources: ['admin'] } })],
      ['licence_seats_exhausted', () => organizationWithoutSeats()],
      ['access_incomplete', () => samlOrganization({ policy: { requireGroupAndProfile: true } })],
      [
        'missing_attribute',
        () => samlOrganization({ sp: { attributes: ['uid', 'sn'], authproc: { 50: 'core:AttributeLimit' } } }),
      ],
      ['link_requires_proof', () => organizationThatKnows('lukasz@acme.test')],
      ['invalid_assertion', () => samlOrganization({ connection: { subjectFrom: { attribute: 'nothing' } } })],
    ])('refused on the way in: %s', async (code, make) => {
      const slug = await make();
      await go(`/${slug}`);
      await logIn('lukasz');
      await page.waitForURL(/\/acs\?handle=/);
      expect(await latestRefusal(slug)).toBe(code);
      expect(await statusOf(slug)).toBe(401);
    });
    const organizationWithoutSeats = async () => {
      const slug = await samlOrganization();
      await service.api('POST', `/organizations/${slug}/licences`, { name: 'Full', seats: 0 });
      await service.api('PUT', `/organizations/${slug}/policy`, { defaultLicence: 'Full' });
      return slug;
    };
    const organizationThatKnows = async (email: string) => {
      const slug = await samlOrganization({ connection: { trustEmail: 'none' } });
      await service.api('POST', `/organizations/${slug}/accounts`, { email, givenName: 'Another', familyName: 'One' });
      return slug;
    };
    const latestRefusal = async (slug: string) =>
      (await service.api<{ items: { refusalCode: string | null }[] }>('GET', `/organizations/${slug}/sign-in-attempts`))
        .items[0]?.refusalCode;

    test.each(['suspend', 'deactivate'])('an account after %s', async (action) => {
      const slug = await samlOrganization();
      await signIn(slug);
      const [account] = await accountsOf(slug);
      await service.api('POST', `/organizations/${slug}/accounts/${account?.id}/${action}`);
      await page.reload();
      await page.waitForURL(/\/acs\?handle=/);
      expect(await page.getByRole('link', { name: 'Tell my IT admin' }).getAttribute('href')).toContain(
        `mailto:it@${slug}.example?`,
      );
    });

    test('declined at the provider, and tried again', async () => {
      const slug = await oidcOrganization();
      await go(`/${slug}`);
      await press('Cancel');
      await page.waitForURL(`${service.baseUrl}/**`);
      await follow('Try again');
      await logIn('ada');
      await atAccount(slug);
    });

    test.each(['/nobody-here', '/Nobody', '/admin', '/%', '/{org}', '/{org}/nothing', '/{org}/sso/x'])(
      'nothing there: %s',
      async (path) => {
        const slug = path.includes('{org}') ? await samlOrganization({ connection: { state: 'disabled' } }) : '';
        await go(path.replace('{org}', slug));
        expect(await page.locator('h1').count()).toBe(1);
      },
    );

    test('an unknown organization leads to the right one', async () => {
      const slug = await samlOrganization();
      await go('/nobody-here');
      await page.getByLabel('Work e-mail or organization name').fill('nobody@nowhere.example');
      await press('Continue');
      expect(await page.getByRole('alert').innerText()).toContain('could not find an organization');
      await page.getByLabel('Work e-mail or organization name').fill(slug);
      await press('Continue');
      expect(here()).toBe(`/${slug}?choose=1`);
    });
  });

  describe('in German', () => {
    test('by what the browser asks for', async () => {
      const slug = await samlOrganization();
      await open({ locale: 'de-AT' });
      await signIn(slug, 'olga');
      expect(await page.locator('html').getAttribute('lang')).toBe('de');
      await press('Abmelden');
      expect(await heading()).toBe('Sie sind abgemeldet');
    });

    test('by the link on the page, from then on', async () => {
      const slug = await samlOrganization();
      await go(`/${slug}?choose=1`);
      await follow('Deutsch');
      expect(here()).toBe(`/${slug}?choose=1&lang=de`);
      await follow(/^Weiter mit/);
      await logIn('olga');
      await atAccount(slug);
      expect(await page.locator('html').getAttribute('lang')).toBe('de');
    });
  });
});
