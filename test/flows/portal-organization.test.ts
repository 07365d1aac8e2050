import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/config';
import { DECRYPTED_RULES, DOCUMENT_RULES, MESSAGE_RULES } from '../../src/connections/saml/checks';
import { createLanguages, LANGUAGE_CODES } from '../../src/web/languages';
import { actionInWords, AREAS } from '../../src/web/portal/organization/ledger-words';
import { KNOWN_RULES } from '../../src/web/portal/organization/sign-in-causes';
import { addConnection, createTestIdp, maria, newcomer, sessionOf, signIn, type TestIdp } from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { rows } from '../../src/storage/rows';
import { createInitech, PASSWORD } from '../support/initech';
import { adminOf, ownerOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

describeWith('postgres', "an organization's portal", () => {
  let service: TestService;
  let idp: TestIdp;
  let admin: HttpClient;

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' } });
    idp = await createTestIdp();
    await createInitech(service);
    admin = await adminOf(service, 'initech');
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  /** One that offers itself beside passwords. */
  const connect = () => addConnection(service, 'initech', idp, { name: 'Contoso IdP', state: 'pilot' });

  /** A form of the portal, with the token that a page of it holds. */
  const send = (path: string, fields: Record<string, string>, page: Reply, browser = admin) => {
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return browser.post(path, { ...fields, _csrf: token });
  };

  /** An account with the role; nobody is signed in. */
  async function adminId(slug: string): Promise<string> {
    const form = { email: `a${Math.random()}@${slug}.example`, givenName: 'Ad', familyName: 'Min', password: PASSWORD };
    const { id } = await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, form);
    await service.api('PUT', `/organizations/${slug}/admins/${id}`, { roles: ['organization_admin'] });
    return id;
  }

  test('the ledger and a history say who did it: by name, by the name of a key, and of the operator no more than that', async () => {
    const slug = 'vandelay';
    await createInitech(service, { slug });
    const owner = await ownerOf(service);
    const [boss, id] = [await adminOf(service, slug), await adminId(slug)];
    const { key } = await service.api<{ key: string }>('POST', '/api-keys', {
      ...{ name: 'HR export', organization: slug, scopes: ['accounts:write'] },
    });
    const path = `/organizations/${slug}/accounts/${id}`;
    await service.request('POST', `${path}/end-sessions`, undefined, { authorization: `Bearer ${key}` });
    const endSessions = async (browser: HttpClient, base: string) =>
      send(`${base}/users/${id}/end-sessions`, {}, await browser.get(`${base}/users/${id}`), browser);
    await endSessions(owner, `/admin/organizations/${slug}`);
    const other = await adminOf(service, slug);
    await endSessions(other, `/${slug}/admin`);
    await endSessions(boss, `/${slug}/admin`);
    const { account } = (await sessionOf(other, slug))!;
    const { contactId } = await service.api<{ contactId: string }>(
      'GET',
      `/organizations/${slug}/accounts/${account.id}`,
    );
    await service.api('POST', `/organizations/${slug}/erasures`, { contactId });
    const said = ['API key HR export', 'Drawbridge&#39;s operator', 'A former admin', 'Dana Weber'];
    for (const page of [`/${slug}/admin/ledger`, `/${slug}/admin/users/${id}?tab=history`]) {
      const { text } = await boss.get(page);
      for (const words of said) expect(text.replaceAll("'", '&#39;')).toContain(words);
      expect(text).not.toContain('Olga Owens');
    }
  });

  describe('sign-in attempts', () => {
    test('an admin comes by the letter of a refused person to what was wrong with the answer, and where to mend it', async () => {
      const connection = await connect();
      const overrides = { audience: 'https://other.example' };
      const reply = await signIn(service, idp, connection, newcomer(maria), { slug: 'initech', overrides });
      const letter = /href="(mailto:[^"]+)"/.exec(reply.text)?.[1] ?? '';
      const link = /https?:\/\/\S+\/admin\/sign-ins\?q=[\w-]+/.exec(
        decodeURIComponent(letter.replaceAll('&amp;', '&')),
      );
      expect(link).not.toBeNull();
      const list = await admin.get(new URL(link![0]).pathname + new URL(link![0]).search);
      const path = /href="(\/initech\/admin\/sign-ins\/[^"]+)"/.exec(list.text)?.[1] ?? '';
      const { text } = await admin.get(path);
      for (const said of [
        'The answer is meant for another application',
        connection.sp.entityId,
        'https://other.example',
      ])
        expect(text).toContain(said);
    });
  });

  test('the last Organization admin goes after a warning, and owners and technical contacts are told', async () => {
    await createInitech(service, { slug: 'globex' });
    await ownerOf(service);
    const boss = await adminOf(service, 'globex');
    const page = await boss.get('/globex/admin/admins');
    const path = /href="(\/globex\/admin\/admins\/[0-9a-f-]{36})"/.exec(page.text)?.[1] ?? '';
    const asked = await send(path, { roles: 'auditor' }, await boss.get(path), boss);
    const warning = await boss.get(new URL(asked.location ?? '', asked.url).href);
    expect(warning.text).toContain('This is the last Organization admin');
    const token = /name="_csrf" value="([^"]+)"/.exec(warning.text)?.[1] ?? '';
    expect((await boss.post(path, { confirmed: '1', _csrf: token })).status).toBe(303);
    const mails = await rows<{ recipient: string }>(
      service.resources.db.manager,
      `SELECT recipient FROM mails WHERE kind = 'no_admin_left'`,
    );
    // Other tests of the file have owners of their own; each is told once.
    const told = mails.map(({ recipient }) => recipient).sort();
    expect([...new Set(told)]).toEqual(told);
    expect(told).toEqual(
      expect.arrayContaining([expect.stringMatching(/^owner\.\d+@example\.com$/), 'support@initech.example']),
    );
    expect((await boss.get('/globex/admin')).status).toBe(403);
  });

  const LOSSES: readonly [how: string, lose: (id: string, slug: string) => Promise<unknown>][] = [
    ['is suspended', (id, slug) => service.api('POST', `/organizations/${slug}/accounts/${id}/suspend`)],
    ['is deactivated', (id, slug) => service.api('POST', `/organizations/${slug}/accounts/${id}/deactivate`)],
    ['is deleted', (id, slug) => service.api('DELETE', `/organizations/${slug}/accounts/${id}`)],
    [
      'is merged away',
      async (from, slug) => {
        const form = { email: `survivor.${from}@${slug}.example`, givenName: 'Sur', familyName: 'Vivor' };
        const { id } = await service.api<{ id: string }>('POST', `/organizations/${slug}/accounts`, form);
        return service.api('POST', `/organizations/${slug}/accounts/${id}/merge`, { from });
      },
    ],
  ];
  test.each(LOSSES)('technical contacts are told once when the last Organization admin %s', async (how, lose) => {
    const slug = how.replaceAll(' ', '-');
    await createInitech(service, { slug });
    const told = async (): Promise<number> => {
      const { db } = service.resources;
      const mails = await db.query<unknown[]>(
        `SELECT 1 FROM mails m JOIN organization_slugs s USING (organization_id)
          WHERE s.slug = $1 AND m.kind = 'no_admin_left' AND m.recipient = 'support@initech.example'`,
        [slug],
      );
      return mails.length;
    };
    const [first, last] = [await adminId(slug), await adminId(slug)];
    await service.api('POST', `/organizations/${slug}/accounts/${first}/suspend`);
    expect(await told()).toBe(0);
    await lose(last, slug);
    expect(await told()).toBe(1);
    await service.api('POST', `/organizations/${slug}/accounts/${first}/deactivate`);
    expect(await told()).toBe(1);
  });

  test('a connection shows what the identity provider needs, and is switched off after saying what that means', async () => {
    const { id, sp } = await connect();
    const path = `/initech/admin/connections/${id}`;
    expect((await admin.get(path)).text).toContain(sp.acsUrl);
    const warning = await admin.get(`${path}/disable`);
    expect(warning.text).toContain('nobody signs in with Contoso IdP');
    expect((await send(`${path}/disable`, {}, warning)).status).toBe(303);
    expect((await service.browser().get(`/initech/sso/${id}`)).status).toBe(403);
  });

  describe('the ledger', () => {
    test('is filtered, and leaves as a CSV whose cells are no formulas; that it left is a line', async () => {
      const email = 'formula@initech.example';
      const person = { email, givenName: '=HYPERLINK("x")', familyName: 'Formula', password: PASSWORD };
      const { id } = await service.api<{ id: string }>('POST', '/organizations/initech/accounts', person);
      const page = await admin.get(`/initech/admin/ledger?q=${email}&area=account`);
      expect(page.text.replace(/[\s\S]*<main/, '').replace(/<[^>]*>|\s+/g, ' ')).toContain('Account created');
      expect(page.text).not.toContain('>signin.succeeded<');
      const csv = await send('/initech/admin/ledger/export', { account: id }, await admin.get('/initech/admin/ledger'));
      expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
      expect(csv.text).toContain('account.created');
      expect(csv.text).not.toMatch(/(^|,)"?[=+@-]/m);
      expect((await admin.get('/initech/admin/ledger?area=ledger')).text).toContain('Ledger exported');
    });
  });
});

