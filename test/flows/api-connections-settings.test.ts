import { answer, begin, createAcme, createTestIdp, deliver, maria, type TestIdp } from '../support/acme';
import { faults, newOrganization, startApi, type TestApi } from '../support/api';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const requestedAuthnContext = { classRefs: ['https://refeds.org/profile/mfa'], comparison: 'exact' };

describeWith('postgres', 'API: what a connection asks of its provider', () => {
  let api: TestApi;
  let path: string;
  let idp: TestIdp;
  let op: OidcOp;
  beforeAll(async () => {
    [api, idp, op] = await Promise.all([startApi(), createTestIdp(), startOidcOp({ clients: [] })]);
    path = `${await newOrganization(api, 'acme')}/connections`;
  });
  afterAll(async () => {
    await op.stop();
    await api.close();
  });

  const saml = (fields: object) => ({ kind: 'saml', name: 'IdP', metadataXml: idp.metadataXml, ...fields });
  const oidc = (fields: object) => ({ kind: 'oidc', name: 'OP', issuer: op.issuer, clientId: 'x', ...fields });

  test('SAML: authentication context and ForceAuthn, set, kept, cleared', async () => {
    const made = await api.post(path, saml({ requestedAuthnContext, forceAuthn: true }));
    expect(made.body.settings).toMatchObject({ requestedAuthnContext, forceAuthn: true });
    const one = `${path}/${made.body.id}`;
    expect((await api.patch(one, { name: 'Other' })).body.settings).toMatchObject({ requestedAuthnContext });
    const cleared = await api.patch(one, { requestedAuthnContext: null, forceAuthn: false });
    expect(cleared.body.settings).toMatchObject({ requestedAuthnContext: null, forceAuthn: false });
    expect((await api.post(path, saml({}))).body.settings).toMatchObject({ requestedAuthnContext: null });
  });

  test('SAML: a context that cannot be asked for is refused by its field', async () => {
    const refused = async (context: object) =>
      Object.keys(
        faults(await api.post(path, saml({ requestedAuthnContext: { ...requestedAuthnContext, ...context } }))),
      );
    expect(await refused({ classRefs: [] })).toEqual(['requestedAuthnContext.classRefs']);
    expect(await refused({ classRefs: Array(11).fill('urn:x') })).toEqual(['requestedAuthnContext.classRefs']);
    expect(await refused({ classRefs: ['two words'] })).toEqual(['requestedAuthnContext.classRefs.0']);
    expect(await refused({ comparison: 'stronger' })).toEqual(['requestedAuthnContext.comparison']);
  });

  test('OpenID Connect: contexts and a new authentication, set, kept, cleared', async () => {
    const made = await api.post(path, oidc({ clientSecret: 'y', acrValues: ['phr'], forceAuthn: true }));
    expect(made.body).toMatchObject({ settings: { acrValues: ['phr'], forceAuthn: true }, jwksUri: null });
    const one = `${path}/${made.body.id}`;
    expect((await api.patch(one, { scopes: ['email'] })).body.settings).toMatchObject({ acrValues: ['phr'] });
    const cleared = await api.patch(one, { acrValues: null, forceAuthn: false });
    expect(cleared.body.settings).toMatchObject({ acrValues: null, forceAuthn: false });
  });

  test('private_key_jwt needs no secret and makes a key pair, at creation or by a change, once', async () => {
    const method = (tokenEndpointAuthMethod: string) => ({ tokenEndpointAuthMethod });
    const made = await api.post(path, oidc(method('private_key_jwt')));
    expect(made).toMatchObject({
      status: 201,
      body: {
        jwksUri: `https://login.example.com/acme/sso/${made.body.id}/jwks`,
        settings: { tokenEndpointAuthMethod: 'private_key_jwt', hasClientSecret: false },
      },
    });
    const one = `${path}/${made.body.id}`;
    expect(faults(await api.patch(one, method('client_secret_post')))).toEqual({ clientSecret: 'required' });
    expect((await api.patch(one, { ...method('client_secret_post'), clientSecret: 'y' })).status).toBe(200);
    expect((await api.patch(one, method('private_key_jwt'))).status).toBe(200);
    expect((await api.get(`${one}/keys`)).body.items).toHaveLength(1);

    const other = await api.post(path, oidc({ clientSecret: 'y' }));
    const keys = `${path}/${other.body.id}/keys`;
    expect((await api.post(keys)).body.code).toBe('invalid_state_change');
    expect((await api.get(keys)).body.items).toEqual([]);
    const changes = [1, 2].map(() => api.patch(`${path}/${other.body.id}`, method('private_key_jwt')));
    for (const changed of await Promise.all(changes)) expect(changed.body.jwksUri).toMatch(/\/jwks$/);
    expect((await api.get(keys)).body.items).toMatchObject([{ state: 'signing' }]);
  });
});

