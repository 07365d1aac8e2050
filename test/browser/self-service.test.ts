import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createTestIdp } from '../support/acme';
import { expectAccessible, launchBrowser } from '../support/browser';
import { createInitech, linkIn, OTHER_PASSWORD, PASSWORD, peter } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { startRedis, type TestRedis } from '../support/redis';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

describeWith(['chromium', 'redis', 'postgres'], 'people on their own, in Chromium', () => {
  jest.setTimeout(180_000);

  describe.each(['Postgres', 'Redis'])('sessions in %s', (store) => {
    let redis: TestRedis | undefined;
    let mailbox: Mailbox;
    let service: TestService;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];
    let organizations = 0;

    beforeAll(async () => {
      redis = store === 'Redis' ? await startRedis() : undefined;
      mailbox = await startMailbox();
      const env = redis && { env: { REDIS_URL: redis.url } };
      [service, browser] = await Promise.all([
        startService({ smtpUrl: mailbox.url, jobs: true, ...env }),
        launchBrowser(),
      ]);
    });
    afterAll(async () => {
      await browser.close();
      await service.stop();
      await mailbox.stop();
      await redis?.stop();
    });
    beforeEach(async () => {
      context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
      complaints = [];
      context.on('console', (message) => {
        const isPolicy = /Content Security Policy|Refused to/i.test(message.text());
        if (isPolicy || (message.type() === 'error' && !/Failed to load resource/.test(message.text())))
          complaints.push(message.text());
      });
      page = await context.newPage();
      page.setDefaultTimeout(45_000);
    });
    afterEach(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });

    const organization = () => createInitech(service, { slug: `initech-${++organizations}` });
    const press = async (name: string): Promise<void> => {
      await expectAccessible(page);
      await page.getByRole('button', { name, exact: true }).click();
    };
    /** The path of the page, when it has come to rest. */
    const path = async (): Promise<string> => {
      await page.waitForLoadState();
      return new URL(page.url()).pathname;
    };
    const follow = async (to: string): Promise<void> => {
      await page.goto(service.baseUrl + linkIn(await mailbox.next(to)));
    };
    const choose = async (password: string, button: string): Promise<void> => {
      await page.getByLabel('Password', { exact: true }).fill(password);
      await press(button);
    };
    const signUp = async (slug: string): Promise<void> => {
      await page.goto(`${service.baseUrl}/${slug}`);
      await page.getByRole('link', { name: 'Create account' }).click();
      await page.getByLabel('First name').fill(peter.givenName);
      await page.getByLabel('Last name').fill(peter.familyName);
      await page.getByLabel('Work e-mail').fill(peter.email);
      await press('Create account');
      await expectAccessible(page);
      await follow(peter.email);
      await press('Confirm my e-mail address');
    };
    const signIn = async (slug: string, password: string): Promise<void> => {
      await page.goto(`${service.baseUrl}/${slug}`);
      await page.getByLabel('E-mail or username').fill(peter.email);
      await choose(password, 'Sign in');
    };

    test('from the organization’s page to an account of one’s own, with advice on the way', async () => {
      const slug = await organization();
      await signUp(slug);
      await choose('peter.gibbons', 'Create account');
      expect(await page.getByRole('alert').isVisible()).toBe(true);
      await choose(PASSWORD, 'Create account');
      expect(await path()).toBe(`/${slug}/account`);
      await expectAccessible(page);
      await press('Sign out');
      await signIn(slug, PASSWORD);
      expect(await path()).toBe(`/${slug}/account`);
    });

    test('from the sign-in form on to the only application, on another origin', async () => {
      const slug = await organization();
      await service.api('POST', `/organizations/${slug}/accounts`, { ...peter, password: PASSWORD });
      await service.api('POST', '/applications', {
        ...{ name: 'Timesheets', redirectUris: ['https://app.example/'], organizations: [slug] },
        initiateLoginUri: 'https://app.example/start',
      });
      await page.route('https://app.example/**', (route) =>
        route.fulfill({ contentType: 'text/plain', body: 'begun' }),
      );
      await signIn(slug, PASSWORD);
      await page.waitForURL(`https://app.example/start?iss=*&organization=${slug}`);
    });

    test('forgotten, chosen anew, changed, and another address', async () => {
      const slug = await organization();
      await service.api('POST', `/organizations/${slug}/accounts`, { ...peter, password: PASSWORD });
      await signIn(slug, 'not my password at all');
      expect(await page.getByRole('alert').isVisible()).toBe(true);
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('E-mail').fill(peter.email);
      await press('Send link');
      await follow(peter.email);
      await press('Choose a password');
      await choose(OTHER_PASSWORD, 'Save password');
      expect(await path()).toBe(`/${slug}/account`);

      await page.goto(`${service.baseUrl}/${slug}/account/password`);
      await page.getByLabel('Present password', { exact: true }).fill(OTHER_PASSWORD);
      await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
      await press('Change password');
      expect(await path()).toBe(`/${slug}/account`);
      await mailbox.next(peter.email);

      await page.goto(`${service.baseUrl}/${slug}/account/email`);
      await page.getByLabel('New e-mail').fill('peter@elsewhere.example');
      await page.getByLabel('Present password', { exact: true }).fill(PASSWORD);
      await press('Send link');
      await follow('peter@elsewhere.example');
      await press('Confirm the new address');
      expect(await path()).toBe(`/${slug}/account`);
      expect(await page.getByText('peter@elsewhere.example').first().isVisible()).toBe(true);
      expect((await mailbox.next(peter.email)).text).toContain('peter@elsewhere.example');
    });

    test('where SSO is how people come in, the way leads there', async () => {
      const slug = await organization();
      await signUp(slug);
      const idp = await createTestIdp();
      await service.api('POST', `/organizations/${slug}/connections`, {
        kind: 'saml',
        name: 'Okta',
        metadataXml: idp.metadataXml,
        state: 'active',
      });
      await choose(PASSWORD, 'Create account');
      await expectAccessible(page);
      const onward = page.getByRole('link', { name: 'Continue with Okta' });
      expect(await onward.getAttribute('href')).toMatch(new RegExp(`^/${slug}/sso/`));
      const refused = await page.goto(`${service.baseUrl}/${slug}/signup`);
      expect(refused?.status()).toBe(403);
      await page.goto(`${service.baseUrl}/${slug}?choose=1`);
      expect(await page.getByRole('link', { name: 'Create account' }).count()).toBe(0);
    });
  });
});
