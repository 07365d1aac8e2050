import { X509Certificate } from 'node:crypto';
import {
  byRequirement,
  corpusConnection,
  filesIn,
  readCorpus,
  readPosted,
  type InvalidEntry,
} from '../fixtures/saml/corpus';
import { bombs } from '../fixtures/saml/bombs';
import { complete, connectionWith, createKeys, mint, posted, postedXml, type Keys } from '../fixtures/saml/scene';

const { invalid } = readCorpus();

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

test('the index names every invalid file, and no other', () => {
  expect(invalid.map(({ file }) => file).sort()).toEqual(filesIn('invalid'));
});

async function refuses({ file, rule, code = 'invalid_assertion', received, settings, unsolicited }: InvalidEntry) {
  const reply = posted(readPosted('invalid', file));

  const completion = await complete(corpusConnection(settings), reply, unsolicited ? { attempt: undefined } : {});

  expect(completion).toMatchObject({ refusal: { code, rule } });
  expect(completion).not.toHaveProperty('identity');
  expect(completion.steps.find(({ ok }) => !ok)).toMatchObject({
    rule,
    received: received ?? expect.any(String),
    expected: expect.any(String),
  });
  expect(JSON.stringify(completion)).not.toMatch(/pat-0001|mallory|admins/);
}

describe.each(byRequirement(invalid))('%s', (_requirement, entries) => {
  test.each(entries)('refuses $file', refuses);
});

describe('security 4: bombs', () => {
  test.each(Object.entries(bombs))('refuses %s before it is parsed', async (_name, { make, rule }) => {
    const reply = posted(make().toString('base64'));
    const began = process.cpuUsage();

    const completion = await complete(corpusConnection(), reply);

    expect(completion).toMatchObject({ refusal: { code: 'invalid_assertion', rule } });
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});

describe('security 4: the form field', () => {
  const valid = readPosted('valid', 'signed-both.xml');
  const answer = async (SAMLResponse: unknown) => complete(corpusConnection(), posted(SAMLResponse));

  test('is accepted as it should be', async () => {
    expect(await answer(valid)).toHaveProperty('identity');
  });

  test.each<[string, string, (base64: string) => unknown]>([
    ['missing', 'parameter', () => undefined],
    ['empty', 'parameter', () => ''],
    ['twice', 'parameter', (base64) => [base64, base64]],
    ['a list of one', 'parameter', (base64) => [base64]],
    ['an object', 'parameter', (base64) => ({ value: base64 })],
    ['a number', 'parameter', () => 7],
    ['not base64', 'base64', () => '<samlp:Response/>'],
    ['base64url', 'base64', () => Buffer.from('<a>>>???</a>').toString('base64url')],
    ['base64 with plus signs read as blanks', 'base64', (base64) => base64.replace(/A/, ' ')],
    ['base64 that breaks off', 'base64', (base64) => base64.replace(/=*$/, '').slice(0, -1)],
    ['base64 with something behind', 'base64', (base64) => `${base64}====`],
    ['base64 with bits left over', 'base64', () => 'PGE+PC9hPh=='],
    ['base64 percent-encoded twice', 'base64', (base64) => encodeURIComponent(base64)],
    ['base64 of base64', 'xml_guard', (base64) => Buffer.from(base64).toString('base64')],
    ['not UTF-8', 'utf8', () => Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x28]).toString('base64')],
    ['larger than 700 kB', 'size', () => Buffer.from(`<a>${'x'.repeat(700_001)}</a>`).toString('base64')],
    ['much larger', 'size', () => 'A'.repeat(10_000_000)],
  ])('is refused: %s', async (_fault, rule, change) => {
    expect(await answer(change(valid))).toMatchObject({ refusal: { code: 'invalid_assertion', rule } });
  });

  test('is refused in a query', async () => {
    const reply = posted(valid);
    const asQuery = { ...reply, query: { SAMLResponse: valid } };
    expect(await complete(corpusConnection(), asQuery)).toMatchObject({ refusal: { rule: 'parameter' } });
    const byGet = { ...reply, method: 'GET' as const };
    expect(await complete(corpusConnection(), byGet)).toMatchObject({ refusal: { rule: 'binding' } });
  });
});

describe('security 1: pinned certificates', () => {
  test.each([
    ['that is none', ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']],
    ['missing', []],
  ])('one %s makes the connection unavailable', async (_what, certificates) => {
    const completion = await complete(connectionWith(keys, { certificates }), postedXml(await mint(keys)));
    expect(completion).toMatchObject({ refusal: { code: 'connection_unavailable', rule: 'pinned_certificates' } });
  });

  test('an unknown signer is named by the fingerprint of its certificate', async () => {
    const { steps } = await complete(connectionWith(keys), postedXml(await mint(keys, {}, keys.stranger)));
    const { fingerprint256 } = new X509Certificate(keys.stranger.certificate);
    expect(steps.at(-1)).toMatchObject({
      rule: 'signing_certificate',
      received: expect.stringContaining(fingerprint256),
    });
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
