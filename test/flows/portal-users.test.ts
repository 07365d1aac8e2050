import { createTestIdp } from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { createInitech, logIn, PASSWORD } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { adminOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

const USERS = '/initech/admin/users';

describeWith('postgres', "the organization's portal: users", () => {
  let service: TestService;
  let mailbox: Mailbox;
  let browser: HttpClient;

  beforeAll(async () => {
    mailbox = await startMailbox();
    service = await startService({ env: { RATE_LIMIT: 'off' }, jobs: true, smtpUrl: mailbox.url });
    await createInitech(service);
    await createInitech(service, { slug: 'globex' });
    browser = await adminOf(service, 'initech');
  });
  afterAll(async () => {
    await service.stop();
    await mailbox.stop();
  });

  let made = 0;
  const newAccount = async (fields: Record<string, unknown> = {}, slug = 'initech'): Promise<string> => {
    made += 1;
    const form = { email: `person.${made}@${slug}.example`, givenName: 'Milton', familyName: `Waddams ${made}` };
    return (await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, { ...form, ...fields })).id;
  };
  const linkTo = (html: string, label: string): string => {
    const links = [...html.matchAll(/<a [^>]*href="([^"]+)"[^>]*>([\s\S]*?)<\/a>/g)];
    const found = links.find(([, , text = '']) => text.replace(/<[^>]*>/g, '').trim() === label)?.[1];
    if (!found) throw new Error(`no link ${label} in:\n${html.slice(0, 3000)}`);
    return found.replaceAll('&amp;', '&');
  };
  const idsIn = (html: string): string[] =>
    [...html.matchAll(/name="ids" value="([^"]+)"/g)].map((match) => match[1] ?? '');
  /** Sends the form of the page that leads there, as it stands but for some fields. */
  const submit = (page: Reply, action: RegExp, fields: Record<string, string> = {}, as = browser): Promise<Reply> => {
    for (let index = 0; ; index++) {
      const form = page.form(index);
      if (action.test(form.action)) return as.post(form.action, { ...form.fields, ...fields });
    }
  };
  const post = async (path: string, from: string, fields: Record<string, string | string[]>) => {
    const token = /name="_csrf" value="([^"]+)"/.exec((await browser.get(from)).text)?.[1] ?? '';
    const body = new URLSearchParams({ _csrf: token });
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    return browser.send('POST', path, body.toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  };

  test('who is awaited shows how their e-mail link stands; who came lately is counted on the first page', async () => {
    await createInitech(service, { slug: 'umbrella' });
    const boss = await adminOf(service, 'umbrella');
    const id = await newAccount({ sendLink: true }, 'umbrella');
    await newAccount({ password: PASSWORD }, 'umbrella');
    const { text } = await boss.get('/umbrella/admin/users');
    expect(text.match(/Link: (Sent|Waiting to be sent)/g)).toHaveLength(1);
    const later = async (column: string): Promise<string> => {
      await service.resources.db.query(
        `UPDATE email_links SET ${column} = now() - interval '1 s' WHERE account_id = $1`,
        [id],
      );
      return (await boss.get('/umbrella/admin/users')).text;
    };
    expect(await later('opened_at')).toContain('Link: Opened');
    expect(await later('expires_at')).toContain('Link: Expired');
    const home = (await boss.get('/umbrella/admin')).text.replace(/\s+/g, ' ');
    expect(/>([0-9]+)<[^>]*>(?:(?!>[0-9]+<).)*Came in the last 7 days/.exec(home)?.[1] ?? home).toBe('3');
  });

  test('organizations that are only known are no new users', async () => {
    await createInitech(service, { slug: 'hooli' });
    const boss = await adminOf(service, 'hooli');
    for (const [kind, name] of [
      ['organization', 'Pied Piper'],
      ['person', 'Gavin Belson'],
    ])
      await service.resources.db.query(
        `INSERT INTO contacts (organization_id, id, kind, attributes)
         SELECT organization_id, gen_random_uuid(), $1, jsonb_build_object('displayName', $2::text) FROM organization_slugs WHERE slug = 'hooli'`,
        [kind, name],
      );
    const { text } = await boss.get('/hooli/admin/new-users');
    expect(text).toContain('1 person');
    expect(text).not.toContain('Pied Piper');
  });

  describe('the list', () => {
    beforeAll(async () => {
      for (let count = 0; count < 60; count++) await newAccount();
      await newAccount({ givenName: 'Żaneta', familyName: 'Bolton', email: 'zaneta@initech.example' });
    });

    test('is searched, filtered and ordered, and a page leads to the next and back', async () => {
      expect(idsIn((await browser.get(`${USERS}?q=zanet`)).text)).toHaveLength(1);
      expect((await browser.get(`${USERS}?q=bolt`)).text).toContain('Żaneta Bolton');
      expect((await browser.get(`${USERS}?q=bolt&status=active`)).text).toContain('Nobody fits');
      const first = await browser.get(`${USERS}?sort=name&order=asc`);
      expect(idsIn(first.text)).toHaveLength(50);
      expect(first.text).toContain('Invited <b>61</b>');
      const second = await browser.get(linkTo(first.text, 'Next'));
      expect(idsIn(second.text).length).toBeGreaterThan(10);
      expect(idsIn(second.text).filter((id) => idsIn(first.text).includes(id))).toEqual([]);
      expect(idsIn((await browser.get(linkTo(second.text, 'Previous'))).text)).toEqual(idsIn(first.text));
    });

    test('is handed out as a file, as it is filtered', async () => {
      const { status, text, headers } = await browser.get(
        linkTo((await browser.get(`${USERS}?q=bolt`)).text, 'Export CSV'),
      );
      expect([status, headers.get('content-disposition')]).toEqual([200, 'attachment; filename=initech-accounts.csv']);
      expect(text.trim().split('\n')).toHaveLength(2);
    });

    test('people of two pages are suspended by a job, with an outcome for each', async () => {
      const ids = [await newAccount(), await newAccount({ password: PASSWORD }), await newAccount()];
      await service.api('POST', `/organizations/initech/accounts/${ids[2]}/deactivate`);
      const asked = await post(`${USERS}/bulk`, USERS, { action: 'suspend', ids: [ids[0] ?? '', ids.slice(1).join()] });
      expect(asked.text).toContain('Suspend 3 people?');
      const started = await submit(asked, /start$/);
      expect([started.status, started.location]).toEqual([303, expect.stringMatching(/\/users\/bulk\/[0-9a-f-]{36}$/)]);
      const done = await until(
        () => browser.get(started.location ?? ''),
        ({ headers }) => !headers.has('refresh'),
      );
      expect(done.text).toContain('3 of 3');
      expect(done.text).toContain('The state of the account does not allow it.');
      const states = await Promise.all(
        ids.map((id) => service.api<{ status: string }>('GET', `/organizations/initech/accounts/${id}`)),
      );
      expect(states.map(({ status }) => status)).toEqual(['suspended', 'suspended', 'deactivated']);
    });

    test('all who match are meant as a filter, and are counted again before it starts', async () => {
      const asked = await post(`${USERS}/bulk`, USERS, { action: 'send_link', all: 'on', q: 'bolt' });
      expect(asked.text).toContain('Send a link to 1 person?');
      await newAccount({ familyName: 'Bolton' });
      const again = await submit(asked, /start$/);
      expect(again.text).toContain('Send a link to 2 people?');
      const group = await post(`${USERS}/bulk`, USERS, { action: 'add_group', all: 'on', q: 'bolt' });
      expect((await submit(group, /start$/)).text).toContain('Choose one of them.');
    });

    test('with nobody selected nothing happens', async () => {
      const { status, text } = await post(`${USERS}/bulk`, USERS, { action: 'delete' });
      expect([status, text]).toEqual([422, expect.stringContaining('Nobody is selected')]);
    });
  });

  describe('a new user', () => {
    const step = async (fields: Record<string, string>, slug = 'initech', as = browser) => {
      const page = await as.get(`/${slug}/admin/users/new`);
      return submit(page, /users\/new$/, { givenName: 'Bill', familyName: 'Lumbergh', ...fields }, as);
    };

    test('is mailed a link, under the username that the format suggests', async () => {
      const second = await step({ email: 'bill@initech.example' });
      expect(second.text).toContain('value="bill.lumbergh"');
      const done = await submit(second, /complete$/, { way: 'link', username: 'boss' });
      expect([done.status, done.location]).toEqual([303, expect.stringContaining('notice=users.notice.created_link')]);
      expect((await mailbox.next('bill@initech.example')).text).toContain('/initech/link/');
      const again = await submit(second, /complete$/, { way: 'link', username: 'boss' });
      expect([again.status, again.text]).toEqual([422, expect.stringContaining('bill@initech.example')]);
    });

    test('is given a password, which a weak one is refused for, with nothing typed lost', async () => {
      const second = await step({ email: 'bob@initech.example', department: 'Consulting' });
      const refused = await submit(second, /complete$/, { way: 'password', password: 'short' });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('value="Consulting"')]);
      expect(refused.text).not.toContain('value="short"');
      const done = await submit(refused, /complete$/, { way: 'password', password: PASSWORD });
      expect(done.location).toContain('notice=users.notice.created_password');
      expect((await logIn(service.browser(), 'bob@initech.example')).status).toBe(303);
    });

    test('that cannot be made is said so at once, beside the field', async () => {
      const { status, text } = await step({ email: 'not an address', familyName: '' });
      expect([status, text]).toEqual([422, expect.stringContaining('id="email-error"')]);
      expect(text).toContain('id="familyName-error"');
    });

    test('of an organization with SSO is complete with the fields', async () => {
      const admin = await adminOf(service, 'globex');
      const { metadataXml } = await createTestIdp();
      const sso = { kind: 'saml', name: 'Okta', metadataXml, state: 'active' };
      await service.api('POST', '/organizations/globex/connections', sso);
      const done = await step({ email: 'hank@globex.example' }, 'globex', admin);
      expect([done.status, done.location]).toEqual([303, expect.stringContaining('notice=users.notice.created')]);
    });
  });

  describe("a user's page", () => {
    test('shows who said what, the state of the link, sessions and history', async () => {
      const id = await newAccount({ sendLink: true, department: 'Storage' });
      const profile = await browser.get(`${USERS}/${id}`);
      expect(profile.text).toMatch(/Storage[\s\S]*What others say|What others say[\s\S]*Storage/);
      const signIn = await until(
        () => browser.get(`${USERS}/${id}?tab=sign-in`),
        ({ text }) => text.includes('Sent'),
      );
      expect(signIn.text).toContain('48 h left');
      const revoked = await submit(signIn, /revoke$/);
      expect((await browser.get(revoked.location ?? '')).text).toContain('Revoked');
      expect((await browser.get(`${USERS}/${id}?tab=history`)).text).toContain('Link revoked');
    });

    test('asks before it suspends, says so in the history, and lifts it again', async () => {
      const id = await newAccount({ password: PASSWORD });
      const asked = await browser.get(`${USERS}/${id}/suspend`);
      expect(asked.text).toContain('cannot sign in until an admin lifts it');
      expect((await submit(asked, /suspend$/)).location).toContain('user.notice.suspend');
      expect((await browser.get(`${USERS}/${id}?tab=history`)).text).toContain('<ins class="now">Suspended</ins>');
      await submit(await browser.get(`${USERS}/${id}/reactivate`), /reactivate$/);
      expect((await service.api<{ status: string }>('GET', `/organizations/initech/accounts/${id}`)).status).toBe(
        'active',
      );
    });

    test('ends one session', async () => {
      const id = await newAccount({ email: 'samir@initech.example', password: PASSWORD });
      const person = service.browser();
      await logIn(person, 'samir@initech.example');
      expect((await person.get('/initech/account')).status).toBe(200);
      await submit(await browser.get(`${USERS}/${id}?tab=sign-in`), /sessions\/[^/]+\/end$/);
      expect((await person.get('/initech/account')).status).not.toBe(200);
    });

    test('sets a password, hands out all data, and erases the person', async () => {
      const id = await newAccount({ email: 'nagheen@initech.example' });
      await submit(await browser.get(`${USERS}/${id}/password`), /password$/, { password: PASSWORD });
      expect((await logIn(service.browser(), 'nagheen@initech.example')).status).toBe(303);
      const data = await browser.get(`${USERS}/${id}/data`);
      expect(data.headers.get('content-disposition')).toContain('attachment');
      expect(data.text).toContain('nagheen@initech.example');
      await submit(await browser.get(`${USERS}/${id}/erase`), /erase$/);
      expect((await browser.get(`${USERS}/${id}`)).status).toBe(404);
    });

    test("of a deleted account, or of another organization's, there is none", async () => {
      const deleted = await newAccount();
      await submit(await browser.get(`${USERS}/${deleted}/delete`), /delete$/);
      const foreign = await newAccount({}, 'globex');
      for (const id of [deleted, foreign])
        for (const path of ['', '?tab=history', '?tab=sign-in', '/edit', '/suspend', '/data', '/password', '/merge'])
          expect([path, (await browser.get(`${USERS}/${id}${path}`)).status]).toEqual([path, 404]);
    });

    test('is edited; the later of two admins is told what the earlier changed, and decides', async () => {
      const id = await newAccount({ department: 'Storage', site: 'Austin' });
      // A form as the helper reads it has no selects.
      const chosen = { userType: 'Standard' };
      const other = await adminOf(service, 'initech', ['user_admin']);
      const [mine, theirs] = [await browser.get(`${USERS}/${id}/edit`), await other.get(`${USERS}/${id}/edit`)];
      const saved = await submit(theirs, /edit$/, { department: 'Basement', ...chosen }, other);
      expect(saved.location).toContain('user.notice.saved');
      const told = await submit(mine, /edit$/, { department: 'Attic', title: 'Collator', ...chosen });
      expect(told.status).toBe(409);
      expect(told.text).toContain('<ins class="now">Basement</ins>');
      expect(told.text).toContain('You typed: Attic');
      expect(told.text).toContain('value="Collator"');
      expect((await submit(told, /edit$/, chosen)).location).toContain('user.notice.saved');
      expect(await service.api('GET', `/organizations/initech/accounts/${id}`)).toMatchObject({
        ...{ department: 'Attic', title: 'Collator', site: 'Austin' },
      });
      expect((await submit(mine, /edit$/, { email: 'nonsense' })).status).toBe(409);
      const wrong = await submit(await browser.get(`${USERS}/${id}/edit`), /edit$/, { email: 'nonsense', ...chosen });
      expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('id="email-error"')]);
    });

    test('is merged with another of the same person, after saying what moves', async () => {
      const [id, from] = [await newAccount(), await newAccount({ familyName: 'Merger' })];
      expect((await browser.get(`${USERS}/${id}/merge?q=merger`)).text).toContain(`from=${from}`);
      const asked = await browser.get(`${USERS}/${id}/merge?from=${from}`);
      expect(asked.text).toContain('is deleted, with its password and links');
      expect((await submit(asked, /merge$/)).location).toContain('user.notice.merged');
      expect((await browser.get(`${USERS}/${from}`)).status).toBe(404);
    });

    test('a form that comes after its session ended is kept, and counts after signing in again', async () => {
      const away = await adminOf(service, 'initech');
      const page = await away.get(`${USERS}/new`);
      const form = page.form([0, 1, 2].find((index) => /users\/new$/.test(page.form(index).action)));
      const fields = { ...form.fields, givenName: 'Joanna', familyName: 'Kept', email: 'joanna@initech.example' };
      const fresh = service.browser();
      const ended = await fresh.post(form.action, fields);
      expect([ended.status, ended.text]).toEqual([401, expect.stringContaining('joanna@initech.example')]);
      const { email } = (await away.get('/initech/session', { headers: { accept: 'application/json' } })).json<{
        account: { email: string };
      }>().account;
      await logIn(fresh, email);
      const again = await submit(ended, /users\/new$/, {}, fresh);
      const second = await submit(again, /users\/new$/, {}, fresh);
      expect(second.text).toContain('value="joanna.kept"');
    });
  });

  describe('new users', () => {
    const WAITING = '/initech/admin/new-users';
    /** An account that is deleted leaves its contact behind. */
    const newContact = async (fields: Record<string, unknown>): Promise<string> => {
      const id = await newAccount(fields);
      const { contactId } = await service.api<{ contactId: string }>('GET', `/organizations/initech/accounts/${id}`);
      await service.api('DELETE', `/organizations/initech/accounts/${id}`);
      return contactId;
    };

    test('are filled in where they stand, and given an account with a link', async () => {
      const contactId = await newContact({ givenName: 'Drew', familyName: 'Waiting' });
      const page = await browser.get(`${WAITING}?q=waiting`);
      const form = new RegExp(`new-users/${contactId}$`);
      const email = 'drew@initech.example';
      expect((await submit(page, form, { email })).location).toContain('newUsers.notice.saved');
      const filled = await browser.get(`${WAITING}?q=waiting`);
      expect(filled.text).toContain(`value="${email}"`);
      const given = await submit(filled, form, { give: '1' });
      expect(given.location).toContain('newUsers.notice.given');
      expect((await mailbox.next(email)).text).toContain('/initech/link/');
      expect((await browser.get(`${WAITING}?q=waiting`)).text).toContain('Nobody fits');
    });

    test('with something still missing get none, and nothing typed is lost', async () => {
      const contactId = await newContact({ givenName: 'Anne', familyName: 'Patient' });
      const form = new RegExp(`new-users/${contactId}$`);
      const refused = await submit(await browser.get(`${WAITING}?q=patient`), form, {
        ...{ give: '1', familyName: 'Typed', email: 'no address' },
      });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('value="no address"')]);
      expect(refused.text).toContain('value="Typed"');
    });
  });
});

async function until<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 100; turn++) {
    const found = await look();
    if (isThere(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come in time');
}
