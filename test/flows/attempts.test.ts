import { randomUUID } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import { createSamlKey } from '../../src/demo/saml-response';
import {
  addConnection,
  answer,
  begin,
  createAcme,
  createTestIdp,
  deliver,
  maria as likeMaria,
  newcomer,
  sessionOf,
  signIn,
  type SamlConnection,
  type TestIdp,
  type TestPerson,
} from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import type { OidcAccount } from '../support/oidc-accounts';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { PEOPLE } from '../support/people';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const MINUTE = 60_000;
const likeJoe: TestPerson = { subject: 'joe-1', email: 'joe@acme.example', firstName: 'Joe', lastName: 'Doe' };
const CLIENT_SECRET = 'a-secret-of-32-characters-0123456789';

let [maria, joe] = [newcomer(likeMaria), newcomer(likeJoe)];

interface Place {
  slug: string;
  connection: SamlConnection;
  account: string;
}

describeWith('postgres', 'sign-in attempts', () => {
  let service: TestService;
  let idp: TestIdp;
  let organizations = 0;
  let shared: Place[];
  let free: Place[] = [];

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
    shared = [await organization(), await organization()];
  });
  beforeEach(() => {
    [maria, joe] = [newcomer(likeMaria), newcomer(likeJoe)];
    free = [...shared];
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  /** One that the tests share, each with people of its own; with settings, one of its own. */
  const organization = async (settings?: Record<string, unknown>): Promise<Place> => {
    const waiting = settings ? undefined : free.shift();
    if (waiting) return waiting;
    const slug = `org-${++organizations}`;
    return { slug, connection: await createAcme(service, idp, { slug, ...settings }), account: `/${slug}/account` };
  };
  const beginAt = (browser: HttpClient, { slug, connection }: Place, query = '') =>
    begin(browser, connection, slug, query);
  const deliverAt = (browser: HttpClient, { slug, connection }: Place, fields: Record<string, string>) =>
    deliver(browser, connection, fields, slug);
  const signInAt = (place: Place, browser = service.browser(), person = maria) =>
    signIn(service, idp, place.connection, person, { browser, slug: place.slug });
  const start = ({ slug, connection }: Place): string => `/${slug}/sso/${connection.id}`;
  /** Where the page of a refusal leads who tries again. */
  const tryAgain = (page: Reply): string | undefined =>
    /<a [^>]*href="([^"]+)"[^>]*>(?:(?!<\/a>)[^])*Try again/.exec(page.text)?.[1];
  /** Sessions of this test's people that are not over. */
  const sessionsAt = async ({ slug }: Place): Promise<number> => {
    const [found] = await service.resources.db.query<{ count: string }[]>(
      `SELECT count(*) FROM sessions s JOIN organization_slugs o USING (organization_id) JOIN accounts a ON a.id = s.account_id
         JOIN contacts c ON c.id = a.contact_id WHERE o.slug = $1 AND s.ended_at IS NULL AND c.email = ANY ($2)`,
      [slug, [maria.email, joe.email]],
    );
    return Number(found?.count);
  };
  const clockNow = (): Date => new Date(Date.now() + service.clock.offsetMs);

  describe('security 9: a response counts once', () => {
    test.each(['a newcomer', 'somebody known'])('eight at once are one sign-in: %s', async (who) => {
      const place = await organization();
      if (who === 'somebody known') await signInAt(place);
      const browser = service.browser();
      const fields = await answer(idp, place.connection, maria, await beginAt(browser, place));
      const replies = await Promise.all(Array.from({ length: 8 }, () => deliverAt(browser, place, fields)));
      const statuses = replies.map((reply) => reply.status).sort();
      expect(statuses).toEqual([303, 403, 403, 403, 403, 403, 403, 403]);
      const attempts = await service.api<{ items: { state: string }[] }>(
        'GET',
        `/organizations/${place.slug}/sign-in-attempts`,
      );
      expect(attempts.items[0]?.state).toBe('succeeded');
      expect(await sessionsAt(place)).toBe(who === 'somebody known' ? 2 : 1);
    });

    test('Back or a reload brings whoever is signed in by it on to where it led, and changes nothing', async () => {
      const place = await organization();
      const browser = service.browser();
      const deep = `${place.account}?deep=1`;
      const begun = await beginAt(browser, place, `?return_to=${encodeURIComponent(deep)}`);
      const fields = await answer(idp, place.connection, maria, begun);
      const posted = await browser.post(`${start(place)}/acs`, fields, { from: idp.entityId });
      expect(posted.location).toMatch(/\/acs\?handle=/);
      expect((await browser.get(posted.location ?? '')).location).toBe(deep);
      const cookies = browser.jar.names().map((name) => browser.jar.get(name));
      const session = await sessionOf(browser, place.slug);

      for (const again of [await deliverAt(browser, place, fields), await browser.get(posted.location ?? '')])
        expect([again.status, again.location]).toEqual([303, deep]);
      expect(browser.jar.names().map((name) => browser.jar.get(name))).toEqual(cookies);
      expect(await sessionOf(browser, place.slug)).toEqual(session);
      expect(await sessionsAt(place)).toBe(1);
    });

    test.each(['is signed out', 'is somebody else by now'])('whoever %s is told so, with a way on', async (who) => {
      const place = await organization();
      const browser = service.browser();
      const deep = `${place.account}?deep=1`;
      const begun = await beginAt(browser, place, `?return_to=${encodeURIComponent(deep)}`);
      const fields = await answer(idp, place.connection, maria, begun);
      const posted = await browser.post(`${start(place)}/acs`, fields, { from: idp.entityId });
      await browser.get(posted.location ?? '');
      if (who === 'is signed out') await browser.post(`/${place.slug}/logout`);
      else await signInAt(place, browser, joe);
      const session = await sessionOf(browser, place.slug);

      for (const again of [await deliverAt(browser, place, fields), await browser.get(posted.location ?? '')]) {
        expect(again.status).toBe(403);
        expect(again.text).toContain('This sign-in was finished already');
        expect(again.text).toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}/);
        expect(tryAgain(again)).toBe(`${start(place)}?return_to=${encodeURIComponent(deep)}`);
        // The language links would ask for the answer a second time.
        expect(again.text).not.toMatch(/href="[^"]*handle=/);
      }
      expect(await sessionOf(browser, place.slug)).toEqual(session);
    });

    test('another browser learns nothing of where it led', async () => {
      const place = await organization();
      const browser = service.browser();
      const fields = await answer(idp, place.connection, maria, await beginAt(browser, place));
      await deliverAt(browser, place, fields);
      const { browser: other } = await signInAt(place);
      expect((await deliverAt(other, place, fields)).status).toBe(403);
    });

    test.each(['', '?handle=', '?handle=x&state=y', '?state=%00', '?handle=a&handle=b'])(
      'an address that holds nothing says so: /acs%s',
      async (query) => {
        const place = await organization();
        const reply = await service.browser().get(`${start(place)}/acs${query}`);
        expect([reply.status, tryAgain(reply)]).toEqual([403, start(place)]);
      },
    );
  });

  describe('what strangers send', () => {
    test('security 9: a forged response does not burn the pending request', async () => {
      const place = await organization();
      const browser = service.browser();
      const begun = await beginAt(browser, place);
      const forger = { ...idp, key: await createSamlKey('Mallory') };
      const forged = await deliverAt(browser, place, await answer(forger, place.connection, maria, begun));
      expect(forged.status).toBe(403);
      expect(await sessionOf(browser, place.slug)).toBeUndefined();

      const real = await deliverAt(browser, place, await answer(idp, place.connection, maria, begun));
      expect([real.status, real.location]).toEqual([303, place.account]);
    });

    test('security 9: nor does one that is looked at while the real one is let in', async () => {
      const place = await organization();
      const browser = service.browser();
      const begun = await beginAt(browser, place);
      const forger = { ...idp, key: await createSamlKey('Mallory') };
      const [real, forged] = [
        await answer(idp, place.connection, maria, begun),
        await answer(forger, place.connection, maria, begun),
      ];
      const release = await holdAttempts(service, place.slug);
      // Both have read the attempt as open; the real one is the first to write.
      const first = deliverAt(browser, place, real);
      await release.whenWaiting(1);
      const second = deliverAt(browser, place, forged);
      await release.whenWaiting(2);
      await release();
      expect([(await first).status, (await second).status]).toEqual([303, 403]);
      expect((await deliverAt(browser, place, real)).location).toBe(place.account);
      const { items } = await service.api<{ items: { state: string }[] }>(
        'GET',
        `/organizations/${place.slug}/sign-in-attempts`,
      );
      expect(items[0]?.state).toBe('succeeded');
    });

    test.each(['with cookies of its own', 'without cookies'])(
      "security 10: another browser's response is refused and burns nothing: %s",
      async (which) => {
        const place = await organization();
        const browser = service.browser();
        const begun = await beginAt(browser, place, `?return_to=${encodeURIComponent(`${place.account}?deep=1`)}`);
        const fields = await answer(idp, place.connection, maria, begun);
        const other = service.browser();
        if (which === 'with cookies of its own') await beginAt(other, place);
        const refused = await deliverAt(other, place, fields);
        expect(refused.status).toBe(403);
        expect(refused.text).toContain('did not send our cookie back');
        expect(tryAgain(refused)).toBe(`${start(place)}?return_to=${encodeURIComponent(`${place.account}?deep=1`)}`);
        expect(await sessionOf(other, place.slug)).toBeUndefined();

        expect((await deliverAt(browser, place, fields)).status).toBe(303);
      },
    );

    test("security 9: another organization's request is answered for by none but its own", async () => {
      const [one, other] = [await organization(), await organization()];
      const browser = service.browser();
      const fields = await answer(idp, one.connection, maria, await beginAt(browser, one));
      const astray = await deliverAt(browser, other, fields);
      // To the other organization it is a response that nobody asked for.
      expect([astray.status, astray.location]).toEqual([303, start(other)]);
      expect(await sessionOf(browser, other.slug)).toBeUndefined();
      expect((await deliverAt(browser, one, fields)).status).toBe(303);
    });

    test('security 12: an unsolicited response never replaces a session', async () => {
      const place = await organization({ allowIdpInitiated: true });
      const { browser } = await signInAt(place);
      const mallory = { ...maria, subject: 'mallory', email: 'mallory@acme.example' };
      const reply = await deliverAt(browser, place, await answer(idp, place.connection, mallory, undefined));
      expect([reply.status, reply.location]).toEqual([303, start(place)]);
      expect((await sessionOf(browser, place.slug))?.account.email).toBe(maria.email);
    });
  });

  describe('security 10: tabs of one browser', () => {
    test.each(['first', 'second'])('both arrive where each was to lead, the %s one first', async (which) => {
      const place = await organization();
      const browser = service.browser();
      const tabs = [1, 2].map((tab) => `${place.account}?tab=${tab}`);
      const begun = [];
      for (const tab of tabs) begun.push(await beginAt(browser, place, `?return_to=${tab}`));
      const order = which === 'first' ? [0, 1] : [1, 0];
      for (const tab of order) {
        const fields = await answer(idp, place.connection, maria, begun[tab]);
        expect((await deliverAt(browser, place, fields)).location).toBe(tabs[tab]);
      }
      expect(await sessionsAt(place)).toBe(1);
    });

    test('two organizations at once', async () => {
      const [one, other] = [await organization(), await organization()];
      const browser = service.browser();
      const begun = [await beginAt(browser, one), await beginAt(browser, other)];
      await deliverAt(browser, other, await answer(idp, other.connection, joe, begun[1]));
      await deliverAt(browser, one, await answer(idp, one.connection, maria, begun[0]));
      expect((await sessionOf(browser, one.slug))?.account.email).toBe(maria.email);
      expect((await sessionOf(browser, other.slug))?.account.email).toBe(joe.email);
    });

    test('of three, one that is refused harms the others not', async () => {
      const place = await organization();
      const browser = service.browser();
      const begun = [
        await beginAt(browser, place),
        await beginAt(browser, place, '?return_to=/x'),
        await beginAt(browser, place),
      ];
      await deliverAt(browser, place, await answer(idp, place.connection, maria, begun[0]));
      const nobody = { ...maria, subject: 'new', firstName: undefined, lastName: undefined, email: undefined };
      const refused = await deliverAt(browser, place, await answer(idp, place.connection, nobody, begun[1]));
      expect([refused.status, tryAgain(refused)]).toEqual([403, `${start(place)}?return_to=%2Fx`]);
      expect((await sessionOf(browser, place.slug))?.account.email).toBe(maria.email);
      await deliverAt(browser, place, await answer(idp, place.connection, maria, begun[2]));
      expect(await sessionsAt(place)).toBe(1);
    });
  });

  describe('security 9: an attempt that took too long', () => {
    test('starts again once by itself, then says so', async () => {
      const place = await organization();
      const browser = service.browser();
      const deep = `${place.account}?deep=1`;
      const begun = await beginAt(browser, place, `?return_to=${encodeURIComponent(deep)}&login_hint=m%40acme.example`);
      service.clock.offsetMs = 61 * MINUTE;
      const restarted = await deliverAt(browser, place, await answer(idp, place.connection, maria, begun));
      expect([restarted.status, restarted.location]).toEqual([
        303,
        `${start(place)}?return_to=${encodeURIComponent(deep)}&login_hint=m%40acme.example`,
      ]);

      const late = await deliverAt(browser, place, await answer(idp, place.connection, maria, begun));
      expect(late.status).toBe(403);
      expect(late.text).toContain('too long');
      expect(tryAgain(late)).toBe(`${start(place)}?return_to=${encodeURIComponent(deep)}`);

      const fresh = await begin(
        browser,
        place.connection,
        place.slug,
        new URL(restarted.location ?? '', restarted.url).search,
      );
      const fields = await answer(idp, place.connection, maria, fresh, { now: clockNow() });
      expect((await deliverAt(browser, place, fields)).location).toBe(deep);
    });

    test('in another browser it starts afresh without a word of who it began for', async () => {
      const place = await organization();
      const begun = await beginAt(service.browser(), place, '?login_hint=m%40acme.example');
      service.clock.offsetMs = 61 * MINUTE;
      const fields = await answer(idp, place.connection, maria, begun);
      expect((await deliverAt(service.browser(), place, fields)).location).toBe(`${start(place)}?restarted=1`);
    });

    test('an hour is not too long', async () => {
      const place = await organization();
      const browser = service.browser();
      const begun = await beginAt(browser, place);
      service.clock.offsetMs = 59 * MINUTE;
      const fields = await answer(idp, place.connection, maria, begun, { now: clockNow() });
      expect((await deliverAt(browser, place, fields)).location).toBe(place.account);
    });
  });

  describe('security 11: a response that nobody asked for', () => {
    test('is discarded, and answered by a request of our own at most once a minute', async () => {
      const place = await organization();
      const browser = service.browser();
      const fields = await answer(idp, place.connection, maria, undefined);
      const first = await deliverAt(browser, place, fields);
      expect([first.status, first.location]).toEqual([303, `${start(place)}?restarted=1`]);
      expect((await browser.get(first.location ?? '')).location).toContain('SAMLRequest=');
      expect(first.headers.getSetCookie().find((line) => line.includes('restarted'))).toMatch(/Max-Age=60;/);

      const second = await deliverAt(browser, place, fields);
      expect(second.status).toBe(403);
      expect(await sessionOf(browser, place.slug)).toBeUndefined();
      // What our own request brings is good.
      expect((await signInAt(place, browser)).location).toBe(place.account);
    });

    test('is not even read where it is not allowed', async () => {
      const place = await organization();
      const browser = service.browser();
      const reply = await deliverAt(browser, place, { SAMLResponse: 'no XML at all' });
      expect([reply.status, reply.location]).toEqual([303, `${start(place)}?restarted=1`]);
    });

    test('does not go round in circles in a browser that keeps no cookies', async () => {
      const place = await organization();
      const fields = await answer(idp, place.connection, maria, undefined);
      const restarted = await deliverAt(service.browser(), place, fields);
      const reply = await service.browser().get(restarted.location ?? '');
      expect([reply.status, reply.location, tryAgain(reply)]).toEqual([403, undefined, start(place)]);
      expect(reply.text).toContain('cookie');
    });

    test('is accepted once where it is allowed', async () => {
      const place = await organization({ allowIdpInitiated: true });
      const browser = service.browser();
      const fields = await answer(idp, place.connection, maria, undefined);
      expect((await deliverAt(browser, place, fields)).location).toBe(place.account);
      expect((await sessionOf(browser, place.slug))?.account.email).toBe(maria.email);

      const other = service.browser();
      const replayed = await deliverAt(other, place, fields);
      expect(replayed.status).toBe(403);
      expect(await sessionOf(other, place.slug)).toBeUndefined();
    });

    test('the answer to a request does not pass for one', async () => {
      const place = await organization({ allowIdpInitiated: true });
      const { SAMLResponse } = await answer(idp, place.connection, maria, await beginAt(service.browser(), place));
      const other = service.browser();
      const reply = await deliverAt(other, place, { SAMLResponse: SAMLResponse ?? '' });
      expect(reply.status).toBe(403);
      expect(await sessionOf(other, place.slug)).toBeUndefined();
    });

    test('a forged one is refused and noted', async () => {
      const place = await organization({ allowIdpInitiated: true });
      const forger = { ...idp, key: await createSamlKey('Mallory') };
      const reply = await deliverAt(service.browser(), place, await answer(forger, place.connection, maria, undefined));
      expect(reply.status).toBe(403);
      const { items } = await service.api<{ items: { state: string; refusalCode: string }[] }>(
        'GET',
        `/organizations/${place.slug}/sign-in-attempts`,
      );
      expect(items[0]).toMatchObject({ state: 'refused', refusalCode: 'invalid_assertion' });
    });
  });

  describe('security 21: return_to', () => {
    let place: Place;
    let signedIn: HttpClient;
    beforeAll(async () => {
      place = await organization();
      signedIn = (await signInAt(place)).browser;
    });
    const homeWith = (value: string) => signedIn.get(`/${place.slug}?return_to=${encodeURIComponent(value)}`);

    test.each([
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/.//evil.example',
      '/..//evil.example',
      '/x/..//evil.example',
      '/%2e//evil.example',
      '/./\\evil.example',
      '/\\/evil.example',
      '/\t//evil.example',
      '\u2215\u2215evil.example',
      '\uff0f\uff0fevil.example',
      '%2F%2Fevil.example',
      'https:evil.example',
      'https:/\\evil.example',
      'blob:https://evil.example/x',
      '?x=//evil.example',
      '#//evil.example',
      '/\u0085/evil.example',
      '/\u00a0/evil.example',
      '/\ufeff/evil.example',
      'https://evil.example',
      'http:/evil.example',
      'HTTPS://evil.example/x',
      'javascript:alert(1)',
      'data:text/html,x',
      'evil.example',
      '@evil.example',
      '/\t/evil.example',
      '\t//evil.example',
      ' //evil.example',
      '/\r\nSet-Cookie: a=b',
      '/\u0000/evil.example',
      '/\u2028/evil.example',
      '/a b',
      `/${'x'.repeat(2048)}`,
      '',
    ])('%j is not followed', async (value) => {
      const { status, location } = await homeWith(value);
      expect([status, location]).toEqual([303, place.account]);
    });

    test('nor is a second one', async () => {
      const { location } = await signedIn.get(`/${place.slug}?return_to=/a&return_to=/b`);
      expect(location).toBe(place.account);
    });

    test.each([
      '/here?x=1&y=%2F#part',
      '/',
      '/a//b',
      '/%2F%2Fevil.example',
      '/%09/evil.example',
      '/%5Cevil.example',
      '/\uff0fevil.example',
      '/\u2215evil.example',
      '/Łódź',
      '/a@b:c',
      `/${'x'.repeat(2047)}`,
    ])('%j is', async (value) => {
      const { status, location } = await homeWith(value);
      expect([status, decodeURI(location ?? '')]).toEqual([303, decodeURI(value)]);
    });

    test.each([
      ['//evil.example', undefined],
      ['/.//evil.example', undefined],
      ['https://evil.example', undefined],
      ['/%09/evil.example', '/%09/evil.example'],
      ['/elsewhere?x=1', '/elsewhere?x=1'],
    ])('after a sign-in that began with %s, too', async (value, expected) => {
      const browser = service.browser();
      const begun = await beginAt(browser, place, `?return_to=${encodeURIComponent(value)}`);
      const reply = await deliverAt(browser, place, await answer(idp, place.connection, maria, begun));
      expect(reply.location).toBe(expected ?? place.account);
    });
  });

  describe('states of a connection', () => {
    const setState = ({ slug, connection }: Place, state: string) =>
      service.api('PATCH', `/organizations/${slug}/connections/${connection.id}`, { state });

    test.each(['draft', 'testing', 'disabled'])('%s is not open and not offered', async (state) => {
      const place = await organization({});
      await setState(place, state);
      const browser = service.browser();
      const begun = await browser.get(start(place));
      expect([begun.status, begun.location]).toEqual([403, undefined]);
      const page = await browser.get(`/${place.slug}`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain(place.connection.id);
    });

    test('pilot is offered without a redirect', async () => {
      const place = await organization({});
      await setState(place, 'pilot');
      const browser = service.browser();
      const page = await browser.get(`/${place.slug}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain(start(place));
      expect((await signInAt(place, browser)).location).toBe(place.account);
    });

    test.each(['active', 'required'])('%s goes straight to the provider, choose=1 shows the page', async (state) => {
      const place = await organization({});
      await setState(place, state);
      const browser = service.browser();
      const reply = await browser.get(`/${place.slug}?login_hint=m%40acme.example&return_to=/x`);
      expect([reply.status, reply.location]).toEqual([
        302,
        `${start(place)}?return_to=%2Fx&login_hint=m%40acme.example`,
      ]);
      const page = await browser.get(`/${place.slug}?choose=1`);
      expect(page.status).toBe(200);
      expect(page.text).toContain(start(place));
    });

    test('closed between request and answer, it admits nobody', async () => {
      const place = await organization({});
      const browser = service.browser();
      const begun = await beginAt(browser, place);
      await setState(place, 'disabled');
      const reply = await deliverAt(browser, place, await answer(idp, place.connection, maria, begun));
      expect(reply.status).toBe(403);
      expect(await sessionOf(browser, place.slug)).toBeUndefined();
    });

    test('several connections: two active ones show the page, an active one wins over a pilot', async () => {
      const place = await organization({});
      const second = { ...place, connection: await addConnection(service, place.slug, idp, { name: 'Contractors' }) };
      const browser = service.browser();
      const page = await browser.get(`/${place.slug}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain(start(place));
      expect(page.text).toContain(start(second));
      expect(page.text).toContain('Contractors');

      await setState(second, 'pilot');
      expect((await browser.get(`/${place.slug}`)).location).toBe(start(place));
      expect((await browser.get(`/${place.slug}?choose=1`)).text).toContain(start(second));
      expect((await signInAt(second, browser)).location).toBe(place.account);
    });
  });

  describe('addresses of no connection', () => {
    test.each(['', '/metadata', '/callback?code=c&state=s', '/acs'])('…%s is not found', async (path) => {
      const [place, other] = [await organization(), await organization()];
      for (const id of [randomUUID(), 'no-uuid', other.connection.id, other.connection.id.toUpperCase()]) {
        const reply = await service.browser().get(`/${place.slug}/sso/${id}${path}`);
        expect([id, reply.status]).toEqual([id, 404]);
      }
    });

    test('nor where an answer is posted to', async () => {
      const [place, other] = [await organization(), await organization()];
      const browser = service.browser();
      const fields = await answer(idp, other.connection, maria, await beginAt(browser, other));
      const reply = await browser.post(`/${place.slug}/sso/${other.connection.id}/acs`, fields, { from: idp.entityId });
      expect(reply.status).toBe(404);
      expect((await deliverAt(browser, other, fields)).status).toBe(303);
    });
  });

  describe('with an OpenID provider', () => {
    let op: OidcOp;
    beforeAll(async () => {
      op = await startOidcOp({ clients });
    });
    afterAll(() => op.stop());

    const clients: ClientMetadata[] = [];
    const oidcOrganization = async (): Promise<Place> => {
      const slug = `org-${++organizations}`;
      const clientId = `bridge-${organizations}`;
      await service.api('POST', '/organizations', { slug, name: slug });
      const connection = await service.api<SamlConnection & { redirectUri: string }>(
        'POST',
        `/organizations/${slug}/connections`,
        { kind: 'oidc', name: 'Test OP', issuer: op.issuer, clientId, clientSecret: CLIENT_SECRET, state: 'active' },
      );
      clients.push({ client_id: clientId, client_secret: CLIENT_SECRET, redirect_uris: [connection.redirectUri] });
      op.rotateKeys();
      return { slug, connection, account: `/${slug}/account` };
    };
    const askAt = async (browser: HttpClient, place: Place) => (await browser.get(start(place))).location ?? '';

    test('security 9: eight callbacks at once are one sign-in, another browser none, a reload goes on', async () => {
      const place = await oidcOrganization();
      const [browser, other] = [service.browser(), service.browser()];
      await askAt(other, place);
      const back = await op.signIn(await askAt(browser, place), 'siobhan');
      expect((await other.get(back)).status).toBe(403);
      const replies = await Promise.all(Array.from({ length: 8 }, () => browser.get(back)));
      expect(replies.filter((reply) => reply.status === 303)).toHaveLength(1);
      expect(replies.every((reply) => [303, 403].includes(reply.status))).toBe(true);
      expect((await sessionOf(browser, place.slug))?.account.email).toBe('siobhan@acme.test');
      expect((await browser.get(back)).location).toBe(place.account);
      await browser.post(`/${place.slug}/logout`);
      const again = await browser.get(back);
      expect([again.status, tryAgain(again)]).toEqual([403, start(place)]);
      expect(again.text).not.toMatch(/href="[^"]*code=/);
      expect(await sessionOf(browser, place.slug)).toBeUndefined();
    });

    test.each([
      'code=x',
      'error=access_denied',
      'code=%00',
      'iss=%00&code=x',
      'error=%00&error_description=%00',
      'code=x&code=y',
    ])('security 9: a callback that a stranger made up burns nothing: %s', async (query) => {
      const place = await oidcOrganization();
      const browser = service.browser();
      const asked = await askAt(browser, place);
      const state = new URL(asked).searchParams.get('state') ?? '';
      const callback = `${start(place)}/callback?${query}`;
      expect((await service.browser().get(`${callback}&state=${state}`)).status).toBe(403);
      expect((await browser.get(`${callback}&state=${state}`)).status).toBe(403);
      expect((await browser.get(`${callback}&state=${state}&state=${state}`)).status).toBe(303);
      expect((await browser.get(await op.signIn(asked, 'siobhan'))).location).toBe(place.account);
    });

    test('security 15: a callback that nobody asked for is answered by a request of our own', async () => {
      const place = await oidcOrganization();
      const reply = await service.browser().get(`${start(place)}/callback?code=x&state=invented`);
      expect([reply.status, reply.location]).toEqual([303, `${start(place)}?restarted=1`]);
    });

    test('names with characters that no database holds do no harm', async () => {
      const place = await oidcOrganization();
      const account = { ...PEOPLE[5], username: 'nul', givenName: 'N\u0000ul', familyName: '\ud800x', sub: 'nul' };
      op.accounts.set('nul', { ...account, claims: { groups: ['a\u0000b'] } } as OidcAccount);
      const browser = service.browser();
      const reply = await browser.get(await op.signIn(await askAt(browser, place), 'nul'));
      expect([303, 403]).toContain(reply.status);
    });
  });

  test('a provider that is down gets a page that says so', async () => {
    const op = await startOidcOp({ clients: [] });
    const place = await organization({ state: 'disabled' });
    const connection = await service.api<SamlConnection>('POST', `/organizations/${place.slug}/connections`, {
      kind: 'oidc',
      name: 'Down',
      issuer: op.issuer,
      clientId: 'bridge',
      clientSecret: CLIENT_SECRET,
      state: 'active',
    });
    await op.stop();
    const reply = await service.browser().get(start({ ...place, connection }));
    expect([reply.status, reply.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(reply.text).toContain('Down');
    expect(reply.text).not.toContain(op.issuer);
  });
});

interface Release {
  (): Promise<void>;
  /** Resolves once so many statements wait for what is held. */
  whenWaiting(count: number): Promise<void>;
}

/** Locks an organization's attempts, as a slow transaction would; yields how to let go. */
async function holdAttempts({ resources: { db } }: TestService, slug: string): Promise<Release> {
  const runner = db.createQueryRunner();
  await runner.startTransaction();
  await runner.query(
    `SELECT FROM sign_in_attempts a JOIN organization_slugs s USING (organization_id) WHERE s.slug = $1 FOR UPDATE OF a`,
    [slug],
  );
  const release = async () => {
    await runner.rollbackTransaction();
    await runner.release();
  };
  const waiting = async () => {
    const [found] = await db.query<{ count: string }[]>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return Number(found?.count);
  };
  const whenWaiting = async (count: number) => {
    while ((await waiting()) < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return Object.assign(release, { whenWaiting });
}
