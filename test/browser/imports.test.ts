import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { expectAccessible, launchBrowser } from '../support/browser';
import { createInitech, PASSWORD } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const ADMIN = 'bill.lumbergh@initech.example';

describeWith(['chromium', 'postgres'], 'people from a spreadsheet, in Chromium', () => {
  jest.setTimeout(120_000);
  let service: TestService;
  let browser: Browser;
  let mailbox: Mailbox;
  let page: Page;

  beforeAll(async () => {
    mailbox = await startMailbox();
    [service, browser] = await Promise.all([startService({ smtpUrl: mailbox.url, jobs: true }), launchBrowser()]);
    await createInitech(service);
    await service.api('POST', '/organizations/initech/domains', { domain: 'initech.example', verified: true });
    const bill = { email: ADMIN, givenName: 'Bill', familyName: 'Lumbergh', password: PASSWORD };
    const { id } = await service.api<{ id: string }>('POST', '/organizations/initech/accounts', bill);
    await service.api('PUT', `/organizations/initech/admins/${id}`, { roles: ['organization_admin'] });
    page = await browser.newPage({ locale: 'en-GB', reducedMotion: 'reduce' });
    page.setDefaultTimeout(30_000);
    await page.goto(`${service.baseUrl}/initech/admin/imports`);
    await page.getByLabel('E-mail or username').fill(ADMIN);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await mailbox.stop();
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const rowOf = (line: number) => page.locator(`#row-${line}`);

  /** The template, with these lines in place of its example. */
  async function filledTemplate(...lines: string[]): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Template as CSV' }).first().click(),
    ]);
    expect(download.suggestedFilename()).toBe('people.csv');
    const [header] = (await readFile(await download.path(), 'utf8')).split('\r\n');
    return [header, ...lines].join('\r\n');
  }

  /** As a file manager does when one lets go of a file above the page. */
  async function drop(name: string, content: string): Promise<void> {
    const dataTransfer = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(content)}], '${name}', { type: 'text/csv' })); return data; })()`,
    );
    await page.dispatchEvent('[data-drop]', 'drop', { dataTransfer });
  }

  test('the template is filled in and dropped, what is wrong is mended in place, saved, and people are invited', async () => {
    await page.getByRole('link', { name: 'Import people' }).first().click();
    const content = await filledTemplate(
      'Pat O’Leary,pat@initech',
      'Łukasz Nowak,lukasz@initech.example,Superuser,Kraków',
      '李 雷,li@initech.example',
    );
    await drop('staff.csv', content);
    await page.getByRole('switch', { name: 'Send invitation' }).check();
    await expectAccessible(page);
    await button('Read the file').click();

    await page.getByRole('heading', { name: '2 rows need you' }).waitFor();
    await expectAccessible(page);
    expect(await page.getByRole('img', { name: 'Problem' }).count()).toBe(2);
    expect(await button('Save all').isDisabled()).toBe(true);
    await page.getByRole('link', { name: /^All/ }).click();
    expect(await rowOf(4).textContent()).toContain('New account');

    await rowOf(2).getByRole('button', { name: 'Use it: line 2' }).click();
    await page.getByRole('heading', { name: '1 row needs you' }).waitFor();
    await rowOf(3).getByLabel('User type, line 3').selectOption('Privileged');
    await rowOf(3).getByRole('button', { name: 'Save: line 3' }).click();
    await rowOf(4).getByRole('link', { name: 'Edit: line 4' }).click();
    await rowOf(4).getByLabel('Site, line 4').fill('Oslo');
    await rowOf(4).getByLabel('Site, line 4').press('Enter');
    await rowOf(4).getByText('Oslo').waitFor();
    expect(await page.getByRole('img', { name: 'Problem' }).count()).toBe(0);

    await button('Save all').click();
    await page.getByRole('link', { name: 'Created 3' }).waitFor();
    await expectAccessible(page);
    for (const login of ['pat', 'lukasz', 'li']) {
      const letter = await mailbox.next(`${login}@initech.example`, { timeout: 30_000 });
      expect(letter.text).toContain(`${service.baseUrl}/initech/link/`);
    }
    await page.getByRole('link', { name: '李 雷' }).click();
    await page.getByText('Oslo').first().waitFor();
  });
});
