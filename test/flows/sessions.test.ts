import { createClient as createRedisClient } from 'redis';
import {
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
import { startRedis } from '../support/redis';
import { describeWith, type Part } from '../support/requires';
import { startService, type TestService } from '../support/service';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const likeJoe: TestPerson = { subject: 'joe-1', email: 'joe@acme.example', firstName: 'Joe', lastName: 'Doe' };

let [maria, joe] = [newcomer(likeMaria), newcomer(likeJoe)];

interface Place {
  id: string;
  slug: string;
  connection: SamlConnection;
}

/** What the service keeps its browsers' sessions in, as a test reaches around it. */
interface Backstage {
  env: Readonly<Record<string, string>>;
  /** Takes note of an organization's entries; yields how to put them back as they were. */
  remember(service: TestService, organizationId: string): Promise<() => Promise<void>>;
  /** How long the store keeps each of them, in seconds. */
  lifetimes(service: TestService, organizationId: string): Promise<number[]>;
  stop(): Promise<void>;
}

const postgres = (): Promise<Backstage> =>
  Promise.resolve({
    env: {},
    async remember({ resources: { db } }, organizationId) {
      const kept = await db.query<object[]>(`SELECT * FROM browser_sessions WHERE sid LIKE $1`, [
        `${organizationId}:%`,
      ]);
      return async () => {
        await db.query(
          `INSERT INTO browser_sessions SELECT * FROM json_populate_recordset(NULL::browser_sessions, $1) ON CONFLICT DO NOTHING`,
          [JSON.stringify(kept)],
        );
      };
    },
    async lifetimes({ resources: { db } }, organizationId) {
      const found = await db.query<{ seconds: string }[]>(
        `SELECT extract(epoch FROM expire - now()) AS seconds FROM browser_sessions WHERE sid LIKE $1`,
        [`${organizationId}:%`],
      );
      return found.map((one) => Number(one.seconds));
    },
    stop: () => Promise.resolve(),
  });

const redis = async (): Promise<Backstage> => {
  const server = await startRedis();
  const client = createRedisClient({ url: server.url });
  await client.connect();
  const keysOf = (organizationId: string) => client.keys(`*${organizationId}*`);
  return {
    env: { REDIS_URL: server.url },
    async remember(_service, organizationId) {
      const keys = await keysOf(organizationId);
      const kept = await Promise.all(keys.map(async (key) => [key, (await client.get(key)) ?? ''] as const));
      return async () => {
        for (const [key, value] of kept) await client.set(key, value);
      };
    },
    lifetimes: async (_service, organizationId) =>
      Promise.all((await keysOf(organizationId)).map((key) => client.ttl(key))),
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
};

const STORES: [name: string, needs: Part[], open: () => Promise<Backstage>][] = [
  ['Postgres', ['postgres'], postgres],
  ['Redis', ['postgres', 'redis'], redis],
];

for (const [store, needs, open] of STORES)
  describeWith(needs, `security 23: sessions, kept in ${store}`, () => {
    let backstage: Backstage;
    let service: TestService;
    let idp: TestIdp;
    let organizations = 0;
    /** What Postgres decides whichever the store: no second look with another one. */
    const describeOnce = (name: string, tests: () => void) => store === 'Postgres' && describe(name, tests);
    let shared: Place[];
    let free: Place[];

    beforeAll(async () => {
      backstage = await open();
      service = await startService({ env: backstage.env });
      idp = await createTestIdp();
      shared = [await makeOrganization(), await makeOrganization()];
    });
    beforeEach(() => {
      [maria, joe] = [newcomer(likeMaria), newcomer(likeJoe)];
      free = [...shared];
    });
    afterAll(async () => {
      await service?.stop();
      await backstage?.stop();
    });
    afterEach(() => {
      service.clock.offsetMs = 0;
    });

    /** One that the tests share, each with people of its own; with a policy, one of its own. */
    const organization = async (policy?: object): Promise<Place> =>
      (policy ? undefined : free.shift()) ?? makeOrganization(policy);
    const makeOrganization = async (policy?: object): Promise<Place> => {
      const slug = `org-${++organizations}`;
      const connection = await createAcme(service, idp, { slug });
      if (policy) await service.api('PUT', `/organizations/${slug}/policy`, policy);
      const { id } = await service.api<{ id: string }>('GET', `/organizations/${slug}`);
      return { id, slug, connection };
    };
    const signInAt = async (
      { slug, connection }: Place,
      {
        person = maria,
        browser = service.browser(),
        overrides = {},
      }: Partial<Parameters<typeof signIn>[4]> & { person?: TestPerson } = {},
    ): Promise<HttpClient> => {
      const reply = await signIn(service, idp, connection, person, { slug, browser, overrides });
      if (reply.status !== 303) throw new Error(`not signed in: ${reply.status}`);
      return browser;
    };
    const cookieOf = ({ id }: Place): string => `drawbridge-${id}`;
    const statusAt = async ({ slug }: Place, browser: HttpClient) => (await browser.get(`/${slug}/session`)).status;
    /** A browser that has nothing but this session cookie. */
    const bearerOf = (place: Place, value: string | undefined): HttpClient => {
      const browser = service.browser();
      browser.jar.set(cookieOf(place), value ?? '', { host: 'localhost' });
      return browser;
    };
    const accountPage = ({ slug }: Place, browser: HttpClient) => browser.get(`/${slug}/account`);
    const endForms = (page: Reply): string[] =>
      [...page.text.matchAll(/action="([^"]+\/account\/sessions\/[0-9a-f-]{36}\/end)"/g)].map(
        (found) => found[1] ?? '',
      );
    const tokenOf = (page: Reply): string => page.form().fields._csrf ?? '';
    const accountIdOf = async (place: Place, browser: HttpClient) => (await sessionOf(browser, place.slug))?.account.id;

    describe('security 12: beginning', () => {
      test('a visitor gets no session; signing in makes one, and the next one a new one', async () => {
        const place = await organization();
        const browser = service.browser();
        await browser.get(`/${place.slug}?choose=1`);
        await begin(browser, place.connection, place.slug);
        expect(browser.jar.names()).not.toContain(cookieOf(place));

        await signInAt(place, { browser });
        const first = browser.jar.get(cookieOf(place));
        await signInAt(place, { browser });
        const second = browser.jar.get(cookieOf(place));
        expect(second).not.toBe(first);
        expect(await statusAt(place, browser)).toBe(200);
        expect(await statusAt(place, bearerOf(place, first))).toBe(401);
        // Nor does it stand in the list any more, as if some other device had it.
        expect(endForms(await accountPage(place, browser))).toEqual([]);
      });

      test('a session planted in a browser is not the one that signing in there makes', async () => {
        const place = await organization();
        const attacker = await signInAt(place, { person: joe });
        const planted = attacker.jar.get(cookieOf(place));
        const victim = bearerOf(place, planted);
        await signInAt(place, { browser: victim });
        expect(victim.jar.get(cookieOf(place))).not.toBe(planted);
        expect(await statusAt(place, attacker)).toBe(401);
      });

      test('somebody else who signs in here ends the session before', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        const before = browser.jar.get(cookieOf(place));
        const putBack = await backstage.remember(service, place.id);
        await signInAt(place, { browser, person: joe });
        await putBack();
        expect((await sessionOf(browser, place.slug))?.account.email).toBe(joe.email);
        expect(await statusAt(place, bearerOf(place, before))).toBe(401);
      });

      test('an old session that a request in flight saved again is worthless', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        const old = browser.jar.get(cookieOf(place));
        const putBack = await backstage.remember(service, place.id);
        await signInAt(place, { browser });
        await putBack();
        expect(await statusAt(place, bearerOf(place, old))).toBe(401);
        expect(await statusAt(place, browser)).toBe(200);
      });

      test("one organization's session is not another's, not even when its cookie is renamed", async () => {
        const [one, other] = [await organization(), await organization()];
        const browser = await signInAt(one);
        const stolen = bearerOf(other, browser.jar.get(cookieOf(one)));
        expect(await statusAt(other, stolen)).toBe(401);
        expect((await accountPage(other, stolen)).status).toBe(303);

        await signInAt(other, { browser });
        await browser.post(`/${other.slug}/logout`);
        expect([await statusAt(one, browser), await statusAt(other, browser)]).toEqual([200, 401]);
      });

      test('an invented cookie is nobody', async () => {
        const place = await organization();
        for (const value of ['x', 's%3Aabc.def', 's%3A', '%00', '"', 'x'.repeat(4000)])
          expect([value, await statusAt(place, bearerOf(place, value))]).toEqual([value, 401]);
      });
    });

    describeOnce('/session', () => {
      test('tells who is signed in, as the contract has it', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        const reply = await browser.get(`/${place.slug}/session`);
        expect([reply.status, reply.headers.get('cache-control')]).toEqual([200, 'no-store']);
        expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
        const body = reply.json<{ account: object; expiresAt: string }>();
        expect(Object.keys(body).sort()).toEqual(['account', 'connection', 'expiresAt', 'signedIn']);
        expect(body).toMatchObject({
          signedIn: true,
          connection: { id: place.connection.id, name: 'Test IdP', kind: 'saml' },
        });
        expect(Object.keys(body.account).sort()).toEqual(
          (
            'accessUntil adminManaged attributes contactId contactKind createdAt department displayName email emailVerified extension externalId ' +
            'familyName givenName groups hasSecondFactor id lastSignInAt licence locale organization permissionProfile phone site source status title ' +
            'userType username'
          ).split(' '),
        );
        const hours = (Date.parse(body.expiresAt) - Date.now()) / HOUR;
        const { sessionHours } = await service.api<{ sessionHours: number }>(
          'GET',
          `/organizations/${place.slug}/policy`,
        );
        expect(hours).toBeGreaterThan(sessionHours - 0.1);
        expect(hours).toBeLessThanOrEqual(sessionHours);
      });

      test('is 401 JSON for everybody else', async () => {
        const place = await organization();
        const reply = await service.browser().get(`/${place.slug}/session`);
        expect([reply.status, reply.json(), reply.headers.get('cache-control')]).toEqual([
          401,
          { signedIn: false },
          'no-store',
        ]);
      });
    });

    describe('security 23: at /account', () => {
      test('one is listed and ended', async () => {
        const place = await organization();
        const [here, there] = [await signInAt(place), await signInAt(place)];
        const page = await accountPage(place, here);
        expect(page.text.match(/This device|This browser/g)).toHaveLength(1);
        const [end, ...more] = endForms(page);
        expect(more).toEqual([]);
        const reply = await here.post(end ?? '', { _csrf: tokenOf(page) });
        expect([reply.status, reply.location]).toEqual([303, `/${place.slug}/account?notice=session_ended`]);
        expect([await statusAt(place, here), await statusAt(place, there)]).toEqual([200, 401]);
        expect(endForms(await here.get(reply.location ?? ''))).toEqual([]);
      });

      test('all others are ended', async () => {
        const place = await organization();
        const browsers = [await signInAt(place), await signInAt(place), await signInAt(place)] as const;
        const stranger = await signInAt(place, { person: joe });
        const page = await accountPage(place, browsers[1]);
        const reply = await browsers[1].post(`/${place.slug}/account/sessions/others/end`, { _csrf: tokenOf(page) });
        expect([reply.status, reply.location]).toEqual([303, `/${place.slug}/account?notice=others_ended`]);
        const statuses = await Promise.all([...browsers, stranger].map((browser) => statusAt(place, browser)));
        expect(statuses).toEqual([401, 200, 401, 200]);
      });

      test("another account's is out of reach", async () => {
        const [place, elsewhere] = [await organization(), await organization()];
        const [mine, twice] = [await signInAt(place), await signInAt(place)];
        const joes = await signInAt(place, { person: joe });
        const other = await signInAt(elsewhere);
        const page = await accountPage(place, joes);
        const [marias] = endForms(await accountPage(place, mine));
        await joes.post(marias ?? '', { _csrf: tokenOf(page) });
        await joes.post((marias ?? '').replace(place.slug, elsewhere.slug), { _csrf: tokenOf(page) });
        for (const id of ['x', '%27', '%00', '00000000-0000-0000-0000-000000000000', '-'.repeat(36)]) {
          const reply = await joes.post(`/${place.slug}/account/sessions/${id}/end`, { _csrf: tokenOf(page) });
          expect([id, reply.status < 500]).toEqual([id, true]);
        }
        const all = [mine, twice, joes].map((browser) => statusAt(place, browser));
        expect(await Promise.all([...all, statusAt(elsewhere, other)])).toEqual([200, 200, 200, 200]);
      });

      test('a form of a session that is over leads to a page, not on to the provider', async () => {
        // A browser lets no form of ours end at an identity provider (CSP, form-action).
        const place = await organization();
        const browser = await signInAt(place);
        const page = await accountPage(place, browser);
        await service.api(
          'POST',
          `/organizations/${place.slug}/accounts/${await accountIdOf(place, browser)}/end-sessions`,
        );
        for (const path of ['others', '00000000-0000-0000-0000-000000000000']) {
          const reply = await browser.post(`/${place.slug}/account/sessions/${path}/end`, { _csrf: tokenOf(page) });
          expect([reply.status, reply.location]).toEqual([303, `/${place.slug}?notice=session_ended`]);
          const landed = await browser.get(reply.location ?? '');
          expect([landed.status, landed.location]).toEqual([200, undefined]);
        }
      });

      test('a visitor is sent to sign in and comes back', async () => {
        const place = await organization();
        const reply = await accountPage(place, service.browser());
        const account = `/${place.slug}/account`;
        expect([reply.status, reply.location]).toEqual([
          303,
          `/${place.slug}?return_to=${encodeURIComponent(account)}`,
        ]);
      });
    });

    describe('security 23: signing out', () => {
      test('ends the session and forgets the cookie', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        const value = browser.jar.get(cookieOf(place));
        const putBack = await backstage.remember(service, place.id);
        const page = await accountPage(place, browser);
        const reply = await browser.submit(page);
        expect([reply.status, reply.location]).toEqual([303, `/${place.slug}?notice=signed_out`]);
        expect(browser.jar.names()).not.toContain(cookieOf(place));
        const landed = await browser.get(reply.location ?? '');
        expect([landed.status, landed.location]).toEqual([200, undefined]);
        await putBack();
        expect(await statusAt(place, bearerOf(place, value))).toBe(401);
      });

      test('takes a POST only', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
          expect([404, 405]).toContain((await browser.send(method, `/${place.slug}/logout`)).status);
        expect(await statusAt(place, browser)).toBe(200);
      });

      test('of a visitor changes nothing', async () => {
        const place = await organization();
        const reply = await service.browser().post(`/${place.slug}/logout`);
        expect([reply.status, reply.location]).toEqual([303, `/${place.slug}?notice=signed_out`]);
      });
    });

    describeOnce('security 23: forms of other sites', () => {
      test.each(['logout', 'account/sessions/others/end'])('cannot post to /%s', async (path) => {
        const place = await organization();
        const [browser, other] = [await signInAt(place), await signInAt(place)];
        const _csrf = tokenOf(await accountPage(place, browser));
        const url = `/${place.slug}/${path}`;
        const cookie = browser.jar.header(new URL(service.baseUrl));
        const hostile: Record<string, string>[] = [
          { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
          { 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' },
          { 'sec-fetch-site': 'cross-site', origin: service.baseUrl },
        ];
        for (const headers of hostile)
          expect([headers, (await browser.post(url, { _csrf }, { headers })).status]).toEqual([headers, 403]);
        // A browser too old for Fetch Metadata still tells the origin.
        for (const origin of ['https://evil.example', 'null', `${service.baseUrl}.evil.example`]) {
          const reply = await fetch(service.baseUrl + url, {
            method: 'POST',
            redirect: 'manual',
            headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' },
            body: `_csrf=${encodeURIComponent(_csrf)}`,
          });
          expect([origin, reply.status]).toEqual([origin, 403]);
        }
        expect([await statusAt(place, browser), await statusAt(place, other)]).toEqual([200, 200]);
      });

      test('nor without the token of this very session', async () => {
        const place = await organization();
        const [browser, other] = [await signInAt(place), await signInAt(place)];
        await accountPage(place, browser);
        const foreign = tokenOf(await accountPage(place, other));
        const url = `/${place.slug}/account/sessions/others/end`;
        for (const fields of [{} as Record<string, string>, { _csrf: '' }, { _csrf: 'invented' }, { _csrf: foreign }])
          expect([fields, (await browser.post(url, fields)).status]).toEqual([fields, 403]);
        expect(
          (
            await browser.post(
              url,
              new URLSearchParams([
                ['_csrf', foreign],
                ['_csrf', foreign],
              ]),
            )
          ).status,
        ).toBe(403);
        expect(await statusAt(place, other)).toBe(200);
      });

      test('whoever says nothing of where it comes from needs the token to sign out', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        const _csrf = tokenOf(await accountPage(place, browser));
        const post = (body: string) =>
          fetch(`${service.baseUrl}/${place.slug}/logout`, {
            method: 'POST',
            redirect: 'manual',
            headers: {
              cookie: browser.jar.header(new URL(service.baseUrl)),
              'content-type': 'application/x-www-form-urlencoded',
            },
            body,
          });
        expect((await post('')).status).toBe(403);
        expect(await statusAt(place, browser)).toBe(200);
        expect((await post(`_csrf=${encodeURIComponent(_csrf)}`)).status).toBe(303);
        expect(await statusAt(place, browser)).toBe(401);
      });
    });

    describe('security 23: an admin', () => {
      const act = (place: Place, id: string | undefined, action: string) =>
        action === 'delete'
          ? service.api('DELETE', `/organizations/${place.slug}/accounts/${id}`)
          : service.api('POST', `/organizations/${place.slug}/accounts/${id}/${action}`);

      test.each(['suspend', 'deactivate', 'delete', 'end-sessions'])(
        'who does %s ends every session at once, whatever a request in flight saves',
        async (action) => {
          const place = await organization();
          const [browser, second] = [await signInAt(place), await signInAt(place)];
          const stranger = await signInAt(place, { person: joe });
          await accountPage(place, browser);
          const putBack = await backstage.remember(service, place.id);
          await act(place, await accountIdOf(place, browser), action);
          expect([await statusAt(place, browser), await statusAt(place, second)]).toEqual([401, 401]);
          await putBack();
          expect([await statusAt(place, browser), await statusAt(place, second)]).toEqual([401, 401]);
          expect((await accountPage(place, browser)).status).toBe(303);
          expect(await statusAt(place, stranger)).toBe(200);
        },
      );

      test.each(['suspend', 'deactivate'])('who lifts a %s brings no old session back', async (action) => {
        const place = await organization();
        const browser = await signInAt(place);
        const id = await accountIdOf(place, browser);
        const putBack = await backstage.remember(service, place.id);
        await act(place, id, action);
        await act(place, id, 'reactivate');
        await putBack();
        expect(await statusAt(place, browser)).toBe(401);
        await signInAt(place, { browser });
        expect(await statusAt(place, browser)).toBe(200);
      });

      test('who ends sessions while the account page is asked for over and over', async () => {
        const place = await organization();
        const browser = await signInAt(place);
        const id = await accountIdOf(place, browser);
        // Each first view writes the session, with its token for forms.
        const views = Array.from({ length: 12 }, () => accountPage(place, browser));
        await act(place, id, 'end-sessions');
        const statuses = (await Promise.all(views)).map((view) => view.status);
        expect(statuses.every((status) => status === 200 || status === 303)).toBe(true);
        expect(await statusAt(place, browser)).toBe(401);
      });
    });

    describe('security 23: a session ended while a request is in flight stays ended', () => {
      test.each(['an admin', 'the person in another tab'])('by %s', async (who) => {
        const place = await organization({});
        const browser = await signInAt(place);
        const id = await accountIdOf(place, browser);
        const cookie = browser.jar.get(cookieOf(place));
        const tab = bearerOf(place, cookie);
        const release = await holdIdentities(service);
        const view = accountPage(place, tab);
        await release.whenWaiting();
        if (who === 'an admin') await service.api('POST', `/organizations/${place.slug}/accounts/${id}/end-sessions`);
        else await browser.post(`/${place.slug}/logout`);
        await release();
        // The request that was let in before goes on, and saves the session with the token of its forms.
        expect((await view).status).toBe(200);
        expect(await backstage.lifetimes(service, place.id)).toHaveLength(1);
        expect(await statusAt(place, tab)).toBe(401);
        expect(await statusAt(place, bearerOf(place, cookie))).toBe(401);
      });
    });

    test('the store keeps a session as long as the longest policy lets it live', async () => {
      const place = await organization({ sessionHours: 720, idleMinutes: 10080 });
      const browser = await signInAt(place);
      await accountPage(place, browser);
      const [seconds] = await backstage.lifetimes(service, place.id);
      expect(seconds).toBeGreaterThan(719 * 3600);
      service.clock.offsetMs = 6 * 24 * HOUR;
      expect(await statusAt(place, browser)).toBe(200);
    });

    describeOnce('limits', () => {
      test('idle: each visit moves it', async () => {
        const place = await organization({ idleMinutes: 30 });
        const browser = await signInAt(place);
        for (const minutes of [29, 58, 87]) {
          service.clock.offsetMs = minutes * MINUTE;
          expect([minutes, await statusAt(place, browser)]).toEqual([minutes, 200]);
        }
        service.clock.offsetMs = (87 + 31) * MINUTE;
        expect(await statusAt(place, browser)).toBe(401);
      });

      test('absolute: no visit moves it', async () => {
        const place = await organization({ sessionHours: 2, idleMinutes: 60 });
        const browser = await signInAt(place);
        const until = (await sessionOf(browser, place.slug))?.expiresAt;
        for (const minutes of [50, 100, 119]) {
          service.clock.offsetMs = minutes * MINUTE;
          expect((await sessionOf(browser, place.slug))?.expiresAt).toBe(until);
        }
        service.clock.offsetMs = 121 * MINUTE;
        expect(await statusAt(place, browser)).toBe(401);
      });

      test('security 8: SessionNotOnOrAfter shortens, and never lengthens', async () => {
        const place = await organization({ sessionHours: 8 });
        const soon = new Date(Date.now() + HOUR);
        const browser = await signInAt(place, { overrides: { sessionNotOnOrAfter: soon } });
        expect((await sessionOf(browser, place.slug))?.expiresAt).toBe(soon.toISOString());
        service.clock.offsetMs = 61 * MINUTE;
        expect(await statusAt(place, browser)).toBe(401);
        service.clock.offsetMs = 0;

        const late = new Date(Date.now() + 30 * HOUR);
        const other = await signInAt(place, { overrides: { sessionNotOnOrAfter: late } });
        expect(Date.parse((await sessionOf(other, place.slug))?.expiresAt ?? '')).toBeLessThan(Date.now() + 9 * HOUR);
      });
    });

    test('security 23: cookies on http: HttpOnly, Lax, for this host alone', async () => {
      const place = await organization();
      const browser = service.browser();
      const fields = await answer(idp, place.connection, maria, await begin(browser, place.connection, place.slug));
      const { headers } = await deliver(browser, place.connection, fields, place.slug);
      const [line] = headers.getSetCookie().filter((one) => one.startsWith(cookieOf(place)));
      expect(attributesOf(line)).toEqual(['httponly', 'path=/', 'samesite=lax']);
    });
  });

