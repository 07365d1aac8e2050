import fc from 'fast-check';
import type { AttributeValues } from '../../src/domain/attributes';
import {
  isUsername,
  isUsernameFormat,
  numberedUsername,
  USERNAME_PLACEHOLDERS,
  usernameBase,
  usernameKey,
} from '../../src/domain/username';

const anna: AttributeValues = {
  givenName: 'Anna',
  familyName: 'Lee',
  displayName: 'Anna M. Lee',
  email: 'anna+work@acme.test',
  externalId: 'E-4711',
};

describe('placeholders', () => {
  test.each([
    ['{given}', 'anna'],
    ['{family}', 'lee'],
    ['{g}', 'a'],
    ['{f}', 'l'],
    ['{display}', 'anna.m.lee'],
    ['{email}', 'anna+work@acme.test'],
    ['{local}', 'anna+work'],
    ['{externalId}', 'e-4711'],
    ['{given}.{family}', 'anna.lee'],
    ['{g}{family}', 'alee'],
    ['{family}_{g}', 'lee_a'],
    ['Acme-{given}@x', 'acme-anna@x'],
    ['{given}{given}', 'annaanna'],
  ])('%s', (format, username) => {
    expect(isUsernameFormat(format)).toBe(true);
    expect(usernameBase(format, anna)).toBe(username);
  });

  test('every placeholder is in the table above', () => {
    for (const name of USERNAME_PLACEHOLDERS) expect(usernameBase(`{${name}}`, anna)).not.toBe('user');
  });
});

describe('names', () => {
  test.each<[name: string, attributes: AttributeValues, username: string]>([
    ['no family name', { givenName: 'Anna' }, 'anna'],
    ['no given name', { familyName: 'Lee' }, 'lee'],
    ['an empty given name', { givenName: '', familyName: 'Lee' }, 'lee'],
    ['a cleared given name', { givenName: null, familyName: 'Lee' }, 'lee'],
    ['only a display name, without spaces', { displayName: '李明' }, 'liming'],
    ['only a display name', { displayName: 'Łukasz Nowak' }, 'lukasz.nowak'],
    ['a stroke through a letter', { displayName: 'Jonas Ørsted' }, 'jonas.orsted'],
    ['a straight apostrophe', { givenName: 'Pat', familyName: "O'Leary" }, 'pat.oleary'],
    ['a curly apostrophe', { givenName: 'Pat', familyName: 'O’Leary' }, 'pat.oleary'],
    ['particles', { givenName: 'Eva', familyName: 'van der Berg' }, 'eva.van-der-berg'],
    ['two given names', { givenName: 'Mary Ann', familyName: 'Lee' }, 'mary.ann.lee'],
    ['a hyphen', { givenName: 'Anne-Marie', familyName: 'Lee' }, 'anne-marie.lee'],
    ['initials with dots', { givenName: 'J.R.R.', familyName: 'Tolkien' }, 'j.r.r.tolkien'],
    ['a comma', { displayName: 'Lee, Anna' }, 'lee.anna'],
    ['sharp s', { givenName: 'Groß', familyName: 'Straßer' }, 'gross.strasser'],
    ['Cyrillic', { givenName: 'Юлия', familyName: 'Щукина' }, 'yuliya.shchukina'],
    ['Arabic', { givenName: 'محمد', familyName: 'علي' }, 'mhmd.ly'],
    ['spaces around', { givenName: '  Anna ', familyName: ' Lee\t' }, 'anna.lee'],
    ['decomposed letters', { givenName: 'Zoe\u0308', familyName: 'Lee' }, 'zoe.lee'],
    ['no name at all', { email: 'anna+x@acme.test' }, 'anna+x'],
    ['punctuation for a name', { displayName: '---', email: 'a.b@acme.test' }, 'a.b'],
    ['nothing at all', {}, 'user'],
  ])('%s', (_, attributes, username) => {
    expect(usernameBase('{given}.{family}', attributes)).toBe(username);
  });

  test('emoji for a name still yield a username', () => {
    expect(isUsername(usernameBase('{given}.{family}', { displayName: '😀' }))).toBe(true);
  });

  test.each([
    ['李', 'l'],
    ['Ørsted', 'o'],
    ['عمر', 'm'],
    ['ʿAlī', 'a'],
    ["'Abd", 'a'],
  ])('the initial of %s is a letter', (givenName, initial) => {
    expect(usernameBase('{g}{family}', { givenName, familyName: 'X' })).toBe(`${initial}x`);
  });

  test('a name that is very long is cut to 64 characters', () => {
    const base = usernameBase('{given}.{family}', { givenName: 'a'.repeat(63), familyName: 'Lee' });
    expect(base).toBe('a'.repeat(63));
  });
});

