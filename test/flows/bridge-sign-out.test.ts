import { isDeepStrictEqual } from 'node:util';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import * as client from 'openid-client';
import { createAcme, createTestIdp, maria, sessionOf, type SamlConnection, type TestIdp } from '../support/acme';
import { answerAt, createApplication, throughIdp, type TestApplication, type Tokens } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { listenForLogouts, type LogoutListener } from '../support/logout-listener';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const BYE = 'https://app.example/bye';

describeWith('postgres', 'signing out of applications', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;
  let app: TestApplication;
  let wiki: TestApplication;
  let told: Record<'app' | 'wiki', LogoutListener>;
  let browser: HttpClient;
  let tokens: Tokens;

  beforeAll(async () => {
    service = await startService({ jobs: true });
    told = { app: await listenForLogouts(), wiki: await listenForLogouts() };
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
    const postLogoutRedirectUris = [BYE];
    app = await createApplication(service, {
      ...{ postLogoutRedirectUris, backchannelLogoutUri: told.app.url },
      initiateLoginUri: 'http://127.0.0.1:1/sign-in',
    });
    wiki = await createApplication(service, { name: 'Wiki', backchannelLogoutUri: told.wiki.url });
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all(Object.values(told).map((one) => one.stop()));
  });

  beforeEach(async () => {
    for (const one of Object.values(told)) Object.assign(one, { tokens: [], status: 204 });
    browser = service.browser();
    const person = { idp, connection: acme, person: maria, slug: 'acme' };
    const done = await throughIdp(browser, await app.start(browser, { organization: 'acme' }), person);
    tokens = await done.redeem();
    await (await wiki.start(browser, { organization: 'acme' })).redeem();
  });

  const sub = () => tokens.claims()!.sub;
  const ledger = async (action: string) =>
    (
      await service.api<{ items: { action: string; details: { attempts: number } }[] }>(
        'GET',
        '/organizations/acme/audit-events?limit=20',
      )
    ).items.filter((line) => line.action === action);

  async function logoutToken(listener: LogoutListener, of: TestApplication): Promise<JWTPayload> {
    await until(() => listener.tokens.length > 0, 5_000, 'the application was not told');
    const { issuer, jwks_uri: keys = '' } = of.config.serverMetadata();
    const { client_id: audience } = of.config.clientMetadata();
    const options = { issuer, audience, typ: 'logout+jwt' };
    return (await jwtVerify(listener.tokens[0] ?? '', createRemoteJWKSet(new URL(keys)), options)).payload;
  }

  const endSession = (parameters: Record<string, string>): Promise<string> =>
    Promise.resolve(client.buildEndSessionUrl(app.config, parameters).href);

  test('an application that shows its ID token ends our session at once, and every application is told', async () => {
    const url = await endSession({
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: BYE,
      state: 'so long',
    });
    expect((await browser.get(url)).location).toBe(`${BYE}?state=so+long`);
    expect(await sessionOf(browser)).toBeUndefined();
    expect(await logoutToken(told.app, app)).toMatchObject({
      sub: sub(),
      sid: tokens.claims()?.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(await logoutToken(told.wiki, wiki)).toMatchObject({ sub: sub() });
    await expect(client.fetchUserInfo(app.config, tokens.access_token, sub())).rejects.toMatchObject({ status: 401 });
  });

  test('without an ID token the person is asked, and a form of another site is no answer', async () => {
    const { client_id } = app.config.clientMetadata();
    const page = await browser.get(await endSession({ client_id, post_logout_redirect_uri: BYE }));
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' https://app.example`);
    const action = new URL(page.form().action, page.url).href;
    expect((await browser.post(action, { xsrf: 'guessed', logout: 'yes' })).status).toBe(400);
    expect(await sessionOf(browser)).toBeDefined();
    expect(told.app.tokens).toEqual([]);
    expect((await browser.submit(page)).location).toBe(BYE);
    expect(await sessionOf(browser)).toBeUndefined();
  });

  test('the browser is sent nowhere that is not registered', async () => {
    const url = await endSession({ id_token_hint: tokens.id_token!, post_logout_redirect_uri: `${BYE}/evil` });
    expect(await browser.get(url)).toMatchObject({ status: 400, location: undefined });
  });

  test('signing out at our own page tells every application, and the ledger says when each confirmed', async () => {
    await browser.post('/acme/logout');
    await logoutToken(told.app, app);
    await logoutToken(told.wiki, wiki);
    await until(async () => (await ledger('application.signed_out')).length >= 2, 5_000, 'no line in the ledger');
  });

  test.each(['suspend', 'deactivate', 'end-sessions'])(
    'security 23: to %s tells applications in five seconds',
    async (act) => {
      await service.api('POST', `/organizations/acme/accounts/${sub()}/${act}`);
      await logoutToken(told.app, app);
      await logoutToken(told.wiki, wiki);
      const asked = await app.start(browser, { organization: 'acme', prompt: 'none' });
      expect(answerAt(asked).error).toBe('login_required');
      if (act !== 'end-sessions') await service.api('POST', `/organizations/acme/accounts/${sub()}/reactivate`);
    },
  );

  test('an application that answers with an error is asked again, and that is shown', async () => {
    told.wiki.status = 500;
    await browser.post('/acme/logout');
    await until(() => told.wiki.tokens.length > 0, 5_000, 'the application was not told');
    await until(async () => (await ledger('application.sign_out_unconfirmed')).length > 0, 5_000, 'it is not shown');
    told.wiki.status = 200;
    await until(() => told.wiki.tokens.length > 1, 10_000, 'the application was not asked again');
    await until(
      async () => (await ledger('application.signed_out')).some(({ details }) => details.attempts > 1),
      5_000,
      'its confirmation is not in the ledger',
    );
  });

  test('an application that never answers is asked again after a time-out, and whoever looks at it sees that', async () => {
    told.wiki.status = undefined;
    const notice = async () =>
      (await service.api<{ lastLogoutNotice: object }>('GET', `/applications/${wiki.id}`)).lastLogoutNotice;
    await browser.post('/acme/logout');
    const at = expect.any(String) as string;
    const unanswered = { at, state: 'waiting', attempts: expect.any(Number) as number, problem: 'no answer' };
    await until(async () => (await notice()) && told.wiki.tokens.length > 1, 15_000, 'it was not asked again');
    expect(await notice()).toEqual(unanswered);
    told.wiki.status = 200;
    await until(
      async () =>
        isDeepStrictEqual(
          { ...(await notice()), at, attempts: 0 },
          { at, state: 'confirmed', attempts: 0, problem: null },
        ),
      15_000,
      'its confirmation is not shown',
    );
  });

  test('signing in anew signs no application out', async () => {
    const person = { idp, connection: acme, person: maria, slug: 'acme' };
    const begun = await wiki.start(browser, { organization: 'acme', prompt: 'login' });
    await (await throughIdp(browser, begun, person)).redeem();
    const info = await client.fetchUserInfo(app.config, tokens.access_token, sub());
    expect(info.sub).toBe(sub());
    expect(told.app.tokens).toEqual([]);
  });
});
