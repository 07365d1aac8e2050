import { Client } from 'pg';
import { savePassword } from '../../src/storage/passwords';
import { setAccountStatus } from '../../src/storage/accounts';
import type { Transaction } from '../../src/storage/rows';
import { endAllSessions } from '../../src/storage/sessions';
import { hashPassword } from '../../src/connections/password/hash';
import { addConnection, createTestIdp, sessionOf, signIn, type TestIdp } from '../support/acme';
import type { HttpClient, Reply, SendOptions } from '../support/http-client';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD, signUp } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { describeWith } from '../support/requires';
import {
  accountOf,
  asProgram,
  emailLinksOf,
  lettersTo,
  meanwhile,
  mediansOf,
  refusalOf,
  SESSION_STORES,
  tablesHolding,
  withoutTraces,
} from '../support/self-service';
import { startService, type TestService } from '../support/service';

const HOUR = 3_600_000;
/** Of unrelated words; 256 characters of it are taken. */
const LONG = 'wool teapot lighthouse granite harbour violin '.repeat(6);

let mailbox: Mailbox;
let idp: TestIdp;
let service: TestService;
let made = 0;

interface Person {
  id: string;
  email: string;
  username: string;
}

const organization = (policy?: Record<string, unknown>): Promise<string> =>
  createInitech(service, { slug: `passwords-${++made}`, policy });

/** An account that an admin made, with a password. */
async function account(slug: string, form: Record<string, unknown> = {}): Promise<Person> {
  const email = `dom.${++made}@initech.example`;
  const names = { givenName: 'Dom', familyName: 'Portwood' };
  return service.api<Person>('POST', `/organizations/${slug}/accounts`, {
    email,
    ...names,
    password: PASSWORD,
    ...form,
  });
}

const act = (slug: string, { id }: Person, action: string) =>
  service.api('POST', `/organizations/${slug}/accounts/${id}/${action}`);

const login = (slug: string, fields: Record<string, string> | URLSearchParams, options: SendOptions = asProgram) =>
  service.browser().post(`/${slug}/login`, fields, options);

async function signedIn(slug: string, { email }: Person, chosen = PASSWORD): Promise<HttpClient> {
  const browser = service.browser();
  const reply = await logIn(browser, email, chosen, slug);
  if (reply.status !== 303) throw new Error(`not signed in: ${reply.status}`);
  return browser;
}

/** The signed-in person changes their password. */
async function change(
  browser: HttpClient,
  slug: string,
  fields: Record<string, string>,
  options: SendOptions = asProgram,
): Promise<Reply> {
  const { fields: hidden } = (await browser.get(`/${slug}/account/password`)).form();
  return browser.post(`/${slug}/account/password`, { ...hidden, ...fields }, options);
}

/** What this browser's session cookie is: its name and value. */
function cookieOf({ jar }: HttpClient): [string, string] {
  const name = jar.names().find((one) => one.startsWith('drawbridge-')) ?? '';
  return [name, jar.get(name) ?? ''];
}

beforeAll(async () => {
  mailbox = await startMailbox();
  idp = await createTestIdp();
});
afterAll(() => mailbox.stop());

