import { faults, newKey, newOrganization, startApi, type ApiReply, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: accounts are found, filtered, sorted and paged', () => {
  let api: TestApi;
  let acme: string;
  let path: string;
  const PEOPLE = [
    ['Zoë', 'Adams', 'zoe.adams@acme.example'],
    ['Anna', 'Müller-Lüdenscheidt', 'anna.ml@acme.example'],
    ['Bob', "O'Hara", 'bob@mail.acme.example'],
    ['李', '小龍', 'li@acme.example'],
    ['Anna', 'Lee', 'anna.lee@acme.example'],
  ] as const;

  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    path = `${acme}/accounts`;
    for (const name of ['Staff', 'Admins']) await api.post(`${acme}/groups`, { name });
    await api.post(`${acme}/permission-profiles`, { name: 'Reader' });
    await api.post(`${acme}/licences`, { name: 'Pro' });
    for (const [givenName, familyName, email] of PEOPLE)
      expect((await api.post(path, { email, givenName, familyName })).status).toBe(201);
    const other = await newOrganization(api, 'globex');
    await api.post(`${other}/accounts`, { email: 'anna@globex.example', givenName: 'Anna', familyName: 'Other' });
  });
  afterAll(() => api.close());

  const search = (query: Record<string, string>) => api.get(`${path}?${new URLSearchParams(query).toString()}`);
  const emails = ({ body }: ApiReply) => body.items.map(({ email }) => email);
  const found = async (query: Record<string, string>) => emails(await search(query)).sort();
  const idOf = async (email: string) => (await search({ email })).body.items[0].id;

  test.each([
    ['anna', ['anna.lee@acme.example', 'anna.ml@acme.example']],
    ['ANNA lee', ['anna.lee@acme.example']],
    ['lüd', ['anna.ml@acme.example']],
    ['lee@acme', ['anna.lee@acme.example']],
    ['anna.l', ['anna.lee@acme.example']],
    ["o'h", ['bob@mail.acme.example']],
    ['hara', ['bob@mail.acme.example']],
    ['小', ['li@acme.example']],
    ['mail.acme', ['bob@mail.acme.example']],
    ['nna', []],
    ["' | a:* \\ & !", []],
  ])('%s finds by the beginnings of words, within the organization', async (q, expected) => {
    expect(await found({ q })).toEqual(expected);
  });

  test('what is found follows what changes', async () => {
    const id = await idOf('bob@mail.acme.example');
    await api.patch(`${path}/${id}`, { familyName: 'Newname', username: 'builder' });
    expect(await found({ q: 'newname' })).toEqual(['bob@mail.acme.example']);
    expect(await found({ q: 'builder' })).toEqual(['bob@mail.acme.example']);
    expect(await found({ q: 'hara' })).toEqual([]);
    const made = await api.post(path, { email: 'gone@acme.example', givenName: 'Gone', familyName: 'Soon' });
    await api.delete(`${path}/${made.body.id}`);
    expect(await found({ q: 'gone' })).toEqual([]);
  });

  test('filters count together', async () => {
    const id = await idOf('anna.lee@acme.example');
    const fields = { groups: ['Staff'], permissionProfile: 'Reader', licence: 'Pro', userType: 'Privileged' };
    await api.patch(`${path}/${id}`, { ...fields, adminManaged: true, externalId: 'E1' });
    const anna = ['anna.lee@acme.example'];
    for (const [name, value] of [
      ['group', 'staff'],
      ['permissionProfile', 'Reader'],
      ['licence', 'Pro'],
      ['userType', 'Privileged'],
      ['adminManaged', 'true'],
      ['externalId', 'E1'],
      ['username', 'Anna.Lee'],
    ] as const)
      expect([name, await found({ [name]: value })]).toEqual([name, anna]);
    expect(await found({ source: 'jit' })).toEqual([]);
    expect(await found({ source: 'admin', status: 'invited', group: 'Staff', q: 'lee' })).toEqual(anna);
    expect(await found({ group: 'Admins' })).toEqual([]);
    await api.post(`${path}/${id}/suspend`);
    expect(await found({ status: 'suspended' })).toEqual(anna);
    await api.post(`${path}/${id}/reactivate`);
  });

  test.each(['name', 'email', 'username', 'createdAt', 'lastSignInAt'])(
    'by %s there and back again, one by one',
    async (sort) => {
      const id = await idOf('li@acme.example');
      await api.db.query(`UPDATE accounts SET last_sign_in_at = now() WHERE id = $1`, [id]);
      for (const order of ['asc', 'desc']) {
        const all = await search({ sort, order, total: 'true' });
        expect(all.body.total).toBe(5);
        const whole = emails(all);
        const there: string[] = [];
        let page = await search({ sort, order, limit: '2' });
        expect(page.body.previousCursor).toBeNull();
        for (;;) {
          there.push(...emails(page));
          if (!page.body.nextCursor) break;
          page = await search({ sort, order, limit: '2', cursor: page.body.nextCursor });
        }
        expect(there).toEqual(whole);
        const back = await search({ sort, order, limit: '2', cursor: String(page.body.previousCursor) });
        expect(emails(back)).toEqual(whole.slice(2, 4));
        const first = await search({ sort, order, limit: '2', cursor: String(back.body.previousCursor) });
        expect(emails(first)).toEqual(whole.slice(0, 2));
        expect(first.body.previousCursor).toBeNull();
        expect(emails(await search({ sort, order, limit: '2', cursor: first.body.nextCursor ?? '' }))).toEqual(
          whole.slice(2, 4),
        );
      }
      if (sort === 'lastSignInAt') expect(emails(await search({ sort, order: 'desc' }))[0]).toBe('li@acme.example');
    },
  );

  test('a page stays where it was when somebody comes in before it', async () => {
    const { body } = await search({ sort: 'name', limit: '2' });
    const next = emails(await search({ sort: 'name', limit: '2', cursor: body.nextCursor ?? '' }));
    const made = await api.post(path, { email: 'aaa@acme.example', givenName: 'Aaron', familyName: 'A' });
    expect(emails(await search({ sort: 'name', limit: '2', cursor: body.nextCursor ?? '' }))).toEqual(next);
    await api.delete(`${path}/${made.body.id}`);
  });

  const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const ID = '01900000-0000-7000-8000-000000000000';
  test.each([
    ['a cursor of another order', { sort: 'name', cursor: cursor('email asc', false, ID, 'a') }, 'cursor'],
    ['a cursor with NUL', { sort: 'name', cursor: cursor('name asc', false, ID, 'a\0') }, 'cursor'],
    ['a cursor without its key', { sort: 'name', cursor: cursor('name asc', false, ID, null) }, 'cursor'],
    [
      'a cursor of no day',
      { sort: 'lastSignInAt', cursor: cursor('lastSignInAt asc', false, ID, '2026-02-31 00:00:00+00') },
      'cursor',
    ],
    ['a cursor that is none', { cursor: 'nonsense' }, 'cursor'],
    ['an unknown filter', { city: 'Berlin' }, 'city'],
    ['an unknown order', { sort: 'shoe size' }, 'sort'],
    ['an unknown group', { group: 'Nobody' }, 'group'],
    ['an unknown status', { status: 'deleted' }, 'status'],
    ['NUL', { q: 'a\0b' }, 'q'],
    ['nothing to search', { q: ' ' }, 'q'],
  ])('%s is refused by name', async (_, query, field) => {
    const answer = await search(query);
    expect(answer.status).toBe(422);
    expect(Object.keys(faults(answer))).toEqual([field]);
  });

  test('what a provider sends at any length can be listed', async () => {
    const id = await idOf('li@acme.example');
    const long = `${'x-'.repeat(3000)}${'語'.repeat(3000)}`;
    await api.db.query(
      `UPDATE contacts SET attributes = attributes || jsonb_build_object('displayName', $2::text)
        WHERE id = (SELECT contact_id FROM accounts WHERE id = $1)`,
      [id, long],
    );
    expect((await search({ sort: 'name', limit: '1', order: 'desc' })).status).toBe(200);
    expect(await found({ q: 'x-x-x' })).toEqual(['li@acme.example']);
  });

  test('security 26: a key needs its scope, and sees its own organization', async () => {
    const contacts = await newKey(api, 'acme', ['contacts:read']);
    expect(await api.get(`${path}?q=anna`, { key: contacts })).toMatchObject({ status: 403 });
    const foreign = await newKey(api, 'globex', ['accounts:read']);
    expect(await api.get(`${path}?q=anna`, { key: foreign })).toMatchObject({ status: 404 });
  });
});
