import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: groups, permission profiles, licences, policy', () => {
  let api: TestApi;
  let acme: string;
  let key: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    key = await newKey(api, 'acme', ['groups:write', 'permission-profiles:write', 'licences:write', 'policy:write']);
  });
  afterAll(() => api.close());

  test.each([
    ['groups', { description: 'Everybody' }, { description: 'Everybody' }],
    ['permission-profiles', {}, { description: null }],
    ['licences', { seats: 5 }, { seats: 5, used: 0, free: 5 }],
    ['licences', {}, { seats: null, used: 0, free: null }],
  ])('%s are made, read, listed, changed and deleted', async (resource, fields, shown) => {
    const path = `${acme}/${resource}`;
    const made = await api.post(path, { name: ' Ünïque 李 ', ...fields }, { key });
    expect(made).toMatchObject({ status: 201, body: { name: 'Ünïque 李', ...shown } });
    const one = `${path}/${made.body.id}`;
    expect(made.headers.location).toBe(`/api/v1${one}`);
    expect((await api.get(one, { key })).body).toEqual(made.body);
    expect((await api.get(path, { key })).body).toEqual({ items: [made.body], nextCursor: null });
    const taken = await api.post(path, { name: 'üNÏQUE 李' }, { key });
    expect([taken.status, taken.body.code, faults(taken)]).toEqual([409, 'conflict', { name: 'taken' }]);
    const other = await api.post(path, { name: 'Other' }, { key });
    expect((await api.patch(`${path}/${other.body.id}`, { name: 'ünïque 李' }, { key })).status).toBe(409);
    expect((await api.patch(one, { name: 'Renamed' }, { key })).body).toEqual({ ...made.body, name: 'Renamed' });
    for (const id of [made.body.id, other.body.id])
      expect((await api.delete(`${path}/${id}`, { key })).status).toBe(204);
    expect((await api.get(one, { key })).status).toBe(404);
    expect((await api.delete(one, { key })).status).toBe(404);
    expect((await api.patch(one, { name: 'x' }, { key })).status).toBe(404);
  });

  test('what an account has, or the policy names, is not deleted', async () => {
    const make = async (resource: string) => {
      const made = await api.post(`${acme}/${resource}`, { name: 'Used' });
      return `${acme}/${resource}/${made.body.id}`;
    };
    const paths = [await make('groups'), await make('permission-profiles'), await make('licences')];
    const person = { email: 'used@x.example', givenName: 'A', familyName: 'B' };
    const account = await api.post(`${acme}/accounts`, {
      ...person,
      groups: ['used'],
      permissionProfile: 'used',
      licence: 'used',
    });
    const tryAll = () => Promise.all(paths.map((path) => api.delete(path)));
    for (const reply of await tryAll()) expect(reply).toMatchObject({ status: 409, body: { code: 'in_use' } });

    await api.put(`${acme}/policy`, {
      defaultGroups: ['USED'],
      defaultPermissionProfile: 'used',
      defaultLicence: 'used',
    });
    await api.delete(`${acme}/accounts/${account.body.id}`);
    for (const reply of await tryAll()) expect(reply).toMatchObject({ status: 409, body: { code: 'in_use' } });

    await api.put(`${acme}/policy`, {});
    for (const reply of await tryAll()) expect(reply.status).toBe(204);
  });

  test('who comes back after a licence is gone gets what the policy gives', async () => {
    const licence = (await api.post(`${acme}/licences`, { name: 'Old' })).body;
    const person = { email: 'back@x.example', givenName: 'A', familyName: 'B', externalId: 'back' };
    const account = (await api.post(`${acme}/accounts`, { ...person, licence: 'Old' })).body;
    await api.delete(`${acme}/accounts/${account.id}`);
    expect((await api.delete(`${acme}/licences/${licence.id}`)).status).toBe(204);
    const back = await api.post(`${acme}/accounts`, person);
    expect(back).toMatchObject({ status: 201, body: { id: account.id, licence: null } });
  });

  test('pages through groups in the order of creation', async () => {
    const other = await newOrganization(api, 'paged');
    for (const name of ['c', 'a', 'b']) await api.post(`${other}/groups`, { name });
    const first = await api.get(`${other}/groups?limit=2`);
    const second = await api.get(`${other}/groups?limit=2&cursor=${first.body.nextCursor}`);
    const names = [first, second].map(({ body }) => body.items.map((one: { name: string }) => one.name));
    expect([names, second.body.nextCursor]).toEqual([[['c', 'a'], ['b']], null]);
  });

  test('seats are a number that can be', async () => {
    for (const [seats, code] of [
      [-1, 'too_small'],
      [1.5, 'invalid_type'],
      ['5', 'invalid_type'],
      [1e12, 'too_large'],
    ] as const)
      expect(faults(await api.post(`${acme}/licences`, { name: 'X', seats }))).toEqual({ seats: code });
  });

  const DEFAULTS = {
    allowedSources: ['jit', 'admin', 'self_signup', 'spreadsheet', 'scim'],
    selfSignupDomains: [],
    usernameFormat: '{given}.{family}',
    defaultGroups: [],
    defaultPermissionProfile: null,
    defaultLicence: null,
    whenNoSeat: 'refuse',
    defaultSite: 'HQ',
    defaultUserType: 'Standard',
    requireGroupAndProfile: false,
    linkBy: ['external_id', 'verified_email'],
    fieldOwners: [],
    unknownGroups: 'ignore',
    signInReactivates: false,
    sessionHours: 12,
    idleMinutes: 120,
    requireSecondFactor: false,
  };

  test('the policy is replaced as a whole; groups, profile and licence by name', async () => {
    const other = await newOrganization(api, 'policy');
    const path = `${other}/policy`;
    expect((await api.get(path)).body).toEqual(DEFAULTS);
    const group = (await api.post(`${other}/groups`, { name: 'Staff' })).body;
    for (const resource of ['permission-profiles', 'licences']) await api.post(`${other}/${resource}`, { name: 'Pro' });
    const asked = {
      allowedSources: ['jit'],
      usernameFormat: '{g}{family}@acme',
      defaultGroups: [group.id],
      defaultPermissionProfile: 'PRO',
      defaultLicence: 'pro',
      fieldOwners: [
        { field: 'phone', sources: ['admin', 'jit'] },
        { field: 'licence', sources: ['admin'] },
      ],
      sessionHours: 720,
      idleMinutes: 5,
    };
    const expected = {
      ...DEFAULTS,
      ...asked,
      defaultGroups: ['Staff'],
      defaultPermissionProfile: 'Pro',
      defaultLicence: 'Pro',
    };
    expect((await api.put(path, asked)).body).toEqual(expected);
    expect((await api.get(path)).body).toEqual(expected);
    await api.patch(`${other}/groups/${group.id}`, { name: 'People' });
    expect((await api.get(path)).body.defaultGroups).toEqual(['People']);
    const [event] = (await api.get(`${other}/audit-events?action=policy.changed`)).body.items;
    expect(event.fields.sort()).toEqual([...Object.keys(asked)].sort());
    expect((await api.put(path, {})).body).toEqual(DEFAULTS);
  });

  test('parts of a policy changed at once are all kept', async () => {
    const path = `${await newOrganization(api, 'parts')}/policy`;
    const changes = [{ sessionHours: 8 }, { idleMinutes: 30 }, { defaultSite: 'Lyon' }, { unknownGroups: 'create' }];
    const all = await Promise.all(changes.map((change) => api.patch(path, change)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await api.get(path)).body).toEqual(Object.assign({ ...DEFAULTS }, ...changes));
  });

  test('everything that is wrong in a policy is named, and nothing is saved', async () => {
    const wrong = {
      allowedSources: ['jit', 'magic'],
      usernameFormat: 'anna',
      fieldOwners: [{ field: 'shoes', sources: [] }],
      sessionHours: 721,
      idleMinutes: 4,
      whenNoSeat: 'wait',
      requireSecondFactor: 'yes',
      extra: 1,
    };
    expect(faults(await api.put(`${acme}/policy`, wrong))).toEqual({
      'allowedSources.1': 'invalid_value',
      usernameFormat: 'invalid_username_format',
      'fieldOwners.0.field': 'unknown_attribute',
      'fieldOwners.0.sources': 'too_short',
      sessionHours: 'too_large',
      idleMinutes: 'too_small',
      whenNoSeat: 'invalid_value',
      requireSecondFactor: 'invalid_type',
      extra: 'unknown_field',
    });
    const unknown = { defaultGroups: ['x'], defaultPermissionProfile: 'y', defaultLicence: 'z', sessionHours: 1 };
    expect(faults(await api.put(`${acme}/policy`, unknown))).toEqual({
      'defaultGroups.0': 'unknown_group',
      defaultPermissionProfile: 'unknown_permission_profile',
      defaultLicence: 'unknown_licence',
    });
    expect((await api.get(`${acme}/policy`)).body).toEqual(DEFAULTS);
  });

  test('a name of another organization means nothing here', async () => {
    const other = await newOrganization(api, 'foreign');
    const group = (await api.post(`${other}/groups`, { name: 'Foreign' })).body;
    expect(faults(await api.put(`${acme}/policy`, { defaultGroups: [group.id, 'foreign'] }))).toEqual({
      'defaultGroups.0': 'unknown_group',
      'defaultGroups.1': 'unknown_group',
    });
    expect((await api.get(`${acme}/groups/${group.id}`)).status).toBe(404);
  });
});
