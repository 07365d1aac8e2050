import type { Completion } from '../../src/connections/connection';
import {
  ATTEMPT,
  complete,
  connectionWith,
  createKeys,
  IDP,
  mint,
  NOW,
  postedXml,
  type Keys,
} from '../fixtures/saml/scene';

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

const SKEW = 60_000;
const after = (milliseconds: number): Date => new Date(NOW.getTime() + milliseconds);

function accepted(completion: Completion) {
  if (!('identity' in completion)) throw new Error(`refused: ${JSON.stringify(completion.refusal)}`);
  expect(completion.steps.every(({ ok }) => ok)).toBe(true);
  return completion;
}

describe('a signed response', () => {
  const contents = [undefined, 'aes128-gcm', 'aes256-gcm', 'aes256-cbc'] as const;
  const combinations = (['assertion', 'response', 'both'] as const)
    .flatMap((sign) => contents.map((content) => ({ sign, content })))
    // Who encrypts with CBC has to sign the Response around it.
    .filter(({ sign, content }) => !(sign === 'assertion' && content === 'aes256-cbc'));

  test.each(combinations)('is accepted: signed $sign, encrypted $content', async ({ sign, content }) => {
    const encrypted = content && { encryptFor: keys.sp.certificate, encryption: { content } };
    const xml = await mint(keys, { sign, ...encrypted });

    const { identity } = accepted(await complete(connectionWith(keys), postedXml(xml)));

    expect(identity).toMatchObject({ issuer: IDP, subject: 'pat-0001' });
    expect(identity.attributes).toEqual({ email: ['pat@acme.example'], groups: ['admins', 'engineering'] });
    expect(xml.includes('pat-0001')).toBe(content === undefined);
  });

  test.each(['rsa-sha256', 'rsa-sha512'] as const)('is accepted: %s', async (algorithm) => {
    const digest = algorithm === 'rsa-sha256' ? 'sha256' : 'sha512';
    accepted(await complete(connectionWith(keys), postedXml(await mint(keys, { signature: { algorithm, digest } }))));
  });

  test('yields the identity and what keeps it from being used again', async () => {
    const sessionNotOnOrAfter = after(8 * 60 * 60 * 1000);
    const authnContext = 'urn:oasis:names:tc:SAML:2.0:ac:classes:X509';
    const xml = await mint(keys, {
      sessionNotOnOrAfter,
      authnContext,
      overrides: { assertionId: '_assertion-1', authnInstant: after(-5000) },
    });
    const connection = connectionWith(keys);

    const { identity, replayKey, replayUntil } = accepted(await complete(connection, postedXml(xml)));

    expect(identity).toEqual({
      connectionId: connection.id,
      issuer: IDP,
      subject: 'pat-0001',
      attributes: { email: ['pat@acme.example'], groups: ['admins', 'engineering'] },
      emailVerified: false,
      authenticatedAt: after(-5000),
      amr: [authnContext],
      sessionIndex: '_session-1',
      notOnOrAfter: sessionNotOnOrAfter,
    });
    expect({ replayKey, replayUntil }).toEqual({ replayKey: '_assertion-1', replayUntil: after(5 * 60_000 + SKEW) });
  });

  test('is accepted with line breaks in its base64', async () => {
    const xml = await mint(keys);
    const wrapped = Buffer.from(xml).toString('base64').replace(/.{76}/g, '$&\r\n');
    accepted(await complete(connectionWith(keys), { ...postedXml(xml), body: { SAMLResponse: wrapped } }));
  });

  test('is accepted unsolicited when it names no request', async () => {
    const reply = postedXml(await mint(keys, { inResponseTo: undefined }));
    accepted(await complete(connectionWith(keys), reply, { attempt: undefined }));
  });

  test('is accepted when only the assertion carries what an unsigned Response may leave out', async () => {
    const overrides = { destination: null, responseIssuer: null };
    accepted(await complete(connectionWith(keys), postedXml(await mint(keys, { sign: 'assertion', overrides }))));
  });
});

describe('several keys', () => {
  test.each(['idp', 'idpNext', 'stranger'] as const)(
    'any of three pinned certificates verifies: %s',
    async (signer) => {
      const certificates = [keys.idp.certificate, keys.idpNext.certificate, keys.stranger.certificate];
      const reply = postedXml(await mint(keys, {}, keys[signer]));
      accepted(await complete(connectionWith(keys, { certificates }), reply));
    },
  );

  test('the certificate in the message is a hint and not a condition', async () => {
    const certificates = [keys.idpNext.certificate, keys.idp.certificate];
    const xml = await mint(keys, { sign: 'assertion' });
    const withoutKeyInfo = xml.replace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>/gs, '');
    expect(withoutKeyInfo).not.toBe(xml);
    accepted(await complete(connectionWith(keys, { certificates }), postedXml(withoutKeyInfo)));
  });

  test.each(['sp', 'spOld'] as const)('an assertion encrypted for either key opens: %s', async (key) => {
    const spKeys = [keys.sp, keys.spOld];
    for (const sign of ['assertion', 'response', 'both'] as const) {
      const xml = await mint(keys, { sign, encryptFor: keys[key].certificate });
      accepted(await complete(connectionWith(keys, { spKeys }), postedXml(xml)));
    }
  });

  test('a changed pin counts at once, even under the same version', async () => {
    const connection = connectionWith(keys);
    const reply = postedXml(await mint(keys));
    accepted(await complete(connection, reply));
    const changed = { ...connection, settings: { ...connection.settings, certificates: [keys.idpNext.certificate] } };
    expect(await complete(changed, reply)).toMatchObject({ refusal: { rule: 'signing_certificate' } });
  });
});

