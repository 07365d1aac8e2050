import type { ClientMetadata } from 'oidc-provider';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { SamlConnection } from '../support/acme';
import { startApache } from '../support/apache';
import type { RealApplication } from '../support/application-page';
import { startAuthJs } from '../support/authjs';
import { launchBrowser } from '../support/browser';
import { createInitech, PASSWORD as OWN_PASSWORD } from '../support/initech';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { PASSWORD } from '../support/people';
import { livingInGroup, until } from '../support/processes';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';
import { startSimpleSamlPhp, type SimpleSamlPhp } from '../support/simplesamlphp';

const SECRET = 'a-secret-of-32-characters-0123456789';
const LUKASZ = { email: 'lukasz@acme.test', name: 'Łukasz Żółkiewski' };

type Name = 'apache' | 'authjs';
type Order = [Name, Name];

interface Claims {
  email?: string;
  name?: string;
}

describeWith(['chromium', 'simplesamlphp', 'mod_auth_openidc', 'postgres'], 'applications not written here', () => {
  jest.setTimeout(60_000);
  let service: TestService;
  let idp: SimpleSamlPhp;
  let op: OidcOp;
  let browser: Browser;
  let applications: Record<Name, RealApplication>;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    const clients: ClientMetadata[] = [];
    [service, idp, op, browser] = await Promise.all([
      startService({ jobs: true }),
      startSimpleSamlPhp(),
      startOidcOp({ clients }),
      launchBrowser(),
    ]);
    const [apache, authjs] = await Promise.all([startApache(service), startAuthJs(service)]);
    applications = { apache, authjs };
    await samlOrganization();
    clients.push(await oidcOrganization());
    op.rotateKeys();
    await createInitech(service);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([applications?.apache.stop(), applications?.authjs.stop(), op?.stop(), idp?.stop()]);
    await service?.stop();
  });

  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(20_000);
    complaints = [];
    context.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) complaints.push(message.text());
    });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  async function samlOrganization(): Promise<void> {
    await service.api('POST', '/organizations', { slug: 'acme', name: 'Acme Inc.' });
    const metadataXml = await (await fetch(idp.metadataUrl)).text();
    const { sp } = await service.api<SamlConnection>('POST', '/organizations/acme/connections', {
      ...{ kind: 'saml', name: 'Test IdP', metadataXml, state: 'active' },
    });
    await idp.addServiceProvider({ entityId: sp.entityId, acsUrl: sp.acsUrl, sloUrl: sp.sloUrl });
  }
  async function oidcOrganization(): Promise<ClientMetadata> {
    await service.api('POST', '/organizations', { slug: 'globex', name: 'Globex' });
    const { redirectUri } = await service.api<{ redirectUri: string }>('POST', '/organizations/globex/connections', {
      ...{ kind: 'oidc', name: 'Test OP', issuer: op.issuer, clientId: 'drawbridge', clientSecret: SECRET },
      state: 'active',
    });
    return { client_id: 'drawbridge', client_secret: SECRET, redirect_uris: [redirectUri] };
  }

  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  /** Begins as the application has it begin. */
  const begin = {
    apache: () => page.goto(`${applications.apache.origin}/`),
    authjs: async () => {
      await page.goto(`${applications.authjs.origin}/api/auth/signin`);
      await press('Sign in with Drawbridge');
    },
  };
  /** The bridge asks where the person works, and leads there. */
  const workAt = async (slug: string): Promise<void> => {
    await page.getByLabel('Work e-mail or organization name').fill(slug);
    await press('Continue');
  };
  const atProvider = async (): Promise<void> => {
    await page.getByRole('link', { name: /^Continue with/ }).click();
    await page.locator('[name=username]').fill('lukasz');
    await page.locator('[name=password]').fill(PASSWORD);
    await page.locator('[type=submit], form button').first().click();
  };
  const byPassword = async (login: string): Promise<void> => {
    await page.locator('[name=login]').fill(login);
    await page.locator('[name=password]').fill(OWN_PASSWORD);
    await press('Sign in');
  };
  /** Whom the application shows, once the browser has come to it. */
  const shown = async (name: Name): Promise<Claims> => {
    await page.waitForURL(`${applications[name].origin}/`);
    return JSON.parse(await page.locator('body').innerText()) as Claims;
  };
  /** Signs in to one, by whatever the organization uses, and then to the other, where the person is known already. */
  const signInToBoth = async (slug: string, signIn: () => Promise<void>, [first, second]: Order): Promise<Claims> => {
    await begin[first]();
    await workAt(slug);
    await signIn();
    const claims = await shown(first);
    await begin[second]();
    await page.getByRole('link', { name: /^Continue at/ }).click();
    expect((await shown(second)).email).toBe(claims.email);
    expect([await knows(first), await knows(second)]).toEqual([true, true]);
    return claims;
  };
  const signOutOf = async (name: Name): Promise<void> => {
    await page.goto(applications[name].signOutUrl);
    await page.waitForURL((url) => url.origin === applications[name].origin);
    expect(await knows(name)).toBe(false);
  };
  /** Somebody is signed in to it in this browser. Does not follow where it sends those who are not. */
  const knows = async (name: Name): Promise<boolean> => {
    const reply = await context.request.get(applications[name].origin, { maxRedirects: 0 });
    if (reply.status() >= 500) throw new Error(`${name} answers ${reply.status()}`);
    return reply.ok() && 'email' in ((await reply.json()) as Claims);
  };
  const knowsNobody = (name: Name) => until(async () => !(await knows(name)), 5_000, `${name} still knows the person`);

  test('SAML: both know the person, and signing out of Apache ends Auth.js', async () => {
    expect(await signInToBoth('acme', atProvider, ['apache', 'authjs'])).toMatchObject(LUKASZ);
    await signOutOf('apache');
    await knowsNobody('authjs');
  });

  test('OpenID Connect: both know the person, and signing out of Auth.js ends Apache', async () => {
    expect(await signInToBoth('globex', atProvider, ['authjs', 'apache'])).toMatchObject(LUKASZ);
    await signOutOf('authjs');
    await knowsNobody('apache');
  });

  test('security 23: a password: both know the person, who is deactivated and loses both within five seconds', async () => {
    const person = { email: `peter.${Date.now()}@initech.example`, givenName: 'Péter', familyName: 'Gibbons' };
    const { id } = await service.api<{ id: string }>('POST', '/organizations/initech/accounts', {
      ...{ ...person, password: OWN_PASSWORD },
    });
    const claims = await signInToBoth('initech', () => byPassword(person.email), ['apache', 'authjs']);
    expect(claims).toMatchObject({ email: person.email, name: 'Péter Gibbons' });
    await service.api('POST', `/organizations/initech/accounts/${id}/deactivate`);
    await Promise.all([knowsNobody('apache'), knowsNobody('authjs')]);
  });

  test('what a browser says by itself is no claim of Apache’s', async () => {
    const headers = { OIDC_CLAIM_email: 'ceo@initech.example' };
    const open = await fetch(`${applications.apache.origin}/signed-out`, { headers });
    expect([open.status, await open.json()]).toEqual([200, {}]);
    expect((await fetch(applications.apache.origin, { headers, redirect: 'manual' })).status).toBe(401);
  });

  test('Apache leaves no process', async () => {
    const other = await startApache(service);
    expect(livingInGroup(other.pid).length).toBeGreaterThan(1);
    await other.stop();
    expect(livingInGroup(other.pid)).toEqual([]);
  });
});
