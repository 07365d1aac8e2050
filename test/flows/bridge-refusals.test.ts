import {
  answer,
  begunBy,
  createAcme,
  createTestIdp,
  deliver,
  newcomer,
  maria,
  signIn,
  sessionOf,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { answerAt, createApplication, type TestApplication } from '../support/application';
import { createInitech, logIn, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const PETER = { email: 'peter@initech.example', givenName: 'Peter', familyName: 'Gibbons', password: PASSWORD };

describeWith('postgres', 'who is refused on the way to an application', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;
  let app: TestApplication;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
    await createInitech(service);
    app = await createApplication(service);
  });
  afterAll(() => service.stop());

  test('by the identity provider’s way: goes back to it, and it is told (access_denied)', async () => {
    const person = newcomer(maria);
    const { browser: elsewhere } = await signIn(service, idp, acme, person);
    const { id } = (await sessionOf(elsewhere))!.account;
    await service.api('POST', `/organizations/acme/accounts/${id}/suspend`);

    const browser = service.browser();
    const begun = await app.start(browser, { organization: 'acme' });
    const refused = await deliver(browser, acme, await answer(idp, acme, person, begunBy(begun.at)));
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Back to Timesheets');
    expect(refused.headers.get('content-security-policy')).toContain(`form-action 'self' https://app.example`);
    const declined = await browser.submit(refused);
    expect(answerAt(await begun.resume(declined.location ?? ''))).toMatchObject({
      error: 'access_denied',
      error_description: 'nobody was signed in',
      state: expect.any(String),
    });
    // The request is over: nothing is left to go back to.
    expect((await browser.submit(refused)).status).toBe(400);
  });

  test('with a password', async () => {
    const { id } = await service.api<{ id: string }>('POST', '/organizations/initech/accounts', PETER);
    await service.api('POST', `/organizations/initech/accounts/${id}/suspend`);
    const browser = service.browser();
    const begun = await app.start(browser, { organization: 'initech' });
    const refused = await browser.submit(await browser.get(begun.at), { login: PETER.email, password: PASSWORD });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('Back to Timesheets')]);
    const declined = await browser.submit(refused);
    expect(answerAt(await begun.resume(declined.location ?? ''))).toMatchObject({ error: 'access_denied' });
  });

  test('where the connection was disabled meanwhile', async () => {
    const hooli = await createAcme(service, idp, { slug: 'hooli' });
    const browser = service.browser();
    const begun = await app.start(browser, { organization: 'hooli' });
    await service.api('PATCH', `/organizations/hooli/connections/${hooli.id}`, { state: 'disabled' });
    const waiting = `/oidc/auth/${browser.jar.get('drawbridge-resume')}`;
    const refused = await browser.get(`/hooli/sso/${hooli.id}?return_to=${waiting}`);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('Back to Timesheets')]);
    const declined = await browser.submit(refused);
    expect(answerAt(await begun.resume(declined.location ?? ''))).toMatchObject({ error: 'access_denied' });
  });

  test('another browser’s request is not declined from here', async () => {
    const begun = await app.start(service.browser(), { organization: 'initech' });
    const returnTo = new URL(begun.at).searchParams.get('return_to') ?? '';
    const refused = await logIn(service.browser(), PETER.email, PASSWORD, 'initech', { return_to: returnTo });
    const stranger = await service.browser().submit(refused);
    expect([stranger.status, stranger.text]).toEqual([400, expect.stringContaining('started again')]);
  });

  test('who comes for no application is offered no way back', async () => {
    const refused = await logIn(service.browser(), PETER.email);
    expect([refused.status, refused.text]).toEqual([403, expect.not.stringContaining('Back to Timesheets')]);
  });
});
