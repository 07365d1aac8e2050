import { saml } from '../../src/connections/saml/saml';
import type { RequestedAuthnContext, SamlSettings } from '../../src/connections/saml/settings';
import { children, documentElement, parseXml, SAML, SAMLP } from '../../src/demo/xml';
import type { SamlResponseFields } from '../../src/demo/saml-response';
import { ATTEMPT, complete, connectionWith, createKeys, mint, NOW, postedXml, type Keys } from '../fixtures/saml/scene';

const CLASS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const [PASSWORD, SMART_CARD, MULTI_FACTOR] = [
  `${CLASS}PasswordProtectedTransport`,
  `${CLASS}SmartcardPKI`,
  'https://refeds.org/profile/mfa',
];
const SKEW = 60_000;

let keys: Keys;
beforeAll(async () => {
  keys = await createKeys();
});

/** The rule that refuses, or undefined. */
async function refusedBy(
  settings: Partial<SamlSettings>,
  overrides: Partial<SamlResponseFields>,
  changes: Parameters<typeof complete>[2] = { startedAt: NOW },
  mutate?: (xml: string) => string,
): Promise<string | undefined> {
  const inResponseTo = 'attempt' in changes ? undefined : ATTEMPT.requestId;
  const xml = await mint(keys, { overrides, inResponseTo, mutate });
  const completion = await complete(connectionWith(keys, settings), postedXml(xml), changes);
  return 'refusal' in completion ? completion.refusal.rule : undefined;
}

describe('a requested authentication context', () => {
  const requested = (comparison: RequestedAuthnContext['comparison'], ...classRefs: string[]) => ({
    requestedAuthnContext: { classRefs, comparison },
  });

  test.each(['exact', 'minimum', 'maximum', 'better'] as const)('is asked for, signed: %s', async (comparison) => {
    const connection = connectionWith(keys, {
      ssoBinding: 'post',
      ...requested(comparison, SMART_CARD, MULTI_FACTOR),
    });
    const step = await saml.begin(connection, { attempt: ATTEMPT, now: NOW });
    if (step.kind !== 'form') throw new Error('a form');
    const request = documentElement(parseXml(Buffer.from(step.fields.SAMLRequest ?? '', 'base64').toString()));
    const [context] = children(request, SAMLP, 'RequestedAuthnContext');
    expect(context?.getAttribute('Comparison')).toBe(comparison);
    expect(children(context!, SAML, 'AuthnContextClassRef').map((one) => one.textContent)).toEqual([
      SMART_CARD,
      MULTI_FACTOR,
    ]);
  });

  test('is not weakened by what an application wishes for', async () => {
    const connection = connectionWith(keys, { ssoBinding: 'post', ...requested('minimum', SMART_CARD) });
    const step = await saml.begin(connection, { attempt: ATTEMPT, acrValues: [PASSWORD], now: NOW });
    if (step.kind !== 'form') throw new Error('a form');
    const xml = Buffer.from(step.fields.SAMLRequest ?? '', 'base64').toString();
    expect([xml.includes('"minimum"'), xml.includes(SMART_CARD), xml.includes(PASSWORD)]).toEqual([true, true, false]);
  });

  test('exact: the assertion names one of the classes', async () => {
    const settings = requested('exact', SMART_CARD, MULTI_FACTOR);
    expect(await refusedBy(settings, { authnContext: MULTI_FACTOR })).toBeUndefined();
    expect(await refusedBy(settings, { authnContext: PASSWORD })).toBe('authn_context');
    expect(await refusedBy(settings, { authnContext: `${MULTI_FACTOR}/` })).toBe('authn_context');
  });

  test('exact: a second statement of another class does not slip through', async () => {
    const second = (xml: string): string =>
      xml.replace(
        /<saml:AuthnStatement .*?<\/saml:AuthnStatement>/s,
        (one) => one + one.replace(MULTI_FACTOR, PASSWORD),
      );
    const asked = requested('exact', MULTI_FACTOR);
    expect(await refusedBy(asked, { authnContext: MULTI_FACTOR }, undefined, second)).toBe('authn_context');
  });

  test.each(['minimum', 'maximum', 'better'] as const)('%s: the assertion names a class', async (comparison) => {
    const settings = requested(comparison, PASSWORD);
    const none = (xml: string): string =>
      xml.replace(/<saml:AuthnContextClassRef>.*?<\/saml:AuthnContextClassRef>/, '');
    expect(await refusedBy(settings, { authnContext: SMART_CARD })).toBeUndefined();
    expect(await refusedBy(settings, { authnContext: '' })).toBe('authn_context');
    expect(await refusedBy(settings, {}, undefined, none)).toBe('authn_context');
  });

  test('not set: any class will do', async () => {
    expect(await refusedBy({}, { authnContext: SMART_CARD })).toBeUndefined();
  });
});

describe('ForceAuthn', () => {
  const at = (offset: number) => ({ authnInstant: new Date(NOW.getTime() + offset) });
  const startedAt = NOW;

  test('an authentication from the begin of the attempt on is accepted, give or take the skew', async () => {
    expect(await refusedBy({ forceAuthn: true }, at(0))).toBeUndefined();
    expect(await refusedBy({ forceAuthn: true }, at(-SKEW))).toBeUndefined();
    expect(await refusedBy({ forceAuthn: true }, at(-SKEW - 1))).toBe('force_authn');
  });

  test('an identity provider that answers from its session is refused, however fresh the assertion', async () => {
    expect(await refusedBy({ forceAuthn: true }, at(-3_600_000))).toBe('force_authn');
    expect(await refusedBy({ forceAuthn: false }, at(-3_600_000))).toBeUndefined();
  });

  test('what nobody asked for is not new', async () => {
    expect(await refusedBy({ forceAuthn: true }, at(0), { attempt: undefined, startedAt: undefined })).toBe(
      'force_authn',
    );
    expect(await refusedBy({ forceAuthn: true }, at(0), { startedAt })).toBeUndefined();
  });
});