describe('the ledger in words', () => {
  const actions = new Set(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('web'))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
      .flatMap((text) => [
        ...[...text.matchAll(/\baction: (?:[^,}\n]*\? )?'([a-z_]+\.[a-z_]+)'/g)].map((match) => match[1]!),
        ...[...text.matchAll(/'(connection\.key_[a-z]+)'/g)].map((match) => match[1]!),
      ]),
  );
  for (const noun of ['group', 'permission_profile', 'licence'])
    for (const verb of ['created', 'changed', 'deleted']) actions.add(`${noun}.${verb}`);

  test.each(LANGUAGE_CODES)('%s has words for every action, and every kind of action', (code) => {
    const { t } = createLanguages({ root, secure: false }).in(code);
    const missing = [...actions].filter((action) => actionInWords(action, t) === action);
    expect([actions.size > 50, missing]).toEqual([true, []]);
    const kinds = [...actions].map((action) => action.split('.')[0]!).filter((kind) => kind !== 'signing_key');
    expect(kinds.filter((kind) => !AREAS.includes(kind))).toEqual([]);
  });
});

test('every check of a sign-in has a cause and words', () => {
  const sources = ['connections', 'sign-in'].flatMap((folder) =>
    readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/logout/.test(name))
      .map((name) => readFileSync(join(root, 'src', folder, name), 'utf8')),
  );
  const written = sources.flatMap((text) => [...text.matchAll(/\brule: '(\w+)'/g)].map((match) => match[1]!));
  const tables = [...DOCUMENT_RULES, ...DECRYPTED_RULES, ...MESSAGE_RULES].map(([name]) => name);
  expect([...new Set([...written, ...tables])].filter((rule) => !KNOWN_RULES.includes(rule))).toEqual([]);
});
