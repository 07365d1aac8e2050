import { runBulkAction } from '../../src/management/bulk-run';
import { faults, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

const NOBODY = '01900000-0000-7000-8000-000000000000';

describeWith('postgres', 'API: the catalog', () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let globex: string;
  beforeAll(async () => {
    api = await startApi();
    [acme, globex] = [await newOrganization(api, 'acme'), await newOrganization(api, 'globex')];
    acmeId = (await api.get(acme)).body.id;
    for (const name of ['Staff', 'Everyone']) await api.post(`${acme}/groups`, { name });
    await api.post(`${acme}/permission-profiles`, { name: 'Reader' });
    await api.post(`${acme}/licences`, { name: 'Two', seats: 2 });
  });
  afterAll(() => api.close());

  const allow = (...more: string[]) =>
    api.put(`${acme}/policy`, { allowedSources: ['admin', ...more], defaultGroups: ['Everyone'] });
  const contact = async (form: object, at = acme): Promise<string> => {
    const made = await api.post(`${at}/contacts`, form);
    expect([made.status, made.body.code]).toEqual([201, undefined]);
    return made.body.id;
  };
  const give = (selection: object, more: object = {}) =>
    api.post(`${acme}/contacts/bulk`, { action: 'give_account', selection, ...more });
  /** Runs it, and yields what came of it by contact. */
  const given = async (selection: object, more: object = {}): Promise<Record<string, unknown>> => {
    const { status, body } = await give(selection, more);
    expect(status).toBe(202);
    const failed = (error: unknown) => api.logged.push(error);
    await runBulkAction(api.management, { organizationId: acmeId, id: body.id }, failed);
    const { items } = (await api.get(`${acme}/bulk-actions/${body.id}/outcomes?limit=200`)).body;
    return Object.fromEntries(items.map(({ contactId, code, outcome }) => [contactId, code ?? outcome]));
  };

  test('the policy decides whether accounts come from the catalog at all', async () => {
    await allow();
    const id = await contact({ displayName: 'Nobody yet', email: 'nobody.yet@acme.example' });
    expect(await give({ ids: [id] })).toMatchObject({ status: 403, body: { code: 'identity_not_permitted' } });
    await allow('catalog');
    expect(await given({ ids: [id] })).toEqual({ [id]: 'ok' });
  });

  test('each gets an account by the source catalog; who lacks an address waits, who has one already is told', async () => {
    await allow('catalog');
    const anna = await contact({ givenName: 'Anna', familyName: 'Lee', email: 'anna@acme.example' });
    const bob = await contact({ givenName: 'Bob', familyName: 'Lee' });
    const foreign = await contact({ displayName: 'Eve' }, globex);
    const gift = { groups: ['staff'], permissionProfile: 'Reader', licence: 'Two' };
    expect(await given({ ids: [anna, bob, foreign, NOBODY] }, gift)).toEqual({
      ...{ [anna]: 'ok', [bob]: 'missing_attribute', [foreign]: 'not_found', [NOBODY]: 'not_found' },
    });
    const { accountId } = (await api.get(`${acme}/contacts/${anna}`)).body;
    expect((await api.get(`${acme}/accounts/${accountId}`)).body).toMatchObject({
      ...{ source: 'catalog', status: 'invited', username: 'anna.lee', groups: ['Everyone', 'Staff'] },
      ...{ permissionProfile: 'Reader', licence: 'Two', contactKind: 'person' },
    });
    expect((await api.get(`${acme}/contacts/${bob}`)).body.accountId).toBeNull();
    expect(await given({ ids: [anna] })).toEqual({ [anna]: 'conflict' });
    // What was given by hand is taken back by hand.
    const changed = await api.patch(`${acme}/accounts/${accountId}`, { groups: ['Everyone'], licence: null });
    expect(changed.body).toMatchObject({ groups: ['Everyone'], licence: null });
  });

  test('all who match are meant but for some, and never who has an account; invitations go out when asked for', async () => {
    await allow('catalog');
    const [a = '', b = '', c = ''] = await Promise.all(
      ['a', 'b', 'c'].map((name) => contact({ displayName: `Zed ${name}`, email: `zed.${name}@acme.example` })),
    );
    await given({ ids: [a] });
    expect(await given({ matching: { q: 'zed' }, except: [b] }, { sendInvitations: true })).toEqual({ [c]: 'ok' });
    const links = (await api.get(`${acme}/email-links?limit=200`)).body.items.map(({ email }) => email);
    expect(links.filter((email) => email?.startsWith('zed'))).toEqual(['zed.c@acme.example']);
  });

  test('seats run out in the middle, and the address of another account is refused', async () => {
    await allow('catalog');
    await api.post(`${acme}/licences`, { name: 'One', seats: 1 });
    const ids = await Promise.all(
      ['x', 'y'].map((name) => contact({ displayName: `Seat ${name}`, email: `seat.${name}@acme.example` })),
    );
    expect(Object.values(await given({ ids }, { licence: 'One' })).sort()).toEqual(['licence_seats_exhausted', 'ok']);
    const late = await contact({ displayName: 'Late', email: 'late@acme.example' });
    const other = { email: 'second@acme.example', givenName: 'Second', familyName: 'One' };
    const { id } = (await api.post(`${acme}/accounts`, other)).body;
    await api.db.query(`UPDATE accounts SET email = 'late@acme.example' WHERE id = $1`, [id]);
    expect(await given({ ids: [late] })).toEqual({ [late]: 'email_taken' });
  });

  describe('organizations', () => {
    test('hold people, are found by what they hold, and can have a system account', async () => {
      await allow('catalog');
      const piper = await contact({
        kind: 'organization',
        name: 'Pied Piper',
        externalId: 'C-1',
        email: 'office@pp.example',
      });
      const dinesh = await contact({ displayName: 'Dinesh', partOf: piper });
      const jared = await contact({ displayName: 'Jared' });
      await api.patch(`${acme}/contacts/${jared}`, { partOf: piper });
      const held = (await api.get(`${acme}/contacts?partOf=${piper}`)).body.items;
      expect(held.map(({ id, partOf }) => [id, partOf])).toEqual([
        [dinesh, { id: piper, name: 'Pied Piper' }],
        [jared, { id: piper, name: 'Pied Piper' }],
      ]);
      await api.patch(`${acme}/contacts/${jared}`, { partOf: null });
      expect((await api.get(`${acme}/contacts?partOf=${piper}`)).body.items).toHaveLength(1);
      expect((await api.get(`${acme}/contacts?kind=organization`)).body.items).toMatchObject([{ id: piper }]);
      expect(await given({ ids: [piper] })).toEqual({ [piper]: 'ok' });
      const { accountId } = (await api.get(`${acme}/contacts/${piper}`)).body;
      const account = { contactKind: 'organization', displayName: 'Pied Piper', email: 'office@pp.example' };
      expect((await api.get(`${acme}/accounts/${accountId}`)).body).toMatchObject(account);
      expect((await api.post(`${acme}/explain`, { accountId })).status).toBe(200);
    });

    test.each([
      ['a person', async () => contact({ displayName: 'A person' })],
      ['nobody', async () => NOBODY],
      ["another organization's", async () => contact({ kind: 'organization', name: 'Theirs' }, globex)],
    ])('security 26: %s holds nobody', async (_, of) => {
      const id = await contact({ displayName: 'Somebody' });
      const refused = await api.patch(`${acme}/contacts/${id}`, { partOf: await of() });
      expect([refused.status, faults(refused)]).toEqual([422, { partOf: 'unknown_contact' }]);
    });

    test('are deleted, and their people stay; who has or had an account is not', async () => {
      const hooli = await contact({ kind: 'organization', name: 'Hooli' });
      const gavin = await contact({ displayName: 'Gavin', partOf: hooli });
      expect((await api.delete(`${acme}/contacts/${hooli}`)).status).toBe(204);
      expect((await api.get(`${acme}/contacts/${gavin}`)).body.partOf).toBeNull();
      expect((await api.delete(`${acme}/contacts/${hooli}`)).status).toBe(404);
      const bill = { email: 'bill@acme.example', givenName: 'Bill', familyName: 'L' };
      const { id, contactId } = (await api.post(`${acme}/accounts`, bill)).body;
      const refused = { status: 409, body: { code: 'in_use' } };
      expect(await api.delete(`${acme}/contacts/${contactId}`)).toMatchObject(refused);
      await api.delete(`${acme}/accounts/${id}`);
      expect(await api.delete(`${acme}/contacts/${contactId}`)).toMatchObject(refused);
    });
  });

  test('nobody is added twice by hand', async () => {
    await contact({ displayName: 'Once', email: 'once@acme.example', externalId: 'E-1' });
    const again = await api.post(`${acme}/contacts`, { displayName: 'Twice', email: 'once@acme.example' });
    expect([again.status, faults(again)]).toEqual([409, { email: 'email_taken' }]);
    const number = await api.post(`${acme}/contacts`, { kind: 'organization', name: 'Twice', externalId: 'E-1' });
    expect([number.status, faults(number)]).toEqual([409, { externalId: 'taken' }]);
    expect(faults(await api.post(`${acme}/contacts`, { department: 'None' }))).toEqual({ displayName: 'required' });
    expect(faults(await api.post(`${acme}/contacts`, { kind: 'organization' }))).toEqual({ name: 'required' });
  });

  test('security 25: the catalog is handed out as a file, with formulas escaped and a line in the ledger', async () => {
    await contact({ displayName: '=1+1' });
    const { status, bytes } = await api.get(`${acme}/contacts/export?hasAccount=false&hasEmail=false`, {
      isBinary: true,
    });
    expect(status).toBe(200);
    expect(bytes.toString()).toContain("'=1+1");
    expect(bytes.toString()).not.toContain('once@acme.example');
    const [line] = (await api.get(`${acme}/audit-events?action=contacts.exported`)).body.items;
    expect(line.details).toMatchObject({ format: 'csv', filters: ['hasEmail', 'hasAccount'] });
  });
});
