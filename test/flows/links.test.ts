import { printLink } from '../../src/credentials/send-link';
import { findOrganizationBySlug } from '../../src/storage/organizations';
import { revokeEmailLinks } from '../../src/storage/email-links';
import type { Transaction } from '../../src/storage/rows';
import { inTransaction } from '../../src/storage/transaction';
import { addConnection, createTestIdp, sessionOf } from '../support/acme';
import type { HttpClient } from '../support/http-client';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD, signUp } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';
import {
  accountOf,
  asProgram,
  emailLinksOf,
  lettersTo,
  meanwhile,
  refusalOf,
  SESSION_STORES,
  standingAt,
  tablesHolding,
  withoutTraces,
} from '../support/self-service';
import { startService, type TestService } from '../support/service';

const SECOND = 1_000;
const HOUR = 3_600_000;
/** Of unrelated words; 256 characters of it are taken. */
const LONG = 'wool teapot lighthouse granite harbour violin '.repeat(6);

let mailbox: Mailbox;
let service: TestService;
let made = 0;

const organization = (policy?: Record<string, unknown>): Promise<string> =>
  createInitech(service, { slug: `links-${++made}`, policy });
const addressOf = (name: string) => `${name}.${++made}@initech.example`;

interface Person {
  id: string;
  email: string;
}

/** An account that an admin made, with a password unless it is invited. */
async function account(slug: string, form: Record<string, unknown> = { password: PASSWORD }): Promise<Person> {
  const email = addressOf('milton');
  const names = { givenName: 'Milton', familyName: 'Waddams' };
  return service.api<Person>('POST', `/organizations/${slug}/accounts`, { email, ...names, ...form });
}

const act = (slug: string, { id }: Person, action: string) =>
  service.api('POST', `/organizations/${slug}/accounts/${id}/${action}`);

async function resetLink(slug: string, { email }: Person): Promise<string> {
  await service.browser().post(`/${slug}/forgot`, { email });
  return linkIn(await mailbox.next(email));
}

/** The person asks for another address; yields the link that came there. */
async function newAddressLink(slug: string, { email }: Person, to = addressOf('new')): Promise<string> {
  const browser = service.browser();
  await logIn(browser, email, PASSWORD, slug);
  const form = await browser.get(`/${slug}/account/email`);
  const { action, fields } = form.form();
  await browser.post(action, { ...fields, email: to, current: PASSWORD });
  return linkIn(await mailbox.next(to));
}

/** The only link that an account has, as the API shows it. That its mail was sent is noted after it arrived. */
async function onlyLinkOf(slug: string, { id }: Person) {
  const [only, another] = await emailLinksOf(service, slug, id);
  if (!only || another) throw new Error('there is not one link');
  return only;
}

async function ownerLink(): Promise<{ link: string; expiresAt: Date }> {
  const now = new Date();
  const { db } = service.resources;
  const url = await inTransaction(db, async (tx) => {
    const found = await findOrganizationBySlug(tx, 'admin');
    if (!found) throw new Error('no owners');
    const occasion = { actor: { kind: 'command' }, now } as const;
    const order = { organization: found.organization, purpose: 'first_owner', occasion } as const;
    return printLink(tx, { baseUrl: service.baseUrl }, order, null);
  });
  return { link: new URL(url).pathname, expiresAt: new Date(now.getTime() + 48 * HOUR) };
}

const password = (browser: HttpClient, link: string, chosen = PASSWORD) =>
  browser.post(link, { password: chosen }, asProgram);

beforeAll(async () => {
  mailbox = await startMailbox();
});
afterAll(() => mailbox.stop());

