import { apiRoutes } from '../../src/web/routes/api/routes';
import { SCOPES } from '../../src/management/scopes';
import { openApiDocument } from '../../src/web/openapi';
import { BOOTSTRAP, faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: what every route does', () => {
  let api: TestApi;
  let acme: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
  });
  afterAll(() => api.close());

  const raw = (text: string) => ({ 'Content-Type': 'application/json', 'X-Length': String(text.length) });

  test.each([
    ['none', null, {}],
    ['an unknown one', 'dbk_unknown', {}],
    ['another scheme', null, { Authorization: `Basic ${BOOTSTRAP}` }],
    ['nothing after Bearer', null, { Authorization: 'Bearer ' }],
    ['a longer one', `${BOOTSTRAP}x`, {}],
    ['two', null, { Authorization: `Bearer ${BOOTSTRAP}, Bearer x` }],
  ])('a key is needed: %s', async (_, key, headers) => {
    for (const path of ['/organizations', '/nowhere', '/discover?email=a@b.example']) {
      const refused = await api.get(path, { key, headers });
      expect(refused).toMatchObject({
        status: 401,
        body: { code: 'unauthorized', instance: `/api/v1${path.split('?')[0]}` },
      });
      expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  test('a key is in force until it is revoked or expires, and knows when it was used', async () => {
    const made = await api.post('/api-keys', {
      name: 'Deploy',
      organization: 'acme',
      scopes: ['groups:read'],
      expiresAt: '2099-01-01T00:00:00Z',
    });
    expect(made.body).toMatchObject({ organization: 'acme', prefix: made.body.key.slice(0, 8), lastUsedAt: null });
    const one = `/api-keys/${made.body.id}`;
    expect((await api.get(`${acme}/groups`, { key: made.body.key })).status).toBe(200);
    const { key: _once, ...shown } = made.body;
    expect((await api.get(one)).body).toEqual({ ...shown, lastUsedAt: api.now.toISOString() });
    expect((await api.get('/api-keys')).body.items[0].id).toBe(made.body.id);
    expect((await api.delete(one)).status).toBe(204);
    expect((await api.get(`${acme}/groups`, { key: made.body.key })).status).toBe(401);
    expect((await api.get(one)).body.revokedAt).not.toBeNull();

    const short = await api.post('/api-keys', {
      name: 'Short',
      organization: 'acme',
      scopes: ['*'],
      expiresAt: new Date(api.now.getTime() + 1000).toISOString(),
    });
    expect((await api.get(acme, { key: short.body.key })).status).toBe(200);
    const before = api.now;
    api.now = new Date(before.getTime() + 2000);
    expect((await api.get(acme, { key: short.body.key })).status).toBe(401);
    api.now = before;
  });

  test('security 26: nobody gives what they have not', async () => {
    await newOrganization(api, 'globex');
    const key = await newKey(api, 'acme', ['api-keys:write', 'groups:write']);
    const give = async (fields: object) => {
      const { status, body } = await api.post('/api-keys', { name: 'x', scopes: ['groups:read'], ...fields }, { key });
      return status === 201 ? body.organization : body.code;
    };
    expect(await give({})).toBe('acme');
    expect(await give({ organization: 'acme', scopes: ['groups:write', 'groups:read'] })).toBe('acme');
    expect(await give({ scopes: ['*'] })).toBe('insufficient_scope');
    expect(await give({ scopes: ['accounts:read'] })).toBe('insufficient_scope');
    expect(await give({ organization: 'globex' })).toBe('unknown_organization');
    expect(await give({ organization: null })).toBe('insufficient_scope');
    expect(await give({ scopes: ['groups:own'] })).toBe('invalid_form');
    const foreign = await api.post('/api-keys', { name: 'x', organization: 'globex', scopes: ['*'] });
    for (const reply of [
      await api.get(`/api-keys/${foreign.body.id}`, { key }),
      await api.delete(`/api-keys/${foreign.body.id}`, { key }),
    ])
      expect(reply.status).toBe(404);
    const all = await api.post('/api-keys', { name: 'all', scopes: ['*'] });
    expect(all.body.organization).toBeNull();
    expect((await api.get(`/api-keys/${all.body.id}`, { key })).status).toBe(404);
    expect((await api.get('/api-keys', { key })).body.items.every((one) => one.organization === 'acme')).toBe(true);
    expect(faults(await api.post('/api-keys', { name: 'x', scopes: ['groups:read'] }))).toEqual({
      organization: 'required',
    });
    expect((await api.post('/organizations', { slug: 'by-all', name: 'X' }, { key: all.body.key })).status).toBe(201);
  });

  const scoped = apiRoutes.filter(({ scope }) => scope && scope !== 'all rights');
  test.each(scoped.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'security 26: %s needs its scope, and no other',
    async (_, route) => {
      const id = '019b0000-0000-7000-8000-000000000000';
      const path = route.path
        .replace('{org}', 'acme')
        .replace('{line}', '2')
        .replace(/\{(id|key|session)\}/g, id);
      const needed = route.scope ?? '';
      const others = SCOPES.filter(
        (scope) => scope !== '*' && scope !== needed && scope !== needed.replace(':read', ':write'),
      );
      const with_ = async (scopes: readonly string[]) => {
        const key = await newKey(api, 'acme', scopes);
        const body = ['get', 'delete'].includes(route.method) ? undefined : (bodies[route.path] ?? {});
        return (await api.send(route.method, path, body, { key })).body?.code;
      };
      expect(await with_(others)).toBe('insufficient_scope');
      expect(await with_([needed, ...(route.also ?? [])])).not.toBe('insufficient_scope');
    },
  );

  /** Bodies that get past the form. */
  const bodies: Record<string, object> = {
    '/organizations/{org}/admins/{id}': { roles: [] },
    '/organizations/{org}/accounts/bulk': {
      action: 'suspend',
      selection: { ids: ['019b0000-0000-7000-8000-000000000000'] },
    },
    '/organizations/{org}/imports': { rows: [{ displayName: 'Scopes', email: 'scopes@acme.example' }] },
    '/organizations/{org}/imports/{id}/rows': { selection: { lines: [2] } },
    '/organizations/{org}/sources/{id}': { brake: null },
    '/organizations/{org}/contacts': { displayName: 'Scopes' },
    '/organizations/{org}/contacts/bulk': {
      action: 'give_account',
      selection: { ids: ['019b0000-0000-7000-8000-000000000000'] },
    },
    '/organizations/{org}/accounts/{id}/merge': { from: '019b0000-0000-7000-8000-000000000001' },
    '/organizations/{org}/erasures': { contactId: '019b0000-0000-7000-8000-000000000000' },
    '/organizations/{org}/accounts/{id}/set-password': { password: 'wool teapot lighthouse 41' },
    '/organizations/{org}/domains': { domain: 'scopes.example' },
    '/organizations/{org}/connections': {
      kind: 'oidc',
      name: 'x',
      issuer: 'https://10.0.0.1',
      clientId: 'x',
      clientSecret: 'x',
    },
    '/organizations/{org}/accounts': { email: 'scopes@x.example', givenName: 'A', familyName: 'B' },
    '/organizations/{org}/groups': { name: 'Scopes' },
    '/organizations/{org}/permission-profiles': { name: 'Scopes' },
    '/organizations/{org}/licences': { name: 'Scopes' },
    '/organizations/{org}/explain': { email: 'scopes@x.example' },
    '/api-keys': { name: 'x', scopes: ['api-keys:write'] },
  };

  test('an address, or a method, that is not there', async () => {
    expect(await api.get('/nowhere')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await api.get(`${acme}/groups/no-uuid`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await api.get('/organizations/nobody/groups')).toMatchObject({
      status: 404,
      body: { code: 'unknown_organization' },
    });
    expect(await api.get('/organizations/No%00body')).toMatchObject({
      status: 404,
      body: { code: 'unknown_organization' },
    });
    expect(await api.get('/organizations/%E0%A4%A')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    const refused = await api.put('/organizations', {});
    expect(refused).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(refused.headers.allow).toBe('GET, POST, HEAD');
    expect((await api.delete(`${acme}/policy`)).headers.allow).toBe('GET, PUT, PATCH, HEAD');
  });

  test.each([
    ['half of it', '{"slug":', 400, 'invalid_json'],
    ['text', 'slug=acme', 400, 'invalid_json'],
    ['a string', '"acme"', 400, 'invalid_json'],
    ['a list', '[]', 422, 'invalid_form'],
    ['nothing', '', 422, 'invalid_form'],
    ['a key twice over a prototype', '{"__proto__":{"name":"x"},"slug":"proto"}', 422, 'invalid_form'],
  ])('a body that is %s', async (_, text, status, code) => {
    expect(await api.post('/organizations', text, { headers: raw(text) })).toMatchObject({ status, body: { code } });
  });

  test.each([
    ['form', 'application/x-www-form-urlencoded'],
    ['xml', 'application/xml'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['none', ''],
  ])('a body of type %s is not taken', async (_, type) => {
    const reply = await api.post('/organizations', '{"slug":"typed","name":"X"}', {
      headers: { 'Content-Type': type },
    });
    expect(reply).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  test('ten megabytes are refused, with a key as without', async () => {
    const body = JSON.stringify({ slug: 'big', name: 'x'.repeat(10_000_000) });
    const big = { headers: raw(body) };
    expect(await api.post('/organizations', body, big)).toMatchObject({ status: 413, body: { code: 'too_large' } });
    expect(await api.post('/organizations', body, { ...big, key: null })).toMatchObject({ status: 401 });
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 1])));
    const refused = await api.post('/organizations', many, { headers: raw(many) });
    expect([refused.status, refused.body.errors.length]).toEqual([422, 100]);
  });

  test('deep and odd JSON is a refusal, not a failure', async () => {
    const deep = `{"metadata":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)},"slug":"deep","name":"x"}`;
    expect((await api.post('/organizations', deep, { headers: raw(deep) })).status).toBe(422);
    const odd = { slug: 'odd', name: 'x', metadata: { '\u0000': 'x', ok: 1 }, technicalContacts: 'me' };
    expect(faults(await api.post('/organizations', odd))).toEqual({
      ...{ 'metadata.\u0000': 'invalid_name', 'metadata.ok': 'invalid_type', technicalContacts: 'invalid_type' },
    });
    expect(api.logged).toEqual([]);
  });

  test('our own failure tells nothing but its request id, and the log has the cause', async () => {
    const broken = await newOrganization(api, 'broken');
    const { id } = (await api.get(broken)).body;
    await api.db.query('DELETE FROM sources WHERE organization_id = $1', [id]);
    const person = { email: 'a@x.example', givenName: 'A', familyName: 'B' };
    const refused = await api.post(`${broken}/accounts`, person);
    expect(refused).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(JSON.stringify(refused.body)).not.toMatch(/source|sql|select/i);
    const [line] = api.logged.splice(0) as [{ err: Error; requestId: string }][];
    expect(line?.[0]).toMatchObject({
      requestId: refused.body.requestId,
      err: { message: expect.stringContaining('built-in source') },
    });
  });

  describe('Idempotency-Key', () => {
    const once = (key: string) => ({ headers: { 'Idempotency-Key': key } });

    test('the same request has the same answer, secrets and all', async () => {
      const form = { name: 'Once', organization: 'acme', scopes: ['groups:read'] };
      const first = await api.post('/api-keys', form, once('k1'));
      const again = await api.post('/api-keys', form, once('k1'));
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(again.body).toEqual(first.body);
      expect(again.headers.location).toBe(first.headers.location);
      expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
        undefined,
        'true',
      ]);
      const [kept] = await api.db.query('SELECT response FROM idempotency_keys WHERE key = $1', ['k1']);
      expect(kept.response).not.toContain(first.body.key);
    });

    test('another request by the same key is refused, another caller’s key is another', async () => {
      expect((await api.post(`${acme}/groups`, { name: 'Once A' }, once('k2'))).status).toBe(201);
      expect(await api.post(`${acme}/groups`, { name: 'Once B' }, once('k2'))).toMatchObject({
        status: 422,
        body: { code: 'idempotency_mismatch' },
      });
      const key = await newKey(api, 'acme', ['groups:write']);
      expect((await api.post(`${acme}/groups`, { name: 'Once B' }, { ...once('k2'), key })).status).toBe(201);
    });

    test('a refusal is remembered', async () => {
      const form = { name: 'Once A' };
      const first = await api.post(`${acme}/groups`, form, once('k3'));
      const again = await api.post(`${acme}/groups`, form, once('k3'));
      expect([first.status, again.status]).toEqual([409, 409]);
      expect(again.body).toEqual(first.body);
    });

    test('at once: it happens once', async () => {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => api.post(`${acme}/groups`, { name: 'At once' }, once('k4'))),
      );
      const codes = all.map(({ status, body }) => (status === 201 ? 'made' : body.code));
      expect(codes.filter((code) => code !== 'made' && code !== 'idempotency_in_progress')).toEqual([]);
      const ids = new Set(all.filter(({ status }) => status === 201).map(({ body }) => body.id));
      expect(ids.size).toBe(1);
    });

    test('while the first is still running', async () => {
      await api.post(`${acme}/groups`, { name: 'Running' }, once('k5'));
      await api.db.query(`UPDATE idempotency_keys SET status = NULL, response = NULL WHERE key = 'k5'`);
      const again = await api.post(`${acme}/groups`, { name: 'Running' }, once('k5'));
      expect(again).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
    });

    test('our own failure is not remembered', async () => {
      const path = await newOrganization(api, 'mended');
      const { id } = (await api.get(path)).body;
      const [source] = await api.db.query('DELETE FROM sources WHERE organization_id = $1 RETURNING *', [id]);
      const person = { email: 'a@x.example', givenName: 'A', familyName: 'B' };
      expect((await api.post(`${path}/accounts`, person, once('k6'))).status).toBe(500);
      const { id: sourceId } = (Array.isArray(source) ? source[0] : source) as { id: string };
      await api.db.query(`INSERT INTO sources (organization_id, id, kind, name) VALUES ($1, $2, 'admin', 'Admin')`, [
        id,
        sourceId,
      ]);
      expect((await api.post(`${path}/accounts`, person, once('k6'))).status).toBe(201);
      api.logged.splice(0);
    });

    test.each(['', 'x'.repeat(256), 'ümlaut'])('a key that cannot be: %j', async (key) => {
      const headers = { 'Idempotency-Key': Buffer.from(key).toString('latin1') };
      expect((await api.post(`${acme}/groups`, { name: 'Never' }, { headers })).body.code).toBe('invalid_request');
    });
  });

  test('the document tells every route, and needs no key', async () => {
    const { status, body } = await api.get('/openapi.json', { key: null });
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument(api.baseUrl))));
    for (const route of apiRoutes) {
      const operation = body.paths[`/api/v1${route.path}`]?.[route.method];
      expect(operation).toMatchObject({ summary: expect.any(String), security: [{ key: [] }] });
      expect(Object.keys(operation?.responses ?? {})).toEqual([String(route.answer.status), 'default']);
      const types = route.file?.types ?? (route.body ? ['application/json'] : []);
      for (const type of types) expect(operation?.requestBody.content[type]?.schema).toBeDefined();
    }
    expect(Object.keys(body.components.schemas)).toEqual(
      expect.arrayContaining(['Account', 'Connection', 'Explanation', 'Problem']),
    );
    const account = body.components.schemas.Account;
    expect(account?.properties).toMatchObject({
      status: { enum: ['invited', 'unconfirmed', 'active', 'suspended', 'deactivated'] },
    });
    const form =
      body.paths['/api/v1/organizations/{org}/accounts']?.post?.requestBody.content['application/json']?.schema;
    expect(form?.required).toEqual(['email', 'givenName', 'familyName']);
    expect(form?.properties.email).toMatchObject({ type: 'string' });
    expect(text(body)).not.toMatch(/undefined|\[object/);
  });

  const text = (value: unknown): string => JSON.stringify(value);
});
