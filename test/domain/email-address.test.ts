import fc from 'fast-check';
import { domainOf, isRegistrableDomain, normalizeDomain, normalizeEmail } from '../../src/domain/email-address';

/** 252 characters: with `a@` the longest address there is. */
const LONGEST_DOMAIN = `${`${'b'.repeat(49)}.`.repeat(5)}te`;

describe('security 18: one normal form', () => {
  test.each([
    ['anna@acme.test', 'anna@acme.test'],
    ['Anna.Lee@ACME.Test', 'anna.lee@acme.test'],
    ['  anna@acme.test\t', 'anna@acme.test'],
    ['anna+work@acme.test', 'anna+work@acme.test'],
    ["o'leary@acme.test", "o'leary@acme.test"],
    ['anna@bücher.example', 'anna@xn--bcher-kva.example'],
    ['anna@BÜCHER.example', 'anna@xn--bcher-kva.example'],
    ['anna@bu\u0308cher.example', 'anna@xn--bcher-kva.example'],
    ['anna@XN--BCHER-KVA.example', 'anna@xn--bcher-kva.example'],
    ['zoe\u0308@acme.test', 'zoë@acme.test'],
    ['李明@例え.jp', '李明@xn--r8jz45g.jp'],
    ['анна@почта.рф', 'анна@xn--80a1acny.xn--p1ai'],
    ['a@b.co', 'a@b.co'],
    [`${'a'.repeat(64)}@acme.test`, `${'a'.repeat(64)}@acme.test`],
    [`a@${'b'.repeat(63)}.test`, `a@${'b'.repeat(63)}.test`],
    [`a@${LONGEST_DOMAIN}`, `a@${LONGEST_DOMAIN}`],
  ])('%s', (text, normal) => {
    expect(normalizeEmail(text)).toBe(normal);
  });
});

describe('security 18: refused', () => {
  test.each([
    ['nothing', ''],
    ['no at sign', 'anna'],
    ['no local part', '@acme.test'],
    ['no domain', 'anna@'],
    ['one label', 'anna@localhost'],
    ['a list with a comma', 'anna@acme.test, ben@acme.test'],
    ['a list with a comma, without a space', 'anna@acme.test,ben@acme.test'],
    ['a list with a semicolon', 'anna@acme.test;ben@acme.test'],
    ['a list with a space', 'anna@acme.test ben@acme.test'],
    ['a display name', 'Anna Lee <anna@acme.test>'],
    ['angle brackets', '<anna@acme.test>'],
    ['a quoted local part', '"anna"@acme.test'],
    ['a quoted local part with an at sign', '"ben@acme.test"@evil.test'],
    ['two at signs', 'anna@acme.test@evil.test'],
    ['a comment', 'anna(x)@acme.test'],
    ['a mailto link', 'mailto:anna@acme.test'],
    ['two dots', 'anna..lee@acme.test'],
    ['a dot at the beginning', '.anna@acme.test'],
    ['a dot at the end', 'anna.@acme.test'],
    ['two dots in the domain', 'anna@acme..test'],
    ['a dot after the domain', 'anna@acme.test.'],
    ['an address literal', 'anna@[127.0.0.1]'],
    ['an IP address', 'anna@127.0.0.1'],
    ['an IP address in disguise', 'anna@0x7f.1'],
    ['a port', 'anna@acme.test:25'],
    ['a path', 'anna@acme.test/x'],
    ['percent encoding', 'anna@acme%2Etest'],
    ['an underscore in the domain', 'anna@ac_me.test'],
    ['a hyphen at the edge of a label', 'anna@-acme.test'],
    ['a line break inside', 'anna\r\nBcc: x@acme.test'],
    ['NUL', 'anna\u0000@acme.test'],
    ['NUL in the domain', 'anna@acme\u0000.test'],
    ['a zero-width space', 'an\u200bna@acme.test'],
    ['a zero-width space in the domain', 'anna@ac\u200bme.test'],
    ['a word joiner in the domain', 'anna@ac\u2060me.test'],
    ['a soft hyphen in the domain', 'anna@ac\u00adme.test'],
    ['a variation selector in the domain', 'anna@ac\ufe0fme.test'],
    ['a right-to-left override', 'anna\u202e@acme.test'],
    ['a right-to-left override in the domain', 'anna@\u202eacme.test'],
    ['a bidi isolate', '\u2066anna@acme.test'],
    ['a Cyrillic letter among Latin ones', '\u0430nna@acme.test'],
    ['a Cyrillic letter in the domain', 'anna@\u0430cme.test'],
    ['a Greek letter among Latin ones', 'ann\u03b1@acme.test'],
    ['full-width letters', 'ａnna@acme.test'],
    ['full-width letters in the domain', 'anna@ａcme.test'],
    ['a full-width at sign', 'anna＠acme.test'],
    ['a ligature', 'ﬁn@acme.test'],
    ['half a character', 'ann\ud83d@acme.test'],
    ['punycode that decodes to nothing', 'anna@xn--zzzzzzzz.test'],
    ['a local part of 65 characters', `${'a'.repeat(65)}@acme.test`],
    ['a label of 64 characters', `a@${'b'.repeat(64)}.test`],
    ['255 characters', `a@${LONGEST_DOMAIN}s`],
    ['an address that grows too long with its A-labels', `${'a'.repeat(30)}@${`${'ü'.repeat(30)}.`.repeat(6)}example`],
  ])('%s', (_, text) => {
    expect(normalizeEmail(text)).toBeUndefined();
  });
});

