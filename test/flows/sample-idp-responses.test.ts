import { SAML, type SamlConfig } from '@node-saml/passport-saml';
import {
  createSamlKey,
  encodePost,
  samlResponseXml,
  type SamlKey,
  type SamlResponseOptions,
} from '../../src/demo/saml-response';

const NOW = new Date();
const options: SamlResponseOptions = {
  issuer: 'https://idp.example/saml',
  acsUrl: 'https://login.example/acme/sso/1/acs',
  audience: 'https://login.example/acme/sso/1/metadata',
  inResponseTo: '_request',
  nameId: { value: `<"O'Leary" & 李>` },
  attributes: { displayName: `Pat "O'Leary" & <Łukasz>`, groups: ['a<b', 'c&d'] },
  now: NOW,
  sign: 'both',
};

let idp: SamlKey;
let stranger: SamlKey;
let sp: SamlKey;
beforeAll(async () => {
  [idp, stranger, sp] = await Promise.all([createSamlKey(), createSamlKey(), createSamlKey('sp')]);
});

const validate = (xml: string, config: Partial<SamlConfig> = {}) =>
  new SAML({
    callbackUrl: options.acsUrl,
    issuer: options.audience,
    audience: options.audience,
    idpCert: idp.certificate,
    decryptionPvk: sp.privateKey,
    wantAuthnResponseSigned: false,
    wantAssertionsSigned: false,
    ...config,
  }).validatePostResponseAsync({ SAMLResponse: encodePost(xml) });

const ENCRYPTIONS = [undefined, 'aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc'] as const;
const combinations = (['assertion', 'response', 'both'] as const).flatMap((sign) =>
  ENCRYPTIONS.map((content) => ({ sign, content })),
);

test.each(combinations)('node-saml accepts a response signed $sign, encrypted $content', async ({ sign, content }) => {
  const encrypted = content ? { encryptFor: sp.certificate, encryption: { content } } : {};
  const xml = await samlResponseXml({ ...options, sign, ...encrypted }, idp);

  const { profile } = await validate(xml, {
    wantAssertionsSigned: sign !== 'response',
    wantAuthnResponseSigned: sign !== 'assertion',
  });

  expect(profile).toMatchObject({ nameID: options.nameId.value, issuer: options.issuer, ...options.attributes });
  expect(xml.includes('EncryptedAssertion')).toBe(content !== undefined);
  expect(xml.includes('AuthnStatement')).toBe(content === undefined);
});

test.each(['assertion', 'response', 'both'] as const)(
  'a response signed %s by another key is refused',
  async (sign) => {
    await expect(validate(await samlResponseXml({ ...options, sign }, stranger))).rejects.toThrow('Invalid signature');
  },
);

test('a change after signing is refused, a change before signing is signed', async () => {
  const mutate = (xml: string): string => xml.replace('a&lt;b', 'admins');

  await expect(validate(mutate(await samlResponseXml(options, idp)))).rejects.toThrow('Invalid signature');
  const { profile } = await validate(await samlResponseXml({ ...options, mutate }, idp));
  expect(profile).toMatchObject({ groups: ['admins', 'c&d'] });
});

test('without a signature nothing is accepted', async () => {
  await expect(validate(await samlResponseXml({ ...options, sign: 'none' }, idp))).rejects.toThrow('Invalid signature');
});

test('a status other than success carries no assertion', async () => {
  const status = { code: 'urn:oasis:names:tc:SAML:2.0:status:Responder', message: 'Not today' };
  const xml = await samlResponseXml({ ...options, status }, idp);

  expect(xml).not.toContain('Assertion ');
  await expect(validate(xml)).rejects.toThrow('Responder error: Not today');
});

test('values can be replaced or left out', async () => {
  const overrides = {
    recipient: null,
    destination: null,
    assertionIssuer: null,
    audiences: [['https://other.example']],
  };
  const xml = await samlResponseXml({ ...options, overrides }, idp);

  expect(xml).not.toContain('Recipient=');
  expect(xml).not.toContain('Destination=');
  await expect(validate(xml)).rejects.toThrow('SAML assertion audience mismatch');
});

test('weak algorithms can be chosen, for others to refuse', async () => {
  const xml = await samlResponseXml({ ...options, signature: { algorithm: 'rsa-sha1', digest: 'sha1' } }, idp);

  expect(xml).toContain('http://www.w3.org/2000/09/xmldsig#rsa-sha1');
  expect(xml).toContain('http://www.w3.org/2000/09/xmldsig#sha1');
});
