import { addConnection, createTestIdp, sessionOf, signIn } from '../support/acme';
import type { HttpClient, Reply, SendOptions } from '../support/http-client';
import { createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD, register, signUp } from '../support/initech';
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
  withoutTraces,
} from '../support/self-service';
import { startService, type TestService } from '../support/service';

let mailbox: Mailbox;
let service: TestService;
let made = 0;

interface Person {
  id: string;
  email: string;
}

const organization = (): Promise<string> => createInitech(service, { slug: `email-${++made}` });
const addressOf = (name: string) => `${name}.${++made}@initech.example`;

async function account(slug: string, form: Record<string, unknown> = {}): Promise<Person> {
  const email = addressOf('nina');
  const names = { givenName: 'Nina', familyName: 'Assistant' };
  return service.api<Person>('POST', `/organizations/${slug}/accounts`, {
    email,
    ...names,
    password: PASSWORD,
    ...form,
  });
}

async function signedIn(slug: string, { email }: { email: string }): Promise<HttpClient> {
  const browser = service.browser();
  const reply = await logIn(browser, email, PASSWORD, slug);
  if (reply.status !== 303) throw new Error(`not signed in: ${reply.status}`);
  return browser;
}

/** The signed-in person asks for another address. */
async function ask(
  browser: HttpClient,
  slug: string,
  email: string,
  { current = PASSWORD, options = {} }: { current?: string; options?: SendOptions } = {},
): Promise<Reply> {
  const { fields } = (await browser.get(`/${slug}/account/email`)).form();
  return browser.post(`/${slug}/account/email`, { ...fields, email, current }, options);
}

beforeAll(async () => {
  mailbox = await startMailbox();
});
afterAll(() => mailbox.stop());

for (const [store, needs, open] of SESSION_STORES)
  describeWith(needs, `a person changes their e-mail address, sessions kept in ${store}`, () => {
    let backstage: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      backstage = await open();
      service = await startService({ smtpUrl: mailbox.url, jobs: true, env: backstage.env });
    });
    afterAll(async () => {
      await service?.stop();
      await backstage?.stop();
    });

    test('a link at the new one, nothing before it is used, a notice to the old one', async () => {
      const slug = await organization();
      const before = addressOf('before');
      const form = { givenName: 'Nina', familyName: 'Assistant', email: before };
      const browser = await register(service, mailbox, form, { slug });
      const { id } = await accountOf(service, slug, before);
      const after = addressOf('after');
      expect((await browser.get(`/${slug}/account`)).text).toContain(`/${slug}/account/email`);
      expect((await ask(browser, slug, ` ${after.toUpperCase()} `)).status).toBe(200);
      const link = linkIn(await mailbox.next(after));
      await service.browser().get(link);
      expect(await accountOf(service, slug, before)).toMatchObject({ id, emailVerified: true });
      expect((await logIn(service.browser(), after, PASSWORD, slug)).status).toBe(401);
      expect(await lettersTo(service, before)).toEqual(['confirm_signup']);

      // Another browser will do: what counts is the mailbox.
      const elsewhere = service.browser();
      const used = await elsewhere.submit(await elsewhere.get(link));
      expect(used).toMatchObject({ status: 303, location: `/${slug}?notice=email_changed` });
      expect(await sessionOf(elsewhere, slug)).toBeUndefined();
      expect(await accountOf(service, slug, after)).toMatchObject({ id, emailVerified: true });
      const notice = await mailbox.next(before);
      expect(notice.text).toContain(after);
      expect(notice.text).toContain('support@initech.example');
      expect(await sessionOf(browser, slug)).toMatchObject({ account: { id, email: after, emailVerified: true } });
      expect((await logIn(service.browser(), after, PASSWORD, slug)).status).toBe(303);
      expect((await logIn(service.browser(), before, PASSWORD, slug)).status).toBe(401);
      for (const reply of [await browser.get(link, asProgram), await browser.post(link, {}, asProgram)])
        expect(refusalOf(reply)).toBe('410 link_used');
    });

    test('in the browser of the person the account page says so; of two tabs one does it', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const after = addressOf('after');
      await ask(browser, slug, after);
      const link = linkIn(await mailbox.next(after));
      const tabs = await Promise.all(Array.from({ length: 4 }, () => browser.post(link, {}, asProgram)));
      expect(tabs.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410]);
      expect(tabs.find(({ status }) => status === 303)?.location).toBe(`/${slug}/account?notice=email_changed`);
      expect(await lettersTo(service, person.email)).toEqual(['email_changed']);
      const other = await signedIn(slug, await account(slug));
      await ask(browser, slug, person.email);
      await mailbox.next(person.email);
      const back = linkIn(await mailbox.next(person.email));
      expect((await other.post(back)).location).toBe(`/${slug}?notice=email_changed`);
    });
  });

