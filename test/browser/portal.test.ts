import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expectAccessible, launchBrowser, screenshot } from '../support/browser';
import { createInitech, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const ADMIN = 'bill.lumbergh@initech.example';

describeWith(['chromium', 'postgres'], 'the portal of an organization, in Chromium', () => {
  jest.setTimeout(120_000);
  let service: TestService;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService({ jobs: true }), launchBrowser()]);
    await createInitech(service);
    const bill = { email: ADMIN, givenName: 'Bill', familyName: 'Lumbergh', password: PASSWORD };
    const { id } = await service.api<{ id: string }>('POST', '/organizations/initech/accounts', bill);
    await service.api('PUT', `/organizations/initech/admins/${id}`, { roles: ['organization_admin'] });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  async function open(options: { javaScriptEnabled?: boolean; width?: number } = {}): Promise<void> {
    const { javaScriptEnabled = true, width = 1440 } = options;
    context = await browser.newContext({
      ...{ javaScriptEnabled, locale: 'en-GB', reducedMotion: 'reduce' },
      viewport: { width, height: 900 },
    });
    complaints = [];
    context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${service.baseUrl}/initech/admin`);
    await page.getByLabel('E-mail or username').fill(ADMIN);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  }
  afterEach(async () => {
    await context.close();
    expect(complaints.filter((text) => !text.includes('Failed to load resource'))).toEqual([]);
  });

  /** A person as the list shows them. */
  const inList = (name: string) => page.getByRole('link', { name, exact: true });

  test('somebody is created in two steps, found, and looked at, without scripts', async () => {
    await open({ javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('link', { name: 'New user', exact: true }).first().click();
    await page.getByLabel('First name').fill('Milton');
    await page.getByLabel('Last name').fill('Waddams');
    await page.getByLabel('E-mail').fill('milton@initech.example');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('radio', { name: /^Set a password/ }).check();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Complete' }).click();
    await page.getByRole('link', { name: 'Users', exact: true }).first().click();
    await page.getByRole('searchbox').fill('wadd');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await inList('Milton Waddams').count()).toBe(1);
    expect(await inList('Bill Lumbergh').count()).toBe(0);
  });

  test('a group is created, renamed and deleted by the keyboard alone', async () => {
    await open();
    const tabTo = async (name: string): Promise<void> => {
      const focused = () => page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");
      await page.waitForLoadState();
      for (let presses = 0; presses < 60 && (await focused()) !== name; presses += 1) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await tabTo('Groups');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Groups', level: 1 }).waitFor();
    await tabTo('New group');
    await page.keyboard.press('Enter');
    const name = page.getByLabel('Name');
    await name.focus();
    await page.keyboard.type('Cover sheets');
    await page.keyboard.press('Enter');
    await page.getByText('Created.').waitFor();
    await tabTo('Cover sheets');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cover sheets', level: 1 }).waitFor();
    await tabTo('Delete');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Delete Cover sheets?' }).waitFor();
    await expectAccessible(page);
    await tabTo('Delete');
    await page.keyboard.press('Enter');
    await page.getByText('Deleted.').waitFor();
  });

  test('on a phone the navigation is a drawer, and the appearance stays as chosen', async () => {
    await open({ width: 360 });
    const users = page.getByRole('link', { name: 'Users', exact: true });
    expect(await users.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Menu' }).click();
    await users.waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Dark', exact: true }).click();
    await page.goto(`${service.baseUrl}/initech/admin/users`);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
  });

  test('every page of the navigation is accessible as it is served', async () => {
    await open({ width: 768 });
    const entries = await page.evaluate<string[]>(
      "[...document.querySelectorAll('#navigation ul a')].map((link) => link.href)",
    );
    expect(entries.length).toBeGreaterThan(10);
    for (const entry of entries) {
      const answer = await page.goto(entry);
      expect([entry, answer?.status()]).toEqual([entry, 200]);
      await expectAccessible(page);
      await screenshot(page, `live-${new URL(entry).pathname.split('/').slice(2).join('-')}-768`);
    }
  });
});