for (const [store, needs, open] of SESSION_STORES)
  describeWith(needs, `security 20: passwords, sessions kept in ${store}`, () => {
    let backstage: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      backstage = await open();
      const env = { ...backstage.env, TRUST_PROXY: '1' };
      service = await startService({ smtpUrl: mailbox.url, jobs: true, env });
    });
    afterAll(async () => {
      await service?.stop();
      await backstage?.stop();
    });

    test('sign-in by address and by username, in any case, with a new session id', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { email, username } = person;
      for (const typed of [email, email.toUpperCase(), ` ${email} `, username, username.toUpperCase()]) {
        const browser = service.browser();
        expect(await logIn(browser, typed, PASSWORD, slug)).toMatchObject({
          status: 303,
          location: `/${slug}/account`,
        });
        expect(await sessionOf(browser, slug)).toMatchObject({ connection: null, account: { id: person.id } });
      }
      const [name, planted] = cookieOf(await signedIn(slug, person));
      const victim = service.browser();
      victim.jar.set(name, planted, { host: 'localhost' });
      const other = await account(slug);
      await logIn(victim, other.email, PASSWORD, slug);
      expect(victim.jar.get(name)).not.toBe(planted);
      const thief = service.browser();
      thief.jar.set(name, planted, { host: 'localhost' });
      expect(await sessionOf(thief, slug)).toBeUndefined();
    });

    test('a changed password ends every other session, renews this one, and is told by mail', async () => {
      const slug = await organization();
      const person = await account(slug);
      const [here, there] = [await signedIn(slug, person), await signedIn(slug, person)];
      const [name, before] = cookieOf(here);
      const form = { current: PASSWORD, password: OTHER_PASSWORD };
      expect(await change(here, slug, form)).toMatchObject({
        status: 303,
        location: `/${slug}/account?notice=password_changed`,
      });
      expect(cookieOf(here)[1]).not.toBe(before);
      expect(await sessionOf(here, slug)).toMatchObject({ account: { id: person.id } });
      expect(await sessionOf(there, slug)).toBeUndefined();
      here.jar.set(name, before, { host: 'localhost' });
      expect(await sessionOf(here, slug)).toBeUndefined();
      expect((await mailbox.next(person.email)).text).toContain(`/${slug}/forgot`);
      expect(await lettersTo(service, person.email)).toEqual(['password_changed']);
      expect((await logIn(service.browser(), person.email, PASSWORD, slug)).status).toBe(401);
      expect((await logIn(service.browser(), person.email, OTHER_PASSWORD, slug)).status).toBe(303);
    });

    test('a forgotten one changes nothing until the link is used; then every session ends', async () => {
      const slug = await organization();
      const person = await account(slug);
      const before = await signedIn(slug, person);
      await service.browser().post(`/${slug}/forgot`, { email: person.email });
      const link = linkIn(await mailbox.next(person.email));
      await service.browser().get(link);
      await service.browser().post(link);
      const meanwhile = await signedIn(slug, person);
      for (const browser of [before, meanwhile]) expect(await sessionOf(browser, slug)).toBeDefined();
      const after = service.browser();
      expect((await choose(after, link, OTHER_PASSWORD)).status).toBe(303);
      for (const browser of [before, meanwhile]) expect(await sessionOf(browser, slug)).toBeUndefined();
      expect(await sessionOf(after, slug)).toMatchObject({ account: { id: person.id } });
      expect((await logIn(service.browser(), person.email, PASSWORD, slug)).status).toBe(401);
    });

    test('ten wrong ones, known or not, then no more; a stranger elsewhere locks nobody out', async () => {
      const slug = await organization();
      const person = await account(slug);
      const from = (address: string) => ({ headers: { ...asProgram.headers, 'x-forwarded-for': address } });
      const attempt = (typed: string, chosen: string, address: string) =>
        login(slug, { login: typed, password: chosen }, from(address));
      for (const [typed, address] of [
        [person.email, '203.0.113.1'],
        ['nobody@initech.example', '203.0.113.2'],
      ] as const) {
        const codes = [];
        for (let time = 0; time < 11; time++) codes.push(refusalOf(await attempt(typed, `wrong ${time}`, address)));
        expect(codes).toEqual([...Array<string>(10).fill('401 invalid_credentials'), '429 rate_limited']);
      }
      expect(refusalOf(await attempt(person.email, PASSWORD, '203.0.113.1'))).toBe('429 rate_limited');

      expect((await attempt(person.email, PASSWORD, '198.51.100.1')).status).toBe(303);
      const strangers = Array.from({ length: 60 }, (_, index) => `203.0.113.${100 + index}`);
      for (const address of strangers) await attempt(person.email, 'wrong', address);
      expect(refusalOf(await attempt(person.email, PASSWORD, '192.0.2.1'))).toBe('429 rate_limited');
      expect((await attempt(person.email, PASSWORD, '198.51.100.1')).status).toBe(303);
    });

    test('the present password is throttled too', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const codes = [];
      for (let time = 0; time < 11; time++)
        codes.push(refusalOf(await change(browser, slug, { current: `wrong ${time}`, password: OTHER_PASSWORD })));
      expect(codes).toEqual([...Array<string>(10).fill('401 invalid_credentials'), '429 rate_limited']);
      const right = await change(browser, slug, { current: PASSWORD, password: OTHER_PASSWORD });
      expect(refusalOf(right)).toBe('429 rate_limited');
      expect(await sessionOf(browser, slug)).toBeDefined();
    });
  });

