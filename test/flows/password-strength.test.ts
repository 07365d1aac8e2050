import { PASSWORD_ADVICE, weaknessOf } from '../../src/connections/password/strength';

const MARIA = ['maria.rossi@acme.example', 'Maria', 'Rossi', 'Maria Rossi', 'mrossi', 'Acme Motors'];
const adviceFor = (password: string, personal: readonly string[] = MARIA) => weaknessOf(password, personal)?.advice;
/** The library loads its dictionaries at the first question. */
beforeAll(() => void weaknessOf('warm up', []));

describe('security 20: what is hard enough to guess', () => {
  test.each([
    'correct horse battery staple',
    'zq8!vKw2#pLm',
    'tigre cuivre lampe',
    '서울에서 부산까지 기차로 간다',
    'maria wants a purple bicycle',
    'acme is where i plant tulips',
    'kX7#pQ2m!vR9$tLz'.repeat(16),
  ])('%s', (password) => expect(adviceFor(password)).toBeUndefined());

  test('a name of a property of every object is a word like any other', () =>
    expect(adviceFor('__proto__ tulips hasOwnProperty', ['constructor', '__proto__'])).toBeUndefined());
});

describe('security 20: what is too easy, with advice', () => {
  test.each([
    ['a common password', 'password1234', 'similarToCommon'],
    ['a row of keys', 'qwertyuiopasdfghjkl', 'anotherWord'],
    ['the alphabet', 'abcdefghijklmnop', 'avoidSequences'],
    ['one letter', 'aaaaaaaaaaaaaaaa', 'simpleRepeat'],
    ['one word again and again', 'tuliptuliptulip', 'extendedRepeat'],
    ['spaces only', ' '.repeat(12), 'simpleRepeat'],
    ['256 spaces', ' '.repeat(256), 'simpleRepeat'],
    ['a common password in disguise', 'P@$$w0rd1234', 'l33t'],
    ['a year on the name of the service', 'Drawbridge2026!', 'userInputs'],
    ['full-width letters', 'ｐａｓｓｗｏｒｄ１２３４', 'similarToCommon'],
  ])('%s', (_, password, advice) => expect(adviceFor(password)).toContain(advice));

  test.each([
    ['their e-mail address', 'maria.rossi@acme.example'],
    ['their e-mail address in capitals', 'MARIA.ROSSI@ACME.EXAMPLE'],
    ['their e-mail address and a digit', 'maria.rossi@acme.example1'],
    ['their name and a year', 'mariarossi2024!'],
    ['their name with accents', 'María-Róssi-12'],
    ['their name, the organization and the service', 'Rossi Maria Acme Drawbridge'],
    ['the organization and its domain', 'acme.example motors'],
    ['their username twice', 'mrossi mrossi 77'],
    ['their name in disguise', 'M4r14.R0$$1!'],
  ])('%s', (_, password) => expect(adviceFor(password)).toContain('userInputs'));

  test('the same is fine for somebody else', () =>
    expect(adviceFor('mariarossi7 wool', ['joe@globex.example'])).toBeUndefined());

  test('every piece of advice is one that has words', () => {
    const samples = [
      '19.12.1987 1987',
      'summer 1987',
      'drowssap4321',
      'JENNIFERSMITH',
      'abcabcabcabc',
      '11111111111111',
    ];
    const given = samples.flatMap((password) => adviceFor(password, []) ?? []);
    expect(given.length).toBeGreaterThan(samples.length);
    expect(given.filter((one) => !PASSWORD_ADVICE.includes(one))).toEqual([]);
  });
});

describe('how long it takes', () => {
  const fill = (pattern: string) => pattern.repeat(256).slice(0, 256);
  test.each([
    ['substitutions', fill('4@8({[<369&#!1|70$5+7%2')],
    ['a disguised word', fill('p4$$w0rd')],
    ['digits', fill('8675309172')],
    ['dates', fill('19.12.1987')],
    ['one letter', fill('a')],
    ['words', fill('thequickbrownfoxjumpsoverthelazydog')],
    ['emoji', '😀'.repeat(256)],
    ['noise', fill('kX7#pQ2m!vR9$tLzB4nW8cY1dF6gH3jS5aE0iU')],
  ])('%s: not long, for 256 characters and much that is known', (_, password) => {
    const known = Array.from({ length: 500 }, (_, index) => `known-${index}-${'x'.repeat(300)}`);
    const took = [1, 2, 3].map(() => {
      const began = process.cpuUsage();
      weaknessOf(password, known);
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1000;
    });
    // Milliseconds of this process alone: 15 to 80, and half a second or more without the bounds.
    expect(Math.min(...took)).toBeLessThan(300);
  });
});
