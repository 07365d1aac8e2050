import { faults, newKey, newOrganization, startApi, type ApiReply, type TestApi } from '../support/api';
import { newcomer, newConnection, newSession } from '../support/newcomer';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: two accounts of one person become one', () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let connectionId: string;
  let number = 0;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    acmeId = (await api.get(acme)).body.id;
    for (const name of ['Staff', 'Admins', 'Ops']) await api.post(`${acme}/groups`, { name });
    connectionId = await newConnection(api, acme);
  });
  afterAll(() => api.close());

  const person = () => ({ email: `p${(number += 1)}@acme.example`, givenName: 'Pat', familyName: `Poe${number}` });
  const byHand = async (fields: object = {}): Promise<ApiReply['body']> =>
    (await api.post(`${acme}/accounts`, { ...person(), ...fields })).body;
  const bySignIn = async (subject: string) =>
    (await newcomer(api, acmeId, connectionId, subject, person())).accountId ?? '';
  const merge = (id: string, from: string, body: object = {}, key?: string) =>
    api.post(`${acme}/accounts/${id}/merge`, { from, ...body }, key ? { key } : {});
  const ledger = async (account: string) =>
    (await api.get(`${acme}/audit-events?account=${account}`)).body.items.map(({ action }) => action);

  test('identity, groups by hand and what sources say move; the other ends', async () => {
    const survivor = await byHand({ groups: ['Staff'], title: 'Kept' });
    const merged = await bySignIn('subject-1');
    await api.patch(`${acme}/accounts/${merged}`, { groups: ['Staff', 'Ops'], department: 'Moved not: said by hand' });
    await newSession(api, acmeId, merged);

    const preview = await merge(survivor.id, merged, { preview: true });
    const expected = {
      identities: [{ connectionId, subject: 'subject-1' }],
      groups: [{ name: 'Ops' }],
      sources: [{ name: 'IdP' }],
      sessionsEnded: 1,
      merged: { id: merged },
    };
    expect(preview).toMatchObject({ status: 200, body: { ...expected, done: false } });
    expect((await api.get(`${acme}/accounts/${merged}`)).status).toBe(200);
    expect((await api.get(`${acme}/accounts/${merged}/sessions`)).body.items).toHaveLength(1);
    expect(await ledger(survivor.id)).not.toContain('identity.linked');

    const done = await merge(survivor.id, merged);
    expect(done).toMatchObject({
      status: 200,
      body: { ...expected, done: true, survivor: { groups: ['Ops', 'Staff'], title: 'Kept' } },
    });
    expect((await api.get(`${acme}/accounts/${merged}`)).status).toBe(404);
    expect((await api.get(`${acme}/accounts/${survivor.id}/identities`)).body.items).toMatchObject([
      { subject: 'subject-1', linkedBy: 'merge' },
    ]);
    expect(await ledger(survivor.id)).toEqual(expect.arrayContaining(['account.merged', 'identity.linked']));
    expect((await ledger(merged))[0]).toBe('account.status_changed');

    const again = await newcomer(api, acmeId, connectionId, 'subject-1', {
      email: survivor.email,
      givenName: 'Pat',
      familyName: 'Poe',
    });
    expect(again).toMatchObject({ accountId: survivor.id, decision: { action: 'apply' } });
    const live = await api.db.query<unknown[]>(`SELECT 1 FROM sessions WHERE account_id = $1 AND ended_at IS NULL`, [
      merged,
    ]);
    expect(live).toEqual([]);
  });

  test('two identities of one connection both sign in afterwards', async () => {
    const [a, b] = [await bySignIn('subject-a'), await bySignIn('subject-b')];
    expect((await merge(a, b)).status).toBe(200);
    for (const subject of ['subject-a', 'subject-b'])
      expect(await newcomer(api, acmeId, connectionId, subject, {})).toMatchObject({ accountId: a });
  });

  test('what cannot be merged is refused and changes nothing', async () => {
    const [a, b] = [await byHand(), await byHand()];
    expect(faults(await merge(a.id, a.id))).toEqual({ from: 'same_account' });
    expect(faults(await merge(a.id, a.id.toUpperCase()))).toEqual({ from: 'same_account' });
    expect(faults(await merge(a.id, 'x\0'))).toHaveProperty('from');
    await api.delete(`${acme}/accounts/${b.id}`);
    expect((await merge(a.id, b.id)).status).toBe(404);
    expect((await merge(b.id, a.id)).status).toBe(404);
    expect((await api.get(`${acme}/accounts/${a.id}`)).body.status).toBe(a.status);
  });

  test('security 26: not with an account of another organization, and not without the right', async () => {
    const globex = await newOrganization(api, 'globex');
    const foreign = (await api.post(`${globex}/accounts`, person())).body;
    const own = await byHand();
    expect((await merge(own.id, foreign.id)).status).toBe(404);
    expect((await merge(foreign.id, own.id)).status).toBe(404);
    expect((await api.get(`${globex}/accounts/${foreign.id}`)).status).toBe(200);
    const reads = await newKey(api, 'acme', ['accounts:read']);
    const other = await byHand();
    expect(await merge(own.id, other.id, { preview: true }, reads)).toMatchObject({ status: 403 });
  });

  test('two merges at once, one the other way round: one account is left', async () => {
    const [a, b] = [await bySignIn('subject-x'), await bySignIn('subject-y')];
    const answers = await Promise.all([merge(a, b), merge(b, a)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const left = await Promise.all([a, b].map(async (id) => (await api.get(`${acme}/accounts/${id}`)).status));
    expect(left.sort()).toEqual([200, 404]);
  });
});
