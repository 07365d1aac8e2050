import { openDoor } from '../../src/provisioning/door';
import { preview } from '../../src/provisioning/preview';
import { recordFromSignup } from '../../src/sources/self-service';
import { deleteLapsedSignups } from '../../src/storage/lapsed-signups';
import { selfServiceSource } from '../../src/storage/sources';
import { addConnection, createTestIdp, sessionOf, signIn, type TestIdp } from '../support/acme';
import {
  choose,
  createInitech,
  linkIn,
  logIn,
  PASSWORD,
  peter,
  register,
  signUp,
  type SignupForm,
} from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { describeWith } from '../support/requires';
import {
  accountOf,
  accountsOf,
  asProgram,
  emailLinksOf,
  lettersTo,
  mediansOf,
  refusalOf,
  SESSION_STORES,
  tablesHolding,
  withoutTraces,
} from '../support/self-service';
import { startService, type TestService } from '../support/service';

const HOURS = 3_600_000;

let mailbox: Mailbox;
let idp: TestIdp;
let organizations = 0;

beforeAll(async () => {
  mailbox = await startMailbox();
  idp = await createTestIdp();
});
afterAll(() => mailbox.stop());

const organization = (service: TestService, policy?: Record<string, unknown>): Promise<string> =>
  createInitech(service, { slug: `initech-${++organizations}`, policy });

/** Somebody at an address that no other test writes to. */
const somebody = (name = 'michael') => ({
  givenName: 'Michael',
  familyName: 'Bolton',
  email: `${name}.${++organizations}@initech.example`,
});

for (const [store, needs, open] of SESSION_STORES)
  describeWith(needs, `people create their own accounts, sessions kept in ${store}`, () => {
    let backstage: Awaited<ReturnType<typeof open>>;
    let service: TestService;
    beforeAll(async () => {
      backstage = await open();
      service = await startService({ smtpUrl: mailbox.url, jobs: true, env: backstage.env });
    });
    afterAll(async () => {
      await service?.stop();
      await backstage?.stop();
    });

    test('from the form by the mail to a session', async () => {
      const slug = await organization(service);
      const browser = service.browser();
      const form = await browser.get(`/${slug}/signup`);
      expect(Object.keys(form.form().fields)).toEqual(['givenName', 'familyName', 'email']);
      expect(await browser.submit(form, { ...peter })).toMatchObject({ status: 200 });
      expect(await accountOf(service, slug, peter.email)).toMatchObject({
        status: 'unconfirmed',
        emailVerified: false,
        source: 'self_signup',
      });
      const link = linkIn(await mailbox.next(peter.email));
      const button = await browser.get(link);
      expect(button.status).toBe(200);
      const chooser = await browser.submit(button);
      expect(chooser.status).toBe(200);
      expect(await sessionOf(browser, slug)).toBeUndefined();
      const done = await browser.submit(chooser, { password: PASSWORD });
      expect(done).toMatchObject({ status: 303, location: `/${slug}/account` });
      expect(await sessionOf(browser, slug)).toMatchObject({
        signedIn: true,
        connection: null,
        account: { email: peter.email, emailVerified: true, status: 'active', username: 'peter.gibbons', locale: 'en' },
      });
      expect((await browser.get(`/${slug}/account`)).status).toBe(200);
      expect(await logIn(service.browser(), 'PETER@initech.example', PASSWORD, slug)).toMatchObject({ status: 303 });
    });

    test('a session that somebody else planted in the browser ends where the account begins', async () => {
      const slug = await organization(service);
      const mallory = await register(service, mailbox, somebody('mallory'), { slug });
      const [name = ''] = mallory.jar.names();
      const planted = mallory.jar.get(name) ?? '';
      const victim = service.browser();
      victim.jar.set(name, planted, { host: 'localhost' });
      expect(await sessionOf(victim, slug)).toBeDefined();
      const person = somebody('victim');
      await register(service, mailbox, person, { slug, browser: victim });
      expect(victim.jar.get(name)).not.toBe(planted);
      expect(await sessionOf(victim, slug)).toMatchObject({ account: { email: person.email } });
      expect(await sessionOf(mallory, slug)).toBeUndefined();
    });
  });