describe('numbering', () => {
  const taken = (...names: string[]) => new Set(names);

  test.each<[name: string, taken: ReadonlySet<string>, username: string]>([
    ['free', taken(), 'anna.lee'],
    ['taken once', taken('anna.lee'), 'anna.lee2'],
    ['taken to 3', taken('anna.lee', 'anna.lee2', 'anna.lee3'), 'anna.lee4'],
    ['a gap is filled', taken('anna.lee', 'anna.lee3'), 'anna.lee2'],
    ['numbers without the base leave the base free', taken('anna.lee2'), 'anna.lee'],
    ['10 comes after 9', taken('anna.lee', ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => `anna.lee${n}`)), 'anna.lee10'],
  ])('%s', (_, names, username) => {
    expect(numberedUsername('anna.lee', names)).toBe(username);
  });

  test('what was chosen in capitals is taken in small letters', () => {
    expect(numberedUsername('anna.lee', taken(usernameKey('Anna.LEE')))).toBe('anna.lee2');
  });

  test('full-width letters are the same username', () => {
    expect(usernameKey('ａｎｎａ')).toBe('anna');
  });

  test('the number fits into 64 characters', () => {
    const base = 'a'.repeat(64);
    expect(numberedUsername(base, taken(base))).toBe(`${'a'.repeat(63)}2`);
    const names = [base, ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => 'a'.repeat(63) + String(n))];
    expect(numberedUsername(base, new Set(names))).toBe(`${'a'.repeat(62)}10`);
  });

  test('fifty people of one name have fifty usernames', () => {
    const names = new Set<string>();
    for (let i = 0; i < 50; i++) names.add(numberedUsername('anna.lee', names));
    expect(names.size).toBe(50);
    expect(names).toContain('anna.lee50');
  });
});

describe('formats', () => {
  test.each([
    '',
    'anna',
    '{}',
    '{surname}',
    '{given',
    'given}',
    '{{given}}',
    '{Given}',
    '{given} {family}',
    '{given}/x',
    '{given}ü',
    '{given}\n',
    `{given}${'x'.repeat(100)}`,
  ])('refuses %j', (format) => {
    expect(isUsernameFormat(format)).toBe(false);
  });
});

describe('chosen usernames', () => {
  test.each([
    'a',
    'Anna',
    'anna.lee',
    'anna_lee',
    'anna-lee+x',
    'anna@acme.test',
    '李明',
    'Łukasz',
    '1',
    'a'.repeat(128),
  ])('takes %s', (name) => {
    expect(isUsername(name)).toBe(true);
  });
  test.each([
    '',
    ' ',
    '.anna',
    'anna.',
    '@anna',
    'an na',
    'anna\n',
    'anna/lee',
    'anna<',
    '😀',
    'a\u200bb',
    'a'.repeat(129),
  ])('refuses %j', (name) => {
    expect(isUsername(name)).toBe(false);
  });
});

describe('whatever a person is called', () => {
  const name = fc.option(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.constantFrom('李明', "O'Leary", '😀', 'عمر'),
    ),
    { nil: undefined },
  );
  const attributes = fc.record({ givenName: name, familyName: name, displayName: name, email: name, externalId: name });
  const part = fc.oneof(
    fc.constantFrom(...USERNAME_PLACEHOLDERS.map((one) => `{${one}}`)),
    fc.constantFrom('.', '-', '_', '@', 'x', '..', '.-'),
  );
  const format = fc
    .array(part, { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''))
    .filter(isUsernameFormat);

  test('the username is short lower-case ASCII, may be chosen, and is nobody else’s', () => {
    fc.assert(
      fc.property(format, attributes, fc.nat({ max: 12 }), (pattern, person, others) => {
        const taken = new Set<string>();
        for (let i = 0; i <= others; i++) {
          const username = numberedUsername(usernameBase(pattern, person), taken);
          expect(username).toMatch(/^[a-z0-9._@+-]{1,64}$/);
          expect(isUsername(username)).toBe(true);
          expect(taken.has(usernameKey(username))).toBe(false);
          taken.add(usernameKey(username));
        }
      }),
      { numRuns: 300 },
    );
  });
});