describe('security 18: whatever is typed', () => {
  const local = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('Anna', 'Ünal', 'İ', 'ΟΔΟΣ', 'ſ', 'K', '李'),
  );
  const domain = fc.oneof(
    fc.domain(),
    fc
      .array(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 8 })
      .map((labels) => labels.join('.')),
    fc
      .tuple(fc.stringMatching(/^[a-zäöüßéø]{1,40}$/), fc.nat({ max: 8 }))
      .map(([label, times]) => `${`${label}.`.repeat(times + 1)}example`),
  );
  const text = fc.oneof(
    fc.tuple(local, domain).map((parts) => parts.join('@')),
    fc.emailAddress(),
    fc.string({ unit: 'binary' }),
  );

  test('the normal form is its own normal form, of lower-case letters and visible characters', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const normal = normalizeEmail(typed);
        if (normal === undefined) return;
        expect(normalizeEmail(normal)).toBe(normal);
        expect(normal.length).toBeLessThanOrEqual(254);
        expect(normal).not.toMatch(/[\p{Lu}\p{C}\s,;<>"]/u);
        expect(normalizeDomain(domainOf(normal))).toBe(domainOf(normal));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('domains', () => {
  test.each([
    ['Acme.Test', 'acme.test'],
    [' acme.test ', 'acme.test'],
    ['mail.bücher.example', 'mail.xn--bcher-kva.example'],
    ['straße.example', 'xn--strae-oqa.example'],
  ])('%s', (text, normal) => {
    expect(normalizeDomain(text)).toBe(normal);
  });

  test.each([
    '',
    'acme',
    'https://acme.test',
    'acme.test/x',
    '@acme.test',
    '*.acme.test',
    '10.0.0.1',
    '[::1]',
    'a b.test',
    'pаypal.test',
    `${`${'ü'.repeat(30)}.`.repeat(7)}example`,
  ])('refuses %s', (text) => {
    expect(normalizeDomain(text)).toBeUndefined();
  });

  test.each(['com', 'co.uk', 'github.io', 'localhost', 'xn--p1ai'])('%s is nobody’s own', (domain) => {
    expect(isRegistrableDomain(domain)).toBe(false);
  });
  test.each(['acme.com', 'acme.co.uk', 'acme.github.io', 'mail.acme.com', 'acme.test', 'xn--bcher-kva.example'])(
    '%s can be somebody’s',
    (domain) => {
      expect(isRegistrableDomain(domain)).toBe(true);
    },
  );
});
