import { SAML } from '@node-saml/passport-saml';
import { SignedXml } from 'xml-crypto';
import { ConnectionVerifier } from '../../src/connections/saml/verifier';
import { survey } from '../../src/connections/saml/survey';
import { parseXml, type Element } from '../../src/connections/saml/xml';
import { createKeys, mint, type Keys } from '../fixtures/saml/scene';

/** node-saml's own way through a message, as far as what it takes for verified. */
class NodeSaml extends SAML {
  verified?: string;

  protected override getSignedAssertion(signedXml: string): Promise<string | null> {
    this.verified = signedXml;
    return Promise.resolve(null);
  }
}

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

async function byNodeSaml(xml: string): Promise<string | undefined> {
  const options = { issuer: 'sp', callbackUrl: 'https://sp.example/acs', idpCert: keys.idp.certificate };
  const saml = new NodeSaml({ ...options, wantAssertionsSigned: false, wantAuthnResponseSigned: false });
  // It goes on to refuse, because nothing is handed back to it.
  await saml.validatePostResponseAsync({ SAMLResponse: Buffer.from(xml).toString('base64') }).catch(() => undefined);
  return saml.verified;
}

const signaturesOf = (xml: string): readonly Element[] => survey(parseXml(xml) as Element).signatures;

/** By the first signature that verifies: the Response's stands before the assertion's. */
const byUs = (xml: string, certificates = [keys.idp.certificate]): string | undefined =>
  signaturesOf(xml)
    .map((signature) => new ConnectionVerifier(certificates).verify(xml, signature))
    .find((verified) => verified !== undefined);

/** A prefix that only a value mentions, declared on the Response: without its PrefixList, canonical XML would lose it. */
async function withPrefixList(): Promise<string> {
  const ns = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const unsigned = await mint(keys, {
    sign: 'none',
    mutate: (xml) =>
      xml.replace('<samlp:Response ', `$&${ns} `).replaceAll('<saml:AttributeValue', '$& xsi:type="xs:string"'),
  });
  const signed = new SignedXml({
    privateKey: keys.idp.privateKey,
    publicCert: keys.idp.certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  signed.addReference({
    xpath: "//*[local-name(.)='Assertion']",
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    inclusiveNamespacesPrefixList: ['xs'],
  });
  const issuer = "//*[local-name(.)='Assertion']/*[local-name(.)='Issuer']";
  signed.computeSignature(unsigned, { location: { reference: issuer, action: 'after' } });
  return signed.getSignedXml();
}

describe('security 2: what is verified is what node-saml verifies', () => {
  const lines = (xml: string): string => xml.replaceAll('><', '>\n  <');
  test.each<[string, () => Promise<string>]>([
    ['assertion signed', () => mint(keys, { sign: 'assertion' })],
    ['response signed', () => mint(keys, { sign: 'response' })],
    ['both signed', () => mint(keys, { sign: 'both' })],
    ['in many lines', () => mint(keys, { mutate: lines })],
    ['with the line ends of Windows', async () => (await mint(keys, { mutate: lines })).replaceAll('\n', '\r\n')],
    ['without KeyInfo', async () => (await mint(keys, { sign: 'assertion' })).replace(/<ds:KeyInfo>.*KeyInfo>/s, '')],
    ['with escaped characters', () => mint(keys, { nameId: { value: `a<b>&"O'Leary"\t李` } })],
    ['with a PrefixList', withPrefixList],
    ['both signed, the Response changed after', async () => (await mint(keys)).replace(/ Destination="[^"]+"/, '')],
    ['an attribute changed after', async () => (await mint(keys)).replace('>admins<', '>owners<')],
    ['a prefix bound to something else after', async () => (await withPrefixList()).replace('XMLSchema"', 'Other"')],
  ])('%s', async (name, message) => {
    const xml = await message();
    const expected = await byNodeSaml(xml);
    expect(byUs(xml)).toBe(expected);
    expect(expected === undefined).toBe(/attribute changed|bound to something else/.test(name));
  });
});

describe('security 1: pinned certificates alone verify', () => {
  test.each(['idp', 'idpNext', 'stranger'] as const)('any of three, in any place: %s', async (signer) => {
    const pinned = [keys.idp, keys.idpNext, keys.stranger].map(({ certificate }) => certificate);
    const xml = await mint(keys, {}, keys[signer]);
    expect(byUs(xml, pinned)).toContain('pat-0001');
    expect(byUs(xml.replace(/<ds:KeyInfo>.*?KeyInfo>/s, ''), pinned)).toContain('pat-0001');
  });

  test('the one in the message does not', async () => {
    const xml = await mint(keys, {}, keys.stranger);
    expect(byUs(xml, [keys.idp.certificate, keys.idpNext.certificate])).toBeUndefined();
  });
});
