import { createSamlKey, idpMetadataXml } from '../../src/demo/saml-response';
import { sealSecrets, createConnectionOpener } from '../../src/sign-in/open-connection';
import { findConnection } from '../../src/storage/connections';
import { createSecretBox } from '../../src/storage/secret-box';
import { openApiDocument } from '../../src/web/openapi';
import { newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const NOBODY = '019b0000-0000-7000-8000-000000000000';

/** Every operation of the document: what it does not tell is not served. */
const operations = Object.entries(openApiDocument('https://login.example.com').paths ?? {}).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => [method, path.replace('/api/v1', '')] as const),
);

describeWith('postgres', 'organizations are islands', () => {
  let api: TestApi;
  let acmeId: string;
  /** Ids of what acme has, by the collection that holds it. */
  const owned = new Map<string, string>();
  let foreign: string;

  beforeAll(async () => {
    api = await startApi();
    const acme = await newOrganization(api, 'acme');
    await newOrganization(api, 'globex');
    acmeId = (await api.get(acme)).body.id;
    foreign = await newKey(api, 'globex', ['*']);
    const { certificate } = await createSamlKey();
    const idp = { entityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso', certificates: [certificate] };
    const make = async (collection: string, form: object) => {
      const made = await api.post(`${acme}/${collection}`, form);
      expect(made.status).toBe(201);
      owned.set(collection, made.body.id);
    };
    await make('domains', { domain: 'acme.example' });
    await make('connections', { kind: 'saml', name: 'IdP', metadataXml: idpMetadataXml(idp), state: 'pilot' });
    owned.set('keys', (await api.get(`${acme}/connections/${owned.get('connections')}/keys`)).body.items[0].id);
    for (const collection of ['groups', 'permission-profiles', 'licences']) await make(collection, { name: 'One' });
    await make('accounts', { email: 'anna@acme.example', givenName: 'Anna', familyName: 'Lee', sendLink: true });
    owned.set('contacts', (await api.get(`${acme}/contacts`)).body.items[0].id);
    owned.set('email-links', (await api.get(`${acme}/email-links`)).body.items[0].id);
    const key = await api.post('/api-keys', { name: 'x', organization: 'acme', scopes: ['*'] });
    owned.set('api-keys', key.body.id);
  });
  afterAll(() => api.close());

  const withIds = (path: string): string =>
    path.replace('{line}', '2').replace(/\/([a-z-]+)\/\{(?:id|key|session)\}/g, (_, collection: string) => {
      return `/${collection}/${owned.get(collection) ?? NOBODY}`;
    });

  /** Whole organizations are deleted with all rights only, and that is asked first. */
  const refusalFor = (method: string, path: string) =>
    method === 'delete' && path === '/organizations/{org}'
      ? [403, 'insufficient_scope']
      : [404, 'unknown_organization'];

  const ofOrganizations = operations.filter(([, path]) => path.startsWith('/organizations/{org}'));
  test.each(ofOrganizations)('security 26: %s %s is unknown to the key of another', async (method, path) => {
    const before = await everything();
    for (const org of ['acme', acmeId]) {
      const asked = withIds(path).replace('{org}', org);
      const reply = await api.send(method, asked, bodyOf(method, path), { key: foreign });
      expect([reply.status, reply.body.code]).toEqual(refusalFor(method, path));
    }
    if (path.includes('{id}')) {
      const own = withIds(path).replace('{org}', 'globex');
      expect((await api.send(method, own, bodyOf(method, path), { key: foreign })).status).toBe(404);
    }
    expect(await everything()).toEqual(before);
  });

  test.each(operations.filter(([, path]) => path.startsWith('/api-keys/{id}')))(
    'security 26: %s %s of another is not found',
    async (method, path) => {
      const reply = await api.send(method, path, undefined, { key: foreign });
      expect(reply.status).toBe(404);
    },
  );

  test('security 26: lists hold what is one’s own', async () => {
    const slugs = (await api.get('/organizations', { key: foreign })).body.items.map(({ slug }) => slug);
    expect(slugs).toEqual(['globex']);
    const keys = (await api.get('/api-keys', { key: foreign })).body.items;
    expect(keys.every(({ organization }) => organization === 'globex')).toBe(true);
  });

  /** Bodies that get past the form. */
  const BODIES: Readonly<Record<string, object>> = {
    '/organizations/{org}/imports': { rows: [{ displayName: 'Islands', email: 'islands@acme.example' }] },
    'patch /organizations/{org}/imports/{id}/rows': { selection: { lines: [2] } },
    'patch /organizations/{org}/sources/{id}': { brake: null },
    '/organizations/{org}/domains': { domain: 'x.example' },
    '/organizations/{org}/connections': { kind: 'saml', name: 'x', metadataXml: '<x/>' },
    '/organizations/{org}/accounts': { email: 'x@x.example', givenName: 'A', familyName: 'B' },
    '/organizations/{org}/accounts/{id}/set-password': { password: 'wool teapot lighthouse 41' },
    '/organizations/{org}/accounts/{id}/merge': { from: NOBODY },
    '/organizations/{org}/accounts/bulk': { action: 'suspend', selection: { ids: [NOBODY] } },
    '/organizations/{org}/contacts': { displayName: 'x' },
    '/organizations/{org}/contacts/bulk': { action: 'give_account', selection: { ids: [NOBODY] } },
    '/organizations/{org}/admins/{id}': { roles: [] },
    '/organizations/{org}/erasures': { contactId: NOBODY },
    '/organizations/{org}/groups': { name: 'x' },
    '/organizations/{org}/permission-profiles': { name: 'x' },
    '/organizations/{org}/licences': { name: 'x' },
    '/organizations/{org}/explain': { email: 'x@x.example' },
  };
  const bodyOf = (method: string, path: string): object | undefined =>
    method === 'get' || method === 'delete'
      ? undefined
      : BODIES[`${method} ${path}`] || (['post', 'put'].includes(method) && BODIES[path]) || {};

  /** What acme has, as its own admin sees it. */
  const everything = async (): Promise<string> => {
    const parts = ['', '/domains', '/connections', '/accounts', '/contacts', '/groups', '/policy', '/email-links'];
    const replies = await Promise.all(parts.map((part) => api.get(`/organizations/acme${part}`)));
    return JSON.stringify(replies.map(({ body }) => body));
  };

  describe('security 24: a secret at rest', () => {
    const place = { organizationId: NOBODY, column: 'connections.secrets' };
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
    const box = createSecretBox([keys[0]]);

    test('opens where it was sealed, and neither in another column nor in another organization', () => {
      const sealed = box.seal('a secret', place);
      expect(sealed).not.toContain('a secret');
      expect(box.seal('a secret', place)).not.toBe(sealed);
      expect(box.open(sealed, place)).toBe('a secret');
      for (const other of [
        { column: 'sign_in_attempts.secrets' },
        { organizationId: acmeId },
        { organizationId: null },
      ])
        expect(() => box.open(sealed, { ...place, ...other })).toThrow();
    });

    test('does not open once a bit of it was changed', () => {
      const [id = '', payload = ''] = box.seal('a secret', place).split('.');
      const bytes = Buffer.from(payload, 'base64url');
      for (let index = 0; index < bytes.length; index++) {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ 1;
        expect(() => box.open(`${id}.${changed.toString('base64url')}`, place)).toThrow();
      }
      expect(() => box.open(`${id}.${bytes.subarray(0, -1).toString('base64url')}`, place)).toThrow();
    });

    test('keys rotate: the old one opens, the new one seals, a stranger’s does neither', () => {
      const sealed = box.seal('a secret', place);
      const rotated = createSecretBox([keys[1], keys[0]]);
      expect(rotated.open(sealed, place)).toBe('a secret');
      expect(() => box.open(rotated.seal('a secret', place), place)).toThrow('no key');
      expect(() => createSecretBox([keys[1]]).open(sealed, place)).toThrow('no key');
    });

    test('a connection with the private key or the secret of another organization does not open', async () => {
      const record = await findConnection(api.db.manager, acmeId, owned.get('connections') ?? '');
      const open = createConnectionOpener(api.box);
      expect(record && open(record).kind).toBe('saml');
      expect(JSON.stringify(record)).not.toContain('PRIVATE KEY');
      expect(() => open({ ...record!, organizationId: NOBODY })).toThrow();
      const secrets = sealSecrets(acmeId, { clientSecret: 'x' }, api.box);
      const oidc = { ...record!, kind: 'oidc', keys: [], settings: {}, secrets, version: 2 };
      expect(open(oidc).kind).toBe('oidc');
      expect(() => open({ ...oidc, organizationId: NOBODY })).toThrow();
      expect(() => open({ ...oidc, version: 3, secrets: record!.keys[0]!.privateKey })).toThrow();
    });
  });
});
