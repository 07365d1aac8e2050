import { readPage } from '../support/application-page';
import { describeWith } from '../support/requires';
import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';

const ASKED = { name: 'Timesheets', redirectUris: ['https://app.example/callback'] };

describeWith('postgres', 'applications over the API', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('the secret is shown once, and kept as a hash', async () => {
    const made = await api.post('/applications', ASKED);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ ...ASKED, organizations: 'all', access: 'everyone', claims: null },
      ...{ tokenEndpointAuthMethod: 'client_secret_basic', idTokenSignedResponseAlg: 'ES256' },
      issuer: expect.stringMatching(/\/oidc$/),
    });
    expect(made.body.clientSecret).toMatch(/^[\w-]{43}$/);
    const read = await api.get(`/applications/${made.body.id}`);
    expect(read.body).not.toHaveProperty('clientSecret');
    expect(read.body.secrets).toHaveLength(1);
    expect((await api.get('/applications')).body.items).toContainEqual(read.body);
  });

  test.each([
    ['http://app.example/callback', 'uri_insecure'],
    ['https://*.app.example/callback', 'uri_wildcard'],
    ['https://app.example/callback#here', 'uri_fragment'],
    ['https://user:secret@app.example/callback', 'uri_credentials'],
    ['https://APP.example/callback', 'uri_not_normal'],
    ['https://app.example/a/../callback', 'uri_not_normal'],
    ['javascript:alert(1)', 'uri_insecure'],
    ['/callback', 'uri_invalid_url'],
  ])('the redirect URI %s is refused: %s', async (uri, code) => {
    const reply = await api.post('/applications', { ...ASKED, redirectUris: [uri] });
    expect([reply.status, faults(reply)]).toEqual([422, { 'redirectUris.0': code }]);
  });

  test.each(['apache', 'nextjs', 'oauth2-proxy', 'spring'])(
    'what docs/applications/%s.md registers is taken',
    async (page) => {
      const { registration } = await readPage(page, api.baseUrl, 'http://127.0.0.1:3001');
      const reply = await api.post('/applications', registration);
      expect([reply.status, reply.body]).toEqual([201, expect.objectContaining(registration)]);
    },
  );

  test('addresses of this machine are taken by http', async () => {
    const redirectUris = ['http://localhost:3001/callback', 'http://127.0.0.1/callback', 'http://[::1]:8080/'];
    expect((await api.post('/applications', { ...ASKED, redirectUris })).status).toBe(201);
  });

  test('security 22: an address that this service would call is looked at before it is kept', async () => {
    const reply = await api.post('/applications', { ...ASKED, backchannelLogoutUri: 'https://10.0.0.1/logout' });
    expect([reply.status, faults(reply)]).toEqual([422, { backchannelLogoutUri: 'address_refused' }]);
  });

  test('it changes, is limited to organizations and groups, and goes', async () => {
    await newOrganization(api, 'acme');
    const { body } = await api.post('/applications', ASKED);
    const path = `/applications/${body.id}`;
    const changed = await api.patch(path, { organizations: ['acme'], access: { groups: ['Staff'] } });
    expect(changed.body).toMatchObject({ organizations: ['acme'], access: { groups: ['Staff'], licences: [] } });
    const unknown = await api.patch(path, { organizations: ['acme', 'nowhere'] });
    expect(faults(unknown)).toEqual({ 'organizations.1': 'unknown_organization' });
    expect((await api.delete(path)).status).toBe(204);
    expect((await api.get(path)).status).toBe(404);
  });

  test('a client id is taken once, a key is needed where one is used', async () => {
    expect((await api.post('/applications', { ...ASKED, clientId: 'mine' })).status).toBe(201);
    expect((await api.post('/applications', { ...ASKED, clientId: 'mine' })).status).toBe(409);
    const keyless = await api.post('/applications', { ...ASKED, tokenEndpointAuthMethod: 'private_key_jwt' });
    expect(faults(keyless)).toEqual({ jwks: 'required' });
  });

  test('security 26: a key of one organization sees no application', async () => {
    await newOrganization(api, 'globex');
    const key = await newKey(api, 'globex', ['*']);
    expect((await api.get('/applications', { key })).status).toBe(403);
    expect((await api.post('/applications', ASKED, { key })).status).toBe(403);
  });
});