describeWith('postgres', 'security 20: passwords', () => {
  beforeAll(async () => {
    service = await startService({ smtpUrl: mailbox.url, jobs: true, env: { RATE_LIMIT: 'off' } });
  });
  afterAll(() => service?.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  const ssoAt = (slug: string, state = 'active') => addConnection(service, slug, idp, { state });

  describe('who types a wrong one', () => {
    test('cannot tell it from a name that is unknown, unconfirmed, or without password', async () => {
      const slug = await organization();
      const person = await account(slug);
      const invited = await account(slug, { password: undefined });
      const unconfirmed = `unconfirmed.${++made}@initech.example`;
      await signUp(service.browser(), { givenName: 'U', familyName: 'N', email: unconfirmed }, slug);
      const pages = [];
      for (const typed of [person.email, person.username, invited.email, unconfirmed, 'nobody@initech.example']) {
        const page = await logIn(service.browser(), typed, 'wrong password here', slug);
        expect(page.status).toBe(401);
        pages.push(withoutTraces(page, typed));
        expect(refusalOf(await login(slug, { login: typed, password: 'wrong' }))).toBe('401 invalid_credentials');
      }
      expect(new Set(pages).size).toBe(1);
    });

    test('makes the same work', async () => {
      const other = await startService({ env: { RATE_LIMIT: 'off' } });
      const whole = service;
      service = other;
      try {
        const slug = await organization();
        const person = await account(slug);
        const invited = await account(slug, { password: undefined });
        const statementsOf = async (typed: string): Promise<string[]> => {
          const spy = jest.spyOn(Client.prototype, 'query');
          await login(slug, { login: typed, password: 'wrong password here' });
          const texts = spy.mock.calls.map(([query]: unknown[]) =>
            typeof query === 'string' ? query : (query as { text: string }).text,
          );
          spy.mockRestore();
          return texts;
        };
        await statementsOf(person.email);
        const known = await statementsOf(person.email);
        expect(known.length).toBeGreaterThan(3);
        expect(await statementsOf('nobody@initech.example')).toEqual(known);
        expect(await statementsOf(invited.email)).toEqual(known);
        expect(await statementsOf('no address at all')).toEqual(known);
      } finally {
        service = whole;
        await other.stop();
      }
    });

    test('waits as long', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { known, unknown } = await mediansOf(60, {
        known: () => login(slug, { login: person.email, password: 'wrong password here' }),
        unknown: () => login(slug, { login: 'nobody@initech.example', password: 'wrong password here' }),
      });
      console.info(`sign-in, medians of 60 in turn: known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms`);
      expect(Math.min(known, unknown)).toBeGreaterThan(0);
    });

    test('leaves a trace and a line in the ledger, as who comes in does, and no secret anywhere', async () => {
      const slug = await organization();
      const person = await account(slug);
      await login(slug, { login: person.email, password: 'a wrong zeppelin' });
      await login(slug, { login: 'typed-into-the-wrong-field zeppelin', password: 'x' });
      await act(slug, person, 'suspend');
      await login(slug, { login: person.email, password: PASSWORD });
      await act(slug, person, 'reactivate');
      await signedIn(slug, person);
      type Items = { items: Record<string, unknown>[] };
      const attempts = await service.api<Items>('GET', `/organizations/${slug}/sign-in-attempts`);
      const usual = { connectionId: null };
      expect(attempts.items).toMatchObject([
        { ...usual, state: 'succeeded', accountId: person.id, email: person.email },
        { ...usual, state: 'refused', refusalCode: 'account_suspended', accountId: person.id },
        { ...usual, state: 'refused', refusalCode: 'invalid_credentials', accountId: null, email: null },
        { ...usual, state: 'refused', refusalCode: 'invalid_credentials', accountId: person.id },
      ]);
      const events = await service.api<Items>('GET', `/organizations/${slug}/audit-events`);
      const signIns = events.items.filter(({ action }) => String(action).startsWith('signin.'));
      expect(signIns).toMatchObject([
        { action: 'signin.succeeded', accountId: person.id, connectionId: null, details: { method: 'password' } },
        { action: 'signin.refused', outcome: 'account_suspended', accountId: person.id },
        { action: 'signin.refused', outcome: 'invalid_credentials', accountId: null },
        { action: 'signin.refused', outcome: 'invalid_credentials', accountId: person.id },
      ]);
      for (const { attemptId } of signIns) expect(attempts.items.map(({ id }) => id)).toContain(attemptId);
      expect(await tablesHolding(service, 'zeppelin', PASSWORD)).toEqual([]);
    });

    test('is not kept out by RATE_LIMIT=off', async () => {
      const slug = await organization();
      const person = await account(slug);
      for (let time = 0; time < 15; time++)
        expect((await login(slug, { login: person.email, password: 'wrong' })).status).toBe(401);
      expect((await login(slug, { login: person.email, password: PASSWORD })).status).toBe(303);
    });
  });

  describe('forgotten', () => {
    const forget = (slug: string, email: string, options?: SendOptions) =>
      service.browser().post(`/${slug}/forgot`, { email }, options);

    test('every address has the same page; what comes by mail says what is possible', async () => {
      const slug = await organization();
      const soon = new Date(Date.now() + 1_000).toISOString();
      const people: Record<string, [string, string[]]> = {
        known: [(await account(slug)).email, ['reset_password']],
        'known, as somebody else spells it': [(await account(slug)).email, ['reset_password']],
        invited: [(await account(slug, { password: undefined })).email, ['set_password']],
        'admin-managed': [(await account(slug, { adminManaged: true })).email, ['ask_admin']],
        suspended: [await standing(slug, 'suspend'), ['ask_admin']],
        deactivated: [await standing(slug, 'deactivate'), ['ask_admin']],
        'access over': [(await account(slug, { accessUntil: soon })).email, ['ask_admin']],
        unconfirmed: [await unconfirmedAt(slug), ['confirm_signup', 'confirm_signup']],
        unknown: ['nobody@initech.example', []],
      };
      service.clock.offsetMs = 2_000;
      const pages = new Set<string>();
      for (const [who, [email, letters]] of Object.entries(people)) {
        const typed = who.includes('spells') ? ` ${email.toUpperCase()} ` : email;
        const page = await forget(slug, typed);
        expect([who, page.status]).toEqual([who, 200]);
        pages.add(withoutTraces(page, email));
        expect([who, await lettersTo(service, email, slug)]).toEqual([who, letters]);
      }
      expect(pages.size).toBe(1);
    });

    async function standing(slug: string, action: string): Promise<string> {
      const person = await account(slug);
      await act(slug, person, action);
      return person.email;
    }

    async function unconfirmedAt(slug: string): Promise<string> {
      const email = `unconfirmed.${++made}@initech.example`;
      await signUp(service.browser(), { givenName: 'U', familyName: 'N', email }, slug);
      return email;
    }

    test('where people come in by SSO, who has no password is told so; who has one gets a link', async () => {
      const slug = await organization();
      const local = await account(slug);
      const unconfirmed = await unconfirmedAt(slug);
      const connection = await ssoAt(slug);
      const email = `sso.${++made}@initech.example`;
      await signIn(service, idp, connection, { subject: email, email, firstName: 'S', lastName: 'O' }, { slug });
      const pages = [];
      for (const one of [local.email, email, unconfirmed, 'nobody@initech.example'])
        pages.push(withoutTraces(await forget(slug, one), one));
      expect(new Set(pages).size).toBe(1);
      expect(await lettersTo(service, local.email)).toEqual(['reset_password']);
      expect(await lettersTo(service, email)).toEqual(['sign_in_elsewhere']);
      expect(await lettersTo(service, unconfirmed)).toEqual(['confirm_signup', 'sign_in_elsewhere']);
      expect((await mailbox.next(email)).text).not.toContain('/link/');
    });

    test('where nobody creates accounts any more, who has not confirmed asks an admin', async () => {
      const slug = await organization();
      const email = await unconfirmedAt(slug);
      await service.api('PUT', `/organizations/${slug}/policy`, { allowedSources: ['admin'] });
      await forget(slug, email);
      expect(await lettersTo(service, email)).toEqual(['confirm_signup', 'ask_admin']);
    });

    test('where SSO is required there is none to forget', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { id } = await ssoAt(slug, 'required');
      expect(refusalOf(await forget(slug, person.email, asProgram))).toBe('403 password_not_permitted');
      expect((await forget(slug, person.email)).text).toContain(`"/${slug}/sso/${id}"`);
      expect(await lettersTo(service, person.email)).toEqual([]);
    });

    test.each(['', 'not an address', 'a@b.example,c@d.example', `${'a'.repeat(300)}@initech.example`, 'a\0@b.example'])(
      '%j is no address',
      async (typed) => {
        const slug = await organization();
        expect(refusalOf(await forget(slug, typed, asProgram))).toBe('422 invalid_form');
        expect((await forget(slug, typed)).status).toBe(422);
      },
    );

    test('known and unknown addresses take the same time', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { known, unknown } = await mediansOf(30, {
        known: () => forget(slug, person.email),
        unknown: () => forget(slug, 'nobody@initech.example'),
      });
      console.info(`forgot, medians of 30 in turn: known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms`);
      expect(Math.min(known, unknown)).toBeGreaterThan(200);
    });
  });

  describe('while one is looked at', () => {
    const signInMeanwhile = async (
      slug: string,
      person: Person,
      happen: (tx: Transaction, id: string) => Promise<void>,
    ): Promise<Reply> => {
      const { id } = await service.api<{ id: string }>('GET', `/organizations/${slug}`);
      return meanwhile(
        service,
        (tx) => happen(tx, id),
        () => login(slug, { login: person.email, password: PASSWORD }),
      );
    };

    test('it is changed: nobody comes in with the old one', async () => {
      const slug = await organization();
      const person = await account(slug);
      const hash = await hashPassword(OTHER_PASSWORD);
      const reply = await signInMeanwhile(slug, person, async (tx, id) => {
        await endAllSessions(tx, id, person.id, new Date());
        await savePassword(tx, id, person.id, hash, new Date());
      });
      expect(refusalOf(reply)).toBe('401 invalid_credentials');
      expect((await login(slug, { login: person.email, password: OTHER_PASSWORD })).status).toBe(303);
    });

    test('the account is suspended: no session begins, also none that comes to life when that is lifted', async () => {
      const slug = await organization();
      const person = await account(slug);
      const reply = await signInMeanwhile(slug, person, async (tx, id) => {
        await setAccountStatus(tx, id, person.id, 'suspended', new Date());
        await endAllSessions(tx, id, person.id, new Date());
      });
      expect(refusalOf(reply)).toBe('403 account_suspended');
      await act(slug, person, 'reactivate');
      const [{ live } = { live: -1 }] = await service.resources.db.query<{ live: number }[]>(
        `SELECT count(*)::int AS live FROM sessions WHERE account_id = $1 AND ended_at IS NULL`,
        [person.id],
      );
      expect(live).toBe(0);
    });

    test('two change it at once: one does', async () => {
      const slug = await organization();
      const person = await account(slug);
      const tabs = [await signedIn(slug, person), await signedIn(slug, person), await signedIn(slug, person)];
      const pages: Record<string, string>[] = [];
      for (const tab of tabs) pages.push((await tab.get(`/${slug}/account/password`)).form().fields);
      const chosen = tabs.map((_, index) => `${OTHER_PASSWORD} ${index}`);
      const answers = await Promise.all(
        tabs.map((tab, index) =>
          tab.post(
            `/${slug}/account/password`,
            { ...pages[index], current: PASSWORD, password: chosen[index] ?? '' },
            asProgram,
          ),
        ),
      );
      const first = answers.findIndex(({ location }) => location === `/${slug}/account?notice=password_changed`);
      expect(first).toBeGreaterThanOrEqual(0);
      for (const [index, reply] of answers.entries()) if (index !== first) expect([303, 401]).toContain(reply.status);
      const right = [];
      for (const one of chosen) right.push((await login(slug, { login: person.email, password: one })).status);
      expect(right.filter((status) => status === 303)).toHaveLength(1);
      expect(right[first]).toBe(303);
      expect(await lettersTo(service, person.email)).toEqual(['password_changed']);
    });
  });

  describe('changed by the person', () => {
    test('not without the present one, not for a weak one', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const wrong: [Record<string, string>, string][] = [
        [{ current: 'wrong password here', password: OTHER_PASSWORD }, '401 invalid_credentials'],
        [{ current: PASSWORD }, '422 invalid_form'],
        [{ password: OTHER_PASSWORD }, '422 invalid_form'],
        [{ current: PASSWORD, password: 'k4Yq-wZp9Lr' }, '422 invalid_form'],
        [{ current: PASSWORD, password: LONG.slice(0, 257) }, '422 invalid_form'],
        [{ current: PASSWORD, password: `${OTHER_PASSWORD}\0` }, '422 invalid_form'],
        [{ current: PASSWORD, password: ' '.repeat(20) }, '422 weak_password'],
        [{ current: PASSWORD, password: person.email }, '422 weak_password'],
        [{ current: PASSWORD, password: 'a'.repeat(1_000_000) }, '413 too_large'],
      ];
      for (const [fields, expected] of wrong) {
        expect(refusalOf(await change(browser, slug, fields))).toBe(expected);
        const page = await change(browser, slug, fields, {});
        expect(page.status).toBe(Number(expected.slice(0, 3)));
      }
      expect(await sessionOf(browser, slug)).toBeDefined();
      expect(await lettersTo(service, person.email)).toEqual([]);
      for (const [before, after] of [
        [PASSWORD, 'k4Yq-wZp9LrX'],
        ['k4Yq-wZp9LrX', LONG.slice(0, 256)],
      ] as const)
        expect((await change(browser, slug, { current: before, password: after })).status).toBe(303);
    });

    test('not where admins manage it, where it is not permitted, or where there is none', async () => {
      const slug = await organization();
      const managed = await account(slug, { adminManaged: true });
      const usual = await account(slug);
      const browsers = [await signedIn(slug, managed), await signedIn(slug, usual)] as const;
      const form = { current: PASSWORD, password: OTHER_PASSWORD };
      const token = (await browsers[1].get(`/${slug}/account/password`)).form().fields;
      expect(refusalOf(await browsers[0].get(`/${slug}/account/password`, asProgram))).toBe('403 admin_managed');
      expect((await browsers[0].get(`/${slug}/account`)).text).not.toContain('/account/password');
      expect((await browsers[1].get(`/${slug}/account`)).text).toContain('/account/password');
      const connection = await ssoAt(slug, 'required');
      const post = await browsers[1].post(`/${slug}/account/password`, { ...token, ...form }, asProgram);
      expect(refusalOf(post)).toBe('403 password_not_permitted');
      const email = `sso.${++made}@initech.example`;
      const person = { subject: email, email, firstName: 'S', lastName: 'O' };
      const { browser } = await signIn(service, idp, connection, person, { slug });
      expect(refusalOf(await browser.get(`/${slug}/account/password`, asProgram))).toBe('404 not_found');
    });

    test('not without being signed in, nor by the form of another session', async () => {
      const slug = await organization();
      const person = await account(slug);
      const [browser, other] = [await signedIn(slug, person), await signedIn(slug, await account(slug))];
      const form = { current: PASSWORD, password: OTHER_PASSWORD };
      const url = `/${slug}/account/password`;
      expect(await service.browser().get(url)).toMatchObject({
        status: 303,
        location: `/${slug}?notice=session_ended`,
      });
      expect(refusalOf(await service.browser().post(url, form, asProgram))).toBe('403 forbidden');
      expect(refusalOf(await browser.post(url, form, asProgram))).toBe('403 forbidden');
      const { fields } = (await other.get(url)).form();
      expect(refusalOf(await browser.post(url, { ...fields, ...form }, asProgram))).toBe('403 forbidden');
      expect((await login(slug, { login: person.email, password: PASSWORD })).status).toBe(303);
    });
  });

  test('security 21: who comes back is led to a page of ours, and nowhere else', async () => {
    const slug = await organization();
    const person = await account(slug);
    const led = async (to: string) =>
      (await login(slug, { login: person.email, password: PASSWORD, return_to: to }, {})).location;
    for (const own of [`/${slug}/account`, '/oidc/interaction/1?a=b#c', '/other/'])
      expect([own, await led(own)]).toEqual([own, own]);
    const elsewhere = [
      ...['//evil.example', '///evil.example', 'https://evil.example', 'https:evil.example', 'http:/evil.example'],
      ...['\\\\evil.example', '/\\evil.example', '/\\/evil.example', '/\t/evil.example', '/\\t', '\t//evil.example'],
      ...['javascript:alert(1)', 'data:text/html,x', 'evil.example', ' //evil.example', '/ /evil.example', './/evil'],
      ...[
        '/.//evil.example',
        '/a/..//evil.example',
        '/%0d\r\nlocation: https://evil.example',
        '',
        `/${'a'.repeat(3_000)}`,
      ],
    ];
    for (const to of elsewhere) expect([to, await led(to)]).toEqual([to, `/${slug}/account`]);
    const browser = await signedIn(slug, person);
    for (const page of ['', '/login']) {
      const evil = await browser.get(`/${slug}${page}?return_to=${encodeURIComponent('//evil.example')}`);
      expect(evil).toMatchObject({ status: 303, location: `/${slug}/account` });
      expect((await browser.get(`/${slug}${page}?return_to=%2Fother%2F`)).location).toBe('/other/');
    }
    const form = await service.browser().get(`/${slug}/login?return_to=${encodeURIComponent('//evil.example')}`);
    expect(form.form().fields).not.toHaveProperty('return_to');
    const own = (await service.browser().get(`/${slug}/login?return_to=%2Fother%2F`)).form();
    expect(own.fields.return_to).toBe('/other/');
  });

  describe('fields of the sign-in', () => {
    test('a password is what it was, in whichever form its letters come', async () => {
      const slug = await organization();
      const word = 'cr\u00e8me br\u00fbl\u00e9e \u2126 violin';
      const person = await account(slug, { password: word.normalize('NFC') });
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
        expect((await login(slug, { login: person.email, password: word.normalize(form) })).status).toBe(303);
      expect((await login(slug, { login: person.email, password: `${word} ` })).status).toBe(401);
      expect((await login(slug, { login: person.email, password: word.toUpperCase() })).status).toBe(401);
    });

    test('of any size and content are answered', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { email } = person;
      const right = PASSWORD;
      const tries: [Record<string, string> | URLSearchParams, string][] = [
        [{ login: email, password: 'a'.repeat(1_000_000) }, '413 too_large'],
        [{ login: 'a'.repeat(10_240), password: right }, '413 too_large'],
        [{ login: 'a'.repeat(5_000), password: right }, '401 invalid_credentials'],
        [{ login: email, password: 'a'.repeat(9_000) }, '401 invalid_credentials'],
        [{ login: email, password: ' '.repeat(12) }, '401 invalid_credentials'],
        [{ login: email, password: `${right}\0` }, '401 invalid_credentials'],
        [{ login: email, password: '\0' }, '401 invalid_credentials'],
        [{ login: 'no\0body', password: right }, '401 invalid_credentials'],
        [{ login: '\0', password: right }, '422 invalid_form'],
        [{ login: '  ', password: right }, '422 invalid_form'],
        [{ login: email, password: '' }, '422 invalid_form'],
        [{ login: email }, '422 invalid_form'],
        [{ 'login[]': email, password: right }, '422 invalid_form'],
        [{ 'login[a]': email, 'password[$ne]': 'x' }, '422 invalid_form'],
        [new URLSearchParams(`login=${email}&login=${email}&password=${right}`), '422 invalid_form'],
        [new URLSearchParams(`login=${email}&password=${right}&password=${right}`), '422 invalid_form'],
        [{ login: '%', password: right }, '401 invalid_credentials'],
        [{ login: "' OR 1=1 --", password: right }, '401 invalid_credentials'],
        [{ login: '__proto__', password: right }, '401 invalid_credentials'],
      ];
      for (const [fields, expected] of tries) {
        expect(refusalOf(await login(slug, fields))).toBe(expected);
        expect((await login(slug, fields, {})).status).toBe(Number(expected.slice(0, 3)));
      }
      const json = await service.browser().postJson(`/${slug}/login`, { login: email, password: right });
      expect(refusalOf(json)).toBe('422 invalid_form');
      const utf7 = 'application/x-www-form-urlencoded; charset=utf-7';
      const options = { headers: { ...asProgram.headers, 'content-type': utf7 } };
      expect(refusalOf(await login(slug, { login: email, password: right }, options))).toBe(
        '415 unsupported_media_type',
      );
    });
  });

  describe('security 23: a form that another site posts is refused', () => {
    const sites: Record<string, SendOptions> = {
      'another site': { from: 'https://evil.example' },
      'a sibling': { headers: { 'sec-fetch-site': 'same-site' } },
      'another origin': { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } },
      'a sandbox': { headers: { 'sec-fetch-site': 'cross-site', origin: 'null' } },
    };

    test.each(Object.entries(sites))('from %s', async (_name, site) => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const options = { ...site, headers: { ...asProgram.headers, ...site.headers } };
      const { fields } = (await browser.get(`/${slug}/account/password`)).form();
      const forms: [string, Record<string, string>][] = [
        ['login', { login: person.email, password: PASSWORD }],
        ['signup', { givenName: 'A', familyName: 'B', email: 'ab@initech.example' }],
        ['forgot', { email: person.email }],
        ['account/password', { ...fields, current: PASSWORD, password: OTHER_PASSWORD }],
        ['account/email', { ...fields, current: PASSWORD, email: 'ab@initech.example' }],
        ['account/sessions/others/end', fields],
        ['logout', fields],
      ];
      for (const [path, form] of forms)
        expect([path, refusalOf(await browser.post(`/${slug}/${path}`, form, options))]).toEqual([
          path,
          '403 forbidden',
        ]);
      expect(await lettersTo(service, person.email)).toEqual([]);
      expect(await sessionOf(browser, slug)).toBeDefined();
    });

    test('also by a browser that only knows Origin', async () => {
      const slug = await organization();
      const person = await account(slug);
      const post = async (origin: string): Promise<number> => {
        const body = new URLSearchParams({ login: person.email, password: PASSWORD });
        const url = `${service.baseUrl}/${slug}/login`;
        return (await fetch(url, { method: 'POST', body, headers: { origin }, redirect: 'manual' })).status;
      };
      for (const origin of ['https://evil.example', 'null', service.baseUrl.replace('http:', 'https:')])
        expect([origin, await post(origin)]).toEqual([origin, 403]);
      expect(await post(service.baseUrl)).toBe(303);
    });
  });

  describe('beside SSO', () => {
    test('active: a password that exists goes on working, at the page that is asked for', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { id } = await ssoAt(slug);
      const browser = service.browser();
      expect(await browser.get(`/${slug}`)).toMatchObject({ status: 302, location: `/${slug}/sso/${id}` });
      expect((await browser.get(`/${slug}?choose=1`)).text).toContain(`"/${slug}/login"`);
      const page = await browser.get(`/${slug}/login`);
      expect((await browser.submit(page, { login: person.email, password: PASSWORD })).status).toBe(303);
      expect(await sessionOf(browser, slug)).toMatchObject({ connection: null, account: { id: person.id } });
    });

    test('required: none works, with the way to SSO; one in the middle of it neither', async () => {
      const slug = await organization();
      const person = await account(slug);
      const page = await service.browser().get(`/${slug}/login`);
      const { id } = await ssoAt(slug, 'required');
      const refused = [
        await service.browser().get(`/${slug}/login`, asProgram),
        await login(slug, { login: person.email, password: PASSWORD }),
        await login(slug, { login: person.email, password: 'wrong' }),
        await login(slug, { login: 'nobody', password: 'wrong' }),
        await service.browser().submit(page, { login: person.email, password: PASSWORD }, asProgram),
      ];
      expect(refused.map(refusalOf)).toEqual(Array(5).fill('403 password_not_permitted'));
      for (const html of [
        await service.browser().get(`/${slug}/login`),
        await logIn(service.browser(), person.email, PASSWORD, slug),
      ]) {
        expect(html.status).toBe(403);
        expect(html.text).toContain(`"/${slug}/sso/${id}"`);
      }
      expect((await service.browser().get(`/${slug}?choose=1`)).text).not.toContain(`/${slug}/login`);
    });
  });

  describe('what an account may', () => {
    test('access that ends during a session ends it, and lets nobody in afterwards', async () => {
      const slug = await organization();
      const person = await account(slug, { accessUntil: new Date(Date.now() + HOUR).toISOString() });
      const browser = await signedIn(slug, person);
      service.clock.offsetMs = HOUR + 1_000;
      expect(await sessionOf(browser, slug)).toBeUndefined();
      expect(refusalOf(await login(slug, { login: person.email, password: PASSWORD }))).toBe('403 access_ended');
      expect(refusalOf(await login(slug, { login: person.email, password: 'wrong' }))).toBe('401 invalid_credentials');
    });

    test('without group and profile nobody comes in where the policy asks for them', async () => {
      const slug = await organization({ requireGroupAndProfile: true });
      const person = await account(slug);
      expect(refusalOf(await login(slug, { login: person.email, password: PASSWORD }))).toBe('403 access_incomplete');
      await service.api('POST', `/organizations/${slug}/groups`, { name: 'Staff' });
      await service.api('POST', `/organizations/${slug}/permission-profiles`, { name: 'Usual' });
      const change = (given: object) => service.api('PATCH', `/organizations/${slug}/accounts/${person.id}`, given);
      await change({ groups: ['Staff'] });
      expect(refusalOf(await login(slug, { login: person.email, password: PASSWORD }))).toBe('403 access_incomplete');
      await change({ permissionProfile: 'Usual' });
      expect((await login(slug, { login: person.email, password: PASSWORD })).status).toBe(303);
    });

    test.each([
      ['suspend', 'account_suspended'],
      ['deactivate', 'account_deactivated'],
    ])('%s is told to who has the password only: %s', async (action, code) => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      await act(slug, person, action);
      expect(await sessionOf(browser, slug)).toBeUndefined();
      expect(refusalOf(await login(slug, { login: person.email, password: PASSWORD }))).toBe(`403 ${code}`);
      expect(refusalOf(await login(slug, { login: person.email, password: 'wrong' }))).toBe('401 invalid_credentials');
      await act(slug, person, 'reactivate');
      expect(await sessionOf(browser, slug)).toBeUndefined();
    });

    test("one organization's password opens no other organization", async () => {
      const [slug, other] = [await organization(), await organization()];
      const person = await account(slug);
      expect(refusalOf(await login(other, { login: person.email, password: PASSWORD }))).toBe(
        '401 invalid_credentials',
      );
      const browser = await signedIn(slug, person);
      expect(await sessionOf(browser, other)).toBeUndefined();
      expect(await emailLinksOf(service, other)).toEqual([]);
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
    });
  });
});
