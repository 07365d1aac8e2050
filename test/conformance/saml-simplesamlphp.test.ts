import type { CallbackInput, ConnectionContext } from '../../src/connections/connection';
import { createKeyPair } from '../../src/connections/key-pair';
import { readIdpMetadata } from '../../src/connections/saml/idp-metadata';
import { NAMEID_TRANSIENT } from '../../src/connections/saml/names';
import { saml } from '../../src/connections/saml/saml';
import type { SamlSettings } from '../../src/connections/saml/settings';
import { ATTEMPT, connectionWith, createKeys, type Keys } from '../fixtures/saml/scene';
import { createClient } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startSimpleSamlPhp, type ServiceProvider, type SimpleSamlPhp } from '../support/simplesamlphp';

describeWith('simplesamlphp', 'SimpleSAMLphp', () => {
  let idp: SimpleSamlPhp;
  let keys: Keys;
  let fromMetadata: Partial<SamlSettings>;
  beforeAll(async () => {
    [idp, keys] = await Promise.all([startSimpleSamlPhp(), createKeys()]);
    const response = await createClient(idp.metadataUrl).get(idp.metadataUrl);
    const read = readIdpMetadata(response.text, new Date());
    if (!read.ok) throw new Error(read.message);
    const { entityId, ssoUrl, ssoBinding, certificates } = read.idp;
    fromMetadata = { idpEntityId: entityId, ssoUrl, ssoBinding, certificates, subjectFrom: { attribute: 'mail' } };
  });
  afterAll(() => idp.stop());

  async function signIn(
    settings: Partial<SamlSettings>,
    options: ServiceProvider['options'] = {},
  ): Promise<{ connection: ConnectionContext<SamlSettings>; reply: CallbackInput }> {
    const spKey = await createKeyPair(new Date(), 'https://login.example');
    const connection = connectionWith(keys, { ...fromMetadata, spKeys: [spKey], ...settings });
    const { entityId, acsUrl } = connection.endpoints;
    await idp.addServiceProvider({ entityId, acsUrl, certificate: spKey.certificate, options });
    const step = await saml.begin(connection, { attempt: ATTEMPT, now: new Date() });
    const request =
      step.kind === 'redirect' ? step.url : { method: 'post', action: step.action, fields: { ...step.fields } };
    const { fields } = await idp.signIn(request, 'lukasz');
    return { connection, reply: { method: 'POST', url: acsUrl, query: {}, body: fields } };
  }

  const RESPONSE_ONLY = { 'saml20.sign.assertion': false };
  const ASSERTION_ONLY = { 'saml20.sign.response': false };
  const requestedAuthnContext = {
    classRefs: ['urn:oasis:names:tc:SAML:2.0:ac:classes:Password'],
    comparison: 'exact' as const,
  };
  const ENCRYPTED = { 'assertion.encryption': true };

  test.each<[string, Partial<SamlSettings>, ServiceProvider['options']]>([
    ['its defaults', {}, {}],
    ['a signed request by redirect, validated there', {}, { 'validate.authnrequest': true }],
    ['a signed request by POST, validated there', { ssoBinding: 'post' }, { 'validate.authnrequest': true }],
    ['only the response signed', {}, RESPONSE_ONLY],
    ['only the assertion signed', {}, ASSERTION_ONLY],
    ['a class of authentication asked for, and anew', { forceAuthn: true, requestedAuthnContext }, {}],
    ['an encrypted assertion', {}, ENCRYPTED],
    ['an encrypted assertion, only the response signed', {}, { ...ENCRYPTED, ...RESPONSE_ONLY }],
  ])('signs a person in: %s', async (_how, settings, options) => {
    const startedAt = new Date();
    const { connection, reply } = await signIn(settings, options);
    const completion = await saml.complete(connection, { attempt: ATTEMPT, startedAt, reply, now: new Date() });
    expect(completion).not.toHaveProperty('refusal');
    expect(completion).toMatchObject({
      identity: { issuer: idp.entityId, subject: 'lukasz@acme.test', attributes: { mail: ['lukasz@acme.test'] } },
    });
    expect(reply.body.RelayState).toBe(ATTEMPT.relay);
  });

  test('security 14: reads our metadata once, while a next key stands there, and signs in through the whole rotation', async () => {
    const [old, next] = await Promise.all([1, 2].map((id) => createKeyPair(new Date(), `key ${id}`)));
    const { endpoints } = connectionWith(keys);
    const connected = (...spKeys: SamlSettings['spKeys']) =>
      ({ ...connectionWith(keys, { ...fromMetadata, spKeys }), endpoints }) satisfies ConnectionContext<SamlSettings>;
    const before = connected({ ...old!, state: 'signing' }, { ...next!, state: 'next' });
    await idp.addServiceProvider({
      ...endpoints,
      options: { ...ENCRYPTED, 'validate.authnrequest': true, keys: publishedKeys(saml.metadata(before)) },
    });
    const steps = [
      before,
      connected({ ...next!, state: 'signing' }, { ...old!, state: 'retiring' }),
      connected({ ...next!, state: 'signing' }),
    ];
    for (const connection of steps) {
      const step = await saml.begin(connection, { attempt: ATTEMPT, now: new Date() });
      const { fields } = await idp.signIn(step.kind === 'redirect' ? step.url : '', 'lukasz');
      const reply = { method: 'POST' as const, url: endpoints.acsUrl, query: {}, body: fields };
      expect(await saml.complete(connection, { attempt: ATTEMPT, reply, now: new Date() })).toHaveProperty('identity');
    }
  });

  test('is refused its AES-CBC when the response around it is not signed', async () => {
    const { connection, reply } = await signIn({}, { ...ENCRYPTED, ...ASSERTION_ONLY });
    const completion = await saml.complete(connection, { attempt: ATTEMPT, reply, now: new Date() });
    expect(completion).toMatchObject({ refusal: { rule: 'encryption' } });
  });

  test('is refused a transient NameID', async () => {
    const { connection, reply } = await signIn({ subjectFrom: 'nameId' }, { NameIDFormat: NAMEID_TRANSIENT });
    const completion = await saml.complete(connection, { attempt: ATTEMPT, reply, now: new Date() });
    expect(completion).toMatchObject({ refusal: { rule: 'subject_stable' } });
  });
});

/** Keys as SimpleSAMLphp's own reader of metadata keeps them: in the order of the document. */
const publishedKeys = (metadata: string) =>
  [...metadata.matchAll(/<md:KeyDescriptor use="(\w+)".*?<ds:X509Certificate>([^<]+)/g)].map(
    ([, use, certificate = '']) => ({
      encryption: use === 'encryption',
      signing: use === 'signing',
      type: 'X509Certificate',
      X509Certificate: certificate,
    }),
  );
