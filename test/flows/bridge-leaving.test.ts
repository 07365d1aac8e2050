import { inflateRawSync } from 'node:zlib';
import * as client from 'openid-client';
import { logoutRequestXml, logoutResponseXml, redirectQuery, signedPost } from '../../src/demo/saml-logout';
import { idpMetadataXml } from '../../src/demo/saml-response';
import { carryApplications } from '../../src/storage/application-sessions';
import { endAllSessions } from '../../src/storage/sessions';
import { createAcme, createTestIdp, maria, sessionOf, type SamlConnection, type TestIdp } from '../support/acme';
import { answerAt, createApplication, throughIdp, type TestApplication, type Tokens } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { listenForLogouts, type LogoutListener } from '../support/logout-listener';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';
import { meanwhile } from '../support/self-service';
import { startService, type TestService } from '../support/service';

const BYE = 'https://app.example/bye';
const SLO = 'https://idp.acme.example/slo';
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

describeWith('postgres', 'applications and whoever else ends a session', () => {
  let service: TestService;
  let idp: TestIdp;
  let told: LogoutListener;
  let app: TestApplication;
  let organizations = 0;
  let slug: string;
  let connection: SamlConnection;
  let browser: HttpClient;
  let tokens: Tokens;

  beforeAll(async () => {
    service = await startService({ jobs: true });
    told = await listenForLogouts();
    idp = await createTestIdp();
    const postLogoutRedirectUris = [BYE];
    app = await createApplication(service, { postLogoutRedirectUris, backchannelLogoutUri: told.url });
  });
  afterAll(async () => {
    await service.stop();
    await told.stop();
  });

  beforeEach(async () => {
    told.tokens = [];
    slug = `org-${++organizations}`;
    connection = await createAcme(service, offeringLogout(), { slug });
    browser = service.browser();
    tokens = await signIn();
  });

  const offeringLogout = (): TestIdp => ({
    ...idp,
    metadataXml: idpMetadataXml({
      entityId: idp.entityId,
      ssoUrl: `${idp.entityId}/sso`,
      sloUrl: SLO,
      certificates: [idp.key.certificate],
    }),
  });
  const signIn = async (of = app): Promise<Tokens> =>
    (await throughIdp(browser, await of.start(browser, { organization: slug }), at())).redeem();
  const at = () => ({ idp, connection, person: maria, slug });
  const sub = () => tokens.claims()!.sub;
  const isTold = () => until(() => told.tokens.length > 0, 5_000, 'the application was not told');
  const endSession = (parameters: Record<string, string>) =>
    browser.get(client.buildEndSessionUrl(app.config, parameters).href);
  const signOut = () =>
    endSession({ id_token_hint: tokens.id_token!, post_logout_redirect_uri: BYE, state: 'so long' });
  const messageIn = (url: string): string =>
    inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  const from = () => ({ issuer: idp.entityId, destination: connection.sp.sloUrl, now: new Date() });
  const answerTo = (location = '', changes: { statusCode?: string } = {}): string => {
    const inResponseTo = / ID="([^"]+)"/.exec(messageIn(location))?.[1] ?? '';
    const xml = logoutResponseXml(from(), { inResponseTo, ...changes });
    return `/${slug}/sso/${connection.id}/slo?${redirectQuery('SAMLResponse', xml, idp.key)}`;
  };

  describe('an application signs somebody out where the identity provider offers single logout', () => {
    test.each([
      ['confirms', {}],
      ['refuses', { statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }],
    ])('the browser passes by it and comes back to the application, also when it %s', async (_what, changes) => {
      const { location, status } = await signOut();
      expect([status, location]).toEqual([303, expect.stringMatching(`^${SLO}\\?SAMLRequest=`)]);
      expect(await sessionOf(browser, slug)).toBeUndefined();
      expect(messageIn(location ?? '')).toContain('>maria-1</saml:NameID>');
      expect((await browser.get(answerTo(location, changes))).location).toBe(`${BYE}?state=so+long`);
      await isTold();
    });

    test('security 21: the answer leads there once, and no other browser', async () => {
      const { location } = await signOut();
      const answer = answerTo(location);
      expect((await service.browser().get(answer)).location).toBeUndefined();
      expect((await browser.get(answer)).location).toBe(`${BYE}?state=so+long`);
      expect((await browser.get(answer)).location).toBeUndefined();
    });

    test('a page that asks first lets its form through to both', async () => {
      const { client_id } = app.config.clientMetadata();
      const page = await endSession({ client_id, post_logout_redirect_uri: BYE, organization: slug });
      expect(page.headers.get('content-security-policy')).toMatch(
        /form-action 'self' https:\/\/idp\.acme\.example https:\/\/app\.example$/,
      );
      const { location } = await browser.submit(page);
      expect(location).toMatch(`${SLO}?`);
      expect((await browser.get(answerTo(location))).location).toBe(BYE);
    });

    test('without an address of the application, a page of ours says so in the end', async () => {
      const { location } = await endSession({ id_token_hint: tokens.id_token! });
      const back = await browser.get(answerTo(location));
      expect(back.location).toBe(`${service.baseUrl}/oidc/session/end/success`);
      expect((await browser.follow(back)).text).toContain('You are signed out');
    });

    test('by post, where it takes nothing else', async () => {
      const metadataXml = offeringLogout().metadataXml.replace(/<md:SingleLogoutService[^>]*HTTP-Redirect[^>]*\/>/, '');
      slug = `org-${++organizations}`;
      connection = await createAcme(service, { ...idp, metadataXml }, { slug });
      browser = service.browser();
      tokens = await signIn();
      const page = await signOut();
      expect([page.status, page.location, page.form().action]).toEqual([200, undefined, SLO]);
      expect(page.headers.get('content-security-policy')).toMatch(/form-action 'self' https:\/\/idp\.acme\.example$/);
    });
  });

  describe('a sign-out that names neither application nor organization', () => {
    const bare = (here = browser) => here.get('/oidc/session/end');

    test('asks about the only organization where the browser is signed in, and ends that session', async () => {
      const page = await browser.follow(await bare());
      expect(page.text).toContain(`This ends your session at ${slug} Inc.`);
      expect(await sessionOf(browser, slug)).toBeDefined();
      await browser.submit(page);
      expect(await sessionOf(browser, slug)).toBeUndefined();
      await isTold();
    });

    test('has the person choose between several, and leaves the others as they are', async () => {
      const before = slug;
      slug = `org-${++organizations}`;
      connection = await createAcme(service, offeringLogout(), { slug });
      await signIn();
      const page = await bare();
      const [, chosen = ''] = new RegExp(`href="(/oidc/session/end\\?organization=${slug})"`).exec(page.text) ?? [];
      expect(page.text).toContain(`/oidc/session/end?organization=${before}"`);
      await browser.submit(await browser.get(chosen));
      expect(await sessionOf(browser, slug)).toBeUndefined();
      expect(await sessionOf(browser, before)).toBeDefined();
    });

    test('says so where nobody is signed in, also when an organization is named twice', async () => {
      const nobody = 'Nobody is signed in to an organization in this browser';
      expect((await bare(service.browser())).text).toContain(nobody);
      const twice = await browser.get('/oidc/session/end?organization=nowhere&organization=elsewhere');
      expect(twice.location).toBe(`/oidc/session/end?organization=${slug}`);
    });
  });

  describe('where nobody is signed in any more', () => {
    beforeEach(() => browser.post(`/${slug}/logout`));

    test('the browser goes on to the application at once', async () => {
      expect((await signOut()).location).toBe(`${BYE}?state=so+long`);
    });

    test('without an address of the application, a page of ours says that nobody is signed in', async () => {
      expect((await endSession({ id_token_hint: tokens.id_token! })).text).toContain(
        `Nobody is signed in to ${slug} Inc. in this browser`,
      );
    });
  });

  describe('applications are told in five seconds', () => {
    const tellings: [string, () => Promise<unknown>][] = [
      [
        'when the identity provider signs the person out',
        () => {
          const xml = logoutRequestXml(from(), { nameId: { value: maria.subject, format: PERSISTENT } });
          const fields = { SAMLRequest: signedPost(xml, idp.key) };
          return service
            .browser()
            .post(`/${slug}/sso/${connection.id}/slo`, fields, { from: 'https://idp.acme.example' });
        },
      ],
      ['when the account is deleted', () => service.api('DELETE', `/organizations/${slug}/accounts/${sub()}`)],
      [
        'when the connection is removed',
        () => service.api('DELETE', `/organizations/${slug}/connections/${connection.id}`),
      ],
      ['when the organization is deleted', () => service.api('DELETE', `/organizations/${slug}`)],
    ];
    test.each(tellings)('%s, and their tokens are void', async (_when, end) => {
      await end();
      await isTold();
      await expect(client.fetchUserInfo(app.config, tokens.access_token, sub())).rejects.toMatchObject({ status: 401 });
    });
  });

  describe('security 23: against a request in flight', () => {
    const organizationId = () => (tokens.claims()!.organization as { id: string }).id;

    test('no application is entered in a session that is being ended', async () => {
      const wiki = await createApplication(service, { name: 'Wiki' });
      // It comes to the session before that has ended for everybody to see.
      const asked = await meanwhile(
        service,
        (tx) => endAllSessions(tx, organizationId(), sub(), new Date()),
        () => wiki.start(browser, { organization: slug, prompt: 'none' }),
      );
      expect(answerAt(asked)).not.toHaveProperty('code');
    });

    test('no application goes on in a session that has ended', async () => {
      const before = (await sessionsOf())[0]!;
      browser = service.browser();
      await signIn();
      const after = (await sessionsOf()).find((id) => id !== before)!;
      await browser.post(`/${slug}/logout`);
      await carryApplications(service.resources.db.manager, organizationId(), before, after);
      expect((await client.fetchUserInfo(app.config, tokens.access_token, sub())).sub).toBe(sub());
    });

    const sessionsOf = async (): Promise<string[]> =>
      (
        await service.resources.db.query<{ id: string }[]>('SELECT id FROM sessions WHERE account_id = $1', [sub()])
      ).map(({ id }) => id);
  });

  test('the ledger says who signed in to which application, and its registration when, by which secret', async () => {
    const { items } = await service.api<{ items: object[] }>('GET', `/organizations/${slug}/audit-events`);
    expect(items).toContainEqual(
      expect.objectContaining({
        ...{ action: 'application.signed_in', accountId: sub(), connectionId: connection.id },
        resource: `application:${app.id}`,
      }),
    );
    const used = () =>
      service.api<{ lastUsedAt: string | null; secrets: { lastUsedAt: string | null }[] }>(
        'GET',
        `/applications/${app.id}`,
      );
    await until(
      async () => {
        const { lastUsedAt, secrets } = await used();
        return lastUsedAt !== null && secrets[0]?.lastUsedAt !== null;
      },
      5_000,
      'its use was not noted',
    );
  });
});
