import { createPublicKey, createVerify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { saml } from '../../src/connections/saml/saml';
import type { SamlSettings } from '../../src/connections/saml/settings';
import { children, documentElement, parseXml, SAML, SAMLP, XMLDSIG } from '../../src/demo/xml';
import { ATTEMPT, connectionWith, createKeys, NOW, type Keys } from '../fixtures/saml/scene';

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

const start = async (settings: Partial<SamlSettings>, loginHint?: string) => {
  const connection = connectionWith(keys, settings);
  const step = await saml.begin(connection, { attempt: ATTEMPT, loginHint, now: NOW });
  const url = new URL(step.kind === 'redirect' ? step.url : step.action);
  const message = step.kind === 'redirect' ? url.searchParams.get('SAMLRequest') : step.fields.SAMLRequest;
  const bytes = Buffer.from(message ?? '', 'base64');
  const xml = (step.kind === 'redirect' ? inflateRawSync(bytes) : bytes).toString('utf8');
  return { step, url, xml, request: documentElement(parseXml(xml)), connection };
};

test.each(['redirect', 'post'] as const)(
  'the request says who asks, for what, and where to answer: %s',
  async (ssoBinding) => {
    const { request, connection } = await start({ ssoBinding, nameIdFormat: 'urn:x:format', forceAuthn: true });
    const attribute = (name: string): string | null => request.getAttribute(name);

    expect([request.localName, request.namespaceURI]).toEqual(['AuthnRequest', SAMLP]);
    expect(attribute('ID')).toBe(ATTEMPT.requestId);
    expect(attribute('Version')).toBe('2.0');
    expect(attribute('Destination')).toBe(connection.settings.ssoUrl);
    expect(attribute('AssertionConsumerServiceURL')).toBe(connection.endpoints.acsUrl);
    expect(attribute('ProtocolBinding')).toBe('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST');
    expect(attribute('ForceAuthn')).toBe('true');
    expect(children(request, SAML, 'Issuer')[0]?.textContent).toBe(connection.endpoints.entityId);
    expect(children(request, SAMLP, 'NameIDPolicy')[0]?.getAttribute('Format')).toBe('urn:x:format');
    expect(children(request, SAMLP, 'RequestedAuthnContext')).toEqual([]);
  },
);

test('what is not set is not asked for', async () => {
  const { request } = await start({});
  expect(request.hasAttribute('ForceAuthn')).toBe(false);
  expect(children(request, SAMLP, 'NameIDPolicy')[0]?.hasAttribute('Format')).toBe(false);
});

test.each(['sha256', 'sha512'] as const)('a redirect is signed over its query: %s', async (signatureAlgorithm) => {
  const { step, url } = await start({ signatureAlgorithm, spKeys: [keys.sp, keys.spOld] });
  expect(step.kind).toBe('redirect');
  expect(url.searchParams.get('tenant')).toBe('7');
  expect(url.searchParams.get('RelayState')).toBe(ATTEMPT.relay);
  expect(url.searchParams.get('SigAlg')).toBe(`http://www.w3.org/2001/04/xmldsig-more#rsa-${signatureAlgorithm}`);

  const [, query = ''] = url.search.split(/[?&](?=SAMLRequest=)/);
  const [signed = ''] = query.split('&Signature=');
  const verify = (certificate: string): boolean =>
    createVerify(signatureAlgorithm)
      .update(signed)
      .verify(createPublicKey(certificate), url.searchParams.get('Signature') ?? '', 'base64');
  expect([verify(keys.sp.certificate), verify(keys.spOld.certificate)]).toEqual([true, false]);
});

test.each(['sha256', 'sha512'] as const)('a form holds a signed request: %s', async (signatureAlgorithm) => {
  const { step, request, xml } = await start({ ssoBinding: 'post', signatureAlgorithm });
  expect(step).toMatchObject({ kind: 'form', action: 'https://idp.example/sso?tenant=7' });
  expect(step.kind === 'form' && Object.keys(step.fields)).toEqual(['SAMLRequest', 'RelayState']);

  const [signature] = children(request, XMLDSIG, 'Signature');
  const verifier = new SignedXml({ publicCert: keys.sp.certificate });
  verifier.loadSignature(String(signature));
  expect(verifier.checkSignature(xml)).toBe(true);
  expect(xml).toContain(`xmldsig-more#rsa-${signatureAlgorithm}`);
  expect(xml).toContain(`http://www.w3.org/2001/04/xmlenc#${signatureAlgorithm}`);
  expect(xml).not.toContain('sha1');
});

test.each(['redirect', 'post'] as const)('a login hint goes along in the query: %s', async (ssoBinding) => {
  const { url } = await start({ ssoBinding }, 'pat+1@acme.example');
  expect(url.searchParams.get('login_hint')).toBe('pat+1@acme.example');
  expect(url.searchParams.get('tenant')).toBe('7');
});

test('the service publishes its keys and addresses', () => {
  const connection = connectionWith(keys, { spKeys: [keys.sp, keys.spOld], nameIdFormat: 'urn:x:format' });
  const xml = saml.metadata(connection);
  const entity = documentElement(parseXml(xml));
  const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
  const role = children(entity, MD, 'SPSSODescriptor')[0]!;
  const body = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '');
  const keyed = children(role, MD, 'KeyDescriptor').map((key) => [
    key.getAttribute('use'),
    body(key.textContent ?? ''),
  ]);
  const located = (name: string) =>
    children(role, MD, name).map((one) => [
      one.getAttribute('Binding')?.split(':').at(-1),
      one.getAttribute('Location'),
    ]);
  const [current, old] = [body(keys.sp.certificate), body(keys.spOld.certificate)];

  expect(entity.getAttribute('entityID')).toBe(connection.endpoints.entityId);
  expect(role.getAttribute('AuthnRequestsSigned')).toBe('true');
  expect(role.getAttribute('WantAssertionsSigned')).toBe('true');
  expect(keyed).toEqual([
    ['signing', current],
    ['signing', old],
    ['encryption', current],
    ['encryption', old],
  ]);
  expect(located('AssertionConsumerService')).toEqual([['HTTP-POST', connection.endpoints.acsUrl]]);
  expect(located('SingleLogoutService')).toEqual([
    ['HTTP-Redirect', connection.endpoints.sloUrl],
    ['HTTP-POST', connection.endpoints.sloUrl],
  ]);
  expect(children(role, MD, 'NameIDFormat').map((one) => one.textContent)).toEqual(['urn:x:format']);
  expect(xml).not.toMatch(/cbc|rsa-1_5|PRIVATE/);
});
