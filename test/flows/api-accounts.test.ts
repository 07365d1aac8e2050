import { createSamlKey, idpMetadataXml } from '../../src/demo/saml-response';
import { openDoor } from '../../src/provisioning/door';
import { provision } from '../../src/provisioning/provision';
import { recordFromIdentity } from '../../src/sources/jit';
import { findLiveSession, insertSession } from '../../src/storage/sessions';
import { listSources } from '../../src/storage/sources';
import { inTransaction } from '../../src/storage/transaction';
import { faults, newKey, newOrganization, startApi, type ApiReply, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: accounts', () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let path: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    acmeId = (await api.get(acme)).body.id;
    path = `${acme}/accounts`;
    await api.post(`${acme}/domains`, { domain: 'acme.example', verified: true });
    for (const name of ['Staff', 'Admins']) await api.post(`${acme}/groups`, { name });
    await api.post(`${acme}/permission-profiles`, { name: 'Reader' });
    await api.post(`${acme}/licences`, { name: 'Pro', seats: 1 });
  });
  afterAll(() => api.close());

  let number = 0;
  const person = (fields: object = {}) => ({
    email: `p${(number += 1)}@acme.example`,
    givenName: 'Anna',
    familyName: 'Lee',
    ...fields,
  });
  const create = async (fields: object = {}, at = path): Promise<ApiReply['body']> => {
    const made = await api.post(at, person(fields));
    expect(made).toMatchObject({ status: 201 });
    return made.body;
  };

  /** Somebody signs in by a connection for the first time, or again. */
  async function signIn(connectionId: string, subject: string, attributes: object) {
    return inTransaction(api.db, async (tx) => {
      const sources = await listSources(tx, acmeId);
      const source = sources.find((one) => one.connectionId === connectionId);
      const door = await openDoor(tx, acmeId, source?.id ?? '');
      const identity = {
        connectionId,
        issuer: 'https://idp.example',
        subject,
        attributes: {},
        emailVerified: true,
        authenticatedAt: api.now,
        amr: [],
      };
      const record = recordFromIdentity(door.sourceId, identity, { attributes }, { emailVerified: true });
      const [outcome] = await provision(tx, door, [record], { actor: { kind: 'person', connectionId }, now: api.now });
      return outcome;
    });
  }

  async function newConnection(state = 'active'): Promise<string> {
    const key = await createSamlKey();
    const idp = { entityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso' };
    const metadataXml = idpMetadataXml({ ...idp, certificates: [key.certificate] });
    return (await api.post(`${acme}/connections`, { kind: 'saml', name: 'IdP', metadataXml, state })).body.id;
  }

  async function newSession(accountId: string): Promise<() => Promise<boolean>> {
    const id = crypto.randomUUID();
    const times = { authenticatedAt: api.now, createdAt: api.now, expiresAt: new Date(api.now.getTime() + 3_600_000) };
    const rest = {
      connectionId: null,
      principal: null,
      sessionIndex: null,
      amr: [],
      acr: null,
      idleSeconds: 3600,
      userAgent: null,
    };
    await insertSession(api.db.manager, { id, organizationId: acmeId, accountId, ...times, ...rest });
    return async () => Boolean(await findLiveSession(api.db.manager, acmeId, id, api.now));
  }

  test('an account with everything', async () => {
    const made = await api.post(path, {
      email: 'Anna.Lee+Work@Acme.Example',
      givenName: 'Anna',
      familyName: 'Lee',
      phone: '+49 (0)30 / 123-456',
      extension: '17',
      department: 'IT',
      title: 'Head',
      site: 'Berlin',
      locale: 'de_de',
      userType: 'Privileged',
      username: 'anna',
      groups: ['staff', (await api.get(`${acme}/groups`)).body.items[1]?.id],
      permissionProfile: 'READER',
      adminManaged: true,
      accessUntil: '2099-12-31T23:00:00+01:00',
      attributes: { badge: '7', empty: null },
      externalId: 'hr-1',
    });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`/api/v1${path}/${made.body.id}`);
    expect(made.body).toMatchObject({
      ...{ organization: 'acme', username: 'anna', email: 'anna.lee+work@acme.example', emailVerified: true },
      ...{ givenName: 'Anna', familyName: 'Lee', displayName: 'Anna Lee', phone: '+4930123456', extension: '17' },
      ...{
        department: 'IT',
        title: 'Head',
        site: 'Berlin',
        locale: 'de-DE',
        userType: 'Privileged',
        externalId: 'hr-1',
      },
      ...{ attributes: { badge: '7' }, groups: ['Admins', 'Staff'], permissionProfile: 'Reader', licence: null },
      ...{
        status: 'invited',
        source: 'admin',
        adminManaged: true,
        accessUntil: '2099-12-31T22:00:00.000Z',
        lastSignInAt: null,
      },
    });
    expect((await api.get(`${path}/${made.body.id}`)).body).toEqual(made.body);
    const said = (await api.get(`${path}/${made.body.id}/sources`)).body.items;
    expect(said).toMatchObject([{ source: { kind: 'admin' }, presence: 'present', attributes: { site: 'Berlin' } }]);
    expect((await api.get(`${path}/${made.body.id}/identities`)).body).toEqual({ items: [] });
  });

  test('what is not said comes from the policy', async () => {
    const other = await newOrganization(api, 'defaults');
    await api.post(`${other}/groups`, { name: 'Everyone' });
    await api.put(`${other}/policy`, {
      defaultGroups: ['everyone'],
      defaultSite: 'Paris',
      usernameFormat: '{f}{given}',
    });
    expect(await create({ email: 'x@elsewhere.example' }, `${other}/accounts`)).toMatchObject({
      ...{ username: 'lanna', site: 'Paris', userType: 'Standard', groups: ['Everyone'], emailVerified: false },
    });
  });

  test.each([
    ['Łukasz', 'Żółć', 'lukasz.zolc'],
    ['李', '小龙', 'li.xiaolong'],
    ['Conan', "O'Leary", 'conan.oleary'],
    ['Ørsted', 'Ångström-Æ', 'orsted.angstrom-ae'],
    ['محمد', 'العربي', expect.stringMatching(/^[a-z0-9.-]+$/)],
    ['Нестор', 'Махно', 'nestor.makhno'],
    ['𝒜', '👍🏽', expect.stringMatching(/^[a-z0-9._-]+$/)],
  ])('the name %s %s is taken as it is', async (givenName, familyName, username) => {
    expect(await create({ givenName, familyName })).toMatchObject({ givenName, familyName, username });
  });

  test('every field that is wrong is named at once', async () => {
    const wrong = {
      email: 'a@b.example, c@d.example',
      givenName: 'An\nna',
      familyName: '   ',
      phone: 'call me',
      locale: 'x_y_z!',
      userType: 'Root',
      username: '-x',
      accessUntil: 'tomorrow',
      attributes: { 'no good': 'x', fine: 'y' },
      displayName: 'a\u202Eb',
      contactId: 'x',
      password: 12,
      sendLink: 'yes',
      role: 'root',
    };
    expect(faults(await api.post(path, wrong))).toEqual({
      email: 'invalid_email',
      givenName: 'control_characters',
      familyName: 'too_short',
      phone: 'invalid_phone',
      locale: 'invalid_locale',
      userType: 'invalid_value',
      username: 'invalid_username',
      accessUntil: 'invalid_format',
      'attributes.no good': 'invalid_name',
      displayName: 'control_characters',
      contactId: 'invalid_format',
      password: 'invalid_type',
      sendLink: 'invalid_type',
      role: 'unknown_field',
    });
    expect(faults(await api.post(path, {}))).toEqual({
      email: 'required',
      givenName: 'required',
      familyName: 'required',
    });
    const unknown = { groups: ['Staff', 'Nobody'], licence: 'Gold', permissionProfile: 'Boss' };
    expect(faults(await api.post(path, person(unknown)))).toEqual({
      ...{ 'groups.1': 'unknown_group', licence: 'unknown_licence', permissionProfile: 'unknown_permission_profile' },
    });
    const nobody = { contactId: '019b0000-0000-7000-8000-000000000000' };
    expect(faults(await api.post(path, person(nobody)))).toEqual({ contactId: 'unknown_contact' });
  });

  test.each([
    ['Bärbel@bücher.example', 'bärbel@xn--bcher-kva.example'],
    ['UPPER+TAG@Sub.Acme.Example', 'upper+tag@sub.acme.example'],
  ])('the address %s', async (email, normal) => {
    expect((await create({ email })).email).toBe(normal);
  });

  test.each([
    'a@b',
    'a b@c.example',
    '"a b"@c.example',
    'Anna <a@c.example>',
    'аnna.x@c.example,',
    'pаypal@c.example',
    '@c.example',
    'a\u0000@c.example',
  ])('the address %j is refused', async (email) => {
    expect(faults(await api.post(path, person({ email })))).toEqual({ email: 'invalid_email' });
  });

  test('twenty at once with one name get twenty usernames', async () => {
    const other = await newOrganization(api, 'crowd');
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        api.post(`${other}/accounts`, person({ email: `crowd${index}@x.example` })),
      ),
    );
    expect(all.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const names = all.map(({ body }) => body.username).sort();
    expect(new Set(names).size).toBe(20);
    expect(names[0]).toBe('anna.lee');
  });

  test('two at once with one address: one is made, one is refused, and the ledger has both', async () => {
    const other = await newOrganization(api, 'pair');
    const both = await Promise.all(
      ['A', 'B'].map((givenName) => api.post(`${other}/accounts`, person({ email: 'same@x.example', givenName }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect([refused?.body.code, faults(refused as ApiReply)]).toEqual(['email_taken', { email: 'email_taken' }]);
    const [event] = (await api.get(`${other}/audit-events?action=provisioning.refused`)).body.items;
    expect(event).toMatchObject({ outcome: 'email_taken', actor: { kind: 'api_key', id: 'bootstrap' } });
    expect((await api.get(`${other}/accounts`)).body.items).toHaveLength(1);
  });

  test('a username and an external id belong to one person', async () => {
    const one = await create({ username: 'Taken.Name', externalId: 'E-9' });
    const name = await api.post(path, person({ username: 'taken.NAME' }));
    expect([name.status, name.body.code, faults(name)]).toEqual([
      409,
      'username_taken',
      { username: 'username_taken' },
    ]);
    const id = await api.post(path, person({ externalId: 'E-9' }));
    expect([id.status, id.body.code, faults(id)]).toEqual([409, 'conflict', { externalId: 'taken' }]);
    const two = await create();
    expect((await api.patch(`${path}/${two.id}`, { externalId: 'E-9' })).body.code).toBe('conflict');
    expect((await api.patch(`${path}/${two.id}`, { username: 'taken.name' })).body.code).toBe('username_taken');
    expect((await api.patch(`${path}/${two.id}`, { email: one.email })).body.code).toBe('email_taken');
    expect((await api.patch(`${path}/${one.id}`, { externalId: 'E-9', username: 'taken.name' })).status).toBe(200);
    expect((await api.get(`${path}/${two.id}`)).body).toEqual(two);
    const contact = await api.post(path, person({ contactId: one.contactId }));
    expect([contact.body.code, faults(contact)]).toEqual(['conflict', { contactId: 'taken' }]);
  });

  test('external ids at once: one person has each', async () => {
    const names = ['Ada', 'Bea', 'Cem', 'Dan', 'Eva', 'Fay'];
    for (const externalId of ['race-1', 'race-2', 'race-3', 'race-4', 'race-5']) {
      const all = await Promise.all(names.map((givenName) => api.post(path, person({ givenName, externalId }))));
      expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    }
  });

  test('a change: absent stays, null clears, the display name follows the names', async () => {
    const one = await create({
      phone: '030 123',
      title: 'Head',
      attributes: { badge: '1', room: '2' },
      groups: ['Staff'],
    });
    const changed = await api.patch(`${path}/${one.id}`, {
      familyName: 'Li',
      title: null,
      attributes: { badge: null },
      groups: ['Admins'],
      userType: 'Privileged',
    });
    expect(changed.body).toEqual({
      ...one,
      familyName: 'Li',
      displayName: 'Anna Li',
      title: null,
      attributes: { room: '2' },
      groups: ['Admins'],
      userType: 'Privileged',
    });
    await api.patch(`${path}/${one.id}`, { displayName: 'Änni' });
    expect((await api.patch(`${path}/${one.id}`, { givenName: 'Anne' })).body.displayName).toBe('Änni');
    expect(faults(await api.patch(`${path}/${one.id}`, { email: null, status: 'active' }))).toEqual({
      email: 'invalid_type',
      status: 'unknown_field',
    });
    const events = (await api.get(`${acme}/audit-events?account=${one.id}&action=person.changed`)).body.items;
    const [change] = events.filter(({ fields }) => fields.includes('title')) as typeof events;
    expect(change.fields).toEqual(
      expect.arrayContaining(['familyName', 'displayName', 'title', 'attributes.badge', 'groups', 'userType']),
    );
    expect(change.changes).toContainEqual({ field: 'familyName', before: 'Lee', after: 'Li' });
    expect(JSON.stringify(change.details)).not.toContain('Li');
  });

  test('seats: the last one is had once, and deactivating gives it back', async () => {
    const all = await Promise.all([1, 2, 3].map(() => api.post(path, person({ licence: 'Pro' }))));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 403, 403]);
    expect(all.find(({ status }) => status === 403)?.body.code).toBe('licence_seats_exhausted');
    const [first] = all.filter(({ status }) => status === 201).map(({ body }) => body) as [ApiReply['body']];
    const seats = async () => {
      const [{ seats: all, used, free }] = (await api.get(`${acme}/licences`)).body.items;
      return [all, used, free];
    };
    expect(await seats()).toEqual([1, 1, 0]);
    await api.post(`${path}/${first.id}/deactivate`);
    expect(await seats()).toEqual([1, 0, 1]);
    const second = await create({ licence: 'pro' });
    const back = await api.post(`${path}/${first.id}/reactivate`);
    expect([back.status, back.body.code]).toEqual([403, 'licence_seats_exhausted']);
    expect((await api.get(`${path}/${first.id}`)).body.status).toBe('deactivated');
    await api.post(`${path}/${second.id}/suspend`);
    expect(await seats()).toEqual([1, 1, 0]);
    expect((await api.delete(`${path}/${second.id}`)).status).toBe(204);
    expect((await api.post(`${path}/${first.id}/reactivate`)).body).toMatchObject({ status: 'active', licence: 'Pro' });
    expect((await api.patch(`${path}/${first.id}`, { licence: null })).body.licence).toBeNull();
    expect(await seats()).toEqual([1, 0, 1]);
  });

  test('suspending ends sessions at once, and lifting it brings none back', async () => {
    const { id } = await create();
    await api.post(`${path}/${id}/suspend`);
    await api.post(`${path}/${id}/reactivate`);
    for (const action of ['suspend', 'deactivate', 'end-sessions']) {
      const lives = await newSession(id);
      expect(await lives()).toBe(true);
      const { status } = (await api.post(`${path}/${id}/${action}`)).body;
      expect(await lives()).toBe(false);
      const begunMeanwhile = await newSession(id);
      if (status !== 'active') await api.post(`${path}/${id}/reactivate`);
      expect([action, await lives(), await begunMeanwhile()]).toEqual([action, false, action === 'end-sessions']);
    }
  });

  test.each([
    ['reactivate', 'active'],
    ['suspend', 'deactivated'],
    ['suspend', 'suspended'],
    ['deactivate', 'deactivated'],
    ['reactivate', 'invited'],
  ])('%s is no step from %s', async (action, status) => {
    const { id } = await create();
    if (status !== 'invited') await api.post(`${path}/${id}/suspend`);
    if (status === 'active') await api.post(`${path}/${id}/reactivate`);
    if (status === 'deactivated') await api.post(`${path}/${id}/deactivate`);
    expect((await api.get(`${path}/${id}`)).body.status).toBe(status);
    expect((await api.post(`${path}/${id}/${action}`)).body).toMatchObject({
      status: 409,
      code: 'invalid_state_change',
    });
    expect((await api.get(`${path}/${id}`)).body.status).toBe(status);
  });

  test('changing a deactivated account does not bring it back', async () => {
    const connection = await newConnection();
    const outcome = await signIn(connection, 's-deactivated', { email: 'deactivated@acme.example', givenName: 'D' });
    const one = `${path}/${outcome?.accountId}`;
    await api.post(`${one}/deactivate`);
    expect((await api.patch(one, { title: 'Gone' })).body).toMatchObject({ status: 'deactivated', title: 'Gone' });
    await api.delete(`${acme}/connections/${connection}`);
  });

  test('deleting frees address and username; who comes back with the external id has the same account', async () => {
    const gone = await create({
      email: 'gone@acme.example',
      username: 'gone',
      externalId: 'hr-gone',
      groups: ['Staff'],
      permissionProfile: 'Reader',
    });
    expect((await api.delete(`${path}/${gone.id}`)).status).toBe(204);
    for (const reply of [
      await api.get(`${path}/${gone.id}`),
      await api.delete(`${path}/${gone.id}`),
      await api.patch(`${path}/${gone.id}`, {}),
    ])
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await api.get(`${path}?email=gone@acme.example`)).body.items).toEqual([]);
    const stranger = await create({ email: 'gone@acme.example', username: 'gone' });
    expect(stranger.id).not.toBe(gone.id);
    const back = await create({ email: 'back@acme.example', externalId: 'hr-gone' });
    expect(back).toMatchObject({ id: gone.id, contactId: gone.contactId, groups: [], permissionProfile: null });
  });

  test('a field that the identity provider owns is refused by name, and can be changed once the connection is gone', async () => {
    const connection = await newConnection();
    const attributes = { email: 'jit@acme.example', givenName: 'Jit', familyName: 'Time', title: null };
    const outcome = await signIn(connection, 's-1', attributes);
    const one = `${path}/${outcome?.accountId}`;
    expect((await api.get(one)).body).toMatchObject({
      source: 'jit',
      status: 'active',
      givenName: 'Jit',
      emailVerified: true,
    });
    const refused = await api.patch(one, { givenName: 'Hand', department: 'IT' });
    expect([refused.status, refused.body.code, faults(refused)]).toEqual([
      409,
      'field_owned',
      { givenName: 'field_owned' },
    ]);
    expect((await api.patch(one, { department: 'IT' })).body.department).toBe('IT');
    expect((await api.get(`${one}/identities`)).body.items).toMatchObject([
      { connectionId: connection, subject: 's-1', kind: 'saml' },
    ]);

    expect((await api.delete(`${acme}/connections/${connection}`)).status).toBe(204);
    const kept = (await api.get(one)).body;
    expect(kept).toMatchObject({
      givenName: 'Jit',
      familyName: 'Time',
      department: 'IT',
      email: 'jit@acme.example',
      emailVerified: true,
    });
    expect((await api.get(`${one}/identities`)).body.items).toEqual([]);
    expect((await api.patch(one, { givenName: 'Hand' })).body.givenName).toBe('Hand');
  });

  test('an account made beforehand is linked by the first sign-in', async () => {
    const connection = await newConnection();
    const made = await create({ email: 'early@acme.example', givenName: 'Early' });
    expect(made.status).toBe('active');
    const outcome = await signIn(connection, 's-early', { email: 'early@acme.example' });
    expect(outcome?.accountId).toBe(made.id);
    await api.delete(`${acme}/connections/${connection}`);
  });

  test('a policy without admin as a source makes nobody', async () => {
    const other = await newOrganization(api, 'nobody');
    await api.put(`${other}/policy`, { allowedSources: ['jit'] });
    const refused = await api.post(`${other}/accounts`, person());
    expect([refused.status, refused.body.code]).toEqual([403, 'identity_not_permitted']);
  });

  test('pages over 120 accounts, and filters', async () => {
    const other = await newOrganization(api, 'many');
    for (let batch = 0; batch < 6; batch += 1)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          create(
            { email: `m${batch}-${index}@x.example`, givenName: `G${batch}`, familyName: `F${index}` },
            `${other}/accounts`,
          ),
        ),
      );
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await api.get(`${other}/accounts?limit=50${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map((one: { id: string }) => one.id));
      sizes.push(page.body.items.length);
      cursor = page.body.nextCursor;
    }
    expect(sizes).toEqual([50, 50, 20]);
    expect(new Set(seen).size).toBe(120);
    expect([...seen].sort()).toEqual(seen);
    expect((await api.get(`${other}/accounts`)).body.items).toHaveLength(50);
    expect((await api.get(`${other}/accounts?limit=120`)).body.nextCursor).toBeNull();

    const found = async (query: string) =>
      (await api.get(`${other}/accounts?${query}`)).body.items.map((one: { email: string }) => one.email);
    expect(await found('email=M3-7@X.example')).toEqual(['m3-7@x.example']);
    expect(await found('username=G3.F7')).toEqual(['m3-7@x.example']);
    expect(await found('status=suspended')).toEqual([]);
    expect(await found('externalId=none')).toEqual([]);
    for (const [query, fault] of [
      ['limit=0', { limit: 'too_small' }],
      ['limit=201', { limit: 'too_large' }],
      ['limit=x', { limit: 'invalid_type' }],
      ['cursor=nonsense', { cursor: 'invalid_cursor' }],
      ['status=deleted', { status: 'invalid_value' }],
      ['email=x', { email: 'invalid_email' }],
      ['sort=shoe', { sort: 'invalid_value' }],
      ['limit=1&limit=2', { limit: 'invalid_type' }],
      ['username=%00', { username: 'control_characters' }],
    ] as const) {
      const refused = await api.get(`${other}/accounts?${query}`);
      expect([query, refused.status, faults(refused)]).toEqual([query, 422, fault]);
    }
  });

  test('another organization’s accounts are not there', async () => {
    const { id, contactId } = await create();
    const globex = await newOrganization(api, 'globex');
    const key = await newKey(api, 'globex', ['*']);
    for (const reply of [
      await api.get(`${path}/${id}`, { key }),
      await api.patch(`${path}/${id}`, { title: 'x' }, { key }),
      await api.post(`${path}/${id}/suspend`, undefined, { key }),
      await api.delete(`${path}/${id}`, { key }),
    ])
      expect(reply).toMatchObject({ status: 404, body: { code: 'unknown_organization' } });
    for (const reply of [
      await api.get(`${globex}/accounts/${id}`, { key }),
      await api.post(`${globex}/accounts/${id}/suspend`, undefined, { key }),
      await api.get(`${globex}/contacts/${contactId}`, { key }),
    ])
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await api.get(`${path}/${id}`)).body.status).not.toBe('suspended');
  });
});
