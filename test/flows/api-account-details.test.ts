import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { newcomer, newConnection, newSession } from '../support/newcomer';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: what stands behind an account, and people without one', () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let connectionId: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    acmeId = (await api.get(acme)).body.id;
    await api.post(`${acme}/domains`, { domain: 'acme.example', verified: true });
    for (const name of ['Everybody', 'Staff']) await api.post(`${acme}/groups`, { name });
    await api.post(`${acme}/permission-profiles`, { name: 'Reader' });
    await api.put(`${acme}/policy`, { defaultGroups: ['Everybody'], defaultPermissionProfile: 'Reader' });
    connectionId = await newConnection(api, acme);
  });
  afterAll(() => api.close());

  test('each value with who said it, when, and what the others say; each group with why', async () => {
    const anna = {
      email: 'anna@acme.example',
      givenName: 'Anna',
      familyName: 'Lee',
      phone: '+4930123456',
      title: 'Head',
    };
    const { id } = (await api.post(`${acme}/accounts`, { ...anna, groups: ['Staff'] })).body;
    await newcomer(api, acmeId, connectionId, 's-1', { ...anna, title: 'Director' });
    const { body } = await api.get(`${acme}/accounts/${id}/provenance`);
    const fields = Object.fromEntries(
      [...(body.attributes as { field: string }[]), ...(body.access as { field: string }[])].map((one) => [
        one.field,
        one,
      ]),
    );
    expect(fields.title).toMatchObject({
      ...{ value: 'Director', because: 'source', source: { kind: 'jit' }, saidAt: expect.any(String) },
      others: [{ source: { kind: 'admin', name: 'Admin' }, value: 'Head', saidAt: expect.any(String) }],
    });
    expect(fields.phone).toMatchObject({ value: '+4930123456', source: { kind: 'jit' } });
    expect(fields.site).toMatchObject({ value: 'HQ', because: 'default', source: null, others: [] });
    expect(fields.displayName).toMatchObject({ value: 'Anna Lee', because: 'source', source: { kind: 'admin' } });
    expect(fields.permissionProfile).toMatchObject({ value: 'Reader', because: 'default', source: null });
    expect(fields.licence).toMatchObject({ value: null, because: 'default' });
    expect(body.groups).toMatchObject([
      { name: 'Everybody', because: [{ why: 'default', source: { kind: 'admin' } }] },
      { name: 'Staff', because: [{ why: 'hand', source: { kind: 'admin' }, since: expect.any(String) }] },
    ]);
  });

  test("one session is ended, and only the account's own", async () => {
    const made = await newcomer(api, acmeId, connectionId, 's-2', {
      email: 'bob@acme.example',
      givenName: 'B',
      familyName: 'R',
    });
    const path = `${acme}/accounts/${made.accountId}/sessions`;
    const [first, second] = [
      await newSession(api, acmeId, made.accountId ?? ''),
      await newSession(api, acmeId, made.accountId ?? ''),
    ];
    expect((await api.get(path)).body.items.map(({ id }) => id).sort()).toEqual([first, second].sort());
    const other = await newcomer(api, acmeId, connectionId, 's-3', {
      email: 'c@acme.example',
      givenName: 'C',
      familyName: 'C',
    });
    expect((await api.delete(`${acme}/accounts/${other.accountId}/sessions/${first}`)).status).toBe(404);
    expect((await api.delete(`${path}/${first}`)).status).toBe(204);
    expect((await api.delete(`${path}/${first}`)).status).toBe(404);
    expect((await api.delete(`${path}/nonsense`)).status).toBe(404);
    expect((await api.get(path)).body.items).toMatchObject([{ id: second, amr: ['pwd'] }]);
    const [line] = (await api.get(`${acme}/audit-events?account=${made.accountId}`)).body.items;
    expect(line).toMatchObject({ action: 'account.sessions_ended', details: { sessions: 1 } });
  });

  /** Somebody a file brought, without account. */
  async function known(attributes: Record<string, string>): Promise<string> {
    const [row] = await api.db.query<{ id: string }[]>(
      `INSERT INTO contacts (organization_id, id, attributes, email) VALUES ($1, gen_random_uuid(), $2, $3) RETURNING id`,
      [acmeId, JSON.stringify(attributes), attributes.email ?? null],
    );
    await api.db.query(
      `WITH file AS (INSERT INTO sources (organization_id, id, kind, name) VALUES ($1, gen_random_uuid(), 'zendesk', 'File') RETURNING id)
       INSERT INTO statements (organization_id, contact_id, source_id, attributes, presence) SELECT $1, $2, id, $3, 'present' FROM file`,
      [acmeId, row?.id, JSON.stringify(attributes)],
    );
    return row?.id ?? '';
  }

  test('who waits for an e-mail address is found, filled in by hand, and given an account', async () => {
    const id = await known({ displayName: 'Dora Dull', givenName: 'Dora', familyName: 'Dull' });
    await known({ displayName: 'Emil East', givenName: 'Emil', familyName: 'East', email: 'emil@acme.example' });
    const list = async (query: string) => (await api.get(`${acme}/contacts?hasAccount=false&sort=name&${query}`)).body;
    expect(await list('waitingFor=email&total=true')).toMatchObject({ items: [{ id, accountId: null }], total: 1 });
    expect((await list('q=em')).items).toMatchObject([{ email: 'emil@acme.example' }]);
    expect(
      (await list('source=zendesk&order=desc')).items.map((one) => (one.attributes as { givenName: string }).givenName),
    ).toEqual(['Emil', 'Dora']);
    const page = await list('limit=1');
    expect((await list(`limit=1&cursor=${page.nextCursor}`)).items).toMatchObject([{ email: 'emil@acme.example' }]);

    const changed = await api.patch(`${acme}/contacts/${id}`, { email: 'Dora@Acme.Example', title: 'New' });
    expect(changed).toMatchObject({
      status: 200,
      body: { email: 'dora@acme.example', emailVerified: true, accountId: null },
    });
    expect((await list('waitingFor=email')).items).toEqual([]);
    const account = await api.post(`${acme}/accounts`, {
      contactId: id,
      email: 'dora@acme.example',
      givenName: 'Dora',
      familyName: 'Dull',
    });
    expect(account).toMatchObject({ status: 201, body: { contactId: id, title: 'New' } });
    expect((await list('q=dora')).items).toEqual([]);
  });

  test('security 26: who may change the catalog may not change what an account is signed in to by', async () => {
    const made = await newcomer(api, acmeId, connectionId, 's-4', {
      email: 'd@acme.example',
      givenName: 'D',
      familyName: 'D',
    });
    const key = await newKey(api, 'acme', ['contacts:write']);
    const path = `${acme}/contacts/${made.contactId}`;
    expect(await api.patch(path, { title: 'x' }, { key })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
    expect(await api.patch(path, { email: 'evil@x.example' })).toMatchObject({
      status: 409,
      body: { code: 'field_owned' },
    });
    const waiting = await known({ displayName: 'Finn Far' });
    expect((await api.patch(`${acme}/contacts/${waiting}`, { title: 'x' }, { key })).status).toBe(200);
    const globex = await newOrganization(api, 'globex');
    expect((await api.patch(`${globex}/contacts/${waiting}`, { title: 'x' })).status).toBe(404);
    expect(faults(await api.patch(`${acme}/contacts/${waiting}`, { groups: ['Staff'] }))).toEqual({
      groups: 'unknown_field',
    });
    expect(faults(await api.patch(`${acme}/contacts/${waiting}`, { title: 'a\0b' }))).toEqual({
      title: 'control_characters',
    });
    expect(faults(await api.get(`${acme}/contacts?waitingFor=luck`))).toHaveProperty('waitingFor');
  });
});
