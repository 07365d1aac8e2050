import { inflateRawSync } from 'node:zlib';
import {
  answer,
  begunBy,
  createAcme,
  createTestIdp,
  deliver,
  maria,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { createApplication, type Journey, type TestApplication, type Tokens } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { createInitech, logIn, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const CLASSES = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const [SMART_CARD, MULTI_FACTOR, BY_PASSWORD] = [
  `${CLASSES}Smartcard`,
  'https://refeds.org/profile/mfa',
  `${CLASSES}PasswordProtectedTransport`,
];
const PETER = { email: 'peter@initech.example', givenName: 'Peter', familyName: 'Gibbons', password: PASSWORD };

describeWith('postgres', 'how somebody is to be authenticated (acr_values)', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;
  let app: TestApplication;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
    await createInitech(service);
    await service.api('POST', '/organizations/initech/accounts', PETER);
    app = await createApplication(service);
  });
  afterAll(() => service.stop());

  const start = (browser: HttpClient, more: Record<string, string> = {}): Promise<Journey> =>
    app.start(browser, { organization: 'acme', ...more });
  /** The classes that the identity provider is asked for. */
  const askedFor = ({ at }: Journey): string[] => {
    const request = new URL(at).searchParams.get('SAMLRequest') ?? '';
    const xml = inflateRawSync(Buffer.from(request, 'base64')).toString();
    return [...xml.matchAll(/AuthnContextClassRef[^>]*>([^<]+)</g)].map(([, one = '']) => one);
  };
  /** The identity provider says that it authenticated the person in this way. */
  async function answered(browser: HttpClient, arrived: Journey, authnContext?: string): Promise<Tokens> {
    const fields = await answer(idp, acme, maria, begunBy(arrived.at), { authnContext });
    const reply = await deliver(browser, acme, fields);
    return (await arrived.resume(reply.location ?? '')).redeem();
  }

  test('the identity provider is asked for it, and what it states is told', async () => {
    const browser = service.browser();
    const begun = await start(browser, { acr_values: `${SMART_CARD} ${MULTI_FACTOR}` });
    expect(askedFor(begun)).toEqual([SMART_CARD, MULTI_FACTOR]);
    expect((await answered(browser, begun, MULTI_FACTOR)).claims()?.acr).toBe(MULTI_FACTOR);
    // Within the same session nothing has to be asked.
    const again = await start(browser, { acr_values: MULTI_FACTOR });
    expect([again.hops, (await again.redeem()).claims()?.acr]).toEqual([1, MULTI_FACTOR]);
  });

  test('who asks for nothing is told all the same', async () => {
    const browser = service.browser();
    const begun = await start(browser);
    expect(askedFor(begun)).toEqual([]);
    expect((await answered(browser, begun)).claims()?.acr).toBe(BY_PASSWORD);
  });

  test('a session of another context is not taken; what the provider then grants is, and is told as it is', async () => {
    const browser = service.browser();
    await answered(browser, await start(browser));
    const begun = await start(browser, { acr_values: SMART_CARD });
    expect(askedFor(begun)).toEqual([SMART_CARD]);
    const early = await begun.resume(`/oidc/auth/${browser.jar.get('drawbridge-resume')}`);
    expect(askedFor(early)).toEqual([SMART_CARD]);
    expect((await answered(browser, early)).claims()?.acr).toBe(BY_PASSWORD);
    // Voluntary: without a page it is no error either (OpenID Connect Core 3.1.2.1).
    const silent = await start(browser, { acr_values: SMART_CARD, prompt: 'none' });
    expect((await silent.redeem()).claims()?.acr).toBe(BY_PASSWORD);
  });

  test('the sign-in page and an attempt that begins anew keep it', async () => {
    const browser = service.browser();
    const query = `return_to=/acme/account&acr_values=${encodeURIComponent(MULTI_FACTOR)}`;
    const page = await browser.get(`/acme?choose=1&${query}`);
    expect(page.text).toContain(`acr_values=${encodeURIComponent(MULTI_FACTOR)}`);
    const begun = await start(browser, { acr_values: MULTI_FACTOR });
    service.clock.offsetMs += 61 * 60_000;
    const late = await deliver(browser, acme, await answer(idp, acme, maria, begunBy(begun.at)));
    expect(late.location).toContain(`acr_values=${encodeURIComponent(MULTI_FACTOR)}`);
    service.clock.offsetMs = 0;
  });

  test('a session by password stays as it is: no provider could be asked', async () => {
    const browser = service.browser();
    await logIn(browser, PETER.email);
    const asked = await app.start(browser, { organization: 'initech', acr_values: MULTI_FACTOR });
    expect(asked.hops).toBe(1);
    expect((await asked.redeem()).claims()).not.toHaveProperty('acr');
  });
});
