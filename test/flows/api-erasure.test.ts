import { newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { newcomer, newConnection, newSession } from '../support/newcomer';
import { describeWith } from '../support/requires';

describeWith('postgres', "API: a person's data is handed out and erased", () => {
  let api: TestApi;
  let acme: string;
  let acmeId: string;
  let connectionId: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    acmeId = (await api.get(acme)).body.id;
    await api.post(`${acme}/groups`, { name: 'Staff' });
  });
  afterAll(() => api.close());

  const erase = (contactId: string, key?: string) => api.post(`${acme}/erasures`, { contactId }, key ? { key } : {});

  /** Every text cell of our tables that holds the word, by table. */
  async function tablesWith(word: string): Promise<string[]> {
    const tables = await api.db.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const [row] = await api.db.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM "${name}" t WHERE t::text ILIKE $1`,
        [`%${word}%`],
      );
      if (row?.count) found.push(name);
    }
    return found;
  }

  async function quentin(fields: object = {}): Promise<{ id: string; contactId: string }> {
    const person = { email: 'quentin@acme.example', givenName: 'Quentin', familyName: 'Quill', groups: ['Staff'] };
    const made = await api.post(`${acme}/accounts`, { ...person, ...fields, attributes: { badge: 'Quentin-7' } });
    expect(made.status).toBe(201);
    return made.body;
  }

  test('security 27: everything stored is handed out without secrets, and the ledger says so', async () => {
    const { id, contactId } = await quentin({ sendLink: true });
    connectionId = await newConnection(api, acme);
    await newcomer(api, acmeId, connectionId, 'quentin-subject', {
      email: 'quentin@acme.example',
      title: 'Quentin the Head',
    });
    await newSession(api, acmeId, id);
    await api.db.query(
      `INSERT INTO sign_in_attempts (organization_id, id, code, state, relay_hash, started_at, expires_at, account_id, email, user_agent)
       VALUES ($1, gen_random_uuid(), 'Q1', 'refused', '', now(), now(), $2, 'quentin@acme.example', 'Quentin''s browser')`,
      [acmeId, id],
    );
    const { body, status } = await api.get(`${acme}/contacts/${contactId}/data`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      contact: [{ email: 'quentin@acme.example', attributes: { givenName: 'Quentin' } }],
      account: [{ id, username: 'quentin.quill' }],
      groups: [{ name: 'Staff' }],
      emailLinks: [{ purpose: 'set_password' }],
      mails: [{ recipient: 'quentin@acme.example' }],
      sessions: [{ amr: ['pwd'] }],
      signInAttempts: [{ code: 'Q1' }],
    });
    expect((body.statements as unknown[]).length).toBeGreaterThan(0);
    expect(JSON.stringify(body.ledger)).toContain('Quentin');
    expect(JSON.stringify(body)).not.toMatch(/hash|token|content/i);
    expect((await api.get(`${acme}/audit-events?action=person.exported`)).body.items).toMatchObject([
      { contactId, accountId: id },
    ]);
  });

  test('security 27: an erasure leaves nothing personal, frees address and username, and can be repeated', async () => {
    const [found] = (await api.get(`${acme}/accounts?email=quentin@acme.example`)).body.items;
    const { id, contactId } = found;
    expect((await tablesWith('quentin')).length).toBeGreaterThan(5);
    const erased = await erase(contactId);
    expect(erased).toMatchObject({ status: 200, body: { contactId, accountId: id } });
    expect(await tablesWith('quentin')).toEqual([]);
    expect((await api.get(`${acme}/accounts/${id}`)).status).toBe(404);
    expect((await api.get(`${acme}/contacts/${contactId}`)).status).toBe(404);
    const lines = (await api.get(`${acme}/audit-events?account=${id}`)).body.items;
    expect(lines[0]).toMatchObject({ action: 'person.erased', contactId, accountId: id, changes: [] });
    expect(lines.every(({ changes }) => changes.length === 0)).toBe(true);
    expect((await erase(contactId)).body).toEqual(erased.body);
    expect((await api.get(`${acme}/erasures`)).body.items).toEqual([erased.body]);

    const again = await quentin();
    expect(again.id).not.toBe(id);
    expect((await erase(again.contactId)).status).toBe(200);
  });

  test('security 27: after a restore the same erasure is done again', async () => {
    const { contactId, id } = await quentin();
    await api.db.query(
      `INSERT INTO erasures (organization_id, id, contact_id, account_id, erased_at) VALUES ($1, gen_random_uuid(), $2, $3, now())`,
      [acmeId, contactId, id],
    );
    expect((await erase(contactId)).status).toBe(200);
    expect(await tablesWith('quentin')).toEqual([]);
  });

  test("the freed address of somebody deleted is its new holder's: what is theirs stays", async () => {
    const before = await quentin();
    await api.delete(`${acme}/accounts/${before.id}`);
    const holder = await api.post(`${acme}/accounts`, {
      email: 'quentin@acme.example',
      givenName: 'New',
      familyName: 'Holder',
    });
    await api.db.query(
      `INSERT INTO sign_in_attempts (organization_id, id, code, state, relay_hash, started_at, expires_at, account_id, email)
       VALUES ($1, gen_random_uuid(), 'Q2', 'refused', '', now(), now(), $2, 'quentin@acme.example')`,
      [acmeId, holder.body.id],
    );
    expect((await erase(before.contactId)).status).toBe(200);
    const { body } = await api.get(`${acme}/contacts/${holder.body.contactId}/data`);
    expect(body.signInAttempts).toMatchObject([{ code: 'Q2' }]);
    expect((await api.get(`${acme}/accounts/${holder.body.id}`)).status).toBe(200);
  });

  test('security 26: another organization, too few rights, nobody', async () => {
    const made = await api.post(`${acme}/accounts`, { email: 'r@acme.example', givenName: 'R', familyName: 'R' });
    const { contactId } = made.body;
    const globex = await newOrganization(api, 'globex');
    expect((await api.post(`${globex}/erasures`, { contactId })).status).toBe(404);
    expect((await api.get(`${globex}/contacts/${contactId}/data`)).status).toBe(404);
    const few = await newKey(api, 'acme', ['contacts:write']);
    expect((await erase(contactId, few)).status).toBe(403);
    expect((await api.get(`${acme}/contacts/${contactId}/data`, { key: few })).status).toBe(403);
    expect((await erase('01900000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await erase('x\0')).status).toBe(422);
    expect((await api.get(`${acme}/contacts/${contactId}`)).status).toBe(200);
  });
});
