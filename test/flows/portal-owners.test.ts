import { managementDeps } from '../../src/cli/open';
import { OWNERS_SLUG } from '../../src/domain/organization';
import { takeStep } from '../../src/management/account-status';
import { listAdmins } from '../../src/management/admins';
import { commandCaller } from '../../src/management/deps';
import type { HttpClient, Reply } from '../support/http-client';
import { choose, createInitech } from '../support/initech';
import { ownerOf } from '../support/portal';
import { enrol } from '../support/second-factor';
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

  test('security 26: nobody suspends, deactivates or deletes the last owner, an owner neither', async () => {
    const deps = managementDeps(service.config, service.resources);
    const owners = (await listAdmins(deps, commandCaller, OWNERS_SLUG, { limit: 10 })).items;
    const id = owners.find(({ roles }) => roles.includes('owner'))?.id ?? '';
    const caller = { ...commandCaller, actor: { kind: 'account', id } } as const;
    for (const step of ['suspend', 'deactivate', 'delete'] as const)
      await expect(takeStep(deps, caller, OWNERS_SLUG, id, step)).rejects.toMatchObject({ code: 'in_use' });
    expect((await owner.get('/admin')).status).toBe(200);
  });

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
      await enrol(sam, await choose(sam, new URL(url).pathname));
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

  describe('applications', () => {
    const FORM = { name: 'Timesheets', type: 'web', redirectUris: 'https://app.example/callback', reach: 'all' };
    const secretIn = ({ text }: Reply): string => /id="secret" value="([\w-]{43})"/.exec(text)?.[1] ?? '';

    test('security 24: the secret of one is shown once, and a new one once', async () => {
      const made = await fillIn(operator, '/admin/applications/new', FORM);
      const path = /href="(\/admin\/applications\/[0-9a-f-]{36})"/.exec(made.text)?.[1] ?? '';
      expect([made.status, secretIn(made), made.headers.get('cache-control')]).toEqual([
        ...[200, expect.stringMatching(/./), 'no-store'],
      ]);
      const rotated = await fillIn(operator, `${path}/rotate`, {});
      expect(secretIn(rotated)).toMatch(/./);
      for (const page of [path, `${path}/edit`, '/admin/applications']) {
        const { status, text } = await operator.get(page);
        expect([status, text.includes(secretIn(made)), text.includes(secretIn(rotated))]).toEqual([200, false, false]);
      }
    });

    test('what is typed wrong is said beside its field and kept', async () => {
      const reply = await fillIn(operator, '/admin/applications/new', {
        ...{ ...FORM, redirectUris: 'http://app.example/callback', reach: 'some', organizations: 'nobody' },
      });
      expect([reply.status, reply.text]).toEqual([422, expect.stringContaining('Begin each with https://')]);
      expect(reply.text).toContain('http://app.example/callback');
      const unknown = await fillIn(operator, '/admin/applications/new', {
        ...FORM,
        reach: 'some',
        organizations: 'no',
      });
      expect(unknown.status).toBe(422);
    });

    test('one is changed, tried for an organization, and deleted; support only looks', async () => {
      const { id } = await service.api<{ id: string }>('POST', '/applications', {
        ...{ name: 'Wiki', redirectUris: ['https://wiki.example/callback'] },
      });
      const path = `/admin/applications/${id}`;
      const redirectUris = 'https://wiki.example/callback';
      const changed = {
        name: 'Wiki 2',
        redirectUris,
        reach: 'some',
        organizations: 'initech',
        groups: 'Staff',
        claims: 'email',
      };
      expect((await fillIn(operator, `${path}/edit`, changed)).status).toBe(303);
      expect(await service.api('GET', `/applications/${id}`)).toMatchObject({
        ...{ name: 'Wiki 2', organizations: ['initech'], access: { groups: ['Staff'] }, claims: ['email'] },
      });
      const seen = await support.get(`${path}?organization=initech`);
      const url = /href="(http[^"]*\/oidc\/auth\?[^"]*)"/.exec(seen.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect((await service.browser().get(url)).status).toBe(303);
      expect(seen.text).not.toContain(`${path}/edit`);
      expect((await support.get(`${path}/edit`)).status).toBe(403);
      expect((await fillIn(operator, `${path}/delete`, {})).status).toBe(303);
      expect((await operator.get(path)).status).toBe(404);
    });
  });

  describe('API keys', () => {
    test('security 24: one is shown once, works as far as its scopes go, and is revoked', async () => {
      const page = await owner.get('/admin/api-keys/new');
      const fields = {
        name: 'HR',
        reach: 'one',
        organization: 'initech',
        scopes: 'accounts:read',
        expires: '2099-01-31',
      };
      const made = await send(owner, page, fields);
      const key = /id="value" value="(dbk_[\w-]{43})"/.exec(made.text)?.[1] ?? '';
      const as = (path: string) => service.request('GET', path, undefined, { authorization: `Bearer ${key}` });
      expect((await as('/organizations/initech/accounts')).status).toBe(200);
      expect((await as('/organizations/initech/groups')).status).toBe(403);

      const list = await owner.get('/admin/api-keys');
      expect([list.text.includes(key), list.text]).toEqual([false, expect.stringContaining('31 Jan 2099')]);
      const revoke = /href="(\/admin\/api-keys\/[0-9a-f-]{36}\/revoke)"/.exec(list.text)?.[1] ?? '';
      expect((await fillIn(owner, revoke, {})).status).toBe(303);
      expect((await as('/organizations/initech/accounts')).status).toBe(401);
    });

    test('an organization that is none, and no scope, are said to be wrong', async () => {
      const page = await owner.get('/admin/api-keys/new');
      for (const fields of [
        { organization: 'nobody', scopes: 'accounts:read' },
        { organization: 'initech', scopes: '' },
      ])
        expect((await send(owner, page, { name: 'HR', reach: 'one', ...fields })).status).toBe(422);
    });

    test('security 26: operators and support see none of them', async () => {
      for (const browser of [operator, support]) {
        expect((await browser.get('/admin/api-keys')).status).toBe(403);
        expect((await browser.get('/admin')).text).not.toContain('/admin/api-keys');
      }
    });
  });

  test('security 24: system health says how the installation is, to support too, and tells no secret', async () => {
    const { status, text } = await support.get('/admin/health');
    expect(status).toBe(200);
    for (const words of [process.versions.node, 'Mail waiting', 'SMTP_URL is not set', 'Jobs waiting'])
      expect(text).toContain(words);
    const { secretKeys, databaseUrl = '' } = service.config;
    for (const secret of [databaseUrl, ...(secretKeys ?? []).map((one) => one.toString('hex'))])
      expect(text).not.toContain(secret);
  });
});