interface Release {
  (): Promise<void>;
  /** Resolves once a statement waits for what is held. */
  whenWaiting(): Promise<void>;
}

/** Holds up whoever reads identities, as the account page does after it has found its session; yields how to let go. */
async function holdIdentities({ resources: { db } }: TestService): Promise<Release> {
  const runner = db.createQueryRunner();
  await runner.startTransaction();
  await runner.query('LOCK TABLE identities IN ACCESS EXCLUSIVE MODE');
  const release = async () => {
    await runner.rollbackTransaction();
    await runner.release();
  };
  const isWaiting = async () => {
    const [found] = await db.query<{ count: string }[]>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return Number(found?.count) > 0;
  };
  const whenWaiting = async () => {
    while (!(await isWaiting())) await new Promise((resolve) => setImmediate(resolve));
  };
  return Object.assign(release, { whenWaiting });
}

describeWith('postgres', 'security 23: sessions on https', () => {
  let service: TestService;
  let idp: TestIdp;
  beforeAll(async () => {
    service = await startService({ env: { BASE_URL: 'https://login.test' } });
    idp = await createTestIdp();
  });
  afterAll(() => service.stop());

  /** As the browser would: from another site it sends SameSite=None cookies only. */
  const post = (browser: HttpClient, slug: string, connection: SamlConnection, fields: Record<string, string>) =>
    browser.post(`/${slug}/sso/${connection.id}/acs`, fields, { from: idp.entityId });

  test('the answer of the provider is taken at once, and every cookie is Secure and bound to the host', async () => {
    const connection = await createAcme(service, idp);
    expect(connection.sp.acsUrl).toMatch(/^https:\/\/login\.test\/acme\/sso\//);
    const browser = service.browser();
    const begun = await browser.get(`/acme/sso/${connection.id}`);
    const [binding] = begun.headers.getSetCookie();
    expect(binding).toMatch(/^__Host-drawbridge-browser=/);
    expect(attributesOf(binding)).toEqual(['httponly', 'max-age=86400', 'path=/', 'samesite=none', 'secure']);

    const fields = await answer(idp, connection, maria, await begin(browser, connection));
    const reply = await post(browser, 'acme', connection, fields);
    expect([reply.status, reply.location]).toEqual([303, '/acme/account']);
    const [session] = reply.headers.getSetCookie().filter((line) => !line.includes('browser'));
    expect(session).toMatch(/^__Host-drawbridge-[0-9a-f-]{36}=/);
    expect(attributesOf(session)).toEqual(['httponly', 'path=/', 'samesite=lax', 'secure']);
    const [mark] = reply.headers.getSetCookie().filter((line) => line.includes('drawbridge-browser-'));
    expect(attributesOf(mark)).toEqual(['httponly', 'path=/', 'samesite=none', 'secure']);
    expect(reply.headers.get('strict-transport-security')).toMatch(/max-age=31536000/);

    expect((await sessionOf(browser))?.account.email).toBe(maria.email);
    const out = await browser.submit(await browser.get('/acme/account'));
    expect([out.status, await sessionOf(browser)]).toEqual([303, undefined]);
    expect(browser.jar.names()).toEqual(['__Host-drawbridge-browser']);
  });

  const organization = async (slug: string, settings: object = {}) => {
    const connection = await createAcme(service, idp, { slug, ...settings });
    const { id } = await service.api<{ id: string }>('GET', `/organizations/${slug}`);
    return { slug, connection, mark: `__Host-drawbridge-browser-${id}` };
  };
  const answerFor = async (
    browser: HttpClient,
    { slug, connection }: { slug: string; connection: SamlConnection },
    person: TestPerson,
    query = '',
  ) => answer(idp, connection, person, await begin(browser, connection, slug, query));
  /** E-mail addresses of the sessions that are not over. */
  const sessionsAt = async (slug: string): Promise<(string | undefined)[]> => {
    const found = await service.resources.db.query<{ email: string }[]>(
      `SELECT c.email FROM sessions s JOIN organization_slugs o USING (organization_id) JOIN accounts a ON a.id = s.account_id
         JOIN contacts c ON c.id = a.contact_id WHERE o.slug = $1 AND s.ended_at IS NULL`,
      [slug],
    );
    return found.map(({ email }) => email);
  };

  test.each(['begun after', 'begun before'])(
    'security 12: a sign-in %s another has ended replaces its session in Postgres, whose cookie stays behind',
    async (when) => {
      const place = await organization(when.replace(' ', '-'));
      const browser = service.browser();
      const first = await answerFor(browser, place, maria);
      const early = when === 'begun before' ? await answerFor(browser, place, joe) : undefined;
      await post(browser, place.slug, place.connection, first);
      await post(browser, place.slug, place.connection, early ?? (await answerFor(browser, place, joe)));
      expect((await sessionOf(browser, place.slug))?.account.email).toBe(joe.email);
      expect(await sessionsAt(place.slug)).toEqual([joe.email]);
    },
  );

  test('security 12: a made-up, moved or old mark ends nothing and hinders nobody', async () => {
    const [place, other] = [await organization('marks'), await organization('other-marks')];
    const browser = service.browser();
    await post(browser, place.slug, place.connection, await answerFor(browser, place, maria));
    const good = browser.jar.get(place.mark) ?? '';
    expect(good).toMatch(/^[0-9a-f]{8}\.[\w-]{60,}$/);
    for (const mark of ['x', '', good.slice(0, -2), `${good}x`, good.replace(/\.../, '.AA')]) {
      const stranger = service.browser();
      const fields = await answerFor(stranger, other, joe);
      stranger.jar.set(other.mark, mark, { host: 'localhost', sameSite: 'none' });
      expect((await post(stranger, other.slug, other.connection, fields)).location).toBe('/other-marks/account');
    }
    const stranger = service.browser();
    const fields = await answerFor(stranger, other, joe);
    stranger.jar.set(other.mark, good, { host: 'localhost', sameSite: 'none' });
    await post(stranger, other.slug, other.connection, fields);
    expect(await sessionsAt(place.slug)).toEqual([maria.email]);
  });

  test('security 9: an answer posted again leads on whoever has its session, and nobody else', async () => {
    const place = await organization('again');
    const browser = service.browser();
    const fields = await answerFor(browser, place, maria, '?return_to=/again/account?deep');
    const first = await post(browser, place.slug, place.connection, fields);
    const again = await post(browser, place.slug, place.connection, fields);
    expect([first.location, again.status, again.location]).toEqual(['/again/account?deep', 303, '/again/account?deep']);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect(await sessionsAt(place.slug)).toEqual([maria.email]);

    await browser.post('/again/logout');
    expect((await post(browser, place.slug, place.connection, fields)).status).toBe(403);
    expect(await sessionOf(browser, place.slug)).toBeUndefined();
  });

  test('security 11: without cookies a response that nobody asked for starts afresh once, and no second time', async () => {
    const place = await organization('no-cookies');
    const unasked = await answer(idp, place.connection, maria, undefined);
    const posted = await post(service.browser(), place.slug, place.connection, unasked);
    expect(posted.status).toBe(303);
    const reply = await service.browser().get(posted.location ?? '');
    expect([reply.status, reply.location]).toEqual([403, undefined]);
    expect(reply.text).toContain('did not send our cookie back');
  });

  test('security 12: an unsolicited response, which brings no session cookie along, replaces no session either', async () => {
    const connection = await createAcme(service, idp, { slug: 'tiles', allowIdpInitiated: true });
    const { browser } = await signIn(service, idp, connection, maria, { slug: 'tiles' });
    const unasked = await answer(idp, connection, joe, undefined);
    const posted = await post(browser, 'tiles', connection, unasked);
    const reply = await browser.get(posted.location ?? '');
    expect([reply.status, reply.location]).toEqual([303, `/tiles/sso/${connection.id}`]);
    expect((await sessionOf(browser, 'tiles'))?.account.email).toBe(maria.email);

    const newcomer = service.browser();
    const first = await post(newcomer, 'tiles', connection, await answer(idp, connection, joe, undefined));
    expect((await newcomer.get(first.location ?? '')).location).toBe('/tiles/account');
  });
});

/** Names and values of a Set-Cookie line without the cookie itself and its moment of expiry. */
const attributesOf = (line = ''): string[] =>
  line
    .split(/; */)
    .slice(1)
    .map((part) => part.toLowerCase())
    .filter((part) => !part.startsWith('expires='))
    .sort();
