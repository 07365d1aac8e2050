import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/config';
import { LANGUAGE_CODES, nearestLanguage } from '../../src/language/languages';
import { colorsOf } from '../../src/mail/colors';
import type { Letter, LetterKind } from '../../src/mail/letter';
import { createLetterRenderer } from '../../src/mail/render';

const URL = 'https://login.example.com/acme/link/raw-token?a=1&b=2';
const contacts = ['it@acme.example', 'help+desk@acme.example'];

/** Every kind, and both of what some can be; one that is missing here does not compile. */
const LETTERS: { [K in LetterKind]: readonly Extract<Letter, { kind: K }>[] } = {
  confirm_signup: [{ kind: 'confirm_signup', url: URL }],
  set_password: [{ kind: 'set_password', url: URL }],
  reset_password: [{ kind: 'reset_password', url: URL }],
  confirm_email: [{ kind: 'confirm_email', url: URL, newEmail: 'new@acme.example' }],
  owner_invite: [{ kind: 'owner_invite', url: URL }],
  already_registered: [
    { kind: 'already_registered', signInUrl: URL },
    { kind: 'already_registered', signInUrl: URL, forgotUrl: 'https://login.example.com/acme/forgot' },
  ],
  sign_in_elsewhere: [
    { kind: 'sign_in_elsewhere', signInUrl: URL },
    { kind: 'sign_in_elsewhere', signInUrl: URL, connection: 'Okta' },
  ],
  ask_admin: [{ kind: 'ask_admin', contacts }],
  password_changed: [
    { kind: 'password_changed', contacts },
    { kind: 'password_changed', contacts: [], forgotUrl: URL },
  ],
  no_admin_left: [{ kind: 'no_admin_left', url: 'https://id.example/admin' }, { kind: 'no_admin_left' }],
  break_glass_used: [
    { kind: 'break_glass_used', person: 'dana@acme.example', url: 'https://id.example/acme/admin/ledger' },
    { kind: 'break_glass_used', person: 'dana@acme.example' },
  ],
  second_factor_changed: (['enrolled', 'removed', 'codes_renewed', 'reset'] as const).map((change) => ({
    ...{ kind: 'second_factor_changed', change, contacts },
  })),
  email_changed: [{ kind: 'email_changed', newEmail: 'new@acme.example', contacts }],
  test: [{ kind: 'test' }],
};

const render = createLetterRenderer(root, 'https://login.example.com');
const organization = { id: 'acme', name: 'Acme & Söhne', color: '#ffcc00' };
const letters = Object.values(LETTERS).flat();
const cases = LANGUAGE_CODES.flatMap((language) =>
  letters.map((letter) => ({ name: `${letter.kind} (${Object.keys(letter).join()})`, language, letter })),
);