describeWith('postgres', 'people create their own accounts', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ smtpUrl: mailbox.url, jobs: true, env: { RATE_LIMIT: 'off' } });
  });
  afterAll(() => service?.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  const ssoAt = async (slug: string, state = 'active') => addConnection(service, slug, idp, { state });
  const setState = (slug: string, id: string, state: string) =>
    service.api('PATCH', `/organizations/${slug}/connections/${id}`, { state });
  const post = (slug: string, fields: Record<string, string> | URLSearchParams) =>
    service.browser().post(`/${slug}/signup`, fields, asProgram);

  describe('only with an address the organization lets in', () => {
    test('of its domains, whatever the case; refused at the form', async () => {
      const slug = await organization(service, { selfSignupDomains: ['initech.example'] });
      for (const email of ['a@evil.example', 'a@sub.initech.example', 'a@notinitech.example', 'a@initech.example.evil'])
        expect(refusalOf(await post(slug, { ...peter, email }))).toBe('403 email_domain_not_allowed');
      const page = await signUp(service.browser(), { ...peter, email: 'a@evil.example' }, slug);
      expect(page.status).toBe(403);
      expect(page.form().fields).toMatchObject({ ...peter, email: 'a@evil.example' });
      expect((await signUp(service.browser(), { ...peter, email: 'A@INITECH.example' }, slug)).status).toBe(200);
      expect(await accountsOf(service, slug, 'a@evil.example')).toEqual([]);
      expect(await lettersTo(service, 'a@evil.example')).toEqual([]);
    });

    test('refused at the door too, and at the link when the domain was taken off the list meanwhile', async () => {
      const slug = await organization(service);
      const browser = service.browser();
      const person = somebody();
      await signUp(browser, person, slug);
      const link = linkIn(await mailbox.next(person.email));
      await service.api('PUT', `/organizations/${slug}/policy`, { selfSignupDomains: ['other.example'] });
      expect(refusalOf(await browser.get(link, asProgram))).toBe('403 email_domain_not_allowed');
      expect(refusalOf(await browser.post(link, { password: PASSWORD }, asProgram))).toBe(
        '403 email_domain_not_allowed',
      );
      const { manager } = service.resources.db;
      const { id } = await service.api<{ id: string }>('GET', `/organizations/${slug}`);
      const door = await openDoor(manager, id, await selfServiceSource(manager, id));
      const record = recordFromSignup(door.sourceId, { ...somebody(), locale: 'en' }, undefined);
      expect(await preview(manager, door, record, new Date())).toMatchObject({ reason: 'email_domain_not_allowed' });
    });
  });

  describe('with an address that is known', () => {
    test('the same page, another mail, and nothing changes', async () => {
      const slug = await organization(service);
      const known = { ...somebody('knwn'), givenName: 'Known' };
      await register(service, mailbox, known, { slug });
      const before = await accountOf(service, slug, known.email);
      const unknown = known.email.replace('knwn', 'newb');
      const answers = [];
      for (const email of [known.email, unknown, known.email.toUpperCase()])
        answers.push(await signUp(service.browser(), { givenName: 'New', familyName: 'Name', email }, slug));
      const [first, second, third] = answers;
      if (!first || !second || !third) throw new Error('three answers');
      expect([first.status, second.status, third.status]).toEqual([200, 200, 200]);
      expect(withoutTraces(first, known.email)).toBe(withoutTraces(second, unknown));
      expect(withoutTraces(third, known.email)).toBe(withoutTraces(second, unknown));
      const told = ({ headers }: typeof first) => {
        const { date: _time, etag: _ofTheRequestId, ...rest } = Object.fromEntries(headers);
        return rest;
      };
      expect(told(first)).toEqual(told(second));

      const mail = await mailbox.next(known.email);
      expect(mail.text).toContain(`${service.baseUrl}/${slug}/forgot`);
      expect(mail.text).not.toContain('/link/');
      expect(await lettersTo(service, known.email)).toEqual([
        'confirm_signup',
        'already_registered',
        'already_registered',
      ]);
      expect(await lettersTo(service, unknown)).toEqual(['confirm_signup']);
      expect(await accountOf(service, slug, known.email)).toEqual(before);
      expect((await logIn(service.browser(), known.email, PASSWORD, slug)).status).toBe(303);
    });

    test.each(['invite', 'suspend', 'deactivate'])('also one that stands at: %s', async (action) => {
      const slug = await organization(service);
      const { email } = somebody();
      const account = { email, givenName: 'Bill', familyName: 'Lumbergh' };
      const { id } = await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, account);
      if (action !== 'invite') await service.api('POST', `/organizations/${slug}/accounts/${id}/${action}`);
      const before = await accountOf(service, slug, email);
      expect((await signUp(service.browser(), { ...peter, email }, slug)).status).toBe(200);
      expect(await accountOf(service, slug, email)).toEqual(before);
      expect(await lettersTo(service, email)).toEqual(['already_registered']);
    });

    test('both take the same time', async () => {
      const slug = await organization(service);
      const known = somebody();
      await register(service, mailbox, known, { slug });
      const medians = await mediansOf(30, {
        known: () => signUp(service.browser(), known, slug),
        unknown: () => signUp(service.browser(), somebody(), slug),
      });
      const { known: a, unknown: b } = medians;
      console.info(`sign-up, medians of 30 in turn: known ${a.toFixed(1)} ms, unknown ${b.toFixed(1)} ms`);
      expect(Math.min(a, b)).toBeGreaterThan(200);
    });
  });

  describe('who has not confirmed holds nothing', () => {
    test('the last seat goes to another; the link waits for one', async () => {
      const slug = await organization(service);
      const path = `/organizations/${slug}/licences`;
      const { id } = await service.api<{ id: string }>('POST', path, { name: 'Pro', seats: 1 });
      await service.api('PUT', `/organizations/${slug}/policy`, { defaultLicence: 'Pro' });
      const late = somebody('late');
      await signUp(service.browser(), late, slug);
      const link = linkIn(await mailbox.next(late.email));
      expect((await service.api<{ items: unknown[] }>('GET', path)).items).toMatchObject([{ used: 0, free: 1 }]);
      const quick = somebody('quick');
      await register(service, mailbox, quick, { slug });
      expect(await accountOf(service, slug, quick.email)).toMatchObject({ licence: 'Pro' });

      const browser = service.browser();
      expect(refusalOf(await browser.get(link, asProgram))).toBe('403 licence_seats_exhausted');
      const posted = await browser.post(link, { password: PASSWORD }, asProgram);
      expect(refusalOf(posted)).toBe('403 licence_seats_exhausted');
      expect(await accountOf(service, slug, late.email)).toMatchObject({ status: 'unconfirmed' });
      await service.api('PATCH', `${path}/${id}`, { seats: 2 });
      expect((await choose(browser, link)).status).toBe(303);
      expect(await accountOf(service, slug, late.email)).toMatchObject({ status: 'active', licence: 'Pro' });
    });

    test('the username goes to who confirms first; the other gets a number', async () => {
      const slug = await organization(service);
      const [first, second] = [somebody('first'), somebody('second')];
      await signUp(service.browser(), first, slug);
      await register(service, mailbox, second, { slug });
      expect(await accountOf(service, slug, second.email)).toMatchObject({ username: 'michael.bolton' });
      await choose(service.browser(), linkIn(await mailbox.next(first.email)));
      expect(await accountOf(service, slug, first.email)).toMatchObject({ username: 'michael.bolton2' });
    });

    test('the address goes to an account an admin makes; the link says so, and counts again once that is gone', async () => {
      const slug = await organization(service);
      const person = somebody();
      await signUp(service.browser(), person, slug);
      const link = linkIn(await mailbox.next(person.email));
      const { id } = await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, {
        ...person,
        givenName: 'Given by an admin',
      });
      const browser = service.browser();
      expect(refusalOf(await browser.get(link, asProgram))).toBe('409 email_taken');
      expect(refusalOf(await browser.post(link, { password: PASSWORD }, asProgram))).toBe('409 email_taken');
      expect((await logIn(service.browser(), person.email, PASSWORD, slug)).status).toBe(401);
      await service.api('DELETE', `/organizations/${slug}/accounts/${id}`);
      expect((await choose(browser, link)).status).toBe(303);
    });

    test('the address goes to who signs in by SSO, with nothing of what somebody else said of them', async () => {
      const slug = await organization(service);
      const victim = somebody('victim');
      await signUp(service.browser(), { ...victim, givenName: 'Mallory', familyName: 'Was Here' }, slug);
      const link = linkIn(await mailbox.next(victim.email));
      const connection = await ssoAt(slug);
      const person = { subject: 'v-1', email: victim.email, firstName: 'Vic', lastName: 'Tim' };
      const reply = await signIn(service, idp, connection, person, { slug });
      expect(reply.status).toBe(303);
      expect(await sessionOf(reply.browser, slug)).toMatchObject({
        account: { givenName: 'Vic', familyName: 'Tim', displayName: 'Vic Tim', username: 'vic.tim', source: 'jit' },
      });
      await setState(slug, connection.id, 'disabled');
      expect(refusalOf(await service.browser().get(link, asProgram))).toBe('409 email_taken');
    });

    test('what an earlier sign-up would have been called is not what the confirmed one is called', async () => {
      const slug = await organization(service);
      const [first, second] = [somebody(), somebody()];
      const michael = { givenName: 'Michael', familyName: 'Bolton' };
      await signUp(service.browser(), { ...first, ...michael }, slug);
      await mailbox.next(first.email);
      await register(service, mailbox, { ...second, ...michael }, { slug });
      await register(service, mailbox, { ...first, givenName: 'Mike', familyName: 'Bolton' }, { slug });
      expect(await accountOf(service, slug, first.email)).toMatchObject({ username: 'mike.bolton', status: 'active' });
      expect(await accountOf(service, slug, second.email)).toMatchObject({ username: 'michael.bolton' });
    });

    test('after 48 hours they vanish with what they said; the link says expired, with the way to sign up again', async () => {
      const slug = await organization(service);
      const person = { ...somebody(), givenName: 'Vanishing', familyName: 'Lady' };
      await signUp(service.browser(), person, slug);
      const link = linkIn(await mailbox.next(person.email));
      const { id, contactId } = await accountOf(service, slug, person.email);
      const { db } = service.resources;
      const [sent] = await emailLinksOf(service, slug, id);
      const expiry = new Date(sent?.expiresAt ?? '');
      await deleteLapsedSignups(db, new Date(expiry.getTime() - 1));
      expect(await accountsOf(service, slug, person.email)).toHaveLength(1);
      await deleteLapsedSignups(db, expiry);
      expect(await accountsOf(service, slug, person.email)).toEqual([]);
      const gone = [`accounts/${id}`, `contacts/${contactId}`];
      for (const path of gone)
        expect((await service.request('GET', `/organizations/${slug}/${path}`)).status).toBe(404);
      expect(await tablesHolding(service, 'Vanishing')).toEqual([]);
      expect(await tablesHolding(service, person.email)).toEqual([]);

      service.clock.offsetMs = 48 * HOURS + 1_000;
      const browser = service.browser();
      expect(refusalOf(await browser.get(link, asProgram))).toBe('410 link_expired');
      const page = await browser.get(link);
      expect(page.status).toBe(410);
      expect(page.text).toContain(`"/${slug}/signup"`);
      // Nobody is left to whom a new link could be sent.
      expect(page.text).not.toContain('/again');
      await register(service, mailbox, person, { slug });
      expect(await accountOf(service, slug, person.email)).toMatchObject({ status: 'active' });
    });

    test('clean-up takes whoever can still confirm, or has, for nobody who lapsed', async () => {
      const slug = await organization(service);
      const [confirmed, waiting] = [somebody(), somebody()];
      await register(service, mailbox, confirmed, { slug });
      await signUp(service.browser(), waiting, slug);
      service.clock.offsetMs = 47 * HOURS;
      await signUp(service.browser(), waiting, slug);
      await deleteLapsedSignups(service.resources.db, new Date(Date.now() + 49 * HOURS));
      expect(await accountsOf(service, slug, confirmed.email)).toHaveLength(1);
      expect(await accountsOf(service, slug, waiting.email)).toHaveLength(1);
      await deleteLapsedSignups(service.resources.db, new Date(Date.now() + 96 * HOURS));
      expect(await accountsOf(service, slug, waiting.email)).toEqual([]);
    });
  });

  describe('signing up again before confirming', () => {
    test('replaces the link and the names of the one account', async () => {
      const slug = await organization(service);
      const person = somebody();
      const browser = service.browser();
      await signUp(browser, person, slug);
      const { id } = await accountOf(service, slug, person.email);
      const before = linkIn(await mailbox.next(person.email));
      await signUp(browser, { ...person, givenName: 'Mike' }, slug);
      const after = linkIn(await mailbox.next(person.email));
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id, displayName: 'Mike Bolton' });
      expect(refusalOf(await browser.get(before, asProgram))).toBe('410 link_replaced');
      expect((await choose(browser, after)).status).toBe(303);
      expect(await accountOf(service, slug, person.email)).toMatchObject({
        id,
        givenName: 'Mike',
        displayName: 'Mike Bolton',
      });
    });

    test('at the same moment as it is confirmed: nobody meets an error, and there is one account', async () => {
      const slug = await organization(service);
      const person = somebody();
      await signUp(service.browser(), person, slug);
      const link = linkIn(await mailbox.next(person.email));
      const answers = await Promise.all([
        ...Array.from({ length: 4 }, () => service.browser().post(link, { password: PASSWORD }, asProgram)),
        ...Array.from({ length: 4 }, () => signUp(service.browser(), person, slug)),
        ...Array.from({ length: 4 }, () => service.browser().post(`/${slug}/forgot`, { email: person.email })),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => ![200, 303, 410].includes(status))).toEqual([]);
      expect(answers.filter(({ status }) => status === 303).length).toBeLessThanOrEqual(1);
      expect(await accountsOf(service, slug, person.email)).toHaveLength(1);
    });
  });

  describe('not where people come in by SSO', () => {
    test('neither page nor request, with the way to SSO; once it is off, again', async () => {
      const slug = await organization(service);
      const { id } = await ssoAt(slug);
      const browser = service.browser();
      for (const reply of [await browser.get(`/${slug}/signup`, asProgram), await post(slug, { ...peter })])
        expect(refusalOf(reply)).toBe('403 self_signup_forbidden');
      for (const reply of [await browser.get(`/${slug}/signup`), await signUp(browser, peter, slug)]) {
        expect(reply.status).toBe(403);
        expect(reply.text).toContain(`"/${slug}/sso/${id}"`);
      }
      expect((await browser.get(`/${slug}?choose=1`)).text).not.toContain(`/${slug}/signup`);
      expect((await browser.get(`/${slug}/login`)).text).not.toContain(`/${slug}/signup`);
      expect(await accountsOf(service, slug, peter.email)).toEqual([]);
      expect(await lettersTo(service, peter.email, slug)).toEqual([]);
      await setState(slug, id, 'disabled');
      expect((await browser.get(`/${slug}/signup`)).status).toBe(200);
    });

    test.each(['draft', 'testing', 'pilot'])('a connection in %s is none', async (state) => {
      const slug = await organization(service);
      await ssoAt(slug, state);
      expect((await signUp(service.browser(), somebody(), slug)).status).toBe(200);
    });

    test('also when SSO becomes active between the mail and the click; the same link works when it is off again', async () => {
      const slug = await organization(service);
      const person = somebody();
      const browser = service.browser();
      await signUp(browser, person, slug);
      const link = linkIn(await mailbox.next(person.email));
      const { id } = await ssoAt(slug);
      const refused = [
        await browser.get(link, asProgram),
        await browser.post(link, {}, asProgram),
        await browser.post(link, { password: PASSWORD }, asProgram),
      ];
      expect(refused.map(refusalOf)).toEqual(Array(3).fill('403 self_signup_forbidden'));
      const page = await browser.get(link);
      expect(page.text).toContain(`"/${slug}/sso/${id}"`);
      expect(await accountOf(service, slug, person.email)).toMatchObject({ status: 'unconfirmed' });
      await setState(slug, id, 'disabled');
      expect((await choose(browser, link)).status).toBe(303);
    });

    test('also when it becomes active between the button and the password', async () => {
      const slug = await organization(service);
      const person = somebody();
      const browser = service.browser();
      await signUp(browser, person, slug);
      const chooser = await browser.submit(await browser.get(linkIn(await mailbox.next(person.email))));
      expect(chooser.status).toBe(200);
      await ssoAt(slug);
      const refused = await browser.submit(chooser, { password: PASSWORD }, asProgram);
      expect(refusalOf(refused)).toBe('403 self_signup_forbidden');
      expect(await sessionOf(browser, slug)).toBeUndefined();
      expect(await accountOf(service, slug, person.email)).toMatchObject({ status: 'unconfirmed' });
    });

    test('a link that is over offers no sign-up there either', async () => {
      const slug = await organization(service);
      const person = somebody();
      await signUp(service.browser(), person, slug);
      const link = linkIn(await mailbox.next(person.email));
      await ssoAt(slug);
      service.clock.offsetMs = 49 * HOURS;
      const page = await service.browser().get(link);
      expect(page.status).toBe(410);
      expect(page.text).not.toContain(`/${slug}/signup`);
    });

    test('where the policy leaves the source out it is the same', async () => {
      const slug = await organization(service);
      const person = somebody();
      const browser = service.browser();
      await signUp(browser, person, slug);
      const link = linkIn(await mailbox.next(person.email));
      await service.api('PUT', `/organizations/${slug}/policy`, { allowedSources: ['admin'] });
      const refused = [
        await browser.get(`/${slug}/signup`, asProgram),
        await post(slug, { ...somebody() }),
        await browser.get(link, asProgram),
        await browser.post(link, {}, asProgram),
        await browser.post(link, { password: PASSWORD }, asProgram),
      ];
      expect(refused.map(refusalOf)).toEqual(Array(5).fill('403 self_signup_forbidden'));
      expect((await browser.get(`/${slug}`)).text).not.toContain(`/${slug}/signup`);
      await service.api('PUT', `/organizations/${slug}/policy`, { allowedSources: ['admin', 'self_signup'] });
      expect((await choose(browser, link)).status).toBe(303);
    });

    test("the owners' organization has no such page", async () => {
      expect((await service.browser().get('/admin/signup')).status).toBe(404);
      expect((await service.browser().post('/admin/signup', { ...peter })).status).toBe(404);
    });
  });

  test('the language of the page goes into the mail and the account', async () => {
    const slug = await organization(service);
    const german = somebody();
    await service.browser().post(`/${slug}/signup`, german, { headers: { 'accept-language': 'de-AT,en;q=0.5' } });
    expect((await mailbox.next(german.email)).headers.get('content-language')).toBe('de');
    expect(await accountOf(service, slug, german.email)).toMatchObject({ locale: 'de' });
    const chosen = somebody();
    const browser = service.browser();
    await browser.get(`/${slug}/signup?lang=de`);
    await signUp(browser, chosen, slug);
    const mail = await mailbox.next(chosen.email);
    expect(mail.headers.get('content-language')).toBe('de');
    await choose(browser, linkIn(mail));
    // Mail goes on in it, whatever language a later request has.
    await service.browser().post(`/${slug}/forgot`, { email: chosen.email });
    expect((await mailbox.next(chosen.email)).headers.get('content-language')).toBe('de');
  });

  describe('what nobody means well', () => {
    test.each<[what: string, fields: Partial<SignupForm>]>([
      ['a line break', { givenName: 'Peter\r\nBcc: everybody@initech.example' }],
      ['a line break', { familyName: 'Gibbons\nSubject: hello' }],
      ['a NUL', { givenName: 'Pe\0ter' }],
      ['text that runs backwards', { givenName: 'Peter\u202Egpj' }],
      ['121 characters', { givenName: 'P'.repeat(121) }],
      ['nothing', { givenName: '' }],
      ['white space', { familyName: '  \t' }],
      ['two addresses', { email: 'a@initech.example,b@initech.example' }],
      ['a name and an address', { email: 'Peter <peter@initech.example>' }],
      ['a line break', { email: 'peter@initech.example\r\nBcc: b@initech.example' }],
      ['a Cyrillic letter among Latin ones', { email: 'p\u0435ter@initech.example' }],
      ['a Cyrillic letter in the domain', { email: 'peter@in\u0456tech.example' }],
      ['wide letters', { email: '\uFF50eter@initech.example' }],
      ['what cannot be seen', { email: 'pe\u200Bter@initech.example' }],
      ['a NUL', { email: 'pe\0ter@initech.example' }],
      ['nothing', { email: '' }],
    ])('%s is refused: %j', async (_what, fields) => {
      const slug = await organization(service);
      expect(refusalOf(await post(slug, { ...peter, ...fields }))).toBe('422 invalid_form');
      const page = await signUp(service.browser(), { ...peter, ...fields }, slug);
      expect(page.status).toBe(422);
      const { items } = await service.api<{ items: unknown[] }>('GET', `/organizations/${slug}/accounts`);
      expect(items).toEqual([]);
    });

    test('fields that are doubled, lists, missing, too many or too long are refused', async () => {
      const slug = await organization(service);
      const doubled = new URLSearchParams({ ...peter });
      doubled.append('email', 'other@initech.example');
      expect(refusalOf(await post(slug, doubled))).toBe('422 invalid_form');
      const { email, ...names } = peter;
      expect(refusalOf(await post(slug, { ...names, 'email[]': email }))).toBe('422 invalid_form');
      expect(refusalOf(await post(slug, { email }))).toBe('422 invalid_form');
      expect(refusalOf(await service.browser().postJson(`/${slug}/signup`, peter))).toBe('422 invalid_form');
      const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`field${index}`, '']));
      expect(refusalOf(await post(slug, { ...peter, ...many }))).toBe('413 too_large');
      expect(refusalOf(await post(slug, { ...peter, givenName: 'P'.repeat(1_000_000) }))).toBe('413 too_large');
    });

    test('a form that another site posts is refused', async () => {
      const slug = await organization(service);
      const options = { from: 'https://evil.example', ...asProgram };
      const refused = await service.browser().post(`/${slug}/signup`, { ...peter }, options);
      expect(refusalOf(refused)).toBe('403 forbidden');
      expect(await accountsOf(service, slug, peter.email)).toEqual([]);
    });

    test('names are text in mail and pages, and no headers', async () => {
      const slug = await organization(service);
      const plain = somebody('plain');
      const rich = { ...somebody('rich'), givenName: '<img src=x onerror=alert(1)>', familyName: 'Bcc: b@c.example' };
      const browser = service.browser();
      const page = await signUp(browser, rich, slug);
      await signUp(browser, plain, slug);
      const [mail, usual] = [await mailbox.next(rich.email), await mailbox.next(plain.email)];
      expect([...mail.headers.keys()].sort()).toEqual([...usual.headers.keys()].sort());
      const chooser = await browser.submit(await browser.get(linkIn(mail)));
      await browser.submit(chooser, { password: PASSWORD });
      const account = await browser.get(`/${slug}/account`);
      expect(account.text).toContain('&lt;img');
      for (const { text } of [page, { text: mail.html }, chooser, account]) expect(text).not.toContain('<img src=x');
      const again = await signUp(service.browser(), { ...rich, email: 'not one' }, slug);
      expect(again.form().fields).toMatchObject({ givenName: rich.givenName });
      expect(again.text).not.toContain('<img src=x');
    });

    test('an address that looks like a known one is its own', async () => {
      const slug = await organization(service);
      const known = somebody('mia');
      await register(service, mailbox, known, { slug });
      const cyrillic = known.email.replace('mia', '\u043C\u0456\u0430');
      expect((await signUp(service.browser(), { ...known, email: cyrillic }, slug)).status).toBe(200);
      expect(await lettersTo(service, known.email)).toEqual(['confirm_signup']);
      expect(await accountOf(service, slug, cyrillic)).toMatchObject({ status: 'unconfirmed' });
    });
  });
});

