import type { HttpClient, Reply } from '../support/http-client';
import { choose, createInitech } from '../support/initech';
import { ownerOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

describeWith('postgres', "the owners' portal", () => {
  let service: TestService;
  let owner: HttpClient;
  let operator: HttpClient;
  let support: HttpClient;

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' } });
    await createInitech(service);
    owner = await ownerOf(service);
    operator = await ownerOf(service, 'operator');
    support = await ownerOf(service, 'support');
  });
  afterAll(() => service.stop());

  /** Sends the form of a page; the frame's, for signing out, comes before it. */
  const send = (browser: HttpClient, page: Reply, values: Record<string, string> = {}): Promise<Reply> => {
    const form = page.form(1);
    return browser.post(form.action, { ...form.fields, ...values });
  };
  const fillIn = async (browser: HttpClient, path: string, values: Record<string, string>): Promise<Reply> =>
    send(browser, await browser.get(path), values);

  describe('organizations', () => {
    test('one that is created appears, and leads on to how its people sign in and to its first admin', async () => {
      const made = await fillIn(owner, '/admin/new-organization', {
        ...{ name: 'Ørsted & Søn', slug: '', technicalContacts: 'it@orsted.example\r\nhelp@orsted.example' },
      });
      expect([made.status, made.location]).toEqual([
        303,
        '/admin/organization-settings/orsted-son/sign-in?notice=organizations.notice.created',
      ]);
      const list = await owner.get('/admin?q=orsted');
      expect(list.text).toContain('Ørsted &amp; Søn');
      expect(list.text).toContain('No admin');
      expect(list.text).not.toContain('Initech');

      const form = { email: 'ada@orsted.example', givenName: 'Ada', familyName: 'Lovelace' };
      const invited = await fillIn(owner, '/admin/organization-settings/orsted-son/first-admin', form);
      const url = /value="(http[^"]*\/orsted-son\/link\/[\w-]{43})"/.exec(invited.text)?.[1] ?? '';
      expect([invited.status, url]).toEqual([200, expect.stringContaining('/orsted-son/link/')]);
      const ada = service.browser();
      expect((await choose(ada, new URL(url).pathname)).status).toBe(303);
      expect((await ada.get('/orsted-son/admin')).status).toBe(200);
      expect((await owner.get('/admin?q=orsted')).text).not.toContain('No admin');

      const again = await fillIn(owner, '/admin/organization-settings/orsted-son/first-admin', form);
      expect([again.status, again.text]).toEqual([422, expect.stringContaining('an account here has this address')]);
    });

    test('a custom URL that is taken or reserved is said to be, before and when it is asked for', async () => {
      for (const [slug, words] of [
        ['initech', 'belongs to another organization'],
        ['admin', 'an address of the service itself'],
        ['No Good', 'lower-case letters'],
        ['free-one', 'is free'],
      ] as const) {
        const checked = await fillIn(owner, '/admin/new-organization', { name: 'Another', slug, act: 'check' });
        expect([slug, checked.status, checked.text]).toEqual([slug, 200, expect.stringContaining(words)]);
      }
      const refused = await fillIn(owner, '/admin/new-organization', { name: 'Another', slug: 'initech' });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('this is taken or reserved')]);
      expect(refused.text).toContain('value="Another"');
      expect((await owner.get('/admin?q=another')).text).toContain('Nothing found');
    });

    test('a new custom URL leaves the old one reserved, and leading to it', async () => {
      await service.api('POST', '/organizations', { slug: 'hooli', name: 'Hooli' });
      const settings = '/admin/organization-settings/hooli';
      const changed = await fillIn(operator, settings, { name: 'Hooli XYZ', slug: 'hooli-xyz', externalId: 'crm-7' });
      expect(changed.location).toBe('/admin/organization-settings/hooli-xyz?notice=organizations.notice.changed');
      expect(await service.api('GET', '/organizations/hooli-xyz')).toMatchObject({
        ...{ name: 'Hooli XYZ', externalId: 'crm-7', technicalContacts: [] },
      });
      expect((await service.browser().get('/hooli')).status).toBe(308);
      const back = await fillIn(owner, '/admin/organization-settings/hooli-xyz', { slug: 'hooli', act: 'check' });
      expect(back.text).toContain('/hooli is free');
    });

    test('an owner deletes one after having read what goes; an operator does not', async () => {
      await service.api('POST', '/organizations', { slug: 'gone', name: 'Gone Ltd' });
      const path = '/admin/organization-settings/gone/delete';
      expect((await operator.get(path)).status).toBe(403);
      const asked = await owner.get(path);
      expect(asked.text).toContain('Its ledger is kept');
      expect((await send(owner, asked)).location).toBe('/admin?notice=organizations.notice.deleted');
      expect((await service.browser().get('/gone')).status).toBe(404);
    });

    test('support reads and changes nothing', async () => {
      const settings = await support.get('/admin/organization-settings/initech');
      expect([settings.status, settings.text.includes('>Save<')]).toEqual([200, false]);
      expect((await support.get('/admin')).text).not.toContain('/admin/new-organization');
      const changed = await send(support, settings, { name: 'Mine' });
      expect(changed.status).toBe(403);
    });
  });

  describe('owners', () => {
    const idOf = (page: string, email: string): string =>
      new RegExp(`/owners/([0-9a-f-]{36})"[^]{0,120}?${email}`).exec(page)?.[1] ?? '';

    test('are invited by a link that is shown once, have their role changed, and go', async () => {
      const form = { email: 'sam@example.com', name: 'Sam Support', role: 'support' };
      const invited = await fillIn(owner, '/admin/owners/new', form);
      const url = /value="(http[^"]*\/admin\/link\/[\w-]{43})"/.exec(invited.text)?.[1] ?? '';
      const sam = service.browser();
      expect((await choose(sam, new URL(url).pathname)).status).toBe(303);
      expect((await sam.get('/admin/new-organization')).status).toBe(403);
      expect((await fillIn(owner, '/admin/owners/new', form)).status).toBe(422);

      const id = idOf((await owner.get('/admin/owners')).text, 'Sam Support');
      expect((await fillIn(owner, `/admin/owners/${id}`, { role: 'operator' })).status).toBe(303);
      expect((await sam.get('/admin/new-organization')).status).toBe(200);
      expect((await fillIn(owner, `/admin/owners/${id}/remove`, {})).status).toBe(303);
      expect((await sam.get('/admin')).text).not.toContain('new-organization');
      expect((await owner.get('/admin/owners')).text).not.toContain('Sam Support');
    });

    test('security 26: the last one is neither removed nor made less', async () => {
      const id = idOf((await owner.get('/admin/owners')).text, 'Olga Owens 1<');
      const removed = await fillIn(owner, `/admin/owners/${id}/remove`, {});
      const changed = await fillIn(owner, `/admin/owners/${id}`, { role: 'support' });
      for (const refused of [removed, changed])
        expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('make another one first')]);
      expect((await owner.get('/admin/owners')).status).toBe(200);
    });

    test('security 26: nobody else sees or changes them', async () => {
      for (const browser of [operator, support]) {
        expect((await browser.get('/admin/owners')).status).toBe(403);
        expect((await browser.get('/admin')).text).not.toContain('/admin/owners');
      }
    });
  });
});