test.each(cases)('$name in $language says everything it should, in both parts', ({ language, letter }) => {
  const { subject, text, html } = render({ organization, name: 'Maria Huber', language }, letter);
  expect(subject).toContain(organization.name);
  expect(subject.length).toBeLessThan(80);
  expect(html).toMatch(new RegExp(`^\\s*<!doctype html>\\s*<html lang="${language}">`));
  for (const part of [text, html]) {
    expect(part).toContain('Maria Huber');
    expect(part).toContain('login.example.com');
    // A word that is missing shows its key; a value that is missing, its braces.
    expect(part).not.toMatch(/undefined|\[object|\{\{|letters\.|\blink\.(valid|address)|<%|&amp;amp;|\r/);
  }
  expect(text).toContain(organization.name);
  expect(html).toContain('Acme &amp; Söhne');
  expect(text).not.toMatch(/\n{3}|&amp;|<\w+/);
  expect(text.trim().split('\n')[0]).toMatch(/^(Hello|Guten Tag) Maria Huber,$/);
  for (const address of 'contacts' in letter ? letter.contacts : []) {
    expect(text).toContain(address);
    expect(html).toContain(`>${address}</a>`);
  }
  if ('newEmail' in letter) expect(text).toContain('new@acme.example');
  if ('connection' in letter) expect(text).toContain('Okta');
});

test.each(cases.filter(({ letter }) => JSON.stringify(letter).includes(URL)))(
  '$name in $language has one button, and its address for who cannot press it',
  ({ language, letter }) => {
    const { text, html } = render({ organization, language }, letter);
    const inHtml = URL.replaceAll('&', '&amp;');
    expect(text.split(URL)).toHaveLength(2);
    expect(html.match(/class="button"/g)).toHaveLength(1);
    expect(html).toContain(`<a class="button" href="${inHtml}"`);
    expect(html).toContain(`>${inHtml}</a>`);
    expect(text.includes('48')).toBe('url' in letter);
  },
);

test('nothing is loaded from anywhere, and nothing runs', () => {
  for (const letter of letters) {
    const { html } = render({ organization }, letter);
    expect(html).not.toMatch(/<(img|script|link|iframe|object)\b|url\(|\son\w+=/);
  }
});

test.each([
  ['de-AT', 'de'],
  ['DE', 'de'],
  ['de_CH', 'de'],
  ['en-GB', 'en'],
  ['fr', 'en'],
  ['constructor', 'en'],
  ['', 'en'],
  [undefined, 'en'],
])('language %s is written to in %s', (tag, language) => {
  expect(nearestLanguage(tag)).toBe(language);
  expect(render({ organization, language: tag }, { kind: 'test' }).language).toBe(language);
});

describe('names', () => {
  const greetingFor = (name: string) => render({ organization, name }, { kind: 'test' }).text.trim().split('\n')[0];

  test.each([
    [`O'Leary "Ó" <b>`, `Hello O'Leary "Ó" <b>,`],
    ['李 小龙', 'Hello 李 小龙,'],
    ['Zoë 🦊', 'Hello Zoë 🦊,'],
    ['Ann\r\nBcc: everybody', 'Hello Ann Bcc: everybody,'],
    ['{{organization}} $t(contacts)', 'Hello {{organization}} $t(contacts),'],
    ['J. R. Müller', 'Hello J. R. Müller,'],
  ])('%j is greeted', (name, greeting) => {
    expect(greetingFor(name)).toBe(greeting);
  });

  test.each(['Win at https://evil.example', 'evil.example', 'www.evil', 'a@evil.example', 'x'.repeat(81), '', '  '])(
    '%j is not: it would become a link, or is no name',
    (name) => {
      expect(greetingFor(name)).toBe('Hello,');
    },
  );

  test('are text in HTML', () => {
    const { html, subject } = render(
      { organization: { ...organization, name: `<i>"Acme"</i>\r\n`, color: '"onload=x' }, name: '<b>Ann' },
      { kind: 'test' },
    );
    expect(html).toContain('Hello &lt;b&gt;Ann,');
    expect(html).not.toMatch(/<i>|<b>|onload/);
    expect(subject).toBe('Test e-mail from <i>"Acme"</i>');
  });
});

test.each([
  ['#ffcc00', '#000000'],
  ['#1B57F0', '#ffffff'],
  ['#777777', '#000000'],
  ['#757575', '#ffffff'],
  ['red', '#ffffff'],
  [undefined, '#ffffff'],
])('on %s one reads %s', (color, ink) => {
  expect(colorsOf(color).ink).toBe(ink);
});

test('every catalogue says the same things', () => {
  const keys = (value: unknown, path = ''): string[] =>
    typeof value === 'string'
      ? [path]
      : Object.entries(value as object).flatMap(([key, one]) => keys(one, `${path}.${key}`));
  const catalogue = (code: string) =>
    JSON.parse(readFileSync(join(root, 'views', 'mail', `${code}.json`), 'utf8')) as { letters: object };
  for (const code of LANGUAGE_CODES) {
    expect(keys(catalogue(code)).sort()).toEqual(keys(catalogue('en')).sort());
    expect(Object.keys(catalogue(code).letters).sort()).toEqual(Object.keys(LETTERS).sort());
  }
});
