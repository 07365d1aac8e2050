import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createKeyPair } from '../../src/connections/key-pair';
import { readCertificate } from '../../src/connections/saml/certificate';
import { readIdpMetadata } from '../../src/connections/saml/idp-metadata';
import { saml } from '../../src/connections/saml/saml';
import { createSamlKey, idpMetadataXml, type SamlKey } from '../../src/demo/saml-response';
import { connectionWith, createKeys, NOW } from '../fixtures/saml/scene';

const DAY = 24 * 60 * 60 * 1000;
const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY);
const lasting = (days: number): Promise<SamlKey> =>
  createSamlKey('idp', { notBefore: inDays(-400), notAfter: inDays(days) });

let current: SamlKey;
let next: SamlKey;
let soon: SamlKey;
let expired: SamlKey;
beforeAll(async () => {
  current = await lasting(1000);
  next = await lasting(1000);
  soon = await lasting(29);
  expired = await lasting(-1);
});

const ENTITY = 'https://idp.example/saml';
const SSO = 'https://idp.example/sso';
const SLO = 'https://idp.example/slo';
const MD = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';
const metadata = (...keys: SamlKey[]): string =>
  idpMetadataXml({
    entityId: ENTITY,
    ssoUrl: SSO,
    sloUrl: SLO,
    certificates: keys.map(({ certificate }) => certificate),
  });
const body = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '');
/** A certificate with an elliptic curve key. */
const EC =
  'MIIBbzCCARWgAwIBAgIUC7NMhE6JbloQxTrIyXXzuY12KNowCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCZWMwHhcNMjYxMTIyMDM0MjE1WhcNNDYxMTE3MDM0MjE1WjANMQswCQYDVQQDDAJlYzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIbG6dz10to4Sz6hw8FZ5vyZtAzcAt5MYuvLUtqR8g+PmhYnKnU9N/2a286mApoNbgVYBtAKJQI4BkWeu5XgVWyjUzBRMB0GA1UdDgQWBBSqYqaX64LM2HiHM6QCgWeLItLPYzAfBgNVHSMEGDAWgBSqYqaX64LM2HiHM6QCgWeLItLPYzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCID8pEREkDWs61PgGCNWPu12TAqWuw0i5o58GeQDK7ZPXAiEAub/Q+nKxQBpeyXC8N3F3ITbGkVrpLeVK+K4JzfYh4Ko=';