describe('the clock', () => {
  const edge = (name: string, overrides: object, atEdge: number, rule: string, options: object = {}) => ({
    name,
    overrides,
    atEdge,
    rule,
    options,
  });
  // Each row is accepted at its edge and refused one millisecond beyond it.
  test.each([
    edge('NotOnOrAfter of the bearer', { confirmationNotOnOrAfter: NOW }, SKEW - 1, 'confirmation_expired'),
    edge('NotOnOrAfter of the conditions', { notOnOrAfter: NOW }, SKEW - 1, 'not_on_or_after'),
    edge('NotBefore', { notBefore: NOW }, -SKEW, 'not_before'),
    edge('SessionNotOnOrAfter', { sessionNotOnOrAfter: NOW }, SKEW - 1, 'session_not_on_or_after'),
    edge('IssueInstant in the future', { issueInstant: NOW }, -SKEW, 'response_issue_instant'),
    edge('IssueInstant in the past', { issueInstant: NOW }, 10 * 60_000, 'response_issue_instant'),
    edge('AuthnInstant in the future', { authnInstant: NOW }, -SKEW, 'authn_statement'),
  ])('$name: the edge is inside', async ({ overrides, atEdge, rule }) => {
    const wide = { notBefore: after(-3_600_000), notOnOrAfter: after(3_600_000) };
    const issueInstant = atEdge < 0 ? after(atEdge) : NOW;
    const authnInstant = atEdge < 0 ? after(atEdge) : NOW;
    const times = { ...wide, issueInstant, authnInstant, confirmationNotOnOrAfter: after(3_600_000), ...overrides };
    const reply = postedXml(await mint(keys, { overrides: times }));
    const connection = connectionWith(keys);
    const beyond = after(atEdge + Math.sign(atEdge));

    accepted(await complete(connection, reply, { now: after(atEdge) }));
    expect(await complete(connection, reply, { now: beyond })).toMatchObject({ refusal: { rule } });
  });
});

describe('the subject', () => {
  test.each([
    'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  ])('is a NameID of format %s', async (format) => {
    const reply = postedXml(await mint(keys, { nameId: { value: 'Pat@acme.example', format } }));
    expect(accepted(await complete(connectionWith(keys), reply)).identity.subject).toBe('Pat@acme.example');
  });

  test('is an attribute, whatever the NameID is', async () => {
    const nameId = { value: '_x', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' };
    const reply = postedXml(await mint(keys, { nameId, attributes: { employeeNumber: '4711' } }));
    const connection = connectionWith(keys, { subjectFrom: { attribute: 'employeeNumber' } });
    expect(accepted(await complete(connection, reply)).identity.subject).toBe('4711');
  });

  test('is the whole NameID, escaped characters included', async () => {
    const value = `a<b>&"O'Leary" 李`;
    const reply = postedXml(await mint(keys, { nameId: { value } }));
    expect(accepted(await complete(connectionWith(keys), reply)).identity.subject).toBe(value);
  });
});

describe('attributes', () => {
  const attributesOf = async (mutate: (xml: string) => string) =>
    accepted(await complete(connectionWith(keys), postedXml(await mint(keys, { mutate })))).identity.attributes;
  const withAttributes = (xml: string) => (whole: string) =>
    whole.replace(
      /<saml:AttributeStatement>.*<\/saml:AttributeStatement>/s,
      `<saml:AttributeStatement>${xml}</saml:AttributeStatement>`,
    );

  test('keep every value; an empty one is sent but empty; FriendlyName is not a name', async () => {
    const nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"';
    const statement = `
      <saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="mail"><saml:AttributeValue> a@b.example </saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="department"><saml:AttributeValue></saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="title"><saml:AttributeValue ${nil}/></saml:Attribute>
      <saml:Attribute Name="phone"/>
      <saml:Attribute Name="groups"><saml:AttributeValue>one</saml:AttributeValue><saml:AttributeValue>two</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="groups"><saml:AttributeValue>three</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="__proto__"><saml:AttributeValue>a name like any other</saml:AttributeValue></saml:Attribute>`;
    const attributes = await attributesOf(withAttributes(statement));
    expect(Object.entries(attributes)).toEqual([
      ['urn:oid:0.9.2342.19200300.100.1.3', ['a@b.example']],
      ['department', []],
      ['title', []],
      ['phone', []],
      ['groups', ['one', 'two', 'three']],
      ['__proto__', ['a name like any other']],
    ]);
  });

  test('are none when the statement is missing', async () => {
    expect(
      await attributesOf((xml) => xml.replace(/<saml:AttributeStatement>.*<\/saml:AttributeStatement>/s, '')),
    ).toEqual({});
  });
});

test('the trace of a success names every rule and no personal value', async () => {
  const completion = accepted(await complete(connectionWith(keys), postedXml(await mint(keys))));
  expect(completion.steps.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['signature', 'audience', 'recipient']),
  );
  expect(JSON.stringify(completion.steps)).not.toMatch(/pat/);
});

test('one confirmation of several is enough', async () => {
  const other = `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="https://other.example/acs" NotOnOrAfter="${after(1000).toISOString()}" InResponseTo="${ATTEMPT.requestId}"/></saml:SubjectConfirmation>`;
  const mutate = (xml: string): string => xml.replace('<saml:SubjectConfirmation ', `${other}$&`);
  accepted(await complete(connectionWith(keys), postedXml(await mint(keys, { mutate }))));
});
