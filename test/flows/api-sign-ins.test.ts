import { createHash, randomUUID } from 'node:crypto';
import { createSamlKey, idpMetadataXml } from '../../src/demo/saml-response';
import { openDoor } from '../../src/provisioning/door';
import { provision } from '../../src/provisioning/provision';
import { recordFromIdentity } from '../../src/sources/jit';
import { finishAttempt, insertAttempt } from '../../src/storage/attempts';
import { openLinkRequest } from '../../src/storage/link-requests';
import { findLiveSession, insertSession } from '../../src/storage/sessions';
import { listSources } from '../../src/storage/sources';
import { inTransaction } from '../../src/storage/transaction';
import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

const ISSUER = 'https://idp.example';

describeWith('postgres', 'API: link requests, attempts, ledger, explain', () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let connection: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    acmeId = (await api.get(acme)).body.id;
    connection = await newConnection();
  });
  afterAll(() => api.close());

  async function newConnection(name = 'IdP', state = 'active', fields: object = {}): Promise<string> {
    const { certificate } = await createSamlKey();
    const metadataXml = idpMetadataXml({ entityId: ISSUER, ssoUrl: `${ISSUER}/sso`, certificates: [certificate] });
    return (await api.post(`${acme}/connections`, { kind: 'saml', name, metadataXml, state, ...fields })).body.id;
  }

  const identity = (subject: string) => ({
    ...{ connectionId: connection, issuer: ISSUER, subject, attributes: {}, emailVerified: true },
    ...{ authenticatedAt: api.now, amr: [] },
  });

  /** Somebody stands at the door; a refusal to link opens a request. */
  async function signIn(subject: string, email: string) {
    return inTransaction(api.db, async (tx) => {
      const source = (await listSources(tx, acmeId)).find(({ connectionId }) => connectionId === connection);
      const door = await openDoor(tx, acmeId, source?.id ?? '');
      const who = identity(subject);
      const record = recordFromIdentity(door.sourceId, who, { attributes: { email } }, { emailVerified: true });
      const actor = { kind: 'person', connectionId: connection } as const;
      const [outcome] = await provision(tx, door, [record], { actor, now: api.now });
      if (outcome?.decision.action === 'refuse' && outcome.contactId)
        await openLinkRequest(tx, {
          ...{ organizationId: acmeId, contactId: outcome.contactId, identity: who, now: api.now },
          ...{ because: outcome.decision.because, attemptId: randomUUID() },
        });
      return outcome;
    });
  }

  const openRequest = async (email: string, subject: string) => {
    await signIn(`old-${subject}`, email);
    const refused = await signIn(subject, email);
    expect(refused?.decision).toMatchObject({ action: 'refuse', reason: 'link_requires_proof' });
    const [request] = (await api.get(`${acme}/link-requests?state=open`)).body.items;
    expect(request).toMatchObject({ subject, connectionId: connection, state: 'open' });
    return request;
  };

  test('approving links the identity, retires the old one and signs it out', async () => {
    const request = await openRequest('moved@x.example', 'moved');
    const sessionId = randomUUID();
    const times = { authenticatedAt: api.now, createdAt: api.now, expiresAt: new Date(api.now.getTime() + 1e6) };
    const rest = {
      connectionId: connection,
      principal: null,
      sessionIndex: null,
      amr: [],
      acr: null,
      idleSeconds: 3600,
      userAgent: null,
    };
    await insertSession(api.db.manager, {
      id: sessionId,
      organizationId: acmeId,
      accountId: request.accountId,
      ...times,
      ...rest,
    });

    const approved = await api.post(`${acme}/link-requests/${request.id}/approve`);
    expect(approved.body).toMatchObject({ id: request.id, state: 'approved', decidedAt: expect.any(String) });
    expect(await findLiveSession(api.db.manager, acmeId, sessionId, api.now)).toBeUndefined();
    const identities = (await api.get(`${acme}/accounts/${request.accountId}/identities`)).body.items;
    expect(identities.map((one: { subject: string }) => one.subject)).toEqual(['moved']);
    expect((await signIn('moved', 'moved@x.example'))?.accountId).toBe(request.accountId);
    expect((await signIn('old-moved', 'moved@x.example'))?.decision).toMatchObject({ reason: 'link_requires_proof' });
    for (const action of ['approve', 'reject'])
      expect(await api.post(`${acme}/link-requests/${request.id}/${action}`)).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    const events = (await api.get(`${acme}/audit-events?account=${request.accountId}`)).body.items;
    expect(events.map((event: { action: string }) => event.action)).toEqual(
      expect.arrayContaining(['link_request.approved', 'identity.linked']),
    );
  });

  test('rejecting links nothing', async () => {
    const request = await openRequest('kept@x.example', 'kept');
    expect((await api.post(`${acme}/link-requests/${request.id}/reject`)).body.state).toBe('rejected');
    expect((await api.get(`${acme}/link-requests/${request.id}`)).body.state).toBe('rejected');
    expect((await signIn('kept', 'kept@x.example'))?.decision.action).toBe('refuse');
  });

  test('security 17: an identity is never taken from another account, and a deleted account gets none', async () => {
    const request = await openRequest('wanted@x.example', 'wanted');
    const other = (await signIn('wanted', 'elsewhere@x.example'))?.accountId;
    expect(other).not.toBe(request.accountId);
    expect((await api.get(`${acme}/link-requests/${request.id}`)).body.state).toBe('withdrawn');
    // As a release left it that did not withdraw.
    await api.db.query(`UPDATE link_requests SET state = 'open' WHERE id = $1`, [request.id]);
    const refused = await api.post(`${acme}/link-requests/${request.id}/approve`);
    expect(refused).toMatchObject({
      ...{ status: 409, body: { code: 'conflict', detail: 'The identity signs in to another account.' } },
    });
    expect((await api.get(`${acme}/link-requests/${request.id}`)).body.state).toBe('open');
    expect((await api.get(`${acme}/accounts/${other}/identities`)).body.items).toHaveLength(1);
    await api.delete(`${acme}/accounts/${request.accountId}`);
    expect((await api.post(`${acme}/link-requests/${request.id}/approve`)).status).toBe(409);
  });

  describe('sign-in attempts', () => {
    const start = async (code: string, expiresAt: Date) =>
      insertAttempt(api.db.manager, {
        ...{
          organizationId: acmeId,
          connectionId: connection,
          code,
          secrets: 'sealed',
          returnTo: null,
          userAgent: null,
        },
        relayHash: createHash('sha256').update(code).digest(),
        browserHash: Buffer.alloc(32),
        ...{ startedAt: api.now, expiresAt, requestId: 'r1' },
      });

    test('are listed newest first and found by what a person tells', async () => {
      const later = new Date(api.now.getTime() + 3_600_000);
      await start('AAAA-0001', new Date(api.now.getTime() - 1000));
      await start('AAAA-0002', later);
      const id = await start('AAAA-0003', later);
      const steps = [{ rule: 'audience', ok: false, expected: 'a', received: 'b' }];
      const outcome = {
        state: 'refused',
        refusalCode: 'invalid_assertion',
        steps,
        email: 'who@x.example',
        subject: 's',
      } as const;
      await finishAttempt(api.db.manager, acmeId, id, outcome, api.now);

      const codes = async (query: string) =>
        (await api.get(`${acme}/sign-in-attempts?${query}`)).body.items.map((one: { code: string }) => one.code);
      expect(await codes('limit=3')).toEqual(['AAAA-0003', 'AAAA-0002', 'AAAA-0001']);
      expect(await codes('state=expired')).toEqual(['AAAA-0001']);
      expect(await codes('state=started')).toEqual(['AAAA-0002']);
      expect(await codes('code=aaaa-0003')).toEqual(['AAAA-0003']);
      expect(await codes(`connection=${connection}&state=refused`)).toEqual(['AAAA-0003']);
      expect(await codes(`connection=${randomUUID()}`)).toEqual([]);
      const read = await api.get(`${acme}/sign-in-attempts/${id}`);
      expect(read.body).toMatchObject({ refusalCode: 'invalid_assertion', steps, email: 'who@x.example' });
      expect(JSON.stringify(read.body)).not.toContain('sealed');

      const narrow = await newKey(api, 'acme', ['sign-in-attempts:read']);
      expect((await api.get(`${acme}/sign-in-attempts/${id}`, { key: narrow })).body.email).toBeNull();
      const wide = await newKey(api, 'acme', ['sign-in-attempts:read', 'audit-events:read']);
      expect((await api.get(`${acme}/sign-in-attempts/${id}`, { key: wide })).body.email).toBe('who@x.example');
      expect((await api.get(`${acme}/sign-in-attempts/${randomUUID()}`)).status).toBe(404);
    });

    test('pages go back in time', async () => {
      const first = await api.get(`${acme}/sign-in-attempts?limit=2`);
      const second = await api.get(`${acme}/sign-in-attempts?limit=2&cursor=${first.body.nextCursor}`);
      const codes = [first, second].flatMap(({ body }) => body.items.map((one: { code: string }) => one.code));
      expect(codes).toEqual(['AAAA-0003', 'AAAA-0002', 'AAAA-0001']);
      expect(second.body.nextCursor).toBeNull();
    });
  });

  test('the ledger: who did what under which request, by account, contact and action', async () => {
    const person = { email: 'ledger@x.example', givenName: 'Led', familyName: 'Ger' };
    const key = await newKey(api, 'acme', ['accounts:write', 'audit-events:read']);
    const account = (await api.post(`${acme}/accounts`, person, { key })).body;
    const { items } = (await api.get(`${acme}/audit-events?account=${account.id}`, { key })).body;
    expect(items.map((event: { action: string }) => event.action).sort()).toEqual([
      'account.created',
      'contact.created',
      'person.changed',
    ]);
    for (const event of items)
      expect(event).toMatchObject({
        actor: { kind: 'api_key', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        requestId: expect.any(String),
      });
    const byContact = await api.get(`${acme}/audit-events?contact=${account.contactId}&action=person.changed`);
    expect(byContact.body.items).toHaveLength(1);
    expect(byContact.body.items[0].changes).toContainEqual({ field: 'familyName', before: null, after: 'Ger' });
  });

  test('contacts with what each source said', async () => {
    const outcome = await signIn('contact', 'contact@x.example');
    const { body } = await api.get(`${acme}/contacts?email=Contact@X.example`);
    expect(body.items).toMatchObject([
      { id: outcome?.contactId, accountId: outcome?.accountId, email: 'contact@x.example' },
    ]);
    const read = await api.get(`${acme}/contacts/${outcome?.contactId}`);
    expect(read.body.sources).toMatchObject([
      { source: { kind: 'jit', name: 'IdP' }, presence: 'present', emailVerified: true },
    ]);
    expect((await api.get(`${acme}/contacts/${randomUUID()}`)).status).toBe(404);
    const all = await api.get(`${acme}/contacts?limit=1`);
    expect((await api.get(`${acme}/contacts?limit=1&cursor=${all.body.nextCursor}`)).body.items).toHaveLength(1);
  });

  describe('explain', () => {
    const explain = async (form: object) => (await api.post(`${acme}/explain`, form)).body;
    const count = async (): Promise<number> => Number((await api.db.query('SELECT count(*) FROM accounts'))[0].count);

    test('somebody new is created, and nothing happens', async () => {
      await api.post(`${acme}/groups`, { name: 'Everyone' });
      await api.post(`${acme}/licences`, { name: 'Pro', seats: 1 });
      await api.put(`${acme}/policy`, { defaultGroups: ['everyone'], defaultLicence: 'pro' });
      const before = await count();
      const { results, why } = await explain({ email: 'New.Person@x.example' });
      expect(results).toEqual([
        {
          connection: { id: connection, name: 'IdP', kind: 'saml', state: 'active' },
          outcome: 'create',
          reason: expect.any(String),
          wouldHave: {
            username: 'new.person',
            groups: ['Everyone'],
            licence: 'Pro',
            permissionProfile: null,
            userType: 'Standard',
          },
        },
      ]);
      expect(why).toContain('There is no account with this address.');
      expect(await count()).toBe(before);
      const seat = (await api.post(`${acme}/accounts`, { email: 'seat@x.example', givenName: 'A', familyName: 'B' }))
        .body;
      expect((await explain({ email: 'new.person@x.example' })).results).toMatchObject([
        { outcome: 'refuse', code: 'licence_seats_exhausted' },
      ]);
      await api.delete(`${acme}/accounts/${seat.id}`);
      await api.put(`${acme}/policy`, {});
    });

    test('somebody known signs in, is linked, or is refused; by address as by account', async () => {
      const known = await signIn('known', 'known@x.example');
      for (const form of [{ email: 'KNOWN@x.example' }, { accountId: known?.accountId }])
        expect((await explain(form)).results).toMatchObject([
          { outcome: 'sign_in', account: { id: known?.accountId, status: 'active' }, wouldHave: { groups: [] } },
        ]);
      await api.post(`${acme}/accounts/${known?.accountId}/suspend`);
      expect((await explain({ accountId: known?.accountId })).results).toMatchObject([
        { outcome: 'refuse', code: 'account_suspended', account: { status: 'suspended' } },
      ]);

      const person = { email: 'byhand@proved.example', givenName: 'By', familyName: 'Hand' };
      const made = (await api.post(`${acme}/accounts`, person)).body;
      expect((await explain({ email: person.email })).results).toMatchObject([
        { outcome: 'refuse', code: 'link_requires_proof', because: 'unverified_email' },
      ]);
      await api.post(`${acme}/domains`, { domain: 'proved.example', verified: true });
      expect((await explain({ email: person.email })).results).toMatchObject([
        { outcome: 'link', because: 'verified_email', account: { id: made.id } },
      ]);
    });

    test('by each connection that is open for sign-in', async () => {
      const pilot = await newConnection('Pilot', 'pilot', { trustEmail: 'none' });
      await newConnection('Draft', 'draft');
      const known = await signIn('twice', 'twice@x.example');
      const { results } = await explain({ accountId: known?.accountId });
      expect(
        results.map((one: { connection: { name: string }; outcome: string }) => [one.connection.name, one.outcome]),
      ).toEqual([
        ['IdP', 'sign_in'],
        ['Pilot', 'refuse'],
      ]);
      await api.patch(`${acme}/connections/${pilot}`, { state: 'disabled' });
      expect((await explain({ accountId: known?.accountId })).results).toHaveLength(1);
      await api.put(`${acme}/policy`, { allowedSources: ['admin'] });
      expect((await explain({ email: 'stranger@x.example' })).results).toMatchObject([
        { outcome: 'refuse', code: 'identity_not_permitted' },
      ]);
      await api.put(`${acme}/policy`, {});
      const alone = await newOrganization(api, 'alone');
      const { body } = await api.post(`${alone}/explain`, { email: 'a@x.example' });
      expect(body.results).toEqual([]);
      expect(body.why).toContain('No connection is in state pilot, active or required: people sign in with passwords.');
    });

    test('asks for one of the two', async () => {
      for (const form of [{}, { email: 'a@x.example', accountId: randomUUID() }])
        expect(faults(await api.post(`${acme}/explain`, form))).toEqual({ email: 'required' });
      expect((await api.post(`${acme}/explain`, { accountId: randomUUID() })).status).toBe(404);
    });
  });
});
