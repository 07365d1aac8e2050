import { managementDeps } from '../../src/cli/open';
import { commandCaller } from '../../src/management/deps';
import { firstOwnerUrl } from '../../src/management/owners';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { authenticator } from '../support/second-factor';
import { startService, type TestService } from '../support/service';

jest.setTimeout(120_000);

describeWith(['chromium', 'postgres'], 'the second factor in Chromium', () => {
  let service: TestService;
  let browser: Browser;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  test('from the first owner’s link to the next sign-in, without scripts', async () => {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', javaScriptEnabled: false });
    const page = await context.newPage();
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const url = (await firstOwnerUrl(managementDeps(service.config, service.resources), commandCaller)) ?? '';
    await page.goto(url);
    await page.getByRole('button').click();
    await page.getByLabel('Name').fill('Dana Weber');
    await page.getByLabel('E-mail').fill('dana@example.com');
    await page.locator('#password').fill(PASSWORD);
    await press('Create account');

    await page.getByRole('heading', { name: 'Set up your second factor' }).waitFor();
    expect(await page.getByRole('img', { name: 'QR code for the authenticator app' }).isVisible()).toBe(true);
    await page.getByText('It cannot be scanned?').click();
    const app = authenticator((await page.locator('.mono').innerText()).replaceAll(' ', ''), service.clock);
    await page.getByLabel('Code of the app').fill('000000');
    await press('Confirm');
    await page.getByLabel('Code of the app').fill(app.code());
    await press('Confirm');
    expect(await page.locator('.codes li').count()).toBe(10);
    await page.getByRole('link', { name: 'I have kept them' }).click();
    await page.getByRole('heading', { name: 'Organizations' }).waitFor();
    await press('Sign out');

    await page.goto(`${service.baseUrl}/admin/login`);
    await page.locator('#login').fill('dana@example.com');
    await page.locator('#password').fill(PASSWORD);
    await press('Sign in');
    await page.getByLabel('Code of the app').fill(app.code());
    await press('Sign in');
    await page.getByRole('heading', { name: 'Organizations' }).waitFor();
    await context.close();
  });
});
