import type { ClientMetadata } from 'oidc-provider';
import type { SamlConnection } from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';
import { startSimpleSamlPhp, type ServiceProvider, type SimpleSamlPhp } from '../support/simplesamlphp';

const statusAt = async (slug: string, browser: HttpClient): Promise<number> =>
  (await browser.get(`/${slug}/session`)).status;

describeWith(['simplesamlphp', 'postgres'], 'security 13: single logout with SimpleSAMLphp', () => {
  let service: TestService;
  let idp: SimpleSamlPhp;
  let metadataXml: string;
  let organizations = 0;
  beforeAll(async () => {
    [service, idp] = await Promise.all([startService(), startSimpleSamlPhp()]);
    metadataXml = await (await fetch(idp.metadataUrl)).text();
  });
  afterAll(async () => {
    await Promise.all([service?.stop(), idp?.stop()]);
  });

  const organization = async (options: ServiceProvider['options'] = {}) => {
    const slug = `saml-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: slug });
    const connection = await service.api<SamlConnection>('POST', `/organizations/${slug}/connections`, {
      ...{ kind: 'saml', name: 'Test IdP', metadataXml, state: 'active', attributeMapping: { email: 'mail' } },
    });
    const { entityId, acsUrl, sloUrl, encryptionCertificate: certificate } = connection.sp;
    await idp.addServiceProvider({ entityId, acsUrl, sloUrl, certificate, options });
    return { slug, connection };
  };
  const signIn = async (slug: string, { id, sp }: SamlConnection, browser: HttpClient): Promise<void> => {
    const { location = '' } = await browser.get(`/${slug}/sso/${id}`);
    const { fields } = await idp.signIn(location, 'lukasz', browser);
    await browser.follow(await browser.post(sp.acsUrl, fields, { from: new URL(idp.ssoUrl).origin }));
    expect(await statusAt(slug, browser)).toBe(200);
  };
  const asksWhoItIs = async (slug: string, { id }: SamlConnection, browser: HttpClient): Promise<boolean> => {
    const page = await browser.follow(await browser.get(`/${slug}/sso/${id}`));
    return 'AuthState' in page.form().fields;
  };

  test('signing out here signs out there, and it confirms that', async () => {
    const { slug, connection } = await organization();
    const browser = service.browser();
    await signIn(slug, connection, browser);
    const page = await browser.follow(await browser.submit(await browser.get(`/${slug}/account`)));
    expect([page.status, page.text.includes('Test IdP has signed you out too.')]).toEqual([200, true]);
    expect(await statusAt(slug, browser)).toBe(401);
    expect(await asksWhoItIs(slug, connection, browser)).toBe(true);
  });

  test.each(['HTTP-Redirect', 'HTTP-POST'])('signing out there signs out everywhere here: %s', async (binding) => {
    const browser = service.browser();
    const places = [await organization(), await organization()];
    for (const { connection } of places) {
      const { entityId, acsUrl, sloUrl, encryptionCertificate: certificate } = connection.sp;
      const SingleLogoutService = [{ Binding: `urn:oasis:names:tc:SAML:2.0:bindings:${binding}`, Location: sloUrl }];
      await idp.addServiceProvider({ entityId, acsUrl, sloUrl, certificate, options: { SingleLogoutService } });
    }
    for (const { slug, connection } of places) await signIn(slug, connection, browser);
    const back = `${idp.metadataUrl}?back`;
    const end = await followForms(browser, await browser.get(`${idp.sloUrl}?ReturnTo=${encodeURIComponent(back)}`));
    expect([end.status, end.url]).toEqual([200, back]);
    for (const { slug } of places) expect(await statusAt(slug, browser)).toBe(401);
    const [first] = places;
    expect(first && (await asksWhoItIs(first.slug, first.connection, browser))).toBe(true);
  });

  /** Follows redirects, and forms that a browser would send by themselves, from site to site. */
  const followForms = async (browser: HttpClient, reply: Reply): Promise<Reply> => {
    let page = await browser.follow(reply);
    for (let hops = 0; hops < 6 && /name="SAML(Request|Response)"/.test(page.text); hops += 1) {
      const { action, fields } = page.form();
      page = await browser.follow(await browser.post(action, fields, { from: new URL(page.url).origin }));
    }
    return page;
  };
});

describeWith('postgres', 'security 13: back-channel logout with oidc-provider', () => {
  const SECRET = 'a-secret-of-32-characters-0123456789';
  const clients: ClientMetadata[] = [];
  let service: TestService;
  let op: OidcOp;
  let organizations = 0;
  beforeAll(async () => {
    [service, op] = await Promise.all([
      startService(),
      startOidcOp({
        clients,
        configure: (configuration) => ({
          ...configuration,
          // Its own fetch refuses loopback addresses.
          fetch: (url, options) => fetch(url, options),
          features: {
            ...configuration.features,
            backchannelLogout: { enabled: true },
            rpInitiatedLogout: {
              logoutSource: (ctx, form) => void (ctx.body = form),
              postLogoutSuccessSource: (ctx) => void (ctx.body = 'signed out'),
            },
          },
        }),
      }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([service?.stop(), op?.stop()]);
  });

  interface OidcConnection {
    id: string;
    redirectUri: string;
    backchannelLogoutUri: string;
  }
  const organization = async (withSession: boolean) => {
    const slug = `oidc-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: slug });
    const connection = await service.api<OidcConnection>('POST', `/organizations/${slug}/connections`, {
      ...{ kind: 'oidc', name: 'Test OP', issuer: op.issuer, clientId: slug, clientSecret: SECRET, state: 'active' },
    });
    const { redirectUri, backchannelLogoutUri } = connection;
    clients.push({
      client_id: slug,
      client_secret: SECRET,
      redirect_uris: [redirectUri],
      backchannel_logout_uri: backchannelLogoutUri,
      backchannel_logout_session_required: withSession,
    });
    op.rotateKeys();
    return { slug, connection };
  };
  const signIn = async (slug: string, { id }: OidcConnection, username: string): Promise<HttpClient> => {
    const browser = service.browser();
    const { location = '' } = await browser.get(`/${slug}/sso/${id}`);
    await browser.get(await op.signIn(location, username, browser));
    expect(await statusAt(slug, browser)).toBe(200);
    return browser;
  };
  const signOutThere = async (browser: HttpClient): Promise<void> => {
    const page = await browser.get(`${op.issuer}/session/end`);
    await browser.follow(await browser.submit(page, { logout: 'yes' }), service.baseUrl);
  };

  test.each([
    ['a session it names', true, [401, 200, 200]],
    ['all of a person', false, [401, 401, 200]],
  ] as const)('signing out there ends %s', async (_what, withSession, expected) => {
    const { slug, connection } = await organization(withSession);
    const here = await signIn(slug, connection, 'lukasz');
    const elsewhere = await signIn(slug, connection, 'lukasz');
    const another = await signIn(slug, connection, 'li');
    await signOutThere(here);
    const statuses = await Promise.all([here, elsewhere, another].map((browser) => statusAt(slug, browser)));
    expect(statuses).toEqual(expected);
    const { items } = await service.api<{ items: { action: string; actor: object; details: object }[] }>(
      'GET',
      `/organizations/${slug}/audit-events`,
    );
    expect(items[0]).toMatchObject({
      action: 'session.ended',
      actor: { kind: 'connection', id: connection.id },
      details: { by: 'backchannel_logout' },
    });
  });
});
