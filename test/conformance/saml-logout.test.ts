import { createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { meansSamePerson } from '../../src/connections/saml/logout/name';
import type { LogoutInput } from '../../src/connections/saml/logout/message';
import type { SamlSettings } from '../../src/connections/saml/settings';
import { redirectQuery, signedPost, type LogoutRequestFields } from '../../src/demo/saml-logout';
import { encodePost } from '../../src/demo/saml-response';
import { BINDINGS, byForm, byQuery, NAME, receive, requestXml, responseXml, SLO } from '../fixtures/saml/logout';
import { connectionWith, createKeys, IDP, mint, NOW, type Keys } from '../fixtures/saml/scene';

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

const MINUTE = 60_000;
const at = (milliseconds: number): Date => new Date(NOW.getTime() + milliseconds);
const RSA_SHA1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';

function expectRefusal(input: LogoutInput, rule: string, settings: Partial<SamlSettings> = {}): void {
  const received = receive(keys, input, connectionWith(keys, settings));
  expect(received).toMatchObject({ refusal: { rule } });
  expect(received).not.toHaveProperty('message');
  expect(JSON.stringify(received)).not.toMatch(/pat-0001/);
}

describe.each(['redirect', 'post'] as const)('security 13: a logout message by %s', (binding) => {
  const send = BINDINGS[binding];

  test('is taken as its identity provider sent it', () => {
    expect(receive(keys, send(keys, requestXml()))).toMatchObject({
      kind: 'request',
      message: { nameIds: [NAME], sessionIndexes: ['_session-1'] },
    });
    const answer = receive(keys, send(keys, responseXml(), 'SAMLResponse'));
    expect(answer).toMatchObject({ kind: 'response', message: { inResponseTo: '_request-1' } });
    expect(answer.steps.every(({ ok }) => ok)).toBe(true);
  });

  test('is taken from any pinned certificate, whichever comes first', () => {
    const certificates = [keys.idpNext.certificate, keys.idp.certificate];
    const connection = connectionWith(keys, { certificates });
    for (const signer of [keys.idp, keys.idpNext])
      expect(receive(keys, send(keys, requestXml(), 'SAMLRequest', signer), connection)).toHaveProperty('message');
  });

  test.each<[string, Partial<LogoutRequestFields>]>([
    ['issued 10 minutes ago', { issueInstant: at(-10 * MINUTE) }],
    ['issued by a clock that is a minute ahead', { issueInstant: at(MINUTE) }],
    ['that ended less than a minute ago', { notOnOrAfter: at(-MINUTE + 1) }],
    ['without SessionIndex', { sessionIndexes: [] }],
    ['with several', { sessionIndexes: ['_a', '_b'] }],
  ])('is taken just inside: %s', (_what, changes) => {
    expect(receive(keys, send(keys, requestXml(changes)))).toHaveProperty('message');
  });

  test.each<[string, string, Partial<LogoutRequestFields>]>([
    ['of another issuer', 'issuer', { issuer: 'https://evil.example' }],
    ['of no issuer', 'issuer', { issuer: null }],
    ['for another address', 'destination', { destination: `${SLO}/` }],
    ['for the address of another organization', 'destination', { destination: SLO.replace('acme', 'globex') }],
    ['for no address', 'destination', { destination: null }],
    ['issued more than 10 minutes ago', 'issue_instant', { issueInstant: at(-10 * MINUTE - 1) }],
    ['issued more than a minute ahead', 'issue_instant', { issueInstant: at(MINUTE + 1) }],
    ['that does not say when it was issued', 'issue_instant', { issueInstant: null }],
    ['that ended a minute ago', 'not_on_or_after', { notOnOrAfter: at(-MINUTE) }],
    ['of SAML 1.1', 'version', { version: '1.1' }],
    ['without NameID', 'name_id', { nameId: null }],
    ['with an empty NameID', 'name_id', { nameId: { value: '' } }],
  ])('is refused: %s', (_what, rule, changes) => {
    expectRefusal(send(keys, requestXml(changes)), rule);
  });

  test.each<[string, string, (xml: string) => string]>([
    ['two names', 'name_id', (xml) => xml.replace(/<saml:NameID.*<\/saml:NameID>/, '$&$&')],
    [
      'an encrypted name beside it',
      'name_id',
      (xml) =>
        xml.replace('<saml:NameID', '<x:EncryptedID xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion"/><saml:NameID'),
    ],
    [
      'two issuers',
      'issuer',
      (xml) =>
        xml.replace(
          /<\/saml:Issuer>/,
          '</saml:Issuer><x:Issuer xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion">x</x:Issuer>',
        ),
    ],
    ['a document type', 'xml_guard', (xml) => `<!DOCTYPE x>${xml}`],
    ['a comment in the name', 'xml_guard', (xml) => xml.replace('pat-0001', 'pat-<!-- -->0001')],
    ['an unbound prefix', 'well_formed', (xml) => xml.replace('<saml:NameID', '<x:y/><saml:NameID')],
    [
      'depth beyond 64',
      'xml_guard',
      (xml) => xml.replace('<saml:NameID', `${'<saml:x>'.repeat(70)}${'</saml:x>'.repeat(70)}<saml:NameID`),
    ],
  ])('is refused with %s, however well it is signed', (_what, rule, change) => {
    const xml = change(requestXml());
    const signed = binding === 'redirect' ? send(keys, xml) : byForm({ SAMLRequest: crudelySigned(xml) });
    expectRefusal(signed, rule);
  });

  /** xml-crypto signs well-formed text only: the fault is put in after, where the rule comes before the signature. */
  const crudelySigned = (xml: string): string => {
    try {
      return signedPost(xml, keys.idp);
    } catch {
      return encodePost(xml);
    }
  };

  test('is refused of a stranger, and of the identity provider of another connection', () => {
    for (const signer of [keys.stranger, keys.idpNext])
      for (const [xml, parameter] of [
        [requestXml(), 'SAMLRequest'],
        [responseXml(), 'SAMLResponse'],
      ] as const)
        expectRefusal(send(keys, xml, parameter, signer), 'signature');
  });

  test('is refused without ID, by which it would be known again', () => {
    // An XML signature needs one to refer to.
    expectRefusal(send(keys, requestXml({ id: '' })), binding === 'redirect' ? 'id' : 'signature_structure');
  });

  test('is refused as what it is not', () => {
    expectRefusal(send(keys, responseXml(), 'SAMLRequest'), 'root');
    expectRefusal(send(keys, requestXml(), 'SAMLResponse'), 'root');
  });

  test('is refused as a Response, whose assertion was signed for signing in', async () => {
    expectRefusal(send(keys, await mint(keys, { sign: 'none' }), 'SAMLResponse'), 'root');
  });

  test('is refused when it answers nothing', () => {
    expectRefusal(send(keys, responseXml({ inResponseTo: null }), 'SAMLResponse'), 'in_response_to');
  });
});

describe('security 13: the signature over a query', () => {
  const query = (xml = requestXml(), options = {}) => redirectQuery('SAMLRequest', xml, keys.idp, options);
  /** Signs whatever text, and says so. */
  const signed = (text: string): string =>
    `${text}&Signature=${encodeURIComponent(createSign('RSA-SHA256').update(text).sign(keys.idp.privateKey, 'base64'))}`;
  const without = (text: string, name: string): string =>
    text
      .split('&')
      .filter((pair) => !pair.startsWith(`${name}=`))
      .join('&');
  const replaced = (text: string, name: string, value: string): string =>
    text
      .split('&')
      .map((pair) => (pair.startsWith(`${name}=`) ? `${name}=${value}` : pair))
      .join('&');
  const other = (): string => encodeURIComponent(deflateRawSync(requestXml({ id: '_other' })).toString('base64'));

  test.each(['rsa-sha256', 'rsa-sha384', 'rsa-sha512'] as const)('counts by %s', (algorithm) => {
    expect(receive(keys, byQuery(query(undefined, { algorithm })))).toHaveProperty('message');
  });

  test('covers RelayState, which comes back as it was', () => {
    const relayState = "a b+c/'ü&=%";
    expect(receive(keys, byQuery(query(undefined, { relayState })))).toMatchObject({ relayState });
    expectRefusal(byQuery(replaced(query(undefined, { relayState }), 'RelayState', 'other')), 'signature');
    expectRefusal(byQuery(without(query(undefined, { relayState }), 'RelayState')), 'signature');
    expectRefusal(byQuery(`${query()}&RelayState=added`), 'signature');
  });

  test('covers the query as it was sent, not as this service would write it', () => {
    const lowercase = query()
      .replace(/&Signature=.*/, '')
      .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
    expect(receive(keys, byQuery(signed(lowercase)))).toHaveProperty('message');
    const [message = '', algorithm = '', signature = ''] = query().split('&');
    expect(receive(keys, byQuery([signature, 'x=1', algorithm, message].join('&')))).toHaveProperty('message');
  });

  test.each<[string, string, () => string]>([
    ['missing', 'signed', () => without(query(), 'Signature')],
    ['empty', 'signed', () => replaced(query(), 'Signature', '')],
    ['missing with its algorithm', 'signed', () => without(without(query(), 'Signature'), 'SigAlg')],
    ['without its algorithm', 'signed', () => without(query(), 'SigAlg')],
    ['by SHA-1', 'signature_algorithm', () => query(undefined, { algorithm: 'rsa-sha1' })],
    [
      'by SHA-256 that calls itself SHA-1',
      'signature_algorithm',
      () => replaced(query(), 'SigAlg', encodeURIComponent(RSA_SHA1)),
    ],
    ['by SHA-256 that calls itself SHA-512', 'signature', () => query().replace('sha256', 'sha512')],
    ['by no algorithm', 'signature_algorithm', () => replaced(query(), 'SigAlg', 'none')],
    ['of another message', 'signature', () => replaced(query(), 'SAMLRequest', other())],
    ['of nothing', 'signature', () => replaced(query(), 'Signature', 'AAAA')],
    [
      'over other parameters',
      'signature',
      () => query().replace(/SAMLRequest=[^&]*/, () => `SAMLRequest=${other()}&x=1`),
    ],
    ['over a message named twice', 'parameters', () => `${query()}&SAMLRequest=${other()}`],
    ['twice', 'parameters', () => `${query()}&Signature=AAAA`],
    ['with its algorithm twice', 'parameters', () => `${query()}&SigAlg=x`],
    ['over a request and a response', 'parameters', () => `${query()}&SAMLResponse=${other()}`],
    ['over a broken encoding', 'parameters', () => signed(query().replace(/&Signature=.*/, '&RelayState=%'))],
    ['over another encoding than DEFLATE', 'encoding', () => `${query()}&SAMLEncoding=urn:x`],
    ['over nothing', 'parameters', () => ''],
    [
      'over text that is no base64',
      'base64',
      () => signed(replaced(without(query(), 'Signature'), 'SAMLRequest', '~')),
    ],
    [
      'over text that is not deflated',
      'inflate',
      () => signed(replaced(without(query(), 'Signature'), 'SAMLRequest', 'AAAA')),
    ],
    [
      'that stands in the XML only',
      'signed',
      () =>
        `SAMLRequest=${encodeURIComponent(deflateRawSync(Buffer.from(signedPost(requestXml(), keys.idp), 'base64')).toString('base64'))}`,
    ],
  ])('does not count: %s', (_what, rule, make) => {
    expectRefusal(byQuery(make()), rule);
  });

  test('is looked at before anything is unpacked, and what is unpacked is bounded', () => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000)).toString('base64');
    const started = performance.now();
    expectRefusal(
      byQuery(
        redirectQuery('SAMLRequest', 'x', keys.stranger).replace(
          /SAMLRequest=[^&]*/,
          `SAMLRequest=${encodeURIComponent(bomb)}`,
        ),
      ),
      'signature',
    );
    const unsigned = query()
      .replace(/SAMLRequest=[^&]*/, `SAMLRequest=${encodeURIComponent(bomb)}`)
      .replace(/&Signature=.*/, '');
    expectRefusal(byQuery(signed(unsigned)), 'inflate');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('security 13: the signature in a form', () => {
  const form = (xml: string) => byForm({ SAMLRequest: encodePost(xml) });
  const good = (): string => Buffer.from(signedPost(requestXml(), keys.idp), 'base64').toString();
  const parted = (xml: string) => {
    const [signature = ''] = /<ds:Signature.*<\/ds:Signature>/s.exec(xml) ?? [];
    return { signature, inner: xml.replace(signature, ''), id: / ID="([^"]+)"/.exec(xml)?.[1] ?? '' };
  };
  const forged = (): string => requestXml({ id: '_forged', nameId: { value: 'mallory' } });

  test.each<[string, string, () => string]>([
    ['missing', 'signed', () => requestXml()],
    ['cut out', 'signed', () => good().replace(/<ds:Signature.*<\/ds:Signature>/s, '')],
    [
      'by SHA-1',
      'algorithms',
      () => Buffer.from(signedPost(requestXml(), keys.idp, { algorithm: 'rsa-sha1' }), 'base64').toString(),
    ],
    [
      'over a SHA-1 digest',
      'algorithms',
      () => Buffer.from(signedPost(requestXml(), keys.idp, { digest: 'sha1' }), 'base64').toString(),
    ],
    ['of a message changed since', 'signature', () => good().replace('pat-0001', 'pat-0002')],
    ['twice', 'signed', () => good().replace(/<ds:Signature.*<\/ds:Signature>/s, '$&$&')],
    [
      'of a message wrapped into another',
      'signed',
      () => forged().replace('<saml:NameID', `<samlp:Extensions>${good()}</samlp:Extensions><saml:NameID`),
    ],
    [
      'of a message wrapped into another, the signature lifted out',
      'signature_structure',
      () => {
        const { signature, inner } = parted(good());
        return forged().replace(
          '<saml:NameID',
          `${signature}<samlp:Extensions>${inner}</samlp:Extensions><saml:NameID`,
        );
      },
    ],
    [
      'of a message that shares its ID',
      'unique_ids',
      () => {
        const { signature, inner, id } = parted(good());
        return requestXml({ id, nameId: { value: 'mallory' } }).replace(
          '<saml:NameID',
          `${signature}<samlp:Extensions>${inner}</samlp:Extensions><saml:NameID`,
        );
      },
    ],
  ])('does not count: %s', (_what, rule, make) => {
    expectRefusal(form(make()), rule);
  });

  test.each<[string, LogoutInput['body'], string]>([
    ['no field', {}, ''],
    ['an empty field', { SAMLRequest: '' }, ''],
    ['the field twice', { SAMLRequest: ['a', 'b'] }, ''],
    ['a request and a response', { SAMLRequest: 'a', SAMLResponse: 'a' }, ''],
    ['RelayState twice', { SAMLRequest: 'a', RelayState: ['a', 'b'] }, ''],
    ['a second message in the query', { SAMLRequest: 'a' }, 'SAMLRequest=b'],
  ])('is not looked for in %s', (_what, body, queryText) => {
    expectRefusal(byForm(body, queryText), 'parameters');
  });

  test.each<[string, string, () => string]>([
    ['more than 700 kB', 'size', () => encodePost(`<a>${'x'.repeat(700_001)}</a>`)],
    ['no base64', 'base64', () => '<samlp:LogoutRequest/>'],
    ['no UTF-8', 'utf8', () => Buffer.from([0x3c, 0x61, 0xc3, 0x28]).toString('base64')],
    ['no XML', 'xml_guard', () => encodePost('hello')],
    [
      'a deflated message, as only a redirect carries it',
      'utf8',
      () => deflateRawSync(requestXml()).toString('base64'),
    ],
  ])('is not looked for in %s', (_what, rule, make) => {
    expectRefusal(byForm({ SAMLRequest: make() }), rule);
  });
});

test('security 13: without a pinned RSA certificate nothing is taken', () => {
  for (const send of Object.values(BINDINGS))
    expectRefusal(send(keys, requestXml()), 'signature', { certificates: [] });
});

describe('security 13: whose sessions end', () => {
  const known = { issuer: IDP, ...NAME };
  const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
  const means = (asked: Partial<typeof NAME> & { nameQualifier?: string; spNameQualifier?: string }, of = {}) =>
    meansSamePerson(connectionWith(keys), { ...known, ...of }, { ...NAME, ...asked });
  const entityId = 'https://login.example/acme/sso/0193/metadata';

  test.each<[string, boolean, () => boolean]>([
    ['the name as it came', true, () => means({})],
    ['no format said', true, () => means({ format: unspecified })],
    ['qualifiers said that were left out', true, () => means({ nameQualifier: IDP, spNameQualifier: entityId })],
    ['qualifiers left out that were said', true, () => means({}, { nameQualifier: IDP, spNameQualifier: entityId })],
    ['another value', false, () => means({ value: 'pat-0002' })],
    ['the value in capitals', false, () => means({ value: 'PAT-0001' })],
    ['another format', false, () => means({ format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' })],
    ['another qualifier', false, () => means({ nameQualifier: 'https://other.example' })],
    ['the name at another service', false, () => means({ spNameQualifier: 'https://other.example' })],
    ['the name at another identity provider', false, () => means({}, { issuer: 'https://before.example' })],
  ])('%s: %s', (_what, same, ask) => {
    expect(ask()).toBe(same);
  });
});
