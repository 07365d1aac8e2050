import type { Completion } from '../../src/connections/connection';
import { createSamlKey } from '../../src/demo/saml-response';
import {
  byRequirement,
  corpusConnection,
  filesIn,
  readCorpus,
  readPosted,
  type CorpusSettings,
  type ValidEntry,
} from '../fixtures/saml/corpus';
import {
  complete,
  connectionWith,
  createKeys,
  IDP,
  mint,
  NOW,
  posted,
  postedXml,
  type Keys,
} from '../fixtures/saml/scene';

const { valid } = readCorpus();

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

const completeFile = (file: string, settings: CorpusSettings = {}) =>
  complete(corpusConnection(settings), posted(readPosted('valid', file)));

test('the index names every valid file, and no other', () => {
  expect(valid.map(({ file }) => file).sort()).toEqual(filesIn('valid'));
});

async function accepts({ file, subject, attributes, settings, unsolicited }: ValidEntry) {
  const reply = posted(readPosted('valid', file));

  const { identity } = accepted(
    await complete(corpusConnection(settings), reply, unsolicited ? { attempt: undefined } : {}),
  );

  expect(identity).toMatchObject({ issuer: IDP, subject });
  expect(identity.attributes).toEqual(attributes);
}

describe.each(byRequirement(valid))('%s', (_requirement, entries) => {
  test.each(entries)('accepts $file', accepts);
});

describe('security 4: what the guard has room for', () => {
  const TYPED =
    '<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">';

  test.each(['assertion', 'both'] as const)('a member of a thousand groups, signed %s', async (sign) => {
    const groups = Array.from({ length: 1000 }, (_, index) => `group-${index}`);
    const mutate = (xml: string): string => xml.replaceAll('<saml:AttributeValue>', TYPED);
    const reply = postedXml(await mint(keys, { attributes: { groups }, mutate, sign }));
    expect(accepted(await complete(connectionWith(keys), reply)).identity.attributes).toEqual({ groups });
  });

  test('line breaks in the base64', async () => {
    const wrapped = readPosted('valid', 'signed-both.xml').replace(/.{76}/g, '$&\r\n');
    accepted(await complete(corpusConnection(), posted(wrapped)));
  });
});

describe('security 14: keys and their dates', () => {
  test.each([
    { keyTransport: 'rsa-oaep-mgf1p', digest: 'sha1' },
    { keyTransport: 'rsa-oaep-mgf1p', digest: 'sha256' },
    { keyTransport: 'rsa-oaep-mgf1p', digest: 'sha512' },
    { keyTransport: 'rsa-oaep', digest: 'sha256', mask: 'sha1' },
    { keyTransport: 'rsa-oaep', digest: 'sha256', mask: 'sha256' },
    { keyTransport: 'rsa-oaep', digest: 'sha512', mask: 'sha512' },
  ] as const)('a content key sent by $keyTransport, hash $digest, mask $mask, opens', async (encryption) => {
    for (const sign of ['assertion', 'response', 'both'] as const) {
      const xml = await mint(keys, { sign, encryptFor: keys.sp.certificate, encryption });
      accepted(await complete(connectionWith(keys), postedXml(xml)));
    }
  });

  test.each([
    ['expired', '2020-01-01', '2021-01-01'],
    ['is not valid yet', '2040-01-01', '2041-01-01'],
  ])('a pinned certificate that %s verifies all the same', async (_when, from, until) => {
    const key = await createSamlKey('IdP', { notBefore: new Date(from), notAfter: new Date(until) });
    const connection = connectionWith(keys, { certificates: [key.certificate] });
    accepted(await complete(connection, postedXml(await mint(keys, {}, key))));
  });
});

describe('security 1: several keys', () => {
  test.each(['idp', 'idp-next', 'stranger'])(
    'any order of three pinned certificates verifies: %s first',
    async (first) => {
      const others = ['idp', 'idp-next', 'stranger'].filter((name) => name !== first);
      const certificates = [first, ...others];
      for (const number of [1, 2, 3])
        accepted(await completeFile(`signed-by-pinned-certificate-${number}-of-3.xml`, { certificates }));
    },
  );

  test('a changed pin counts at once, even under the same version', async () => {
    const connection = corpusConnection();
    const reply = posted(readPosted('valid', 'signed-both.xml'));
    accepted(await complete(connection, reply));
    const { certificates } = corpusConnection({ certificates: ['idp-next'] }).settings;
    const changed = { ...connection, settings: { ...connection.settings, certificates } };
    expect(await complete(changed, reply)).toMatchObject({ refusal: { rule: 'signing_certificate' } });
  });
});

test('security 14: what is encrypted cannot be read on the way', () => {
  const encrypted = valid.filter(({ file }) => file.startsWith('encrypted-'));
  const texts = encrypted.map(({ file }) => Buffer.from(readPosted('valid', file), 'base64').toString());
  expect(texts.filter((xml) => xml.includes('pat-0001'))).toEqual([]);
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

  expect(identity).toMatchObject({
    connectionId: connection.id,
    issuer: IDP,
    subject: 'pat-0001',
    attributes: { email: ['pat@acme.example'], groups: ['admins', 'engineering'] },
    emailVerified: false,
    authenticatedAt: after(-5000),
    amr: [authnContext],
    acr: authnContext,
    sessionIndex: '_session-1',
    notOnOrAfter: sessionNotOnOrAfter,
  });
  expect({ replayKey, replayUntil }).toEqual({ replayKey: '_assertion-1', replayUntil: after(5 * 60_000 + SKEW) });
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
});

test('the trace of a success names every rule and no personal value', async () => {
  const { steps } = accepted(await completeFile('signed-both.xml'));
  expect(steps.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['signature', 'audience', 'recipient']));
  expect(JSON.stringify(steps)).not.toMatch(/pat/);
});
