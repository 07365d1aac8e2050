import { X509Certificate } from 'node:crypto';
import { badlyEncrypted, badlySigned } from '../fixtures/saml/invalid/signatures';
import {
  notWellFormed,
  unsafe,
  wronglyAddressed,
  wronglyMade,
  wronglyNamed,
  wronglyTimed,
} from '../fixtures/saml/invalid/messages';
import type { InvalidResponse } from '../fixtures/saml/invalid/invalid-response';
import { wrapped } from '../fixtures/saml/invalid/wrapped';
import { complete, connectionWith, createKeys, mint, posted, postedXml, type Keys } from '../fixtures/saml/scene';

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

describe.each<[string, readonly InvalidResponse[]]>([
  ['wrapped signatures', wrapped],
  ['bad signatures', badlySigned],
  ['bad encryption', badlyEncrypted],
  ['meant for another place', wronglyAddressed],
  ['meant for another time', wronglyTimed],
  ['not a sign-in', wronglyMade],
  ['no usable subject', wronglyNamed],
  ['unsafe XML', unsafe],
  ['malformed XML', notWellFormed],
])('%s', (_kind, responses) => {
  test.each(responses)(
    'refuses $name',
    async ({ rule, received = expect.any(String), xml, settings, unsolicited, code = 'invalid_assertion' }) => {
      const connection = connectionWith(keys, settings?.(keys));
      const reply = postedXml(await xml(keys));

      const completion = await complete(connection, reply, unsolicited ? { attempt: undefined } : {});

      expect(completion).toMatchObject({ refusal: { code, rule } });
      expect(completion).not.toHaveProperty('identity');
      expect(completion.steps.find(({ ok }) => !ok)).toMatchObject({ rule, received, expected: expect.any(String) });
      expect(JSON.stringify(completion)).not.toMatch(/pat-0001|mallory|admins/);
    },
  );
});

describe('the form field', () => {
  const valid = async (): Promise<string> => Buffer.from(await mint(keys)).toString('base64');
  const answer = async (SAMLResponse: unknown) => complete(connectionWith(keys), posted(SAMLResponse));

  test('is accepted as it should be', async () => {
    expect(await answer(await valid())).toHaveProperty('identity');
  });

  test.each<[string, string, (base64: string) => unknown]>([
    ['missing', 'parameter', () => undefined],
    ['empty', 'parameter', () => ''],
    ['twice', 'parameter', (base64) => [base64, base64]],
    ['a list of one', 'parameter', (base64) => [base64]],
    ['an object', 'parameter', (base64) => ({ value: base64 })],
    ['not base64', 'base64', () => '<samlp:Response/>'],
    ['base64url', 'base64', () => Buffer.from('<a>>>???</a>').toString('base64url')],
    ['base64 with plus signs read as blanks', 'base64', (base64) => base64.replace(/A/, ' ')],
    ['base64 that breaks off', 'base64', (base64) => base64.replace(/=*$/, '').slice(0, -1)],
    ['base64 with something behind', 'base64', (base64) => `${base64}====`],
    ['not UTF-8', 'utf8', () => Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x28]).toString('base64')],
    ['larger than 700 kB', 'size', () => Buffer.from(`<a>${'x'.repeat(700_001)}</a>`).toString('base64')],
    ['much larger', 'size', () => 'A'.repeat(10_000_000)],
  ])('is refused: %s', async (_fault, rule, change) => {
    expect(await answer(change(await valid()))).toMatchObject({ refusal: { code: 'invalid_assertion', rule } });
  });

  test('is refused in a query', async () => {
    const reply = posted(await valid());
    const asQuery = { ...reply, query: { SAMLResponse: await valid() } };
    expect(await complete(connectionWith(keys), asQuery)).toMatchObject({ refusal: { rule: 'parameter' } });
    const byGet = { ...reply, method: 'GET' as const };
    expect(await complete(connectionWith(keys), byGet)).toMatchObject({ refusal: { rule: 'binding' } });
  });
});

test('a refusal by the provider names its status codes', async () => {
  const code = 'urn:oasis:names:tc:SAML:2.0:status:Responder';
  const subcode = 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed';
  const xml = await mint(keys, { status: { code, subcode, message: 'pat-0001 is locked' }, sign: 'none' });
  const completion = await complete(connectionWith(keys), postedXml(xml));
  expect(completion).toMatchObject({
    refusal: { code: 'provider_refused', rule: 'status', detail: `${code} / ${subcode}` },
  });
});

test('everything that is wrong with a verified message is listed, not only the first', async () => {
  const overrides = { audiences: [['https://other.example']], recipient: 'https://other.example/acs' };
  const { steps } = await complete(connectionWith(keys), postedXml(await mint(keys, { overrides })));
  expect(steps.filter(({ ok }) => !ok)).toEqual([
    { rule: 'audience', ok: false, expected: expect.any(String), received: 'https://other.example' },
    { rule: 'recipient', ok: false, expected: expect.any(String), received: 'https://other.example/acs' },
  ]);
});

test('an unknown signer is named by the fingerprint of its certificate', async () => {
  const { steps } = await complete(connectionWith(keys), postedXml(await mint(keys, {}, keys.stranger)));
  const { fingerprint256 } = new X509Certificate(keys.stranger.certificate);
  expect(steps.at(-1)).toMatchObject({
    rule: 'signing_certificate',
    received: expect.stringContaining(fingerprint256),
  });
});