for (const [store, needs, open] of SESSION_STORES)
  describeWith(needs, `security 19: e-mail links, sessions kept in ${store}`, () => {
    let backstage: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      backstage = await open();
      service = await startService({ smtpUrl: mailbox.url, jobs: true, env: backstage.env });
    });
    afterAll(async () => {
      await service?.stop();
      await backstage?.stop();
    });

    test('looking uses nothing up; a POST does, once', async () => {
      const slug = await organization();
      const person = await account(slug, { sendLink: true });
      const link = linkIn(await mailbox.next(person.email));
      const scanner = service.browser();
      for (let time = 0; time < 10; time++) expect((await scanner.send('HEAD', link)).status).toBe(200);
      expect(await onlyLinkOf(slug, person)).toMatchObject({ openedAt: null, usedAt: null });
      for (let time = 0; time < 10; time++) expect((await scanner.get(link)).status).toBe(200);
      expect(await onlyLinkOf(slug, person)).toMatchObject({ state: 'opened' });

      const browser = service.browser();
      expect(await choose(browser, link)).toMatchObject({ status: 303, location: `/${slug}/account` });
      expect(await sessionOf(browser, slug)).toMatchObject({ account: { id: person.id, status: 'active' } });
      expect(await onlyLinkOf(slug, person)).toMatchObject({ state: 'used' });
      for (const reply of [await browser.get(link, asProgram), await password(browser, link, OTHER_PASSWORD)])
        expect(refusalOf(reply)).toBe('410 link_used');
      expect((await logIn(service.browser(), person.email, PASSWORD, slug)).status).toBe(303);
    });

    test('of several tabs at once one chooses the password', async () => {
      const slug = await organization();
      const person = await account(slug);
      const link = await resetLink(slug, person);
      const chosen = ['one', 'two', 'three', 'four', 'five'].map((word) => `${OTHER_PASSWORD} ${word}`);
      const tabs = chosen.map(() => service.browser());
      const answers = await Promise.all(tabs.map((tab, index) => password(tab, link, chosen[index])));
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410, 410]);
      const first = answers.findIndex(({ status }) => status === 303);
      for (const [index, tab] of tabs.entries()) {
        if (index !== first) expect(refusalOf(answers[index] as never)).toBe('410 link_used');
        expect((await sessionOf(tab, slug)) !== undefined).toBe(index === first);
      }
      expect((await logIn(service.browser(), person.email, chosen[first], slug)).status).toBe(303);
    });
  });

