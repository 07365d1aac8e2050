import { answer, begunBy, createAcme, createTestIdp, deliver, maria } from '../support/acme';
import { createApplication, REDIRECT_URI, type TestApplication } from '../support/application';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD, peter } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

describeWith('postgres', 'an application’s request waits while the person', () => {
  let service: TestService;
  let mailbox: Mailbox;
  let app: TestApplication;

  beforeAll(async () => {
    mailbox = await startMailbox();
    service = await startService({ smtpUrl: mailbox.url, jobs: true });
    app = await createApplication(service);
    await createInitech(service);
  });
  afterAll(async () => {
    await service.stop();
    await mailbox.stop();
  });

  const toApplication = expect.stringContaining(`form-action 'self' ${new URL(REDIRECT_URI).origin}`);

  test('creates an account by mail', async () => {
    const browser = service.browser();
    const begun = await app.start(browser, { organization: 'initech' });
    const signup = /href="([^"]*\/signup)"/.exec(begun.text)?.[1] ?? '';
    await browser.submit(await browser.get(signup), { ...peter });
    const link = linkIn(await mailbox.next(peter.email));
    const form = await browser.submit(await browser.get(link));
    expect(form.headers.get('content-security-policy')).toEqual(toApplication);
    const done = await browser.submit(form, { password: PASSWORD });
    expect((await (await begun.resume(done.location ?? '')).redeem()).claims()?.email).toBe(peter.email);

    // It is over now, and what was remembered leads nowhere.
    await browser.post('/initech/forgot', { email: peter.email });
    const again = linkIn(await mailbox.next(peter.email));
    expect((await choose(browser, again, OTHER_PASSWORD)).location).toBe('/initech/account');
  });

  test('chooses another password; in another browser there is nothing to go on with', async () => {
    const michael = { ...peter, email: 'michael@initech.example', password: PASSWORD };
    await service.api('POST', '/organizations/initech/accounts', michael);
    const browser = service.browser();
    const begun = await app.start(browser, { organization: 'initech' });
    await browser.post('/initech/forgot', { email: michael.email });
    const link = linkIn(await mailbox.next(michael.email));
    expect((await service.browser().get(link)).headers.get('content-security-policy')).not.toEqual(toApplication);
    const done = await choose(browser, link, OTHER_PASSWORD);
    expect((await (await begun.resume(done.location ?? '')).redeem()).claims()?.email).toBe(michael.email);
  });

  test('is of another organization: it is not taken up', async () => {
    await createInitech(service, { slug: 'chotchkies' });
    const joanna = { ...peter, email: 'joanna@chotchkies.example', password: PASSWORD };
    await service.api('POST', '/organizations/chotchkies/accounts', joanna);
    const browser = service.browser();
    await app.start(browser, { organization: 'initech' });
    await browser.post('/chotchkies/forgot', { email: joanna.email });
    const link = linkIn(await mailbox.next(joanna.email));
    expect((await choose(browser, link, OTHER_PASSWORD)).location).toBe('/chotchkies/account');
  });

  test('proves that an account is theirs', async () => {
    const idp = await createTestIdp();
    const connection = await createAcme(service, idp, { trustEmail: 'none', state: 'disabled' });
    const names = { givenName: 'María', familyName: 'Suárez', password: PASSWORD };
    await service.api('POST', '/organizations/acme/accounts', { email: maria.email, ...names });
    await service.api('PATCH', `/organizations/acme/connections/${connection.id}`, { state: 'active' });

    const browser = service.browser();
    const begun = await app.start(browser, { organization: 'acme' });
    const refused = await deliver(browser, connection, await answer(idp, connection, maria, begunBy(begun.at)));
    expect(refused.text).toContain('Sign in the way you did before');
    await logIn(browser, maria.email ?? '', PASSWORD, 'acme');
    const offer = await browser.get('/acme/account/link');
    expect(offer.headers.get('content-security-policy')).toEqual(toApplication);
    const linked = await browser.submit(offer);
    expect((await (await begun.resume(linked.location ?? '')).redeem()).claims()?.email).toBe(maria.email);
  });
});