describeWith('postgres', 'security 20: people create their own accounts, under limits', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ smtpUrl: mailbox.url, jobs: true, env: { TRUST_PROXY: '1' } });
  });
  afterAll(() => service?.stop());
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

  test('fifty sign-ups with one address at once: one account, one link that counts, five mails', async () => {
    const slug = await organization(service);
    const person = somebody();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        service.browser().post(`/${slug}/signup`, { ...person, givenName: `Michael ${index}` }, from('203.0.113.50')),
      ),
    );
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
    expect(new Set(answers.map((answer) => withoutTraces(answer, person.email))).size).toBe(1);
    const { id } = await accountOf(service, slug, person.email);
    expect((await emailLinksOf(service, slug, id)).filter(({ state }) => state !== 'replaced')).toHaveLength(1);
    expect(await lettersTo(service, person.email)).toEqual(Array(5).fill('confirm_signup'));
    const links = [];
    for (let mail = 0; mail < 5; mail++) links.push(linkIn(await mailbox.next(person.email)));
    const looked = await Promise.all(links.map((link) => service.browser().get(link)));
    expect(looked.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410]);
    const open = links[looked.findIndex(({ status }) => status === 200)] ?? '';
    expect((await choose(service.browser(), open)).status).toBe(303);
    expect(await accountOf(service, slug, person.email)).toMatchObject({ id, status: 'active' });
  });

  test('who confirms gets what their mail was about, whatever somebody else typed in beyond the fifth', async () => {
    const slug = await organization(service);
    const victim = somebody('victim');
    const mallory = service.browser();
    for (let time = 1; time <= 7; time++)
      await mallory.post(`/${slug}/signup`, { ...victim, givenName: `Time ${time}` }, from('203.0.113.66'));
    let link = '';
    for (let mail = 1; mail <= 5; mail++) link = linkIn(await mailbox.next(victim.email));
    expect(await lettersTo(service, victim.email)).toHaveLength(5);
    expect((await choose(service.browser(), link)).status).toBe(303);
    expect(await accountOf(service, slug, victim.email)).toMatchObject({ displayName: 'Time 5 Bolton' });
  });

  test('a sixth for an address that nobody has leaves nothing behind', async () => {
    const slug = await organization(service);
    const person = somebody();
    for (let time = 1; time <= 5; time++) await service.browser().post(`/${slug}/forgot`, { email: person.email });
    expect((await signUp(service.browser(), person, slug)).status).toBe(200);
    expect(await accountsOf(service, slug, person.email)).toEqual([]);
    expect(await lettersTo(service, person.email)).toEqual([]);
  });

  test('a hundred an hour from one place, then no more; elsewhere goes on', async () => {
    const slug = await organization(service);
    const ask = (address: string) =>
      service
        .browser()
        .post(`/${slug}/signup`, { ...somebody() }, { headers: { ...asProgram.headers, ...from(address).headers } });
    const answers = await Promise.all(Array.from({ length: 101 }, () => ask('203.0.113.7')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.filter(({ status }) => status !== 200).map(refusalOf)).toEqual(['429 rate_limited']);
    expect((await ask('203.0.113.8')).status).toBe(200);
  });
});
