import { newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { committed, settle, staged, upload } from '../support/imports';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

let made = 0;
const slug = (): string => `imports-${++made}`;

const HEADER = 'User name,Email,User type,Site';
const csv = (...lines: string[]): string => [HEADER, ...lines].join('\n');

describe('an import', () => {
  test('shows what would happen to each row, and saves it', async () => {
    const org = await newOrganization(api, slug());
    const read = await staged(api, org, csv('Pat O’Leary,pat@acme.example,,', '李 雷,li@acme.example,Privileged,Oslo'));
    expect(read).toMatchObject({ state: 'staged', counts: { create: 2, problem: 0 } });
    const { body: rows } = await api.get(`${org}/imports/${read.id}/rows`);
    expect(rows.items.map(({ line, outcome, changes }) => ({ line, outcome, changes }))).toEqual([
      {
        line: 2,
        outcome: 'create',
        changes: expect.arrayContaining([{ field: 'username', before: null, after: 'pat.oleary' }]),
      },
      {
        line: 3,
        outcome: 'create',
        changes: expect.arrayContaining([{ field: 'userType', before: null, after: 'Privileged' }]),
      },
    ]);
    expect((await api.get(`${org}/accounts`)).body.items).toHaveLength(0);

    const saved = await committed(api, org, read.id);
    expect(saved).toMatchObject({ state: 'committed', results: { created: 2, refused: 0 } });
    const accounts = (await api.get(`${org}/accounts?sort=email&order=asc`)).body.items;
    expect(accounts).toMatchObject([
      { email: 'li@acme.example', displayName: '李 雷', userType: 'Privileged', site: 'Oslo', source: 'spreadsheet' },
      { email: 'pat@acme.example', displayName: 'Pat O’Leary', userType: 'Standard', site: 'HQ', status: 'invited' },
    ]);
  });

  test('holds a row with a problem until it is mended', async () => {
    const org = await newOrganization(api, slug());
    await api.post(`${org}/domains`, { domain: 'acme.example', verified: true });
    const read = await staged(
      api,
      org,
      csv('Pat,pat@acme,,', 'Anna,anna@acme.example,Superuser,', 'Anna B,anna@acme.example,,'),
    );
    expect(read.counts).toMatchObject({ create: 0, problem: 3 });
    const { body: rows } = await api.get(`${org}/imports/${read.id}/rows?outcome=problem`);
    expect(rows.items.map(({ problems }) => problems)).toEqual([
      [expect.objectContaining({ field: 'email', code: 'invalid_email', suggestion: 'pat@acme.example' })],
      [expect.objectContaining({ field: 'userType', code: 'invalid_user_type' })],
      [expect.objectContaining({ field: 'email', code: 'duplicate_line', message: 'Also on line 3.', line: 3 })],
    ]);
    const early = await api.post(`${org}/imports/${read.id}/commit`, {});
    expect(early).toMatchObject({ status: 409, body: { code: 'import_has_problems' } });

    const row = (line: number, body: object) => api.patch(`${org}/imports/${read.id}/rows/${line}`, body);
    expect((await row(2, { values: { email: 'pat@acme.example' } })).body).toMatchObject({
      outcome: 'create',
      edited: true,
    });
    expect((await row(3, { leftOut: true })).body).toMatchObject({ leftOut: true });
    // The first that names her is left out: the other is the only one now.
    expect((await api.get(`${org}/imports/${read.id}/rows/4`)).body).toMatchObject({ outcome: 'create', problems: [] });
    expect((await committed(api, org, read.id)).results).toMatchObject({ created: 2 });
  });

  test('takes what was mended, also where the file could not be read', async () => {
    const org = await newOrganization(api, slug());
    const broken = Buffer.concat([
      Buffer.from(`${HEADER}\nAn`),
      Buffer.from('\0'),
      Buffer.from('a,anna@acme.example,,\nBob,bob@acme.example,,,one too many'),
    ]);
    const read = await staged(api, org, broken);
    expect(read.counts).toMatchObject({ problem: 2 });
    const row = (line: number, values: object) => api.patch(`${org}/imports/${read.id}/rows/${line}`, { values });
    expect((await row(2, { displayName: 'Anna' })).body).toMatchObject({ outcome: 'create', problems: [] });
    expect((await row(3, { site: 'Oslo' })).body).toMatchObject({ outcome: 'create', problems: [] });
  });

  test('shows changes field by field, and what another source keeps', async () => {
    const org = await newOrganization(api, slug());
    await api.post(`${org}/accounts`, { email: 'maria@acme.example', givenName: 'María', familyName: 'Suárez' });
    const read = await staged(api, org, csv('Maria S,maria@acme.example,,Madrid'));
    const [row] = (await api.get(`${org}/imports/${read.id}/rows`)).body.items;
    expect(row).toMatchObject({
      outcome: 'update',
      changes: [{ field: 'site', before: 'HQ', after: 'Madrid' }],
      kept: [{ field: 'displayName', value: 'Maria S', owner: 'admin' }],
    });
    await committed(api, org, read.id);
    const again = await staged(api, org, csv('Maria S,maria@acme.example,,Madrid'));
    expect(again.counts).toMatchObject({ unchanged: 1, update: 0 });
  });

  test('means somebody else once the address is another', async () => {
    const org = await newOrganization(api, slug());
    for (const name of ['anna', 'bob'])
      await api.post(`${org}/accounts`, { email: `${name}@acme.example`, givenName: name, familyName: 'Lee' });
    const read = await staged(api, org, csv('x,anna@acme.example,,Oslo'));
    const { body } = await api.patch(`${org}/imports/${read.id}/rows/2`, { values: { email: 'bob@acme.example' } });
    expect(body).toMatchObject({ outcome: 'update', changes: [{ field: 'site', after: 'Oslo' }] });
    await committed(api, org, read.id);
    const sites = (await api.get(`${org}/accounts?sort=email&order=asc`)).body.items.map(({ email, site }) => [
      email,
      site,
    ]);
    expect(sites).toEqual([
      ['anna@acme.example', 'HQ'],
      ['bob@acme.example', 'Oslo'],
    ]);
  });

  test('is taken back, but for what has happened since', async () => {
    const org = await newOrganization(api, slug());
    const { body: known } = await api.post(`${org}/accounts`, {
      email: 'k@acme.example',
      givenName: 'K',
      familyName: 'L',
    });
    const read = await staged(
      api,
      org,
      csv('K L,k@acme.example,Privileged,Oslo', 'New,new@acme.example,,', 'Used,used@acme.example,,'),
    );
    await committed(api, org, read.id);
    const used = (await api.get(`${org}/accounts?q=used`)).body.items[0];
    await api.patch(`${org}/accounts/${used.id}`, { title: 'Controller' });
    await api.post(`${org}/imports/${read.id}/undo`);
    expect(await settle(api, org, read.id)).toMatchObject({ state: 'undone', results: { undone: 2, kept: 1 } });
    expect((await api.get(`${org}/accounts/${known.id}`)).body).toMatchObject({ site: 'HQ', userType: 'Standard' });
    const emails = (await api.get(`${org}/accounts`)).body.items.map(({ email }) => email).sort();
    expect(emails).toEqual(['k@acme.example', 'used@acme.example']);
    const { body: rows } = await api.get(`${org}/imports/${read.id}/rows`);
    expect(rows.items[2]).toMatchObject({ result: { undone: 'kept', undoCode: 'account_in_use' } });
  });

  test('stops and asks when too many would leave', async () => {
    const org = await newOrganization(api, slug());
    const everyone = Array.from({ length: 30 }, (_, at) => `Person ${at},p${at}@acme.example,,`);
    const first = await staged(api, org, csv(...everyone), { namesEveryone: 'true' });
    await committed(api, org, first.id);
    const read = await staged(api, org, csv(...everyone.slice(0, 5)), { namesEveryone: 'true' });
    expect(read).toMatchObject({
      counts: { leave: 25, unchanged: 5 },
      brake: { reasons: ['leave'], liveAccounts: 30 },
    });
    const braked = await api.post(`${org}/imports/${read.id}/commit`, {});
    expect(braked).toMatchObject({ status: 409, body: { code: 'import_braked' } });
    const saved = await committed(api, org, read.id, { brake: 'release' });
    expect(saved.results).toMatchObject({ left: 25 });
    expect((await api.get(`${org}/accounts?status=deactivated&total=true`)).body.total).toBe(25);
    await api.post(`${org}/imports/${read.id}/undo`);
    await settle(api, org, read.id);
    expect((await api.get(`${org}/accounts?status=deactivated&total=true`)).body.total).toBe(0);
  });

  test('lets nobody go whom a row names, be it with a problem or after it was mended', async () => {
    const org = await newOrganization(api, slug());
    const first = await staged(
      api,
      org,
      csv('Ada,ada@acme.example,,', 'Bob,bob@acme.example,,', 'Cy,cy@acme.example,,'),
    );
    await committed(api, org, first.id);
    const lines = csv('Ada,ada@acme.example,Superuser,', 'Bob,bob@acme,,', 'Cy,cy@acme.example,,');
    const read = await staged(api, org, lines, { namesEveryone: 'true' });
    expect(read.counts).toMatchObject({ problem: 2, leave: 1, unchanged: 1 });
    await api.patch(`${org}/imports/${read.id}/rows/3`, { values: { email: 'bob@acme.example' } });
    expect((await api.get(`${org}/imports/${read.id}`)).body.counts).toMatchObject({ problem: 1, leave: 0 });
    await committed(api, org, read.id, { allow: 'good-rows' });
    expect((await api.get(`${org}/accounts?status=deactivated&total=true`)).body.total).toBe(0);
  });

  test('takes rows from a program, and refuses a field that there is not', async () => {
    const org = await newOrganization(api, slug());
    const rows = [{ displayName: 'Ada', email: 'ada@acme.example', groups: ['Staff'], 'attributes.badge': '0042' }];
    const { body } = await api.post(`${org}/imports`, { rows });
    await settle(api, org, body.id);
    await committed(api, org, body.id);
    expect((await api.get(`${org}/accounts`)).body.items[0]).toMatchObject({ attributes: { badge: '0042' } });
    const refused = await api.post(`${org}/imports`, { rows: [{ nickname: 'x' }] });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_form', errors: [{ code: 'unknown_field' }] } });
  });

  test('brings nobody in twice when the same file is saved twice, and leaves alone who signs in meanwhile', async () => {
    const org = await newOrganization(api, slug());
    const file = csv('Ada,ada@acme.example,,', 'Bob,bob@acme.example,,');
    const [first, second] = [await staged(api, org, file), await staged(api, org, file)];
    const [row] = (await api.get(`${org}/imports/${second.id}/rows`)).body.items;
    expect(row).toMatchObject({ alsoIn: { importId: first.id, line: 2 } });
    await committed(api, org, first.id);
    expect((await committed(api, org, second.id)).results).toMatchObject({ created: 0, unchanged: 2 });
    expect((await api.get(`${org}/accounts?total=true`)).body.total).toBe(2);
  });

  test('security 26: never reaches somebody who may do more than whoever saves it', async () => {
    const org = await newOrganization(api, slug());
    const { body: admin } = await api.post(`${org}/accounts`, {
      email: 'boss@acme.example',
      givenName: 'B',
      familyName: 'S',
    });
    await api.patch(`${org}/accounts/${admin.id}`, { externalId: 'E1' });
    await api.put(`${org}/admins/${admin.id}`, { roles: ['organization_admin'] });
    const key = await newKey(api, org.split('/').at(-1) ?? '', ['accounts:write', 'organizations:read']);
    const rows = [
      { displayName: 'Mallory', email: 'mallory@acme.example', externalId: 'E1' },
      { displayName: 'X', email: 'boss@acme.example' },
    ];
    const { body } = await api.post(`${org}/imports`, { rows }, { key });
    const read = await settle(api, org, body.id);
    expect(read.counts).toMatchObject({ problem: 2, update: 0 });
    await api.post(`${org}/imports/${read.id}/commit`, { allow: 'good-rows' }, { key });
    await settle(api, org, read.id);
    expect((await api.get(`${org}/accounts/${admin.id}`)).body).toMatchObject({
      email: 'boss@acme.example',
      displayName: 'B S',
    });
  });

  test('security 26: is looked at again while it is saved, for who became an admin meanwhile', async () => {
    const org = await newOrganization(api, slug());
    const person = { email: 'later@acme.example', givenName: 'L', familyName: 'R' };
    const { body: later } = await api.post(`${org}/accounts`, person);
    const key = await newKey(api, org.split('/').at(-1) ?? '', ['accounts:write', 'organizations:read']);
    const rows = [{ displayName: 'L R', email: person.email, site: 'Oslo' }];
    const { body } = await api.post(`${org}/imports`, { rows }, { key });
    expect((await settle(api, org, body.id)).counts).toMatchObject({ update: 1 });
    await api.put(`${org}/admins/${later.id}`, { roles: ['organization_admin'] });
    await api.post(`${org}/imports/${body.id}/commit`, {}, { key });
    expect((await settle(api, org, body.id)).results).toMatchObject({ updated: 0, refused: 1 });
    expect((await api.get(`${org}/accounts/${later.id}`)).body.site).toBe('HQ');
  });

  test('forgets what it holds of somebody who is erased', async () => {
    const org = await newOrganization(api, slug());
    const read = await staged(api, org, csv('Ada Secret,ada@acme.example,,'));
    await committed(api, org, read.id);
    const [{ contactId }] = (await api.get(`${org}/accounts`)).body.items;
    expect((await api.get(`${org}/contacts/${contactId}/data`)).body.imports).toMatchObject([{ line: 2 }]);
    await api.post(`${org}/erasures`, { contactId });
    const kept = await api.db.query('SELECT * FROM run_rows');
    expect(JSON.stringify(kept)).not.toContain('Ada Secret');
  });

  test('sends each new person one invitation, where there are passwords', async () => {
    const org = await newOrganization(api, slug());
    const read = await staged(api, org, csv('Ada,ada-invited@acme.example,,', 'Bob,bob-invited@acme.example,,'), {
      sendInvitations: 'true',
    });
    await committed(api, org, read.id);
    expect((await settle(api, org, read.id)).invitedAt).toEqual(expect.any(String));
    await settle(api, org, read.id);
    const mails = await api.db.query<{ recipient: string }[]>(
      `SELECT recipient FROM mails WHERE recipient LIKE '%-invited@%' ORDER BY 1`,
    );
    expect(mails.map(({ recipient }) => recipient)).toEqual(['ada-invited@acme.example', 'bob-invited@acme.example']);
  });

  test('takes no upload that breaks off, is too large, or holds no file', async () => {
    const org = await newOrganization(api, slug());
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    const send = (body: string) => api.send('POST', `${org}/imports`, Buffer.from(body), { headers });
    const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
    expect((await send(`${head}User name,Email\nA,`)).status).toBe(400);
    expect((await send('--x\r\nContent-Disposition: form-data; name="mode"\r\n\r\naccounts\r\n--x--\r\n')).status).toBe(
      422,
    );
    expect(await upload(api, org, Buffer.alloc(10 * 1024 * 1024 + 1, 'a'))).toMatchObject({ status: 413 });
    expect((await api.get(`${org}/imports`)).body.items).toEqual([]);
  });

  test('takes a header for what it says, be it called like what every object has', async () => {
    const org = await newOrganization(api, slug());
    const read = await staged(api, org, 'User name,Email,constructor\nAda,ada@acme.example,x');
    expect(read.columns).toEqual([
      { header: 'User name', means: 'displayName' },
      { header: 'Email', means: 'email' },
      { header: 'constructor', means: null },
    ]);
  });

  test.each([
    ['an empty file', ''],
    ['a header without rows', HEADER],
  ])('refuses %s at once', async (_, content) => {
    const org = await newOrganization(api, slug());
    expect(await upload(api, org, content)).toMatchObject({ status: 422, body: { code: 'invalid_file' } });
  });
});
