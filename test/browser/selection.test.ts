import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { createInitech, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const ADMIN = 'bill.lumbergh@initech.example';
const OTHERS = 55;

describeWith(['chromium', 'postgres'], 'a selection in a list of the portal, in Chromium', () => {
  jest.setTimeout(120_000);
  let service: TestService;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService({ env: { RATE_LIMIT: 'off' } }), launchBrowser()]);
    await createInitech(service);
    const api = (path: string, body: object) =>
      service.api<{ id: string }>('POST', `/organizations/initech${path}`, body);
    const bill = { email: ADMIN, givenName: 'Bill', familyName: 'Lumbergh', password: PASSWORD };
    const { id } = await api('/accounts', bill);
    await service.api('PUT', `/organizations/initech/admins/${id}`, { roles: ['organization_admin'] });
    await service.api('PUT', '/organizations/initech/policy', { allowedSources: ['admin', 'catalog'] });
    for (let number = 10; number < 10 + OTHERS; number++) {
      const name = { givenName: 'Milton', familyName: `Waddams ${number}` };
      await api('/accounts', { ...name, email: `user.${number}@initech.example` });
      await api('/contacts', { ...name, email: `contact.${number}@initech.example` });
    }
    page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage();
    await page.goto(`${service.baseUrl}/initech/admin`);
    await page.getByLabel('E-mail or username').fill(ADMIN);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  const box = (number: number) => page.getByRole('checkbox', { name: `Select Milton Waddams ${number}`, exact: true });

  test.each([
    { list: 'users', button: 'Suspend', asks: 'Suspend 3 people?' },
    { list: 'catalog', button: 'Give accounts', asks: 'Give 3 contacts an account?' },
  ])('survives paging and searching: $list', async ({ list, button, asks }) => {
    await page.goto(`${service.baseUrl}/initech/admin/${list}?sort=name&order=asc`);
    await box(10).check();
    await box(11).check();
    await page.getByRole('link', { name: 'Next' }).click();
    await box(64).check();
    await page.getByText('3 selected, also on other pages').waitFor();
    await page.getByRole('searchbox').fill('waddams 11');
    await page.getByRole('button', { name: 'Search' }).click();
    await box(10).waitFor({ state: 'detached' });
    expect(await box(11).isChecked()).toBe(true);
    await box(11).uncheck();
    await page.getByText('2 selected, also on other pages').waitFor();
    await box(11).check();
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('heading', { name: asks, level: 1 }).waitFor();
  });
});
