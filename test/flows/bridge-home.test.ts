import {
  begin,
  createAcme,
  createTestIdp,
  deliver,
  answer,
  maria,
  sessionOf,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { createApplication } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { createInitech, logIn, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const PETER = { email: 'peter@initech.example', givenName: 'Peter', familyName: 'Gibbons', password: PASSWORD };
const START = 'https://app.example/start?from=sso';

describeWith('postgres', 'where somebody goes who signs in for no application', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
    await createInitech(service);
    await service.api('POST', '/organizations/initech/accounts', PETER);
    await service.api('POST', '/organizations/acme/groups', { name: 'Engineering' });
  });
  afterAll(() => service.stop());

  /** Applications of this test alone. */
  const applications: string[] = [];
  const register = async (registration: Record<string, unknown>): Promise<void> =>
    void applications.push((await createApplication(service, registration)).id);
  afterEach(async () => {
    for (const id of applications.splice(0)) await service.api('DELETE', `/applications/${id}`);
  });

  /** Through the identity provider; yields where the browser is sent then. */
  async function signIn(browser: HttpClient, query = ''): Promise<string> {
    const reply = await deliver(
      browser,
      acme,
      await answer(idp, acme, maria, await begin(browser, acme, 'acme', query)),
    );
    return reply.location ?? '';
  }
  const began = (organization: string): string =>
    `${START}&iss=${encodeURIComponent(`${service.baseUrl}/oidc`)}&organization=${organization}`;

  test('to the account page while there is no application to begin in', async () => {
    await register({ name: 'Not to be begun in' });
    const browser = service.browser();
    expect(await signIn(browser)).toBe('/acme/account');
    expect((await browser.get('/acme')).location).toBe('/acme/account');
    expect((await browser.get('/acme/applications')).location).toBe('/acme/account');
    expect((await browser.get('/acme/account')).text).not.toContain('Your applications');
  });

  test('on to the only application, which is told who sends and the organization (OpenID Connect Core 4)', async () => {
    await register({ initiateLoginUri: START });
    const browser = service.browser();
    expect(await signIn(browser)).toBe(began('acme'));
    expect((await browser.get('/acme')).location).toBe(began('acme'));
    expect((await browser.get('/acme/account')).text).toContain('Open Timesheets');
    // What was asked for comes first, and the page of the ways in is still there.
    expect((await browser.get('/acme?return_to=/acme/account')).location).toBe('/acme/account');
    expect(await signIn(browser, '?return_to=/acme/account?deep=1')).toBe('/acme/account?deep=1');
    expect((await browser.get('/acme?choose=1')).text).toContain('Continue with Test IdP');
  });

  test('to a list where there are several', async () => {
    await register({ initiateLoginUri: START });
    await register({ name: 'Wiki <1>', initiateLoginUri: 'https://wiki.example/login' });
    const browser = service.browser();
    expect(await signIn(browser)).toBe('/acme/applications');
    const list = await browser.get('/acme/applications?start=1');
    expect(list.headers.get('refresh')).toBeNull();
    expect(list.text).toContain(`href="${began('acme').replaceAll('&', '&amp;')}"`);
    expect(list.text.indexOf('Timesheets')).toBeLessThan(list.text.indexOf('Wiki &lt;1&gt;'));
    expect(list.text).toContain('href="/acme/account"');
  });

  test('applications that are not for this person do not count', async () => {
    await register({ initiateLoginUri: START });
    await register({ name: 'Elsewhere', initiateLoginUri: START, organizations: ['initech'] });
    await register({ name: 'Tool', initiateLoginUri: 'https://tool.example/', access: { groups: ['engineering'] } });
    const browser = service.browser();
    expect(await signIn(browser)).toBe(began('acme'));
    const account = (await sessionOf(browser))!.account.id;
    await service.api('PATCH', `/organizations/acme/accounts/${account}`, { groups: ['Engineering'] });
    const list = await browser.get((await browser.get('/acme')).location ?? '');
    expect(list.text).toContain('Tool');
    expect(list.text).not.toContain('Elsewhere');
    await service.api('PATCH', `/organizations/acme/accounts/${account}`, { groups: [] });
  });

  test('security 23: from a form to a page of ours, which goes on by itself', async () => {
    await register({ initiateLoginUri: START });
    const browser = service.browser();
    expect((await logIn(browser, PETER.email)).location).toBe('/initech/applications?start=1');
    const page = await browser.get('/initech/applications?start=1');
    expect([page.status, page.headers.get('refresh')]).toEqual([200, `0; url=${began('initech')}`]);
    expect((await browser.get('/initech/applications')).headers.get('refresh')).toBeNull();
    expect((await browser.get('/initech/login')).location).toBe(began('initech'));
  });

  test('nobody who is signed out is told of applications', async () => {
    await register({ initiateLoginUri: START });
    const asked = await service.browser().get('/initech/applications');
    expect(asked.location).toBe('/initech?return_to=%2Finitech%2Fapplications');
  });
});
