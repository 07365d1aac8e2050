import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

describeWith('postgres', 'API: organizations', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const actions = async (path: string): Promise<string[]> =>
    (await api.get(`${path}/audit-events?limit=200`)).body.items.map((event: { action: string }) => event.action);

  test('an organization is created, read, changed and deleted, and the ledger knows', async () => {
    const made = await api.post('/organizations', {
      slug: 'acme',
      name: '  Acme Inc. ',
      externalId: 'crm-1',
      metadata: { plan: 'gold' },
      technicalContacts: ['IT@Acme.Example'],
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        slug: 'acme',
        name: 'Acme Inc.',
        externalId: 'crm-1',
        metadata: { plan: 'gold' },
        technicalContacts: ['it@acme.example'],
        signInUrl: 'https://login.example.com/acme',
      },
    });
    expect(made.headers.location).toBe(`/api/v1/organizations/${made.body.id}`);
    expect((await api.get('/organizations/acme')).body).toEqual(made.body);
    expect((await api.get(`/organizations/${made.body.id}`)).body).toEqual(made.body);

    const changed = await api.patch('/organizations/acme', { name: 'Acme', externalId: null });
    expect(changed.body).toMatchObject({ name: 'Acme', externalId: null, metadata: { plan: 'gold' } });
    expect(await actions('/organizations/acme')).toEqual(['organization.changed', 'organization.created']);

    expect((await api.delete('/organizations/acme')).status).toBe(204);
    expect((await api.get('/organizations/acme')).body.code).toBe('unknown_organization');
  });

  test('an organization with people, groups and connections can be deleted', async () => {
    const path = await newOrganization(api, 'full');
    await api.post(`${path}/groups`, { name: 'Staff' });
    const person = { email: 'a@full.example', givenName: 'A', familyName: 'B', groups: ['staff'] };
    expect((await api.post(`${path}/accounts`, person)).status).toBe(201);
    expect((await api.delete(path)).status).toBe(204);
  });

  test('a changed slug: the old one goes on working and stays reserved', async () => {
    const path = await newOrganization(api, 'before');
    const changed = await api.patch(path, { slug: 'after' });
    expect(changed.body).toMatchObject({ slug: 'after', signInUrl: 'https://login.example.com/after' });
    expect((await api.get('/organizations/before')).body.slug).toBe('after');
    const squatter = await api.post('/organizations', { slug: 'before', name: 'Squatter' });
    expect(squatter).toMatchObject({ status: 409, body: { code: 'slug_taken' } });
    expect((await api.patch('/organizations/after', { slug: 'before' })).body.slug).toBe('before');
  });

  test('slug changes at once leave one slug in force', async () => {
    const path = await newOrganization(api, 'twice');
    const slugs = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `twice-${letter}`);
    const all = await Promise.all(slugs.map((slug) => api.patch(path, { slug })));
    expect(all.map(({ status }) => status)).toEqual(slugs.map(() => 200));
    expect(slugs).toContain((await api.get(path)).body.slug);
  });

  test.each([
    ['admin', 409, 'slug_taken'],
    ['oidc', 409, 'slug_taken'],
    ['Acme', 422, 'invalid_form'],
    ['-x', 422, 'invalid_form'],
    ['a_b', 422, 'invalid_form'],
    ['', 422, 'invalid_form'],
    ['x'.repeat(64), 422, 'invalid_form'],
    ['müller', 422, 'invalid_form'],
  ])('the slug %p is refused', async (slug, status, code) => {
    expect(await api.post('/organizations', { slug, name: 'X' })).toMatchObject({ status, body: { code } });
  });

  test('a slug and an external id that are taken are refused, and nothing is made', async () => {
    await newOrganization(api, 'first');
    await api.patch('/organizations/first', { externalId: 'E1' });
    expect((await api.post('/organizations', { slug: 'first', name: 'X' })).body.code).toBe('slug_taken');
    const second = await api.post('/organizations', { slug: 'second', name: 'X', externalId: 'E1' });
    expect(second).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(faults(second)).toEqual({ externalId: 'taken' });
    expect((await api.get('/organizations/second')).status).toBe(404);
  });

  test('security 26: a key of one organization sees and changes that one only', async () => {
    const own = await newOrganization(api, 'own');
    await newOrganization(api, 'other');
    const key = await newKey(api, 'own', ['*']);
    const listed = await api.get('/organizations', { key });
    expect(listed.body.items.map((one: { slug: string }) => one.slug)).toEqual(['own']);
    const other = (await api.get('/organizations/other')).body;
    for (const asked of ['other', other.id, 'nobody'])
      expect(await api.get(`/organizations/${asked}`, { key })).toMatchObject({
        status: 404,
        body: { code: 'unknown_organization' },
      });
    expect((await api.patch('/organizations/other', { name: 'Mine' }, { key })).status).toBe(404);
    expect((await api.patch(own, { name: 'Renamed' }, { key })).body.name).toBe('Renamed');
    for (const refused of [
      await api.post('/organizations', { slug: 'more', name: 'More' }, { key }),
      await api.delete(own, { key }),
      await api.patch(own, { externalId: 'x' }, { key }),
    ])
      expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
  });

  test('a slug that looks like another organization’s id does not shadow it', async () => {
    const victim = (await api.post('/organizations', { slug: 'victim', name: 'Victim' })).body;
    await api.post('/organizations', { slug: victim.id, name: 'Shadow' });
    expect((await api.get(`/organizations/${victim.id}`)).body.slug).toBe('victim');
  });
});