describeWith('postgres', 'what a connection asks of its provider, in a sign-in', () => {
  let service: TestService;
  let idp: TestIdp;
  beforeAll(async () => {
    [service, idp] = await Promise.all([startService(), createTestIdp()]);
  });
  afterAll(() => service.stop());

  test('ForceAuthn: an authentication from before the attempt is refused, one within it is let in', async () => {
    const connection = await createAcme(service, idp, { slug: 'forced', forceAuthn: true });
    const browser = service.browser();
    const begun = await begin(browser, connection, 'forced');
    const answered = async (authnInstant: Date) => {
      const fields = await answer(idp, connection, maria, begun, { overrides: { authnInstant } });
      return (await deliver(browser, connection, fields, 'forced')).status;
    };
    expect(await answered(new Date(Date.now() - 10 * 60_000))).toBe(403);
    const attempts = await service.api<{ items: { steps: { rule: string; ok: boolean }[] }[] }>(
      'GET',
      '/organizations/forced/sign-in-attempts',
    );
    expect(attempts.items[0]?.steps.filter(({ ok }) => !ok).map(({ rule }) => rule)).toEqual(['force_authn']);
    expect(await answered(new Date())).toBe(303);
  });

  test('ForceAuthn: what nobody asked for is answered by a request of our own, though such are allowed', async () => {
    const connection = await createAcme(service, idp, { slug: 'tile', forceAuthn: true, allowIdpInitiated: true });
    const fields = await answer(idp, connection, maria, undefined);
    const reply = await deliver(service.browser(), connection, fields, 'tile');
    expect([reply.status, reply.location]).toEqual([303, `/tile/sso/${connection.id}?restarted=1`]);
  });

  test('private_key_jwt: a real provider reads our keys, before, during and after a rotation', async () => {
    const clients: Record<string, unknown>[] = [];
    const op = await startOidcOp({ clients: clients as never });
    await service.api('POST', '/organizations', { slug: 'globex', name: 'Globex' });
    const path = '/organizations/globex/connections';
    const form = { kind: 'oidc', name: 'OP', issuer: op.issuer, clientId: 'drawbridge', state: 'active' };
    const connection = await service.api<{ id: string; redirectUri: string; jwksUri: string }>('POST', path, {
      ...form,
      tokenEndpointAuthMethod: 'private_key_jwt',
    });
    const { redirectUri, jwksUri } = connection;
    clients.push({
      ...{ client_id: 'drawbridge', redirect_uris: [redirectUri], jwks_uri: jwksUri.replace('localhost', '127.0.0.1') },
      ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'RS256' },
    });
    const signIn = async () => {
      const browser = service.browser();
      const { location } = await browser.get(`/globex/sso/${connection.id}`);
      const callback = await op.signIn(location ?? '', 'lukasz');
      const reply = await browser.get(callback);
      return [reply.status, reply.location];
    };
    // A provider begins anew, with an empty memory of our keys.
    const reload = () => op.rotateKeys();
    const keys = `${path}/${connection.id}/keys`;
    const kids = async () => {
      const set = (await service.browser().get(new URL(jwksUri).pathname)).json<{ keys: { kid: string }[] }>();
      return set.keys.map(({ kid }) => kid);
    };

    reload();
    const [old] = await kids();
    expect(await signIn()).toEqual([303, '/globex/account']);
    const next = await service.api<{ id: string }>('POST', keys);
    expect(await kids()).toEqual([old, next.id]);
    reload();
    expect(await signIn()).toEqual([303, '/globex/account']);
    await service.api('POST', `${keys}/${next.id}/activate`);
    expect(await signIn()).toEqual([303, '/globex/account']);
    await service.api('DELETE', `${keys}/${old}`);
    expect(await kids()).toEqual([next.id]);
    reload();
    expect(await signIn()).toEqual([303, '/globex/account']);
    await op.stop();
  });

  test('a SAML connection has no key set', async () => {
    const connection = await createAcme(service, idp, { slug: 'saml-only' });
    expect((await service.browser().get(`/saml-only/sso/${connection.id}/jwks`)).status).toBe(404);
  });
});
