import { createPublicKey, createVerify } from 'node:crypto';
import type { AnyOpenConnection } from '../../src/connections/registry';
import type { ConnectionContext } from '../../src/connections/connection';
import { saml } from '../../src/connections/saml/saml';
import type { SamlSettings } from '../../src/connections/saml/settings';
import { createSamlKey, encodePost, idpMetadataXml, samlResponseXml, type SamlKey } from '../../src/demo/saml-response';
import { createConnectionOpener } from '../../src/sign-in/open-connection';
import { findConnection } from '../../src/storage/connections';
import { ATTEMPT } from '../fixtures/saml/scene';
import { newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { describeWith } from '../support/requires';

const IDP = { entityId: 'https://idp.example/metadata', ssoUrl: 'https://idp.example/sso' };

interface Key {
  id: string;
  certificate: string;
  fingerprint256: string;
  state: string;
}

describeWith('postgres', 'security 14: keys of a connection rotate without an outage', () => {
  let api: TestApi;
  let idpKey: SamlKey;
  /** Two processes that have opened the connection before, and keep what they know of it. */
  let processes: ReturnType<typeof createConnectionOpener>[];
  let path: string;
  let organizationId: string;

  beforeAll(async () => {
    [api, idpKey] = await Promise.all([startApi(), createSamlKey()]);
    path = `${await newOrganization(api, 'acme')}/connections`;
    organizationId = (await api.get('/organizations/acme')).body.id;
    processes = [createConnectionOpener(api.box), createConnectionOpener(api.box)];
  });
  afterAll(() => api.close());

  const newConnection = async (): Promise<string> => {
    const metadataXml = idpMetadataXml({ ...IDP, certificates: [idpKey.certificate] });
    return (await api.post(path, { kind: 'saml', name: 'Acme IdP', metadataXml })).body.id;
  };
  const keysOf = async (id: string): Promise<Key[]> =>
    (await api.get(`${path}/${id}/keys`)).body.items as unknown as Key[];
  const encryptionCertificate = async (id: string): Promise<string> =>
    (await api.get(`${path}/${id}`)).body.sp.encryptionCertificate;

  async function open(id: string): Promise<ConnectionContext<SamlSettings>[]> {
    const record = await findConnection(api.db.manager, organizationId, id);
    const opened: AnyOpenConnection[] = record ? processes.map((process) => process(record)) : [];
    return opened.flatMap((one) => (one.kind === 'saml' ? [one.context] : []));
  }

  /** Which of the certificates an AuthnRequest is signed for, in every process. */
  async function signers(id: string, certificates: readonly string[]): Promise<string[][]> {
    const found = (await open(id)).map(async (connection) => {
      const step = await saml.begin(connection, { attempt: ATTEMPT, now: api.now });
      const [, query = ''] = (step.kind === 'redirect' ? step.url : '').split('?');
      const [signed = '', signature = ''] = query.split('&Signature=');
      const bytes = Buffer.from(decodeURIComponent(signature), 'base64');
      return certificates.filter((pem) => createVerify('sha256').update(signed).verify(createPublicKey(pem), bytes));
    });
    return Promise.all(found);
  }

  /** What becomes of an assertion that is encrypted for a certificate, in every process. */
  async function opens(id: string, encryptFor: string): Promise<string[]> {
    const answers = (await open(id)).map(async (connection) => {
      const { entityId, acsUrl } = connection.endpoints;
      const xml = await samlResponseXml(
        {
          ...{ issuer: IDP.entityId, acsUrl, audience: entityId, inResponseTo: ATTEMPT.requestId, now: api.now },
          ...{ nameId: { value: 'pat' }, attributes: {}, sign: 'assertion', encryptFor },
        },
        idpKey,
      );
      const reply = { method: 'POST' as const, url: acsUrl, query: {}, body: { SAMLResponse: encodePost(xml) } };
      const completion = await saml.complete(connection, { attempt: ATTEMPT, reply, now: api.now });
      return 'identity' in completion ? 'opens' : completion.refusal.rule;
    });
    return Promise.all(answers);
  }

  /** Certificates as the metadata publishes them, by their place among these. */
  async function published(id: string, certificates: readonly string[]) {
    const [connection] = await open(id);
    const places = (use: string): number[] =>
      [...saml.metadata(connection!).matchAll(new RegExp(`use="${use}".*?<ds:X509Certificate>([^<]+)`, 'g'))].map(
        ([, body = '']) => certificates.findIndex((pem) => pem.replace(/-----[^-]+-----|\s/g, '') === body),
      );
    return { signing: places('signing'), encryption: places('encryption') };
  }

  test('created, activated, the old one removed: at each step the right one signs, and both open', async () => {
    const id = await newConnection();
    const [old] = await keysOf(id);
    expect(old).toMatchObject({ state: 'signing', certificate: await encryptionCertificate(id) });
    expect(await published(id, [old!.certificate])).toEqual({ signing: [0], encryption: [0] });

    const made = await api.post(`${path}/${id}/keys`);
    expect(made).toMatchObject({ status: 201, headers: { location: expect.stringContaining(made.body.id) } });
    const next = made.body as unknown as Key;
    const certificates = [old!.certificate, next.certificate];
    expect((await keysOf(id)).map(({ state }) => state)).toEqual(['signing', 'next']);
    expect(await encryptionCertificate(id)).toBe(next.certificate);
    expect(await published(id, certificates)).toEqual({ signing: [0, 1], encryption: [1, 0] });
    expect(await signers(id, certificates)).toEqual([[old!.certificate], [old!.certificate]]);
    for (const certificate of certificates) expect(await opens(id, certificate)).toEqual(['opens', 'opens']);

    expect((await api.post(`${path}/${id}/keys/${next.id}/activate`)).body.state).toBe('signing');
    expect((await keysOf(id)).map(({ state }) => state)).toEqual(['retiring', 'signing']);
    expect(await published(id, certificates)).toEqual({ signing: [1, 0], encryption: [1] });
    expect(await signers(id, certificates)).toEqual([[next.certificate], [next.certificate]]);
    for (const certificate of certificates) expect(await opens(id, certificate)).toEqual(['opens', 'opens']);

    expect((await api.delete(`${path}/${id}/keys/${old!.id}`)).status).toBe(204);
    expect(await published(id, certificates)).toEqual({ signing: [1], encryption: [1] });
    expect(await signers(id, certificates)).toEqual([[next.certificate], [next.certificate]]);
    expect(await opens(id, next.certificate)).toEqual(['opens', 'opens']);
    expect(await opens(id, old!.certificate)).toEqual(['decryption', 'decryption']);
  });

  test('one that retires can be called back', async () => {
    const id = await newConnection();
    const next = (await api.post(`${path}/${id}/keys`)).body;
    await api.post(`${path}/${id}/keys/${next.id}/activate`);
    const [old] = await keysOf(id);
    await api.post(`${path}/${id}/keys/${old!.id}/activate`);
    expect((await keysOf(id)).map(({ state }) => state)).toEqual(['signing', 'retiring']);
    expect(await encryptionCertificate(id)).toBe(old!.certificate);
  });

  test('steps that are not possible are refused, and change nothing', async () => {
    const id = await newConnection();
    const keys = `${path}/${id}/keys`;
    const [signing] = await keysOf(id);
    const unknown = `${keys}/019b0000-0000-7000-8000-000000000000`;
    const elsewhere = `${path}/${await newConnection()}/keys/${signing!.id}`;
    const code = async (reply: ReturnType<TestApi['post']>) => (await reply).body.code;
    expect(await code(api.delete(`${keys}/${signing!.id}`))).toBe('in_use');
    expect(await code(api.post(`${keys}/${signing!.id}/activate`))).toBe('invalid_state_change');
    for (const key of [unknown, elsewhere, `${keys}/nonsense`]) {
      expect(await code(api.get(key))).toBe('not_found');
      expect(await code(api.post(`${key}/activate`))).toBe('not_found');
      expect(await code(api.delete(key))).toBe('not_found');
    }
    expect(await keysOf(id)).toEqual([signing]);

    const replies = await Promise.all([1, 2, 3].map(() => api.post(keys)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    for (const { state, id: key } of (await keysOf(id)).filter((one) => one.state === 'next'))
      expect([state, (await api.delete(`${keys}/${key}`)).status]).toEqual(['next', 204]);
    expect(await keysOf(id)).toEqual([signing]);
  });

  test('there are at most five', async () => {
    const id = await newConnection();
    for (let count = 1; count < 5; count++) {
      const next = await api.post(`${path}/${id}/keys`);
      await api.post(`${path}/${id}/keys/${next.body.id}/activate`);
    }
    expect((await api.post(`${path}/${id}/keys`)).body.code).toBe('invalid_state_change');
  });

  test('security 26: it needs connections:write, and another organization’s are not there', async () => {
    const id = await newConnection();
    const keys = `${path}/${id}/keys`;
    const [signing] = await keysOf(id);
    await newOrganization(api, 'globex');
    const reader = await newKey(api, 'acme', ['connections:read']);
    const stranger = await newKey(api, 'globex', ['connections:write']);
    expect((await api.get(keys, { key: reader })).status).toBe(200);
    for (const [key, code] of [
      [reader, 'insufficient_scope'],
      [stranger, 'unknown_organization'],
    ] as const) {
      expect((await api.post(keys, undefined, { key })).body.code).toBe(code);
      expect((await api.post(`${keys}/${signing!.id}/activate`, undefined, { key })).body.code).toBe(code);
      expect((await api.delete(`${keys}/${signing!.id}`, { key })).body.code).toBe(code);
    }
    expect(await keysOf(id)).toEqual([signing]);
  });

  test('security 24, security 27: each step is in the ledger, and no private key is anywhere in the clear', async () => {
    const id = await newConnection();
    const next = (await api.post(`${path}/${id}/keys`)).body;
    const [old] = await keysOf(id);
    await api.post(`${path}/${id}/keys/${next.id}/activate`);
    await api.delete(`${path}/${id}/keys/${old!.id}`);
    const events = (await api.get('/organizations/acme/audit-events')).body.items.filter(
      ({ connectionId, action }) => connectionId === id && action.startsWith('connection.key_'),
    );
    const line = (action: string, key: { id: string; fingerprint256?: unknown }) => ({
      action: `connection.key_${action}`,
      resource: `connection_key:${key.id}`,
      details: { fingerprint256: key.fingerprint256 },
    });
    expect(events).toMatchObject([line('removed', old!), line('activated', next), line('created', next)]);

    const [stored] = await api.db.query(
      `SELECT string_agg(private_key, ' ') AS sealed FROM connection_keys WHERE connection_id = $1`,
      [id],
    );
    expect(stored.sealed).not.toContain('PRIVATE');
    expect(JSON.stringify([next, events, await keysOf(id)])).not.toMatch(/privateKey|PRIVATE/);
  });
});
