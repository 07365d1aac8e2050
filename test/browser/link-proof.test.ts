import type { ClientMetadata } from 'oidc-provider';
import { expectAccessible, launchBrowser, screenshot } from '../support/browser';
import { PASSWORD as OWN_PASSWORD } from '../support/initech';
import { startOidcOp } from '../support/oidc-op';
import { PASSWORD } from '../support/people';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const SECRET = 'a-secret-of-32-characters-0123456789';
const OLGA = {
  ...{ username: 'olga', mail: 'olga@acme.test', displayName: 'Olga I.', groups: [] },
  ...{ givenName: 'Olga', familyName: 'I.', claims: { email_verified: false } },
};

/** An account from before SSO, and an OpenID provider that does not vouch for the address. */
async function prepare(service: TestService, issuer: string): Promise<ClientMetadata> {
  await service.api('POST', '/organizations', { slug: 'acme', name: 'Acme', technicalContacts: ['it@acme.test'] });
  const person = { email: OLGA.mail, givenName: OLGA.givenName, familyName: OLGA.familyName, password: OWN_PASSWORD };
  await service.api('POST', '/organizations/acme/accounts', person);
  const { redirectUri } = await service.api<{ redirectUri: string }>('POST', '/organizations/acme/connections', {
    ...{ kind: 'oidc', name: 'Acme OP', issuer, clientId: 'acme', clientSecret: SECRET, state: 'active' },
  });
  return { client_id: 'acme', client_secret: SECRET, redirect_uris: [redirectUri] };
}

describeWith(['chromium', 'postgres'], 'security 17: proving an account by the old way, in Chromium', () => {
  jest.setTimeout(180_000);

  test('from the refusal to the next sign-in', async () => {
    const clients: ClientMetadata[] = [];
    const [service, op, browser] = await Promise.all([
      startService(),
      startOidcOp({ clients, accounts: [OLGA] }),
      launchBrowser(),
    ]);
    try {
      clients.push(await prepare(service, op.issuer));
      op.rotateKeys();
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      const complaints: string[] = [];
      page.on(
        'console',
        (message) => /Content Security Policy|Refused to/i.test(message.text()) && complaints.push(message.text()),
      );
      const atTheProvider = async () => {
        await page.waitForURL((url) => url.origin === op.issuer);
        await page.locator('[name=username]').fill(OLGA.username);
        await page.locator('[name=password]').fill(PASSWORD);
        await page.getByRole('button', { name: 'Sign in' }).click();
      };

      await page.goto(`${service.baseUrl}/acme`);
      await atTheProvider();
      await page.getByRole('link', { name: 'Sign in the way you did before' }).click();
      await page.getByLabel('E-mail or username').fill(OLGA.mail);
      await page.getByLabel('Password', { exact: true }).fill(OWN_PASSWORD);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL('**/acme/account/link');
      await expectAccessible(page);
      await screenshot(page, 'link-proof');
      await page.getByRole('button', { name: 'Yes, use Acme OP' }).click();
      await page.waitForURL('**/acme/account?notice=identity_linked');
      await expectAccessible(page);
      const methods = page.locator('section', { has: page.locator('#methods') });
      expect(await methods.innerText()).toMatch(/Acme OP[\s\S]*Password/);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL('**/acme?notice=signed_out');
      await context.clearCookies();
      await page.goto(`${service.baseUrl}/acme`);
      await atTheProvider();
      await page.waitForURL('**/acme/account');
      expect(await page.locator('h1').innerText()).toBe('Olga I.');
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await Promise.all([op.stop(), service.stop()]);
    }
  });
});
