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
      const asked = await post(`${USERS}/bulk`, USERS, { action: 'add_group', all: 'on', q: 'bolt' });
      expect(asked.text).toContain('Add 1 person to a group?');
      await newAccount({ familyName: 'Bolton' });
      const again = await submit(asked, /start$/);
      expect(again.text).toContain('Add 2 people to a group?');
      expect((await submit(again, /start$/)).text).toContain('Choose one of them.');
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
});

async function until<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 100; turn++) {
    const found = await look();
    if (isThere(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come in time');
}