describeWith('postgres', 'security 19: e-mail links', () => {
  beforeAll(async () => {
    service = await startService({ smtpUrl: mailbox.url, jobs: true, env: { RATE_LIMIT: 'off' } });
  });
  afterAll(() => service?.stop());

  const browser = () => service.browser();
  /** What a link answers a program that looks, presses the button, and chooses a password. */
  const answers = async (link: string): Promise<string[]> =>
    [
      await browser().get(link, asProgram),
      await browser().post(link, {}, asProgram),
      await password(browser(), link),
    ].map(refusalOf);
  const thrice = (answer: string): string[] => Array<string>(3).fill(answer);

  describe('count for 48 hours', () => {
    const expiryAt = async (slug: string, person: Person) => new Date((await onlyLinkOf(slug, person)).expiresAt);
    const purposes: Record<string, () => Promise<{ link: string; expiresAt: Date; fields: Record<string, string> }>> = {
      async confirm_signup() {
        const [slug, email] = [await organization(), addressOf('peter')];
        await signUp(browser(), { givenName: 'Peter', familyName: 'Gibbons', email }, slug);
        const link = linkIn(await mailbox.next(email));
        const expiresAt = await expiryAt(slug, await accountOf(service, slug, email));
        return { link, expiresAt, fields: { password: PASSWORD } };
      },
      async set_password() {
        const slug = await organization();
        const person = await account(slug, { sendLink: true });
        const link = linkIn(await mailbox.next(person.email));
        return { link, expiresAt: await expiryAt(slug, person), fields: { password: PASSWORD } };
      },
      async reset_password() {
        const slug = await organization();
        const person = await account(slug);
        const link = await resetLink(slug, person);
        return { link, expiresAt: await expiryAt(slug, person), fields: { password: PASSWORD } };
      },
      async confirm_email() {
        const slug = await organization();
        const person = await account(slug);
        const link = await newAddressLink(slug, person);
        return { link, expiresAt: await expiryAt(slug, person), fields: {} };
      },
      async first_owner() {
        const fields = { name: 'Olivia Owner', email: addressOf('owner'), password: PASSWORD };
        return { ...(await ownerLink()), fields };
      },
    };

    test.each(Object.keys(purposes))('%s: 47:59:59 works, 48:00:00 does not', async (purpose) => {
      const { link, expiresAt, fields } = await (purposes[purpose] as () => ReturnType<(typeof purposes)[string]>)();
      const over = await standingAt(service, expiresAt, async () => [
        await browser().get(link, asProgram),
        await browser().post(link, fields, asProgram),
      ]);
      expect(over.map(refusalOf)).toEqual(['410 link_expired', '410 link_expired']);
      const before = new Date(expiresAt.getTime() - SECOND);
      const inTime = await standingAt(service, before, async () => [
        await browser().get(link),
        await browser().post(link, fields),
      ]);
      expect(inTime.map(({ status }) => status)).toEqual([200, 303]);
    });
  });

  describe('only the newest counts', () => {
    test('one after another', async () => {
      const slug = await organization();
      const person = await account(slug);
      const links = [];
      for (let time = 0; time < 3; time++) links.push(await resetLink(slug, person));
      const [first = '', second = '', third = ''] = links;
      for (const link of [first, second]) expect(await answers(link)).toEqual(thrice('410 link_replaced'));
      expect((await choose(browser(), third, OTHER_PASSWORD)).status).toBe(303);
    });

    test('twelve at once: nobody meets an error, and one counts', async () => {
      const slug = await organization();
      const person = await account(slug);
      const asked = await Promise.all(
        Array.from({ length: 12 }, () => browser().post(`/${slug}/forgot`, { email: person.email })),
      );
      expect([...new Set(asked.map(({ status }) => status))]).toEqual([200]);
      const states = (await emailLinksOf(service, slug, person.id)).map(({ state }) => state);
      expect(states).toHaveLength(12);
      expect(states.filter((state) => state !== 'replaced')).toHaveLength(1);
    });

    test('of its purpose: a link to another address goes on counting', async () => {
      const slug = await organization();
      const person = await account(slug);
      const address = await newAddressLink(slug, person);
      const reset = await resetLink(slug, person);
      for (const link of [address, reset]) expect((await browser().get(link)).status).toBe(200);
    });

    test('revoked while it is being used: it is over', async () => {
      const slug = await organization();
      const person = await account(slug);
      const { id: organizationId } = await service.api<{ id: string }>('GET', `/organizations/${slug}`);
      const revoke = (tx: Transaction) => revokeEmailLinks(tx, organizationId, { accountId: person.id }, new Date());
      for (const makeLink of [resetLink, newAddressLink]) {
        const link = await makeLink(slug, person);
        const use = () => browser().post(link, { password: OTHER_PASSWORD }, asProgram);
        expect(refusalOf(await meanwhile(service, revoke, use))).toBe('410 link_revoked');
      }
      expect((await logIn(browser(), person.email, PASSWORD, slug)).status).toBe(303);
    });

    test('used, replaced and revoked at the same moment: nobody meets an error', async () => {
      const slug = await organization();
      const person = await account(slug);
      const link = await resetLink(slug, person);
      const { id } = await onlyLinkOf(slug, person);
      const all = await Promise.all([
        ...Array.from({ length: 3 }, () => password(browser(), link, OTHER_PASSWORD)),
        ...Array.from({ length: 3 }, () => browser().post(`/${slug}/forgot`, { email: person.email })),
        service.request('POST', `/organizations/${slug}/email-links/${id}/revoke`),
        service.request('PATCH', `/organizations/${slug}/accounts/${person.id}`, { title: 'Collator' }),
      ]);
      expect(all.map(({ status }) => status).filter((status) => ![200, 303, 409, 410].includes(status))).toEqual([]);
      expect(all.filter(({ status }) => status === 303).length).toBeLessThanOrEqual(1);
    });
  });

  describe('are bound', () => {
    test('to their purpose: one that resets confirms no address, one that confirms sets no password', async () => {
      const slug = await organization();
      const person = await account(slug);
      const to = addressOf('elsewhere');
      const reset = await resetLink(slug, person);
      expect((await browser().post(reset, { email: to })).status).toBe(200);
      expect((await browser().post(reset, { email: to, password: OTHER_PASSWORD })).status).toBe(303);
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
      const confirm = await newAddressLinkWith(slug, person, OTHER_PASSWORD, to);
      expect((await browser().post(confirm, { password: PASSWORD })).status).toBe(303);
      expect((await logIn(browser(), to, PASSWORD, slug)).status).toBe(401);
      expect((await logIn(browser(), to, OTHER_PASSWORD, slug)).status).toBe(303);
    });

    async function newAddressLinkWith(slug: string, { email }: Person, present: string, to: string): Promise<string> {
      const own = browser();
      await logIn(own, email, present, slug);
      const { action, fields } = (await own.get(`/${slug}/account/email`)).form();
      await own.post(action, { ...fields, email: to, current: present });
      return linkIn(await mailbox.next(to));
    }

    test('to their organization: elsewhere there is no such link, and nothing is told', async () => {
      const [slug, other] = [await organization(), await organization()];
      const person = await account(slug);
      const link = await resetLink(slug, person);
      const token = link.split('/').at(-1) ?? '';
      for (const place of [other, 'admin']) {
        expect(await answers(`/${place}/link/${token}`)).toEqual(thrice('404 unknown_link'));
        const again = await browser().post(`/${place}/link/${token}/again`, {}, asProgram);
        expect(refusalOf(again)).toBe('404 unknown_link');
        const page = await browser().get(`/${place}/link/${token}`);
        expect(page.status).toBe(404);
        for (const secret of [slug, person.email, 'Milton']) expect(page.text).not.toContain(secret);
      }
      expect(await onlyLinkOf(slug, person)).toMatchObject({ openedAt: null, usedAt: null });
      expect((await choose(browser(), link, OTHER_PASSWORD)).status).toBe(303);
    });

    test('to their account: only its password changes', async () => {
      const slug = await organization();
      const [one, another] = [await account(slug), await account(slug)];
      await choose(browser(), await resetLink(slug, one), OTHER_PASSWORD);
      expect((await logIn(browser(), one.email, OTHER_PASSWORD, slug)).status).toBe(303);
      expect((await logIn(browser(), another.email, PASSWORD, slug)).status).toBe(303);
    });
  });

  describe('that are none', () => {
    const garble: Record<string, (token: string) => string> = {
      'cut off': (token) => token.slice(0, -1),
      'cut off to nothing but a letter': (token) => token.slice(0, 1),
      'with a letter too many': (token) => `${token}A`,
      'with the bracket of a mail program': (token) => `${token}%3E`,
      'with a full stop': (token) => `${token}.`,
      'with a line break': (token) => `${token}%0D%0A`,
      'in capitals': (token) => token.toUpperCase(),
      doubled: (token) => token + token,
      'of 10 kB': (token) => token.padEnd(10_000, 'A'),
      'with a NUL': (token) => `${token}%00`,
      'with a NUL for a letter': (token) => `${token.slice(0, -1)}%00`,
      'padded as base64': (token) => `${token}=`,
      'of other letters': (token) => `${token.slice(0, -2)}\u00e4\u00f6`,
      'as SQL': () => "' OR '1'='1",
      'of another link': (token) => token.replace(/./g, 'A'),
    };

    let slug = '';
    let link = '';
    beforeAll(async () => {
      slug = await organization();
      link = await resetLink(slug, await account(slug));
    });

    test.each(Object.keys(garble))('%s', async (how) => {
      const token = link.split('/').at(-1) ?? '';
      const broken = `/${slug}/link/${(garble[how] as (token: string) => string)(token)}`;
      expect(await answers(broken)).toEqual(thrice('404 unknown_link'));
      expect(refusalOf(await browser().post(`${broken}/again`, {}, asProgram))).toBe('404 unknown_link');
      const page = await browser().get(broken);
      expect(page.status).toBe(404);
      expect(page.text).toContain(`/${slug}/forgot`);
      expect((await browser().get(link)).status).toBe(200);
    });

    test('escaped where nothing has to be, it is the same link; escaped wrongly, no request at all', async () => {
      const token = link.split('/').at(-1) ?? '';
      const escaped = [...token].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
      expect((await browser().get(`/${slug}/link/${escaped}`)).status).toBe(200);
      for (const wrong of ['%', '%E0%A4%A', '%zz'])
        expect(refusalOf(await browser().get(`/${slug}/link/${token}${wrong}`, asProgram))).toBe('400 invalid_request');
    });
  });

  describe('that count no more', () => {
    test('revoked by an admin: no new one by oneself', async () => {
      const slug = await organization();
      const person = await account(slug);
      const link = await resetLink(slug, person);
      const { id } = await onlyLinkOf(slug, person);
      await service.api('POST', `/organizations/${slug}/email-links/${id}/revoke`);
      expect(await answers(link)).toEqual(thrice('410 link_revoked'));
      expect((await browser().get(link)).text).not.toContain('/again');
      expect(refusalOf(await browser().post(`${link}/again`, {}, asProgram))).toBe('404 unknown_link');
      expect(await lettersTo(service, person.email)).toEqual(['reset_password']);
    });

    test('used: no new one by its holder', async () => {
      const slug = await organization();
      const person = await account(slug);
      const link = await resetLink(slug, person);
      await choose(browser(), link, OTHER_PASSWORD);
      const page = await browser().get(link);
      expect(page.status).toBe(410);
      expect(page.text).not.toContain('/again');
      expect(refusalOf(await browser().post(`${link}/again`, {}, asProgram))).toBe('404 unknown_link');
    });

    test.each(['expired', 'replaced'])(
      '%s: a new one goes to the same mailbox, and nobody else learns of it',
      async (how) => {
        const slug = await organization();
        const person = await account(slug);
        const link = await resetLink(slug, person);
        if (how === 'replaced') await resetLink(slug, person);
        else service.clock.offsetMs = 48 * HOUR + SECOND;
        const page = await browser().get(link);
        expect(page.status).toBe(410);
        expect(page.text).not.toContain(person.email);
        const sent = await browser().submit(page, { email: 'mallory@evil.example' });
        expect(sent.status).toBe(200);
        for (const secret of [person.email, 'Milton', 'evil.example']) expect(sent.text).not.toContain(secret);
        expect(await lettersTo(service, 'mallory@evil.example')).toEqual([]);
        const anew = linkIn(await mailbox.next(person.email));
        expect(anew).not.toBe(link);
        expect((await choose(browser(), anew, OTHER_PASSWORD)).status).toBe(303);
        service.clock.offsetMs = 0;
      },
    );

    test('a new one is sent only to who may have one; the page is the same', async () => {
      const slug = await organization();
      const people = [await account(slug), await account(slug)];
      const links: string[] = [];
      for (const person of people) links.push(await resetLink(slug, person));
      for (const person of people) await resetLink(slug, person);
      const [fine, barred] = people as [Person, Person];
      await act(slug, barred, 'suspend');
      const pages: string[] = [];
      for (const link of links) pages.push(withoutTraces(await browser().post(`${link}/again`), link));
      const [first, second] = pages;
      expect(first).toBe(second);
      expect(await lettersTo(service, fine.email)).toEqual(Array(3).fill('reset_password'));
      expect(await lettersTo(service, barred.email)).toEqual(['reset_password', 'reset_password', 'ask_admin']);
    });

    test('where SSO came meanwhile, the new mail tells the way there', async () => {
      const slug = await organization();
      const person = await account(slug, { sendLink: true });
      const link = linkIn(await mailbox.next(person.email));
      await addConnection(service, slug, await createTestIdp(), { state: 'active' });
      expect(await answers(link)).toEqual(thrice('403 password_not_permitted'));
      service.clock.offsetMs = 49 * HOUR;
      expect((await browser().post(`${link}/again`)).status).toBe(200);
      service.clock.offsetMs = 0;
      expect(await lettersTo(service, person.email)).toEqual(['set_password', 'sign_in_elsewhere']);
    });

    test('nobody is left to send one to', async () => {
      const slug = await organization();
      const person = await account(slug);
      const link = await resetLink(slug, person);
      service.clock.offsetMs = 49 * HOUR;
      await service.api('DELETE', `/organizations/${slug}/accounts/${person.id}`);
      const page = await browser().get(link);
      expect(page.status).toBe(410);
      expect(page.text).not.toContain('/again');
      expect(refusalOf(await browser().post(`${link}/again`, {}, asProgram))).toBe('404 unknown_link');
      service.clock.offsetMs = 0;
    });
  });

  describe('of an account that may not come in', () => {
    test.each([
      ['suspend', '403 account_suspended'],
      ['deactivate', '403 account_deactivated'],
    ])('%s: %s, until that is lifted', async (action, expected) => {
      const slug = await organization();
      const person = await account(slug);
      const address = await newAddressLink(slug, person);
      const reset = await resetLink(slug, person);
      await act(slug, person, action);
      for (const link of [reset, address]) expect(await answers(link)).toEqual(thrice(expected));
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
      await act(slug, person, 'reactivate');
      expect((await browser().post(address)).status).toBe(303);
    });

    test('whose access has ended', async () => {
      const slug = await organization();
      const person = await account(slug, {
        password: PASSWORD,
        accessUntil: new Date(Date.now() + HOUR).toISOString(),
      });
      const address = await newAddressLink(slug, person);
      const reset = await resetLink(slug, person);
      service.clock.offsetMs = HOUR + SECOND;
      for (const link of [reset, address]) expect(await answers(link)).toEqual(thrice('403 access_ended'));
      service.clock.offsetMs = 0;
      expect((await choose(browser(), reset, OTHER_PASSWORD)).status).toBe(303);
    });

    test('that was deleted', async () => {
      const slug = await organization();
      const person = await account(slug);
      const address = await newAddressLink(slug, person);
      const reset = await resetLink(slug, person);
      await service.api('DELETE', `/organizations/${slug}/accounts/${person.id}`);
      for (const link of [reset, address]) expect(await answers(link)).toEqual(thrice('410 link_revoked'));
    });

    test('that is managed by admins by now', async () => {
      const slug = await organization();
      const person = await account(slug);
      const address = await newAddressLink(slug, person);
      const reset = await resetLink(slug, person);
      await service.api('PATCH', `/organizations/${slug}/accounts/${person.id}`, { adminManaged: true });
      for (const link of [reset, address]) expect(await answers(link)).toEqual(thrice('403 admin_managed'));
    });

    test('whose address changed: the old mailbox opens nothing', async () => {
      const slug = await organization();
      const person = await account(slug);
      const address = await newAddressLink(slug, person);
      const reset = await resetLink(slug, person);
      await service.api('PATCH', `/organizations/${slug}/accounts/${person.id}`, { email: addressOf('moved') });
      for (const link of [reset, address]) expect(await answers(link)).toEqual(thrice('410 link_revoked'));
    });

    test('whose password changed: what was sent before counts no more, to another address neither', async () => {
      const slug = await organization();
      const person = await account(slug);
      const address = await newAddressLink(slug, person);
      await choose(browser(), await resetLink(slug, person), OTHER_PASSWORD);
      expect(await answers(address)).toEqual(thrice('410 link_revoked'));
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
    });
  });

  test('under the old custom URL a link redirects and works', async () => {
    const slug = await organization();
    const person = await account(slug);
    const link = await resetLink(slug, person);
    const renamed = `renamed-${slug}`;
    await service.api('PATCH', `/organizations/${slug}`, { slug: renamed });
    const redirect = await browser().get(link);
    expect(redirect).toMatchObject({ status: 308, location: link.replace(slug, renamed) });
    expect(redirect.headers.get('cache-control')).toBe('no-store');
    expect((await password(browser(), link, OTHER_PASSWORD)).status).toBe(308);
    expect((await choose(browser(), redirect.location ?? '', OTHER_PASSWORD)).status).toBe(303);
  });

  test('an admin sees what became of each', async () => {
    const slug = await organization();
    const state = async (person: Person) => (await emailLinksOf(service, slug, person.id)).map((one) => one.state);
    const person = await account(slug);
    mailbox.stall(true);
    await browser().post(`/${slug}/forgot`, { email: person.email });
    expect(await state(person)).toEqual(['queued']);
    mailbox.stall(false);
    const link = linkIn(await mailbox.next(person.email));
    await until(async () => (await state(person))[0] === 'sent', 5_000, 'the link is sent');
    await browser().get(link);
    expect(await state(person)).toEqual(['opened']);
    service.clock.offsetMs = 49 * HOUR;
    expect(await state(person)).toEqual(['expired']);
    service.clock.offsetMs = 0;
    const second = await resetLink(slug, person);
    expect((await state(person)).at(-1)).toBe('replaced');
    await choose(browser(), second, OTHER_PASSWORD);
    expect(await state(person)).toEqual(['used', 'replaced']);
    await resetLink(slug, person);
    const [{ id } = { id: '' }] = await emailLinksOf(service, slug, person.id);
    expect(await service.api('POST', `/organizations/${slug}/email-links/${id}/revoke`)).toMatchObject({
      state: 'revoked',
    });
    const twice = await service.request('POST', `/organizations/${slug}/email-links/${id}/revoke`);
    expect(refusalOf(twice)).toBe('409 invalid_state_change');

    const refused = await account(slug);
    mailbox.refuse(refused.email, 550);
    await browser().post(`/${slug}/forgot`, { email: refused.email });
    await until(async () => (await state(refused))[0] === 'failed', 5_000, 'the link has failed');
    expect(await onlyLinkOf(slug, refused)).toMatchObject({ failure: { status: 550 } });
    expect((await onlyLinkOf(slug, refused)).failure?.response).toContain('is not for us');
  });

  test('the token is in the mail and nowhere else', async () => {
    const slug = await organization();
    const person = await account(slug);
    const link = await resetLink(slug, person);
    const token = link.split('/').at(-1) ?? '';
    await browser().get(link);
    await browser().post(link);
    const bytes = Buffer.from(token, 'base64url');
    const forms = [
      token,
      Buffer.from(token).toString('hex'),
      bytes.toString('hex'),
      bytes.toString('base64'),
      Buffer.from(token).toString('base64').slice(0, -4),
    ];
    const { db } = service.resources;
    const waiting = async () =>
      (
        await db.query<unknown[]>(
          `SELECT 1 FROM mails WHERE recipient = $1 AND (sent_at IS NULL OR content IS NOT NULL)`,
          [person.email],
        )
      ).length;
    await until(async () => (await waiting()) === 0, 5_000, 'every mail has left');
    expect(await tablesHolding(service, ...forms)).toEqual([]);
    const [{ hashes } = { hashes: 0 }] = await db.query<{ hashes: number }[]>(
      `SELECT count(*)::int AS hashes FROM email_links WHERE token_hash = sha256($1::bytea)`,
      [Buffer.from(token)],
    );
    expect(hashes).toBe(1);
  });

  test('security 28: no token is in the log', async () => {
    const lines: string[] = [];
    const { databaseUrl } = service.resources;
    const secretKeys = service.resources.secretKeys.map((key) => key.toString('hex')).join(',');
    const beside = await startService({ databaseUrl, secretKeys, logTo: (line) => lines.push(line) });
    const slug = await organization();
    const link = await resetLink(slug, await account(slug));
    await choose(beside.browser(), link);
    await beside.stop();
    expect(lines.join('')).toContain(`/${slug}/link/…`);
    expect(lines.join('')).not.toContain(link.split('/').at(-1));
  });

  test('pages of links are not stored, not referred from, and not posted to by other sites', async () => {
    const slug = await organization();
    const link = await resetLink(slug, await account(slug));
    const pages = [await browser().get(link), await browser().post(link), await browser().get(`${link}A`)];
    for (const { headers } of pages) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
    const foreign = { from: 'https://evil.example', ...asProgram };
    for (const path of [link, `${link}/again`])
      expect(refusalOf(await browser().post(path, { password: OTHER_PASSWORD }, foreign))).toBe('403 forbidden');
    const old = { headers: { ...asProgram.headers, 'sec-fetch-site': 'same-site' } };
    expect(refusalOf(await browser().post(link, { password: OTHER_PASSWORD }, old))).toBe('403 forbidden');
    expect((await choose(browser(), link, OTHER_PASSWORD)).status).toBe(303);
  });

  test('a password that is not taken leaves the link as it was', async () => {
    const slug = await organization();
    const person = await account(slug);
    const link = await resetLink(slug, person);
    const refused = async (chosen: string) => refusalOf(await password(browser(), link, chosen));
    const WRONG = [
      ['', '422 invalid_form'],
      ['k4Yq-wZp9Lr', '422 invalid_form'],
      [LONG.slice(0, 257), '422 invalid_form'],
      [`${PASSWORD}\0`, '422 invalid_form'],
      [' '.repeat(12), '422 weak_password'],
      ['password1234', '422 weak_password'],
      ['MiltonWaddamsInitech', '422 weak_password'],
      [person.email, '422 weak_password'],
      ['a'.repeat(1_000_000), '413 too_large'],
    ];
    for (const [chosen = '', expected] of WRONG)
      expect([chosen.slice(0, 40), await refused(chosen)]).toEqual([chosen.slice(0, 40), expected]);
    expect((await browser().post(link, { password: 'password1234' })).status).toBe(422);
    const doubled = new URLSearchParams({ password: OTHER_PASSWORD });
    doubled.append('password', OTHER_PASSWORD);
    expect(refusalOf(await browser().post(link, doubled, asProgram))).toBe('422 invalid_form');
    expect((await choose(browser(), link, LONG.slice(0, 256))).status).toBe(303);
    expect((await logIn(browser(), person.email, LONG.slice(0, 256), slug)).status).toBe(303);
  });

  test('who still lacks a group and a profile has a password, and comes in once an admin gave them', async () => {
    const slug = await organization({ requireGroupAndProfile: true });
    const person = await account(slug, { sendLink: true });
    const link = linkIn(await mailbox.next(person.email));
    expect(refusalOf(await password(browser(), link))).toBe('403 access_incomplete');
    expect(await onlyLinkOf(slug, person)).toMatchObject({ state: 'used' });
    expect(refusalOf(await logInAsProgram(slug, person))).toBe('403 access_incomplete');
    await service.api('POST', `/organizations/${slug}/groups`, { name: 'Staff' });
    await service.api('POST', `/organizations/${slug}/permission-profiles`, { name: 'Usual' });
    const access = { groups: ['Staff'], permissionProfile: 'Usual' };
    await service.api('PATCH', `/organizations/${slug}/accounts/${person.id}`, access);
    expect((await logInAsProgram(slug, person)).status).toBe(303);
  });

  const logInAsProgram = (slug: string, { email }: Person) =>
    browser().post(`/${slug}/login`, { login: email, password: PASSWORD }, asProgram);
});