describeWith('postgres', 'API: domains', () => {
  let api: TestApi;
  let acme: string;
  let key: string;
  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    key = await newKey(api, 'acme', ['domains:write']);
  });
  afterAll(() => api.close());

  test('a DNS record proves a domain', async () => {
    const made = await api.post(`${acme}/domains`, { domain: ' Acme.Example ' }, { key });
    expect(made).toMatchObject({
      status: 201,
      body: {
        domain: 'acme.example',
        verified: false,
        dns: {
          type: 'TXT',
          name: '_drawbridge.acme.example',
          value: expect.stringMatching(/^drawbridge-verification=/),
        },
      },
    });
    const path = `${acme}/domains/${made.body.id}`;
    const early = await api.post(`${path}/verify`, undefined, { key });
    expect(early).toMatchObject({ status: 409, body: { code: 'domain_not_verified' } });
    api.dns.set('_drawbridge.acme.example', ['v=spf1 -all', 'drawbridge-verification=wrong']);
    expect((await api.post(`${path}/verify`, undefined, { key })).status).toBe(409);
    api.dns.set('_drawbridge.acme.example', ['v=spf1 -all', made.body.dns.value]);
    const proved = await api.post(`${path}/verify`, undefined, { key });
    expect(proved).toMatchObject({ status: 200, body: { verified: true, verifiedBy: 'dns' } });
    expect((await api.get(`${acme}/domains`)).body.items).toHaveLength(1);
    expect((await api.get('/discover?email=Anna%2Bx@acme.example')).body).toEqual({
      sso: false,
      organization: { slug: 'acme', name: 'acme Inc.' },
      signInUrl: 'https://login.example.com/acme',
    });
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.get(path)).status).toBe(404);
    const nowhere = { sso: false, organization: null, signInUrl: 'https://login.example.com/' };
    expect((await api.get('/discover?email=anna@acme.example')).body).toEqual(nowhere);
  });

  test('only a key with all rights vouches, and a proved domain is one organization’s', async () => {
    const refused = await api.post(`${acme}/domains`, { domain: 'vouched.example', verified: true }, { key });
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    const made = await api.post(`${acme}/domains`, { domain: 'vouched.example', verified: true });
    expect(made.body).toMatchObject({ verified: true, verifiedBy: 'vouched' });
    expect((await api.post(`${acme}/domains`, { domain: 'vouched.example' })).body.code).toBe('conflict');

    const globex = await newOrganization(api, 'globex');
    const taken = await api.post(`${globex}/domains`, { domain: 'vouched.example', verified: true });
    expect(taken).toMatchObject({ status: 409, body: { code: 'domain_taken' } });
    const claimed = await api.post(`${globex}/domains`, { domain: 'vouched.example' });
    api.dns.set('_drawbridge.vouched.example', [claimed.body.dns.value]);
    const late = await api.post(`${globex}/domains/${claimed.body.id}/verify`);
    expect(late).toMatchObject({ status: 409, body: { code: 'domain_taken' } });
    const others = await newKey(api, 'globex', ['*']);
    expect((await api.get('/discover?email=a@vouched.example', { key: others })).body.organization).toBeNull();
  });

  test.each([
    ['bücher.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.test', 'xn--bcher-kva.test'],
  ])('an internationalized domain: %s', async (domain, normal) => {
    expect((await api.post(`${acme}/domains`, { domain })).body.domain).toBe(normal);
  });

  test.each([
    ['co.uk', 'public_suffix'],
    ['github.io', 'public_suffix'],
    ['localhost', 'invalid_domain'],
    ['https://acme.example', 'invalid_domain'],
    ['a b.example', 'invalid_domain'],
    ['127.0.0.1', 'invalid_domain'],
    ['аcme.example', 'invalid_domain'],
    ['', 'invalid_domain'],
  ])('%p is refused as %s', async (domain, code) => {
    expect(faults(await api.post(`${acme}/domains`, { domain }))).toEqual({ domain: code });
  });
});
