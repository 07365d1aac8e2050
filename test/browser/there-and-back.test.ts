import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientMetadata } from 'oidc-provider';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { SamlConnection } from '../support/acme';
import { launchBrowser, launchProfile } from '../support/browser';
import { freePort } from '../support/free-port';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { PASSWORD } from '../support/people';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';
import { startSimpleSamlPhp, type SimpleSamlPhp } from '../support/simplesamlphp';
import { startTlsProxy, type TlsProxy } from '../support/tls-proxy';

const SECRET = 'a-secret-of-32-characters-0123456789';
const USED = 'This sign-in was finished already';
const NO_COOKIE = 'Your browser did not send our cookie back';

interface Place {
  service: TestService;
  slug: string;
  /** Starts at its connection, to end at `end`. */
  start: string;
  end: string;
  entityId: string;
}

/** What only a browser shows: which cookies travel, and what Back, Forward, a reload and a second click send. */
describeWith(['chromium', 'simplesamlphp', 'postgres'], 'there and back in Chromium', () => {
  jest.setTimeout(120_000);
  const services = {} as Record<'http' | 'https', TestService>;
  let proxy: TlsProxy;
  let idp: SimpleSamlPhp;
  let op: OidcOp;
  let metadataXml: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let profile: string | undefined;
  let organizations = 0;
  const clients: ClientMetadata[] = [];

  beforeAll(async () => {
    const port = await freePort();
    [services.http, services.https, idp, op, browser] = await Promise.all([
      startService(),
      startService({ env: { BASE_URL: `https://localhost:${port}` } }),
      startSimpleSamlPhp(),
      startOidcOp({ clients }),
      // As more and more browsers do: cookies of other sites inside of a page stay out.
      launchBrowser(['--test-third-party-cookie-phaseout']),
    ]);
    proxy = await startTlsProxy(port, services.https.config.port);
    metadataXml = await (await fetch(idp.metadataUrl)).text();
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await Promise.all([op?.stop(), idp?.stop(), services.http?.stop(), services.https?.stop()]);
  });
  const open = async (): Promise<void> => {
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ignoreHTTPSErrors: true });
    page = await context.newPage();
  };
  /** A browser whose person has forbidden this site its cookies. */
  const openWithoutCookies = async (): Promise<void> => {
    await context.close();
    const blocked = { 'localhost,*': { setting: 2 } };
    profile = await mkdtemp(join(tmpdir(), 'drawbridge-profile-'));
    context = await launchProfile(profile, { profile: { content_settings: { exceptions: { cookies: blocked } } } });
    page = await context.newPage();
  };
  beforeEach(() => open());
  afterEach(async () => {
    await context.close();
    // Chromium may still be writing the last of it.
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    profile = undefined;
  });

  const place = (service: TestService, slug: string, connection: SamlConnection): Place => ({
    service,
    slug,
    start: `${connection.signInUrl}?return_to=${encodeURIComponent(`/${slug}/account?deep=1`)}`,
    end: `${service.baseUrl}/${slug}/account?deep=1`,
    entityId: connection.sp?.entityId ?? '',
  });
  const samlPlace = async (service: TestService): Promise<Place> => {
    const slug = `saml-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: `Saml ${organizations} Inc.` });
    const connection = await service.api<SamlConnection>('POST', `/organizations/${slug}/connections`, {
      kind: 'saml',
      name: 'Test IdP',
      metadataXml,
      state: 'active',
    });
    const { entityId, acsUrl, sloUrl } = connection.sp;
    await idp.addServiceProvider({ entityId, acsUrl, sloUrl });
    return place(service, slug, connection);
  };
  const oidcPlace = async (service: TestService): Promise<Place> => {
    const slug = `oidc-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: `Oidc ${organizations} Inc.` });
    const connection = await service.api<SamlConnection & { redirectUri: string }>(
      'POST',
      `/organizations/${slug}/connections`,
      { kind: 'oidc', name: 'Test OP', issuer: op.issuer, clientId: slug, clientSecret: SECRET, state: 'active' },
    );
    clients.push({ client_id: slug, client_secret: SECRET, redirect_uris: [connection.redirectUri] });
    op.rotateKeys();
    return place(service, slug, connection);
  };
  const heading = () => page.locator('h1').innerText();
  const fillIn = async (username: string): Promise<void> => {
    await page.waitForURL((url) => url.hostname === '127.0.0.1');
    await page.locator('[name=username]').fill(username);
    await page.locator('[name=password]').fill(PASSWORD);
  };
  const submit = () => page.locator('[type=submit], form button').first();
  const logIn = async (): Promise<void> => {
    await fillIn('ada');
    await submit().click();
  };
  const ada = () => page.getByRole('heading', { name: 'Ada Lovelace' });
  /** SimpleSAMLphp's page posts by itself, Back or not. */
  const backToPosting = async (): Promise<void> => {
    await Promise.all([page.waitForResponse(/\/acs$/), page.evaluate('history.back()')]);
  };
  const backAndForward = async (): Promise<void> => {
    await page.goBack();
    expect(new URL(page.url()).hostname).toBe('127.0.0.1');
    await page.goForward();
  };
  const tryAgain = () => page.getByRole('link', { name: 'Try again' }).click();
  const sessionsAt = async ({ service, slug }: Place): Promise<number> => {
    const [found] = await service.resources.db.query<{ count: string }[]>(
      `SELECT count(*) FROM sessions s JOIN organization_slugs o USING (organization_id) WHERE o.slug = $1 AND s.ended_at IS NULL`,
      [slug],
    );
    return Number(found?.count);
  };
  /** Signs in; yields how to bring the same answer again, as the provider's own page would. */
  const answerOf = async ({ start }: Place): Promise<() => Promise<void>> => {
    const sent = page.waitForRequest(/\/acs$|\/callback\?/);
    await page.goto(start);
    await logIn();
    const request = await sent;
    const fields = request.postData();
    return async () => {
      if (fields === null) await page.goto(request.url());
      else await postFromElsewhere(request.url(), fields);
    };
  };
  /** Posts as a page of another site does. */
  const postFromElsewhere = async (url: string, fields: string): Promise<void> => {
    await page.goto(op.issuer);
    const script = `(([url, fields]) => {
      const form = document.createElement('form');
      form.method = 'post'; form.action = url;
      for (const [name, value] of new URLSearchParams(fields)) {
        const input = document.createElement('input');
        input.type = 'hidden'; input.name = name; input.value = value; form.append(input);
      }
      document.body.append(form); HTMLFormElement.prototype.submit.call(form);
    })(${JSON.stringify([url, fields])})`;
    await Promise.all([page.waitForURL((to) => to.hostname === 'localhost'), page.evaluate(script)]);
  };

  test.each([
    ['SAML on http', () => samlPlace(services.http), backToPosting],
    ['SAML on https', () => samlPlace(services.https), backToPosting],
    ['OpenID Connect on https', () => oidcPlace(services.https), backAndForward],
  ])('security 9: Back, a reload, and the answer again after signing out: %s', async (_how, make, goBack) => {
    const at = await make();
    await page.goto(`${at.service.baseUrl}/${at.slug}?choose=1`);
    const again = await answerOf(at);
    await page.waitForURL(at.end);

    await goBack();
    await ada().waitFor();
    expect([page.url(), await heading()]).toEqual([at.end, 'Ada Lovelace']);
    await again();
    expect([page.url(), await heading()]).toEqual([at.end, 'Ada Lovelace']);
    expect(await sessionsAt(at)).toBe(1);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/signed_out/);
    await again();
    expect(await heading()).toBe(USED);
    await page.reload();
    expect([await heading(), await sessionsAt(at)]).toEqual([USED, 0]);
    await tryAgain();
    // SimpleSAMLphp was signed out of too.
    if (at.entityId) await logIn();
    await page.waitForURL(at.end);
    expect(await sessionsAt(at)).toBe(1);
  });

  test("security 9: a second click on the provider's button", async () => {
    const at = await samlPlace(services.https);
    await page.goto(at.start);
    await fillIn('ada');
    await submit().dblclick();
    await ada().waitFor();
    expect([page.url(), await sessionsAt(at)]).toEqual([at.end, 1]);
  });

  test('security 10: cookies that are cleared at the provider are missed in plain words', async () => {
    const at = await samlPlace(services.https);
    await page.goto(at.start);
    await fillIn('ada');
    await context.clearCookies({ domain: 'localhost' });
    await submit().click();
    await page.waitForURL(/\/acs/);
    expect(await heading()).toBe(NO_COOKIE);
    await page.reload();
    expect(await page.getByRole('link', { name: 'Try again' }).count()).toBe(1);
    await tryAgain();
    await page.waitForURL(at.end);
  });

  test.each(['http', 'https'] as const)(
    'security 10: with cookies off nobody goes round in circles on %s',
    async (scheme) => {
      const at = await samlPlace(services[scheme]);
      await openWithoutCookies();
      let asked = 0;
      page.on('request', (request) => (asked += new URL(request.url()).pathname.includes('/sso/') ? 1 : 0));
      await page.goto(at.start);
      await fillIn('ada');
      await submit().click();
      await page.waitForURL(/\/acs/);
      expect(await heading()).toBe(NO_COOKIE);
      await page.goto(`${idp.ssoUrl}?spentityid=${encodeURIComponent(at.entityId)}`);
      await page.waitForURL(/restarted=1/);
      expect(await heading()).toBe(NO_COOKIE);
      expect(asked).toBeLessThan(8);
    },
  );
});
