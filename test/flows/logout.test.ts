import { inflateRawSync } from 'node:zlib';
import {
  logoutRequestXml,
  logoutResponseXml,
  redirectQuery,
  signedPost,
  type LogoutRequestFields,
  type LogoutResponseFields,
} from '../../src/demo/saml-logout';
import { createSamlKey, idpMetadataXml } from '../../src/demo/saml-response';
import {
  addConnection,
  createAcme,
  createTestIdp,
  maria,
  sessionOf,
  signIn,
  type SamlConnection,
  type TestIdp,
  type TestPerson,
} from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const MINUTE = 60_000;
const joe: TestPerson = { subject: 'joe-1', email: 'joe@acme.example', firstName: 'Joe', lastName: 'Doe' };

interface Place {
  slug: string;
  connection: SamlConnection;
}

interface LedgerLine {
  action: string;
  actor: { kind: string; id?: string };
  outcome: string | null;
  accountId: string | null;
  details: Record<string, unknown>;
}

describeWith('postgres', 'security 13: single logout by SAML', () => {
  let service: TestService;
  let idp: TestIdp;
  let silent: TestIdp;
  let organizations = 0;

  beforeAll(async () => {
    service = await startService();
    silent = await createTestIdp();
    idp = withLogout({});
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  /** The same identity provider, which offers single logout. */
  const withLogout = ({ sloUrl = 'https://idp.acme.example/slo?tenant=7' }: { sloUrl?: string }): TestIdp => ({
    ...silent,
    metadataXml: idpMetadataXml({
      entityId: silent.entityId,
      ssoUrl: `${silent.entityId}/sso`,
      sloUrl,
      certificates: [silent.key.certificate],
    }),
  });

  const now = (): Date => new Date(Date.now() + service.clock.offsetMs);
  const organization = async (settings: Record<string, unknown> = {}, at = idp): Promise<Place> => {
    const slug = `org-${++organizations}`;
    return { slug, connection: await createAcme(service, at, { slug, ...settings }) };
  };
  const signInAt = async (
    { slug, connection }: Place,
    person = maria,
    sessionIndex = '_session-1',
    browser = service.browser(),
  ): Promise<HttpClient> => {
    const reply = await signIn(service, idp, connection, person, { slug, browser, overrides: { sessionIndex } });
    if (reply.status !== 303) throw new Error(`not signed in: ${reply.status}`);
    return browser;
  };
  const isIn = async ({ slug }: Place, browser: HttpClient): Promise<boolean> =>
    (await browser.get(`/${slug}/session`)).status === 200;
  const from = ({ connection }: Place) => ({ issuer: idp.entityId, destination: connection.sp.sloUrl, now: now() });
  const requestXml = (place: Place, changes: Partial<LogoutRequestFields> = {}): string =>
    logoutRequestXml(from(place), { nameId: { value: maria.subject, format: PERSISTENT }, ...changes });
  const slo = ({ slug, connection }: Place): string => `/${slug}/sso/${connection.id}/slo`;
  const askByRedirect = (place: Place, xml: string, browser = service.browser(), relayState?: string) =>
    browser.get(`${slo(place)}?${redirectQuery('SAMLRequest', xml, idp.key, { relayState })}`);
  const askByPost = (place: Place, xml: string, browser = service.browser(), fields: Record<string, string> = {}) =>
    browser.post(
      slo(place),
      { SAMLRequest: signedPost(xml, idp.key), ...fields },
      { from: 'https://idp.acme.example' },
    );
  const ledger = async ({ slug }: Place): Promise<LedgerLine[]> =>
    (await service.api<{ items: LedgerLine[] }>('GET', `/organizations/${slug}/audit-events`)).items;
  const messageIn = (url: string, parameter: string): string =>
    inflateRawSync(Buffer.from(new URL(url).searchParams.get(parameter) ?? '', 'base64')).toString();

  test('signing out in the portal may end at the identity provider, as on the account page', async () => {
    const place = await organization();
    const browser = await signInAt(place);
    const [account] = (await service.api<{ items: { id: string }[] }>('GET', `/organizations/${place.slug}/accounts`))
      .items;
    const roles = ['organization_admin'];
    await service.api('PUT', `/organizations/${place.slug}/admins/${account?.id}`, { roles });
    for (const page of ['account', 'admin', 'admin/users']) {
      const { status, headers } = await browser.get(`/${place.slug}/${page}`);
      expect([page, status]).toEqual([page, 200]);
      expect(headers.get('content-security-policy')).toMatch(/form-action 'self' https:\/\/idp\.acme\.example/);
    }
  });

  describe('the identity provider asks', () => {
    test.each([
      ['redirect', askByRedirect],
      ['post, which brings no cookie', askByPost],
    ])('by %s: the sessions of that person at that connection end, and no others', async (_how, ask) => {
      const place = await organization();
      const other = { ...place, connection: await addConnection(service, place.slug, idp, { name: 'Second' }) };
      const elsewhere = await organization();
      const [mine, mineToo, joes] = [
        await signInAt(place),
        await signInAt(place, maria, '_s2'),
        await signInAt(place, joe),
      ];
      const away = await signInAt(elsewhere);
      const reply = await ask(place, requestXml(place));

      expect(reply.status).toBe(303);
      expect(reply.location).toMatch(/^https:\/\/idp\.acme\.example\/slo\?tenant=7&SAMLResponse=/);
      expect([await isIn(place, mine), await isIn(place, mineToo)]).toEqual([false, false]);
      expect([await isIn(place, joes), await isIn(elsewhere, away)]).toEqual([true, true]);
      expect((await ask(other, requestXml(other))).status).toBe(303);
      expect(await isIn(place, joes)).toBe(true);

      const lines = (await ledger(place)).filter(({ action }) => action === 'session.ended');
      expect(lines).toMatchObject([
        { actor: { kind: 'connection', id: place.connection.id }, details: { sessions: 2, by: 'saml_logout' } },
      ]);
      expect(JSON.stringify(lines)).not.toContain(maria.subject);
    });

    test('with SessionIndex: only those sessions', async () => {
      const place = await organization();
      const [one, two, three] = [
        await signInAt(place, maria, '_s1'),
        await signInAt(place, maria, '_s2'),
        await signInAt(place, maria, '_s3'),
      ];
      await askByRedirect(place, requestXml(place, { sessionIndexes: ['_s1', '_s3', '_unknown'] }));
      expect([await isIn(place, one), await isIn(place, two), await isIn(place, three)]).toEqual([false, true, false]);
    });

    test('by the name it has for the person, where the subject is read elsewhere', async () => {
      const place = await organization({ subjectFrom: { attribute: 'employeeNumber' } });
      const one = await signInAt(place, { ...maria, employeeNumber: '7' });
      const returning = await signInAt(place, { ...maria, employeeNumber: '7' });
      await askByRedirect(place, requestXml(place, { nameId: { value: '7', format: PERSISTENT } }));
      expect(await isIn(place, one)).toBe(true);
      await askByRedirect(place, requestXml(place));
      expect([await isIn(place, one), await isIn(place, returning)]).toEqual([false, false]);
    });

    test('the answer is signed, names the request, and brings RelayState back as it came', async () => {
      const place = await organization();
      const relayState = "https://evil.example/'a b'";
      const xml = requestXml(place, { id: '_request-7' });
      const { location = '' } = await askByRedirect(place, xml, undefined, relayState);
      const { searchParams } = new URL(location);
      expect(searchParams.get('RelayState')).toBe(relayState);
      expect(searchParams.get('SigAlg')).toMatch(/#rsa-sha256$/);
      const answer = messageIn(location, 'SAMLResponse');
      expect(answer).toContain('InResponseTo="_request-7"');
      expect(answer).toContain('Destination="https://idp.acme.example/slo?tenant=7"');
      expect(answer).toContain(`>${place.connection.sp.entityId}</saml:Issuer>`);
      expect(answer).toContain('status:Success');
    });

    test('the answer goes to the address for answers, by the binding that is offered', async () => {
      const { metadataXml } = withLogout({ sloUrl: 'https://idp.acme.example/slo' });
      const post = metadataXml
        .replace(/<md:SingleLogoutService[^>]*HTTP-Redirect[^>]*\/>/, '')
        .replace(/(<md:SingleLogoutService[^>]*)\/>/, '$1 ResponseLocation="https://answers.acme.example/slo"/>');
      const place = await organization({}, { ...idp, metadataXml: post });
      const reply = await askByPost(place, requestXml(place), undefined, { RelayState: 'r' });
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-security-policy')).toMatch(
        /form-action 'self' https:\/\/answers\.acme\.example$/,
      );
      const { action, fields } = reply.form();
      expect([action, fields.RelayState]).toEqual(['https://answers.acme.example/slo', 'r']);
      const answer = Buffer.from(fields.SAMLResponse ?? '', 'base64').toString();
      expect(answer).toContain('Destination="https://answers.acme.example/slo"');
      expect(answer).toContain('<ds:Signature');
    });

    test('one that offers no single logout may ask all the same: the browser is shown that it is signed out', async () => {
      const place = await organization({}, silent);
      const browser = await signInAt(place);
      const reply = await askByRedirect(place, requestXml(place), browser);
      expect(reply.location).toBe(`/${place.slug}?notice=signed_out`);
      expect(await isIn(place, browser)).toBe(false);
    });

    test('a session that ended stays ended, though a request in flight saves it again', async () => {
      const place = await organization();
      const browser = await signInAt(place);
      const page = await browser.get(`/${place.slug}/account`);
      const [saved] = await Promise.all([browser.get(`/${place.slug}/account`), askByPost(place, requestXml(place))]);
      expect([200, 303]).toContain(saved.status);
      expect(await isIn(place, browser)).toBe(false);
      expect((await browser.post(page.form().action, page.form().fields)).status).toBe(303);
      expect(await isIn(place, browser)).toBe(false);
    });
  });

  describe('a message that is not right ends nothing, and the ledger says why', () => {
    test('whatever is wrong with it', async () => {
      const place = await organization();
      const elsewhere = await organization();
      const browser = await signInAt(place);
      const stranger = await createSamlKey('Stranger');
      const xml = requestXml(place);
      const unsigned = redirectQuery('SAMLRequest', xml, idp.key).replace(/&SigAlg.*/, '');
      const stolen = redirectQuery('SAMLRequest', requestXml(elsewhere), idp.key);
      const attacks: [rule: string, send: () => Promise<Reply>][] = [
        ['signed', () => browser.get(`${slo(place)}?${unsigned}`)],
        [
          'signed',
          () =>
            browser.post(
              slo(place),
              { SAMLRequest: Buffer.from(xml).toString('base64') },
              { from: 'https://evil.example' },
            ),
        ],
        ['signature', () => browser.get(`${slo(place)}?${redirectQuery('SAMLRequest', xml, stranger)}`)],
        [
          'signature',
          () => browser.post(slo(place), { SAMLRequest: signedPost(xml, stranger) }, { from: 'https://evil.example' }),
        ],
        ['destination', () => browser.get(`${slo(place)}?${stolen}`)],
        ['parameters', () => browser.get(`${slo(place)}?${redirectQuery('SAMLRequest', xml, idp.key)}&SAMLRequest=x`)],
        ['parameters', () => browser.get(slo(place))],
        ['parameters', () => browser.post(slo(place), {}, { from: 'https://evil.example' })],
      ];
      for (const [rule, send] of attacks) {
        const reply = await send();
        expect([rule, reply.status]).toEqual([rule, 403]);
        const [line] = await ledger(place);
        expect(line).toMatchObject({ action: 'logout.refused', outcome: 'invalid_logout_request', details: { rule } });
      }
      expect(await isIn(place, browser)).toBe(true);
      expect((await browser.post(slo(place), { SAMLRequest: 'A'.repeat(200_000) })).status).toBe(413);
    });

    test('the same request a second time', async () => {
      const place = await organization();
      const xml = requestXml(place);
      expect((await askByRedirect(place, xml)).status).toBe(303);
      const browser = await signInAt(place);
      for (const ask of [askByRedirect, askByPost]) expect((await ask(place, xml)).status).toBe(403);
      expect(await isIn(place, browser)).toBe(true);
      expect((await ledger(place))[0]).toMatchObject({ action: 'logout.refused', details: { rule: 'replayed' } });
      service.clock.offsetMs = 12 * MINUTE + 1;
      expect((await askByRedirect(place, xml)).status).toBe(403);
    });

    test('an address of no connection', async () => {
      const place = await organization();
      expect((await service.browser().get(`/${place.slug}/sso/${crypto.randomUUID()}/slo`)).status).toBe(404);
    });
  });

  describe('a person signs out here', () => {
    const signOut = async (place: Place, browser: HttpClient): Promise<Reply> => {
      const page = await browser.get(`/${place.slug}/account`);
      expect(page.headers.get('content-security-policy')).toMatch(/form-action 'self' https:\/\/idp\.acme\.example$/);
      return browser.submit(page);
    };
    const answerQuery = (place: Place, changes: Partial<LogoutResponseFields>, key = idp.key): string =>
      redirectQuery('SAMLResponse', logoutResponseXml(from(place), changes), key);
    const begunAt = async (place: Place) => {
      const browser = await signInAt(place);
      const { location = '', status } = await signOut(place, browser);
      expect([status, await isIn(place, browser)]).toEqual([303, false]);
      const request = messageIn(location, 'SAMLRequest');
      return { browser, location, request, inResponseTo: / ID="([^"]+)"/.exec(request)?.[1] ?? '' };
    };
    const shown = async (place: Place, browser: HttpClient, query: string): Promise<Reply> =>
      browser.follow(await browser.get(`${slo(place)}?${query}`));

    test('the session here ends at once, and the identity provider is asked to end its own', async () => {
      const place = await organization();
      const { location, request } = await begunAt(place);
      expect(location).toMatch(/^https:\/\/idp\.acme\.example\/slo\?tenant=7&SAMLRequest=.*&SigAlg=.*&Signature=/);
      expect(request).toMatch(new RegExp(`<saml:NameID [^>]*Format="${PERSISTENT}"[^>]*>maria-1</saml:NameID>`));
      expect(request).toContain('>_session-1</samlp:SessionIndex>');
      expect(request).toContain('Destination="https://idp.acme.example/slo?tenant=7"');
      expect(request).toMatch(/ NotOnOrAfter="/);
    });

    test('what the identity provider answers is said, and no more than that', async () => {
      const place = await organization();
      for (const [changes, said] of [
        [{}, 'Test IdP has signed you out too.'],
        [{ statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, 'Test IdP did not confirm'],
        [{ statusSubcode: 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout' }, 'Test IdP did not confirm'],
      ] as const) {
        const { browser, inResponseTo } = await begunAt(place);
        const page = await shown(place, browser, answerQuery(place, { inResponseTo, ...changes }));
        expect([page.status, page.text.includes('You are signed out'), page.text.includes(said)]).toEqual([
          200,
          true,
          true,
        ]);
      }
    });

    test('an answer by post counts as well, though it brings no cookie on plain http', async () => {
      const place = await organization();
      const { browser, inResponseTo } = await begunAt(place);
      const SAMLResponse = signedPost(logoutResponseXml(from(place), { inResponseTo }), idp.key);
      const posted = await browser.post(slo(place), { SAMLResponse }, { from: 'https://idp.acme.example' });
      expect((await browser.follow(posted)).text).toContain('Test IdP has signed you out too.');
    });

    test('an answer counts once, in this browser, from this identity provider, at this connection', async () => {
      const place = await organization();
      const { browser, inResponseTo } = await begunAt(place);
      const stranger = await createSamlKey('Stranger');
      const elsewhere = await organization();
      const forged: [HttpClient, string][] = [
        [browser, answerQuery(place, { inResponseTo }, stranger)],
        [browser, answerQuery(place, { inResponseTo }).replace(/&SigAlg.*/, '')],
        [browser, answerQuery(place, { inResponseTo, issuer: 'https://evil.example' })],
        [browser, answerQuery(place, { inResponseTo: '_never-asked' })],
        [service.browser(), answerQuery(place, { inResponseTo })],
      ];
      for (const [asker, query] of forged) {
        const page = await shown(place, asker, query);
        expect([page.status, page.text.includes('did not confirm')]).toEqual([403, true]);
      }
      const foreign = redirectQuery('SAMLResponse', logoutResponseXml(from(elsewhere), { inResponseTo }), idp.key);
      expect((await shown(elsewhere, browser, foreign)).status).toBe(403);

      const right = answerQuery(place, { inResponseTo });
      expect((await shown(place, browser, right)).text).toContain('has signed you out too');
      expect((await shown(place, browser, right)).status).toBe(403);
    });

    test('an answer after an hour is none', async () => {
      const place = await organization();
      const { browser, inResponseTo } = await begunAt(place);
      service.clock.offsetMs = 60 * MINUTE;
      expect((await shown(place, browser, answerQuery(place, { inResponseTo }))).status).toBe(403);
    });

    test('a forged answer to somebody who is signed in signs nobody out, and does not say so', async () => {
      const place = await organization();
      const browser = await signInAt(place);
      const reply = await browser.get(
        `${slo(place)}?${answerQuery(place, { inResponseTo: '_x' }, await createSamlKey('X'))}`,
      );
      expect([reply.status, reply.text.includes('You are signed out')]).toEqual([403, false]);
      expect((await sessionOf(browser, place.slug))?.account.email).toBe(maria.email);
      expect((await browser.get(`/${place.slug}?notice=signed_out`)).location).toBe(`/${place.slug}/account`);
    });

    test('where the identity provider offers no single logout, nobody is sent anywhere', async () => {
      const place = await organization({}, silent);
      const browser = await signInAt(place);
      const page = await browser.get(`/${place.slug}/account`);
      expect(page.headers.get('content-security-policy')).toMatch(/form-action 'self'$/);
      expect((await browser.submit(page)).location).toBe(`/${place.slug}?notice=signed_out`);
    });

    test('by post, where the identity provider takes nothing else', async () => {
      const metadataXml = idp.metadataXml.replace(/<md:SingleLogoutService[^>]*HTTP-Redirect[^>]*\/>/, '');
      const place = await organization({}, { ...idp, metadataXml });
      const reply = await signOut(place, await signInAt(place));
      expect([reply.status, reply.form().action]).toEqual([200, 'https://idp.acme.example/slo?tenant=7']);
      expect(Buffer.from(reply.form().fields.SAMLRequest ?? '', 'base64').toString()).toContain('<ds:Signature');
    });
  });
});
