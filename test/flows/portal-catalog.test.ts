import type { HttpClient, Reply } from '../support/http-client';
import { createInitech } from '../support/initech';
import { adminOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

const CATALOG = '/initech/admin/catalog';

describeWith('postgres', "the organization's portal: the catalog", () => {
  let service: TestService;
  let browser: HttpClient;

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' }, jobs: true });
    await createInitech(service);
    browser = await adminOf(service, 'initech');
    for (let number = 0; number < 60; number++) await contact({ displayName: `Milton ${number}` });
    await contact({ givenName: 'Żaneta', familyName: 'Bolton', email: 'zaneta@initech.example' });
    await contact({ givenName: 'Samir', familyName: 'Bolton' });
    await service.api('POST', '/organizations/initech/groups', { name: 'Staff' });
  });
  afterAll(() => service.stop());

  const contact = async (form: object): Promise<string> =>
    (await service.api<{ id: string }>('POST', '/organizations/initech/contacts', form)).id;
  const allow = (...allowedSources: string[]) =>
    service.api('PUT', '/organizations/initech/policy', { allowedSources: ['admin', ...allowedSources] });
  const idsIn = (html: string): string[] =>
    [...html.matchAll(/name="ids" value="([^"]+)"/g)].map((match) => match[1] ?? '');
  const linkTo = (html: string, label: string): string =>
    new RegExp(`<a [^>]*href="([^"]+)"[^>]*>(?:(?!</a>)[\\s\\S])*<span>${label}</span>`)
      .exec(html)?.[1]
      ?.replaceAll('&amp;', '&') ?? `no link ${label}`;
  /** Sends the form of the page that leads there, as it stands but for some fields. */
  const submit = (page: Reply, action: RegExp, fields: Record<string, string> = {}): Promise<Reply> => {
    for (let index = 0; ; index++) {
      const form = page.form(index);
      if (action.test(form.action)) return browser.post(form.action, { ...form.fields, ...fields });
    }
  };
  const finished = async (path: string): Promise<Reply> => {
    for (;;) {
      const page = await browser.get(path);
      if (!page.headers.has('refresh')) return page;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  test('is searched, filtered and paged, and handed out as it is filtered', async () => {
    const first = await browser.get(`${CATALOG}?sort=name&order=asc`);
    expect(idsIn(first.text)).toHaveLength(50);
    expect(first.text).toContain('Without account <b>62</b>');
    const second = await browser.get(linkTo(first.text, 'Next'));
    expect(idsIn(second.text)).toHaveLength(12);
    expect(idsIn((await browser.get(`${CATALOG}?q=bolt`)).text)).toHaveLength(2);
    expect(idsIn((await browser.get(`${CATALOG}?q=bolt&hasEmail=false`)).text)).toHaveLength(1);
    expect(idsIn((await browser.get(`${CATALOG}?q=bolt&kind=organization`)).text)).toEqual([]);
    // The admin who looks has an account.
    expect((await browser.get(`${CATALOG}?show=all&q=dana`)).text).toContain('Has an account');
    const file = await browser.get(linkTo((await browser.get(`${CATALOG}?q=bolt`)).text, 'Export CSV'));
    expect(file.headers.get('content-disposition')).toBe('attachment; filename=initech-catalog.csv');
    expect(file.text.trim().split('\n')).toHaveLength(3);
  });

  test('gives nobody an account where the policy does not let it, and says so with a link to the settings', async () => {
    await allow();
    const asked = await submit(await browser.get(`${CATALOG}?q=bolt`), /catalog\/bulk$/, { all: 'on' });
    expect(asked.text).toContain('The policy does not let the catalog give accounts');
    expect(asked.text).toContain('href="/initech/admin/settings"');
  });

  test('names who will wait before it starts, gives accounts by a job, and tells what came of each', async () => {
    await allow('catalog');
    const asked = await submit(await browser.get(`${CATALOG}?q=bolt`), /catalog\/bulk$/, { all: 'on' });
    expect(asked.text).toContain('Give 2 contacts an account?');
    expect(asked.text).toContain('1 of 2 has no e-mail address');
    const [, group = ''] = /name="groups" value="([^"]+)"/.exec(asked.text) ?? [];
    await contact({ displayName: 'Michael Bolton', email: 'michael@initech.example' });
    const again = await submit(asked, /start$/, { groups: group });
    expect(again.text).toContain('Give 3 contacts an account?');
    const started = await submit(again, /start$/, { groups: group });
    expect([started.status, started.location]).toEqual([303, expect.stringMatching(/\/catalog\/bulk\/[0-9a-f-]{36}$/)]);
    const done = await finished(started.location ?? '');
    expect(done.text).toContain('3 of 3');
    expect(done.text).toContain('it can be filled in in New users');
    expect(done.text).toContain(`data-selection-done="${CATALOG}"`);
    const { items } = await service.api<{ items: object[] }>('GET', '/organizations/initech/accounts?q=bolton');
    expect(items).toMatchObject([1, 2].map(() => ({ source: 'catalog', groups: ['Staff'], status: 'invited' })));
    expect(idsIn((await browser.get(`${CATALOG}?q=bolt`)).text)).toHaveLength(1);
    expect((await browser.get('/initech/admin/new-users?q=samir')).text).toContain('Samir');
    const nobody = await submit(await browser.get(CATALOG), /catalog\/bulk$/);
    expect([nobody.status, nobody.text]).toEqual([422, expect.stringContaining('Nobody is selected')]);
  });

  test('an organization is added, holds a person, has a system account; without one it is deleted', async () => {
    await allow('catalog');
    const blank = await browser.get(`${CATALOG}/new`);
    const refused = await submit(blank, /new$/, { email: 'office' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('id="displayName-error"')]);
    const made = await submit(refused, /new$/, { displayName: 'Pied Piper', email: 'office@pp.example' });
    const page = (made.location ?? '').split('?')[0] ?? '';
    const dinesh = await contact({ displayName: 'Dinesh' });
    const saved = await submit(await browser.get(`${CATALOG}/${dinesh}/edit`), /edit$/, {
      partOf: page.split('/').at(-1) ?? '',
    });
    expect((await browser.get(saved.location ?? '')).text).toContain('Pied Piper');
    expect((await browser.get(page)).text).toContain(`href="${CATALOG}/${dinesh}"`);
    const asked = await submit(await browser.get(page), /catalog\/bulk$/);
    await finished((await submit(asked, /start$/)).location ?? '');
    const given = await browser.get(page);
    expect(given.text).toContain('System account');
    expect(given.text).not.toContain(`${page}/delete`);
    expect((await browser.get('/initech/admin/users?q=pied')).text).toContain('System account · office@pp.example');
    const hooli = await contact({ kind: 'organization', name: 'Hooli' });
    const confirm = await browser.get(`${CATALOG}/${hooli}/delete`);
    expect(confirm.text).toContain('Its people stay, without it.');
    await submit(confirm, /delete$/);
    expect((await browser.get(`${CATALOG}/${hooli}`)).status).toBe(404);
  });
});