describe('metadata of an identity provider', () => {
  test('yields what a connection needs', () => {
    const read = readIdpMetadata(metadata(current, next), NOW);
    expect(read).toEqual({
      ok: true,
      idp: {
        entityId: ENTITY,
        ssoUrl: SSO,
        ssoBinding: 'redirect',
        sloUrl: SLO,
        sloBinding: 'redirect',
        certificates: [current, next].map(({ certificate }) => new X509Certificate(certificate).toString()),
        nameIdFormats: [
          'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
          'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        ],
      },
      warnings: [],
    });
  });

  test.each<[string, (xml: string) => string]>([
    [
      'a declaration, comments and white space',
      (xml) => `\n<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->${xml}\n`,
    ],
    ['a byte order mark', (xml) => `\uFEFF${xml}`],
    ['an EntitiesDescriptor around it', (xml) => `<md:EntitiesDescriptor ${MD}>${xml}</md:EntitiesDescriptor>`],
    [
      'an application beside it',
      (xml) =>
        `<md:EntitiesDescriptor ${MD}>${xml}<md:EntityDescriptor entityID="sp"><md:SPSSODescriptor/></md:EntityDescriptor></md:EntitiesDescriptor>`,
    ],
    ['keys for any use', (xml) => xml.replaceAll(' use="signing"', '')],
    ['a certificate broken into lines', (xml) => xml.replace(/(X509Certificate>)(.{64})/, '$1\n  $2\n  ')],
    ['the same certificate twice', (xml) => xml.replace(/<md:KeyDescriptor.*<\/md:KeyDescriptor>/s, '$&$&')],
    [
      'a chain below the certificate',
      (xml) =>
        xml.replace('</ds:X509Certificate>', `$&<ds:X509Certificate>${body(next.certificate)}</ds:X509Certificate>`),
    ],
    [
      'an encryption key beside it',
      (xml) =>
        xml.replace(
          /<md:KeyDescriptor.*<\/md:KeyDescriptor>/s,
          (key) =>
            key + key.replace('signing', 'encryption').replace(body(current.certificate), body(next.certificate)),
        ),
    ],
  ])('may have %s', (_what, change) => {
    const read = readIdpMetadata(change(metadata(current)), NOW);
    expect(read).toMatchObject({ ok: true, warnings: [], idp: { entityId: ENTITY, ssoUrl: SSO } });
    expect(read.ok && read.idp.certificates.map(body)).toEqual([body(current.certificate)]);
  });

  test('may offer POST alone', () => {
    const xml = metadata(current).replace(/<md:SingleSignOnService Binding="[^"]*HTTP-Redirect"[^>]*>/, '');
    expect(readIdpMetadata(xml, NOW)).toMatchObject({ ok: true, idp: { ssoBinding: 'post', ssoUrl: SSO } });
  });

  test.each<[string, string, () => string]>([
    ['metadata_not_xml', 'empty', () => ''],
    ['metadata_not_xml', 'text', () => 'please see attachment'],
    ['metadata_not_xml', 'JSON', () => '{"issuer":"https://idp.example"}'],
    ['metadata_not_xml', 'cut off', () => metadata(current).slice(0, -20)],
    ['metadata_not_xml', '10,000 unclosed tags', () => '<a>'.repeat(10_000)],
    ['metadata_not_xml', 'a prefix nobody bound', () => metadata(current).replace(MD, '')],
    ['metadata_is_html', 'a page', () => '<!DOCTYPE html><html><body>Sign in</body></html>'],
    ['metadata_is_html', 'a page without doctype', () => '<html><head></head></html>'],
    [
      'metadata_is_html',
      'an XHTML page',
      () => '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD"><html xmlns="x"/>',
    ],
    [
      'metadata_with_doctype',
      'an entity',
      () => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${metadata(current)}`,
    ],
    ['metadata_not_saml', 'another XML', () => '<rss version="2.0"><channel/></rss>'],
    ['metadata_not_saml', 'an entity without a role', () => `<md:EntityDescriptor ${MD} entityID="x"/>`],
    [
      'metadata_several_entities',
      'two providers',
      () => `<md:EntitiesDescriptor ${MD}>${metadata(current)}${metadata(next)}</md:EntitiesDescriptor>`,
    ],
    ['metadata_without_certificate', 'no KeyDescriptor', () => metadata()],
    [
      'metadata_without_certificate',
      'only an encryption key',
      () => metadata(current).replace('use="signing"', 'use="encryption"'),
    ],
    [
      'metadata_without_certificate',
      'an empty KeyInfo',
      () => metadata(current).replace(/<ds:X509Data>.*<\/ds:X509Data>/s, ''),
    ],
    [
      'metadata_certificate_unreadable',
      'garbage',
      () => metadata(current).replace(/(X509Certificate>)[^<]+/, '$1AAAA'),
    ],
    ['metadata_without_sso', 'no address', () => metadata(current).replace(/<md:SingleSignOnService [^>]*>/g, '')],
    ['metadata_without_sso', 'only SOAP', () => metadata(current).replace(/HTTP-(Redirect|POST)/g, 'SOAP')],
    [
      'metadata_without_sso',
      'an address that runs a script',
      () => metadata(current).replaceAll(SSO, 'javascript:alert(1)'),
    ],
    [
      'metadata_without_sso',
      'another protocol',
      () =>
        metadata(current).replace(
          /protocolSupportEnumeration="[^"]+"/,
          'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"',
        ),
    ],
    ['metadata_without_entity_id', 'no entityID', () => metadata(current).replace(/ entityID="[^"]+"/, '')],
    ['metadata_too_large', 'more than 1 MB', () => metadata(current).replace('><', `>${' '.repeat(1_000_000)}<`)],
  ])('is refused as %s: %s', (code, _what, xml) => {
    expect(readIdpMetadata(xml(), NOW)).toEqual({ ok: false, code, message: expect.stringMatching(/^[A-Z].{20,}\.$/) });
  });

  test('of an application is refused as such', async () => {
    const sp = saml.metadata(connectionWith(await createKeys()));
    expect(readIdpMetadata(sp, NOW)).toMatchObject({ ok: false, code: 'metadata_is_sp' });
  });

  test('with certificates that expire warns and is not refused', () => {
    const read = readIdpMetadata(metadata(current, soon, expired), NOW);
    expect(read).toMatchObject({
      ok: true,
      warnings: [{ code: 'certificate_expires_soon' }, { code: 'certificate_expired' }],
    });
    expect(read.ok && read.idp.certificates).toHaveLength(3);
  });

  test('that has itself expired warns', () => {
    const xml = metadata(current).replace(' entityID', ' validUntil="2025-12-31T00:00:00Z" entityID');
    expect(readIdpMetadata(xml, NOW)).toMatchObject({ ok: true, warnings: [{ code: 'metadata_expired' }] });
  });

  test('leaves out keys that are not RSA', () => {
    const xml = metadata(current, next).replace(body(next.certificate), EC);
    const read = readIdpMetadata(xml, NOW);
    expect(read).toMatchObject({ ok: true, warnings: [{ code: 'certificate_not_rsa' }] });
    expect(read.ok && read.idp.certificates.map(body)).toEqual([body(current.certificate)]);
    expect(readIdpMetadata(metadata(current).replace(body(current.certificate), EC), NOW)).toMatchObject({
      ok: false,
      code: 'metadata_without_certificate',
    });
  });
});

describe('a certificate', () => {
  test.each<[string, (pem: string) => string]>([
    ['as PEM', (pem) => pem],
    ['as PEM with other line ends', (pem) => `\r\n${pem.trim().replaceAll('\n', '\r\n')}\r\n`],
    ['as PEM with text before it', (pem) => `subject=CN = idp\n${pem}`],
    ['as base64 in one line', body],
    ['as base64 in lines', (pem) => `  ${body(pem).replace(/.{40}/g, '$&\n  ')}`],
  ])('is read %s', (_how, change) => {
    const { fingerprint256 } = new X509Certificate(current.certificate);
    expect(readCertificate(change(current.certificate))).toEqual({
      pem: new X509Certificate(current.certificate).toString(),
      fingerprint256,
      notBefore: inDays(-400),
      notAfter: inDays(1000),
      subject: 'CN=idp',
      keyType: 'rsa',
    });
  });

  test.each(['', 'hello', 'AAAA', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'])('is none: %j', (text) => {
    expect(readCertificate(text)).toBeUndefined();
  });

  test('of a new key pair belongs to its key and lasts ten years', async () => {
    const { certificate, privateKey } = await createKeyPair(NOW, 'https://login.example/acme/sso/0193/metadata');
    const read = new X509Certificate(certificate);
    expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(read.publicKey.asymmetricKeyDetails?.modulusLength).toBeGreaterThanOrEqual(2048);
    expect(readCertificate(certificate)).toMatchObject({
      subject: 'CN=login.example',
      notBefore: NOW,
      notAfter: new Date('2036-01-15T09:00:00.000Z'),
    });
  });

  test('of a new key pair has a short name whatever the entity id is', async () => {
    const { certificate } = await createKeyPair(NOW, `urn:${'x'.repeat(200)}`);
    expect(readCertificate(certificate)?.subject.length).toBeLessThanOrEqual('CN='.length + 64);
  });
});
