import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSamlKey, idpMetadataXml, type SamlKey } from '../../src/demo/saml-response';
import { createConnectionOpener } from '../../src/sign-in/open-connection';
import { findConnection } from '../../src/storage/connections';
import { faults, newKey, newOrganization, startApi, type ApiReply, type TestApi } from '../support/api';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { describeWith } from '../support/requires';

const IDP = { entityId: 'https://idp.example/metadata', ssoUrl: 'https://idp.example/sso' };

describeWith('postgres', 'API: connections', () => {
  let api: TestApi;
  let acme: string;
  let path: string;
  let key: SamlKey;
  let metadataXml: string;
  let web: Server;
  let webUrl: string;
  let op: OidcOp;

  beforeAll(async () => {
    api = await startApi();
    acme = await newOrganization(api, 'acme');
    path = `${acme}/connections`;
    key = await createSamlKey();
    metadataXml = idpMetadataXml({ ...IDP, certificates: [key.certificate] });
    web = createServer((req, res) => {
      if (req.url === '/moved') return res.writeHead(302, { location: '/metadata' }).end();
      if (req.url === '/metadata') return res.writeHead(200, { 'content-type': 'text/xml' }).end(metadataXml);
      return res.writeHead(404).end('<html>none</html>');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    op = await startOidcOp({ clients: [] });
  });
  afterAll(async () => {
    await op.stop();
    await new Promise((resolve) => web.close(resolve));
    await api.close();
  });

  const saml = (fields: object = {}) => ({ kind: 'saml', name: 'Acme IdP', metadataXml, ...fields });
  const count = async (): Promise<number> => (await api.get(`${path}?limit=200`)).body.items.length;
  const opened = async (id: string) => {
    const organization = (await api.get(acme)).body.id as string;
    const record = await findConnection(api.db.manager, organization, id);
    return record && createConnectionOpener(api.box)(record);
  };

  test('SAML from metadata: its addresses, its key, its source', async () => {
    const made = await api.post(path, saml({ state: 'active' }));
    expect(made.status).toBe(201);
    const base = `https://login.example.com/acme/sso/${made.body.id}`;
    expect(made.body).toMatchObject({
      ...{
        kind: 'saml',
        name: 'Acme IdP',
        state: 'active',
        signInUrl: base,
        trustEmail: 'verified_domains',
        warnings: [],
      },
      sp: {
        entityId: `${base}/metadata`,
        acsUrl: `${base}/acs`,
        sloUrl: `${base}/slo`,
        metadataUrl: `${base}/metadata`,
        encryptionCertificate: expect.stringContaining('BEGIN CERTIFICATE'),
      },
      settings: {
        ...IDP,
        signatureAlgorithm: 'sha256',
        forceAuthn: false,
        allowIdpInitiated: false,
        subjectFrom: 'nameId',
      },
    });
    expect(made.body.settings.certificates).toHaveLength(1);
    expect(JSON.stringify(made.body)).not.toContain('PRIVATE KEY');
    const connection = await opened(made.body.id);
    expect(connection).toMatchObject({
      kind: 'saml',
      context: {
        settings: { idpEntityId: IDP.entityId, spKeys: [{ certificate: made.body.sp.encryptionCertificate }] },
      },
    });
    const sources = (await api.get(`${acme}/sources`)).body.items;
    expect(sources).toContainEqual(
      expect.objectContaining({ kind: 'jit', connectionId: made.body.id, name: 'Acme IdP' }),
    );
    const [event] = (await api.get(`${acme}/audit-events?action=connection.created`)).body.items;
    expect(event).toMatchObject({
      connectionId: made.body.id,
      details: { kind: 'saml', before: 'draft', after: 'active', skipped: ['testing', 'pilot'] },
    });
  });

  test('SAML from an address, and from fields', async () => {
    const fetched = await api.post(path, saml({ metadataXml: undefined, metadataUrl: `${webUrl}/metadata` }));
    expect(fetched).toMatchObject({
      status: 201,
      body: { state: 'draft', settings: { ...IDP, metadataUrl: `${webUrl}/metadata` } },
    });
    const bare = key.certificate.replace(/-----[^-]+-----|\s/g, '');
    const typed = await api.post(path, { kind: 'saml', name: 'Typed', ...IDP, certificates: [bare, key.certificate] });
    expect(typed.status).toBe(201);
    expect(typed.body.settings).toMatchObject({ ...IDP, ssoBinding: 'redirect', metadataUrl: null });
    expect(typed.body.settings.certificates).toHaveLength(1);
  });

  test('groups that a mapping names are created, whatever their case only once', async () => {
    await api.post(`${acme}/groups`, { name: 'Staff' });
    const groupMapping = [
      { value: 'admins', group: 'Administrators' },
      { value: 'root', group: 'ADMINISTRATORS' },
      { value: 'all', group: 'staff' },
    ];
    const made = await api.post(
      path,
      saml({ groupMapping, attributeMapping: { email: 'mail', groups: 'memberOf', 'attributes.badge': 'badge' } }),
    );
    expect(made.body).toMatchObject({ groupMapping, attributeMapping: { email: 'mail' } });
    const groups = (await api.get(`${acme}/groups`)).body.items.map((one: { name: string }) => one.name);
    expect(groups.sort()).toEqual(['Administrators', 'Staff']);
    const events = (await api.get(`${acme}/audit-events?action=group.created`)).body.items;
    expect(events).toHaveLength(2);
    expect(events[0].details).toEqual({ by: 'group mapping' });

    const admins = (await api.get(`${acme}/groups`)).body.items.find(
      (one: { name: string }) => one.name === 'Administrators',
    );
    expect((await api.delete(`${acme}/groups/${admins?.id}`)).body.code).toBe('in_use');
    await api.patch(`${acme}/groups/${admins?.id}`, { name: 'Owners' });
    const renamed = (await api.get(`${path}/${made.body.id}`)).body.groupMapping;
    expect(renamed.map((one: { group: string }) => one.group)).toEqual(['Owners', 'Owners', 'staff']);
  });

  const broken: [string, () => string, string][] = [
    ['not XML', () => 'entityID=https://idp.example', 'metadata_not_xml'],
    ['nothing', () => '', 'metadata_not_xml'],
    ['a page', () => '<!DOCTYPE html><html><body>Sign in</body></html>', 'metadata_is_html'],
    ['no certificate', () => idpMetadataXml({ ...IDP, certificates: [] }), 'metadata_without_certificate'],
    ['several entities', () => several(metadataXml), 'metadata_several_entities'],
    ['a DOCTYPE', () => `<!DOCTYPE x [<!ENTITY e "x">]>${metadataXml}`, 'metadata_with_doctype'],
    ['an SP', () => metadataXml.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), 'metadata_is_sp'],
    ['other XML', () => '<rss/>', 'metadata_not_saml'],
    ['a control character', () => metadataXml.replace('idp.example', 'idp\u0000.example'), 'control_characters'],
    ['half a character', () => metadataXml.replace('idp.example', 'idp\ud800.example'), 'control_characters'],
  ];
  test.each(broken)('metadata that is %s has a code of its own, and nothing changes', async (_, text, code) => {
    const before = await count();
    const refused = await api.post(path, saml({ metadataXml: text() }));
    expect(refused.status).toBe(422);
    expect(faults(refused)).toEqual({ metadataXml: code });
    expect(refused.body.code).toBe(code.startsWith('metadata') ? 'invalid_metadata' : 'invalid_form');
    expect(await count()).toBe(before);
  });

  test.each([
    [() => `${webUrl}/none`, 'invalid_metadata', 'bad_status'],
    [() => `${webUrl}/moved`, 'invalid_metadata', 'redirected'],
    [() => 'http://127.0.0.1:9/metadata', 'invalid_metadata', 'unreachable'],
    [() => 'http://8.8.8.8/metadata', 'address_refused', 'not_https'],
    [() => 'https://10.0.0.1/metadata', 'address_refused', 'address_refused'],
    [() => 'https://169.254.169.254/latest', 'address_refused', 'address_refused'],
  ])('a metadata address that cannot be used: %#', async (url, code, fault) => {
    const refused = await api.post(path, saml({ metadataXml: undefined, metadataUrl: url() }));
    expect(refused).toMatchObject({ status: 422, body: { code } });
    expect(faults(refused)).toEqual({ metadataUrl: fault });
  });

  test('every field that is wrong is named', async () => {
    const wrong = {
      kind: 'saml',
      name: '',
      entityId: 'x',
      ssoUrl: 'javascript:alert(1)',
      state: 'on',
      attributeMapping: { boss: 'x' },
      frob: 1,
    };
    expect(faults(await api.post(path, wrong))).toEqual({
      name: 'too_short',
      ssoUrl: 'invalid_url',
      state: 'invalid_value',
      'attributeMapping.boss': 'invalid_name',
      frob: 'unknown_field',
    });
    expect(faults(await api.post(path, { kind: 'saml', name: 'X' }))).toEqual({
      entityId: 'required',
      ssoUrl: 'required',
      certificates: 'required',
    });
    expect(faults(await api.post(path, { kind: 'ldap', name: 'X' }))).toEqual({ kind: 'invalid_value' });
    expect(faults(await api.post(path, saml({ metadataUrl: `${webUrl}/metadata`, ssoUrl: IDP.ssoUrl })))).toEqual({
      metadataUrl: 'conflicting_fields',
      ssoUrl: 'conflicting_fields',
    });
    const certificates = [key.certificate, 'no certificate'];
    expect(faults(await api.post(path, { kind: 'saml', name: 'X', ...IDP, certificates }))).toEqual({
      'certificates.1': 'certificate_unreadable',
    });
    const plain = await api.post(path, {
      kind: 'saml',
      name: 'X',
      ...IDP,
      ssoUrl: 'http://idp.example/sso',
      certificates: [key.certificate],
    });
    expect([plain.body.code, faults(plain)]).toEqual(['address_refused', { ssoUrl: 'not_https' }]);
    const allowed = {
      kind: 'saml',
      name: 'X',
      ...IDP,
      ssoUrl: 'http://127.0.0.1:7/sso',
      certificates: [key.certificate],
    };
    expect((await api.post(path, allowed)).status).toBe(201);
  });

  test('an expired certificate saves with a warning', async () => {
    const day = (text: string) => new Date(`${text}T00:00:00Z`);
    const old = await createSamlKey('Old', { notBefore: day('2020-01-01'), notAfter: day('2021-01-01') });
    const made = await api.post(
      path,
      saml({ metadataXml: idpMetadataXml({ ...IDP, certificates: [old.certificate] }) }),
    );
    expect(made.status).toBe(201);
    expect(made.body.warnings).toEqual([
      { code: 'certificate_expired', message: expect.stringContaining('2021-01-01') },
    ]);
    expect((await api.get(`${path}/${made.body.id}`)).body.warnings).toEqual(made.body.warnings);
  });

  test('OIDC: the provider is asked, the secret is sealed and never shown', async () => {
    const form = {
      kind: 'oidc',
      name: 'Okta',
      issuer: op.issuer,
      clientId: 'drawbridge',
      clientSecret: 'très secret',
      state: 'active',
    };
    const made = await api.post(path, form);
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'oidc',
        redirectUri: `https://login.example.com/acme/sso/${made.body.id}/callback`,
        settings: {
          ...{ issuer: op.issuer, clientId: 'drawbridge', hasClientSecret: true, subjectFrom: 'sub' },
          ...{ scopes: ['openid', 'profile', 'email'], tokenEndpointAuthMethod: 'client_secret_basic' },
        },
        warnings: [{ code: 'unencrypted' }],
      },
    });
    expect(JSON.stringify(made.body)).not.toContain('secret"');
    expect(await opened(made.body.id)).toMatchObject({ context: { settings: { clientSecret: 'très secret' } } });
    const one = `${path}/${made.body.id}`;
    await api.patch(one, { clientSecret: 'newer', subjectFrom: { claim: 'oid' } });
    expect(await opened(made.body.id)).toMatchObject({
      context: {
        version: 2,
        settings: { clientSecret: 'newer', subjectFrom: { claim: 'oid' }, clientId: 'drawbridge' },
      },
    });
    const [stored] = await api.db.query('SELECT secrets, settings::text FROM connections WHERE id = $1', [
      made.body.id,
    ]);
    expect(stored.secrets + stored.settings).not.toContain('newer');
  });

  test('OIDC that cannot be used', async () => {
    const form = { kind: 'oidc', name: 'X', issuer: op.issuer, clientId: 'x', clientSecret: 'y' };
    const refuse = async (fields: object) => {
      const { body, ...reply }: ApiReply = await api.post(path, { ...form, ...fields });
      return [reply.status, body.code, faults({ ...reply, body })];
    };
    expect(await refuse({ issuer: `${op.issuer}/` })).toEqual([422, 'invalid_issuer', { issuer: 'issuer_mismatch' }]);
    expect(await refuse({ issuer: `${webUrl}/none` })).toEqual([422, 'invalid_issuer', { issuer: expect.any(String) }]);
    expect(await refuse({ issuer: 'https://192.168.1.1' })).toEqual([
      422,
      'address_refused',
      { issuer: 'address_refused' },
    ]);
    expect(await refuse({ issuer: 'http://8.8.8.8' })).toEqual([422, 'address_refused', { issuer: 'not_https' }]);
    expect(await refuse({ clientSecret: undefined })).toEqual([422, 'invalid_form', { clientSecret: 'required' }]);
    expect(await refuse({ metadataXml: '<x/>' })).toEqual([422, 'invalid_form', { metadataXml: 'unknown_field' }]);
    expect((await api.post(path, { ...form, clientSecret: undefined, tokenEndpointAuthMethod: 'none' })).status).toBe(
      201,
    );
  });

  test('a change replaces what it names and keeps the rest', async () => {
    const made = await api.post(
      path,
      saml({ metadataXml: undefined, metadataUrl: `${webUrl}/metadata`, trustEmail: 'none' }),
    );
    const one = `${path}/${made.body.id}`;
    const next = await createSamlKey('Next');
    const changed = await api.patch(one, {
      name: 'Renamed',
      certificates: [key.certificate, next.certificate],
      forceAuthn: true,
      nameIdFormat: 'urn:x',
    });
    expect(changed.body).toMatchObject({
      ...{ name: 'Renamed', trustEmail: 'none', sp: made.body.sp },
      settings: { ...IDP, forceAuthn: true, nameIdFormat: 'urn:x', metadataUrl: null },
    });
    expect(changed.body.settings.certificates).toHaveLength(2);
    expect((await api.patch(one, { nameIdFormat: null })).body.settings.nameIdFormat).toBeNull();
    const refused = await api.patch(one, { metadataXml: '<html>' });
    expect(faults(refused)).toEqual({ metadataXml: 'metadata_is_html' });
    expect(faults(await api.patch(one, { issuer: 'https://x.example' }))).toEqual({ issuer: 'unknown_field' });
    expect((await api.get(one)).body).toMatchObject({ name: 'Renamed', settings: IDP });
    const gone = `${path}/019b0000-0000-7000-8000-000000000000`;
    for (const reply of [await api.get(gone), await api.patch(gone, {}), await api.delete(gone)])
      expect(reply).toMatchObject({ status: 404, body: { code: 'unknown_connection' } });
  });

  test('states: step by step for a key of the organization, anywhere with all rights', async () => {
    const globex = await newOrganization(api, 'globex');
    const own = await newKey(api, 'globex', ['connections:write', 'domains:write']);
    const post = (state: string) => api.post(`${globex}/connections`, saml({ state }), { key: own });
    expect((await post('active')).body.code).toBe('invalid_state_change');
    const made = await post('testing');
    const one = `${globex}/connections/${made.body.id}`;
    const go = async (state: string, options = {}) => {
      const { status, body } = await api.patch(one, { state }, { key: own, ...options });
      return status === 200 ? body.state : body.code;
    };
    expect(await go('active')).toBe('invalid_state_change');
    expect(await go('pilot')).toBe('pilot');
    expect(await go('active')).toBe('domain_not_verified');
    await api.post(`${globex}/domains`, { domain: 'globex.example', verified: true });
    for (const state of ['active', 'required', 'active', 'pilot', 'disabled']) expect(await go(state)).toBe(state);
    for (const state of ['pilot', 'active', 'required']) expect(await go(state)).toBe('invalid_state_change');
    expect(await go('testing')).toBe('testing');
    expect(await go('draft')).toBe('draft');
    expect(await go('required', { key: undefined })).toBe('required');
    const [event] = (await api.get(`${globex}/audit-events?action=connection.state_changed`)).body.items;
    expect(event.details).toEqual({ before: 'draft', after: 'required', skipped: ['testing', 'pilot', 'active'] });
    expect((await api.get('/discover?email=x@globex.example')).body.sso).toBe(true);
  });

  test('endpoints stay when the slug changes; the sign-in address follows', async () => {
    const old = await newOrganization(api, 'oldname');
    const made = await api.post(`${old}/connections`, saml());
    await api.patch(old, { slug: 'newname' });
    const read = (await api.get(`/organizations/newname/connections/${made.body.id}`)).body;
    expect(read.sp).toEqual(made.body.sp);
    expect(read.signInUrl).toBe(`https://login.example.com/newname/sso/${made.body.id}`);
  });
});

function several(metadata: string): string {
  const one = metadata.replace(/<\?xml[^>]*>/, '');
  const two = one.replace('https://idp.example/metadata', 'https://other.example/metadata');
  return `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${one}${two}</md:EntitiesDescriptor>`;
}
