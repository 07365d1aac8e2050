import fc from 'fast-check';
import { normalizePassword, passwordProblem } from '../../src/domain/password';

const NUL = String.fromCharCode(0);
const HALF = '\ud83d';

describe('what may be chosen as a password', () => {
  test.each([
    ['twelve letters', 'abcdefghijkl'],
    ['spaces between words', 'correct horse battery staple'],
    ['spaces only, which is a matter of strength', ' '.repeat(12)],
    ['twelve emoji', '😀'.repeat(12)],
    ['256 code points', 'a1'.repeat(128)],
    ['256 code points of two code units each', '😀'.repeat(256)],
    ['256 letters, each typed as a letter and three marks', '\u03b1\u0313\u0300\u0345'.repeat(256)],
    ['what becomes twelve code points by normalization', 'ﬃﬃﬃﬃ'],
  ])('%s', (_, text) => expect(passwordProblem(text)).toBeUndefined());

  test.each([
    ['nothing', '', 'required'],
    ['eleven letters', 'abcdefghijk', 'too_short'],
    ['eleven emoji', '😀'.repeat(11), 'too_short'],
    ['twenty-two code points that compose to eleven letters', 'e\u0301'.repeat(11), 'too_short'],
    ['257 letters', 'a'.repeat(257), 'too_long'],
    ['what becomes 258 code points by normalization', 'ﬃ'.repeat(86), 'too_long'],
    ['a megabyte', 'x'.repeat(1_000_000), 'too_long'],
    ['NUL', `correct${NUL}horse battery`, 'control_characters'],
    ['a line break', 'correct horse\nbattery', 'control_characters'],
    ['a tab', 'correct\thorse battery', 'control_characters'],
    ['delete', 'correct horse\u007f battery', 'control_characters'],
    ['a C1 control', 'correct horse\u0085 battery', 'control_characters'],
    ['half a surrogate pair', `correct horse ${HALF} battery`, 'control_characters'],
  ])('not %s', (_, text, problem) => expect(passwordProblem(text)).toBe(problem));

  test('a megabyte that normalization would make eighteen is refused without normalizing it', () => {
    const began = performance.now();
    expect(passwordProblem('\ufdfa'.repeat(1_000_000))).toBe('too_long');
    expect(performance.now() - began).toBeLessThan(50);
  });
});

describe('the normal form', () => {
  test.each([
    ['composed and decomposed', 'caf\u00e9', 'cafe\u0301'],
    ['full width', 'ｐａｓｓ', 'pass'],
    ['a no-break space', 'a\u00a0b', 'a b'],
    ['jamo', '\u1112\u1161\u11ab', '\ud55c'],
  ])('is one for %s', (_, one, other) => expect(normalizePassword(one)).toBe(normalizePassword(other)));

  test('keeps case and spaces', () => expect(normalizePassword('  Aa B ')).toBe('  Aa B '));

  test('has the same problem as what was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(passwordProblem(normalizePassword(text))).toBe(passwordProblem(text));
      }),
    );
  });
});
