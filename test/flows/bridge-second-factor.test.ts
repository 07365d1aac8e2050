import { createApplication, REDIRECT_URI, type TestApplication } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { createInitech, logIn, PASSWORD, peter } from '../support/initech';
import { describeWith } from '../support/requires';
import { enrol, showCode, type Authenticator } from '../support/second-factor';
import { startService, type TestService } from '../support/service';

describeWith('postgres', 'an application’s request goes through the second factor', () => {
  let service: TestService;
  let application: TestApplication;
  let browser: HttpClient;
  let app: Authenticator;

  beforeAll(async () => {
    service = await startService();
    application = await createApplication(service);
    await createInitech(service, { policy: { requireSecondFactor: true } });
    await service.api('POST', '/organizations/initech/accounts', { ...peter, password: PASSWORD });
    browser = service.browser();
  });
  afterAll(() => service?.stop());

  const start = (more: Record<string, string> = {}) =>
    application.start(browser, { organization: 'initech', acr_values: 'urn:example:any', ...more });
  const returnToOf = ({ at }: { at: string }): string => new URL(at).searchParams.get('return_to') ?? '';

  test('when it is set up on the way: the codes to keep lead on to the application', async () => {
    const begun = await start();
    const sent = await logIn(browser, peter.email, PASSWORD, 'initech', { return_to: returnToOf(begun) });
    // Before the code nobody is signed in for anybody.
    expect((await begun.resume(returnToOf(begun))).at).not.toContain(REDIRECT_URI);
    const enrolled = await enrol(browser, sent, service.clock);
    ({ app } = enrolled);
    expect(enrolled.next).toBe(returnToOf(begun));
    const claims = (await (await begun.resume(enrolled.next)).redeem()).claims();
    expect([claims?.amr, claims?.acr]).toEqual([['pwd', 'otp', 'mfa'], undefined]);
  });

  test.each<Record<string, string>>([{ prompt: 'login' }, { max_age: '0' }])(
    'anew where it asks for %j, up to its own address',
    async (asked) => {
      const begun = await start(asked);
      const sent = await logIn(browser, peter.email, PASSWORD, 'initech', { return_to: returnToOf(begun) });
      const page = await browser.get(sent.location ?? '');
      expect(page.headers.get('content-security-policy')).toContain(
        `form-action 'self' ${new URL(REDIRECT_URI).origin}`,
      );
      // The password alone is not signing in anew.
      expect((await begun.resume(returnToOf(begun))).at).not.toContain(REDIRECT_URI);
      const done = await showCode(browser, page, app.code());
      const claims = (await (await begun.resume(done.location ?? '')).redeem()).claims();
      expect(claims?.amr).toEqual(['pwd', 'otp', 'mfa']);
      expect(Number(claims?.auth_time)).toBeGreaterThan((Date.now() + service.clock.offsetMs) / 1000 - 60);
    },
  );
});