describeWith('postgres', 'a person changes their e-mail address', () => {
  beforeAll(async () => {
    service = await startService({ smtpUrl: mailbox.url, jobs: true, env: { RATE_LIMIT: 'off' } });
  });
  afterAll(() => service?.stop());

  test('of two requests the newer counts', async () => {
    const slug = await organization();
    const person = await account(slug);
    const browser = await signedIn(slug, person);
    const [first, second] = [addressOf('first'), addressOf('second')];
    await ask(browser, slug, first);
    await ask(browser, slug, second);
    const before = linkIn(await mailbox.next(first));
    expect(refusalOf(await browser.post(before, {}, asProgram))).toBe('410 link_replaced');
    expect(refusalOf(await browser.post(`${before}/again`, {}, asProgram))).toBe('404 unknown_link');
    expect((await browser.post(linkIn(await mailbox.next(second)))).status).toBe(303);
    expect(await accountOf(service, slug, second)).toMatchObject({ id: person.id });
  });

  test('many at once: nobody meets an error, and one link counts', async () => {
    const slug = await organization();
    const person = await account(slug);
    const browser = await signedIn(slug, person);
    // The session's token is made by the first page.
    await browser.get(`/${slug}/account`);
    const asked = await Promise.all(Array.from({ length: 8 }, () => ask(browser, slug, addressOf('many'))));
    expect([...new Set(asked.map(({ status }) => status))]).toEqual([200]);
    const states = (await emailLinksOf(service, slug, person.id)).map(({ state }) => state);
    expect(states.filter((state) => state !== 'replaced')).toHaveLength(1);
  });

  describe('somebody else has the address', () => {
    test.each(['active', 'invited', 'suspended', 'deactivated'])(
      'who is %s: the same page, and a mail to them only',
      async (status) => {
        const slug = await organization();
        const person = await account(slug);
        const holder = await account(slug, status === 'invited' ? { password: undefined } : {});
        const action = { suspended: 'suspend', deactivated: 'deactivate' }[status];
        if (action) await service.api('POST', `/organizations/${slug}/accounts/${holder.id}/${action}`);
        const browser = await signedIn(slug, person);
        const free = addressOf('free');
        const [taken, untaken] = [await ask(browser, slug, holder.email), await ask(browser, slug, free)];
        expect([taken.status, untaken.status]).toEqual([200, 200]);
        expect(withoutTraces(taken, holder.email)).toBe(withoutTraces(untaken, free));
        expect(await lettersTo(service, holder.email)).toEqual(['already_registered']);
        expect((await mailbox.next(holder.email)).text).not.toContain('/link/');
        expect(await lettersTo(service, person.email)).toEqual([]);
        expect(await lettersTo(service, free)).toEqual(['confirm_email']);
      },
    );

    test('takes as long to answer', async () => {
      const slug = await organization();
      const [person, holder] = [await account(slug), await account(slug)];
      const browser = await signedIn(slug, person);
      const { taken, free } = await mediansOf(10, {
        taken: () => ask(browser, slug, holder.email),
        free: () => ask(browser, slug, addressOf('free')),
      });
      console.info(
        `change of address, medians of 10 in turn: taken ${taken.toFixed(1)} ms, free ${free.toFixed(1)} ms`,
      );
      expect(Math.min(taken, free)).toBeGreaterThan(200);
    });

    test('since the mail was sent: the link says so and changes nothing', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const wanted = addressOf('wanted');
      await ask(browser, slug, wanted);
      const link = linkIn(await mailbox.next(wanted));
      const { id } = await account(slug, { email: wanted });
      expect(refusalOf(await browser.post(link, {}, asProgram))).toBe('409 email_taken');
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
      await service.api('DELETE', `/organizations/${slug}/accounts/${id}`);
      expect((await browser.post(link)).status).toBe(303);
      expect(await accountOf(service, slug, wanted)).toMatchObject({ id: person.id });
    });

    test('two want the same one at the same moment: one has it', async () => {
      const slug = await organization();
      const people = [await account(slug), await account(slug)] as const;
      const wanted = addressOf('wanted');
      const links: string[] = [];
      for (const person of people) {
        await ask(await signedIn(slug, person), slug, wanted);
        links.push(linkIn(await mailbox.next(wanted)));
      }
      const used = await Promise.all(links.map((link) => service.browser().post(link, {}, asProgram)));
      expect(used.map(({ status }) => status).sort()).toEqual([303, 409]);
      expect(refusalOf(used.find(({ status }) => status === 409) as Reply)).toBe('409 email_taken');
      expect(await accountsOf(service, slug, wanted)).toHaveLength(1);
    });

    test('who has not confirmed theirs has it not', async () => {
      const slug = await organization();
      const person = await account(slug);
      const wanted = addressOf('wanted');
      await signUp(service.browser(), { givenName: 'U', familyName: 'N', email: wanted }, slug);
      const signup = linkIn(await mailbox.next(wanted));
      const browser = await signedIn(slug, person);
      await ask(browser, slug, wanted);
      expect((await browser.post(linkIn(await mailbox.next(wanted)))).status).toBe(303);
      expect(refusalOf(await service.browser().get(signup, asProgram))).toBe('409 email_taken');
    });
  });

  describe('may not', () => {
    const refusals = async (browser: HttpClient, slug: string, email: string, token: Record<string, string>) => {
      const page = await browser.get(`/${slug}/account`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('/account/email');
      const form = { ...token, email, current: PASSWORD };
      return [
        refusalOf(await browser.get(`/${slug}/account/email`, asProgram)),
        refusalOf(await browser.post(`/${slug}/account/email`, form, asProgram)),
      ];
    };

    test('whose account admins manage, from before the mail or after it', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const { fields } = (await browser.get(`/${slug}/account/email`)).form();
      const wanted = addressOf('wanted');
      await ask(browser, slug, wanted);
      const link = linkIn(await mailbox.next(wanted));
      await service.api('PATCH', `/organizations/${slug}/accounts/${person.id}`, { adminManaged: true });
      const refused = await refusals(browser, slug, addressOf('other'), fields);
      expect(refused).toEqual(['403 admin_managed', '403 admin_managed']);
      expect(refusalOf(await browser.post(link, {}, asProgram))).toBe('403 admin_managed');
    });

    test('whose address the identity provider says', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const { fields } = (await browser.get(`/${slug}/account/email`)).form();
      const wanted = addressOf('wanted');
      await ask(browser, slug, wanted);
      const link = linkIn(await mailbox.next(wanted));

      await service.api('POST', `/organizations/${slug}/domains`, { domain: 'initech.example', verified: true });
      const idp = await createTestIdp();
      const connection = await addConnection(service, slug, idp, { state: 'active' });
      const identity = { subject: person.id, email: person.email, firstName: 'Nina', lastName: 'Assistant' };
      expect((await signIn(service, idp, connection, identity, { slug })).status).toBe(303);
      const refused = await refusals(browser, slug, addressOf('other'), fields);
      expect(refused).toEqual(['409 field_owned', '409 field_owned']);
      expect(refusalOf(await browser.post(link, {}, asProgram))).toBe('409 field_owned');
      expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
    });

    test('who does not show the password, or is not signed in', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const wanted = addressOf('wanted');
      const options = asProgram;
      const wrong = await ask(browser, slug, wanted, { current: OTHER_PASSWORD, options });
      expect(refusalOf(wrong)).toBe('401 invalid_credentials');
      expect((await ask(browser, slug, wanted, { current: OTHER_PASSWORD })).status).toBe(401);
      expect((await ask(browser, slug, wanted, { current: '', options })).status).toBeGreaterThanOrEqual(401);
      const url = `/${slug}/account/email`;
      const form = { email: wanted, current: PASSWORD };
      expect(refusalOf(await browser.post(url, form, asProgram))).toBe('403 forbidden');
      expect(refusalOf(await service.browser().post(url, form, asProgram))).toBe('403 forbidden');
      expect(await service.browser().get(url)).toMatchObject({
        status: 303,
        location: `/${slug}?notice=session_ended`,
      });
      expect(await lettersTo(service, wanted)).toEqual([]);
    });

    test('what is no other address', async () => {
      const slug = await organization();
      const person = await account(slug);
      const browser = await signedIn(slug, person);
      const none = [
        '',
        'none',
        'a@b.example, c@d.example',
        'p\u0435ter@initech.example',
        person.email,
        person.email.toUpperCase(),
      ];
      for (const email of [...none, 'a\r\nBcc: b@initech.example', `${'a'.repeat(250)}@initech.example`]) {
        expect([email, refusalOf(await ask(browser, slug, email, { options: asProgram }))]).toEqual([
          email,
          '422 invalid_form',
        ]);
        expect((await ask(browser, slug, email)).status).toBe(422);
      }
    });
  });

  test('a changed password takes back what was asked for with the old one', async () => {
    const slug = await organization();
    const person = await account(slug);
    const thief = await signedIn(slug, person);
    const wanted = addressOf('thief');
    await ask(thief, slug, wanted);
    const link = linkIn(await mailbox.next(wanted));
    const browser = await signedIn(slug, person);
    const { fields } = (await browser.get(`/${slug}/account/password`)).form();
    const form = { ...fields, current: PASSWORD, password: OTHER_PASSWORD };
    expect((await browser.post(`/${slug}/account/password`, form)).status).toBe(303);
    expect(refusalOf(await thief.post(link, {}, asProgram))).toBe('410 link_revoked');
    expect(await accountOf(service, slug, person.email)).toMatchObject({ id: person.id });
  });

  test('what was sent to the old address opens nothing any more', async () => {
    const slug = await organization();
    const person = await account(slug);
    await service.browser().post(`/${slug}/forgot`, { email: person.email });
    const reset = linkIn(await mailbox.next(person.email));
    const browser = await signedIn(slug, person);
    const wanted = addressOf('wanted');
    await ask(browser, slug, wanted);
    expect((await browser.post(linkIn(await mailbox.next(wanted)))).status).toBe(303);
    expect(refusalOf(await service.browser().get(reset, asProgram))).toBe('410 link_revoked');
    await service.browser().post(`/${slug}/forgot`, { email: person.email });
    expect(await lettersTo(service, person.email)).toEqual(['reset_password', 'email_changed']);
  });

  test('the old address is free for somebody else, who has nothing of it', async () => {
    const slug = await organization();
    const person = await account(slug);
    const browser = await signedIn(slug, person);
    const wanted = addressOf('wanted');
    await ask(browser, slug, wanted);
    await browser.post(linkIn(await mailbox.next(wanted)));
    await mailbox.next(person.email);
    const heir = { givenName: 'Another', familyName: 'Person', email: person.email };
    const other = await register(service, mailbox, heir, { slug, password: OTHER_PASSWORD });
    const session = await sessionOf(other, slug);
    expect(session?.account.id).not.toBe(person.id);
    expect(session?.account).toMatchObject({ givenName: 'Another', username: 'another.person' });
    expect((await logIn(service.browser(), wanted, PASSWORD, slug)).status).toBe(303);
    expect((await logIn(service.browser(), person.email, PASSWORD, slug)).status).toBe(401);
  });
});
