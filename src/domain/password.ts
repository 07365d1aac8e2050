/** Code points, after normalization. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;
/** UTF-16 code units as typed. NFKC composes at most four code points into one, so that nothing acceptable is longer. */
const MOST_TYPED = PASSWORD_LENGTH.max * 4 * 2;
/** Control characters, and halves of a surrogate pair, which are no text at all. */
const NOT_TEXT = /[\p{Cc}\p{Cs}]/u;

export type PasswordProblem = 'required' | 'too_short' | 'too_long' | 'control_characters';

/** The same password, whatever keyboard and system composed its letters: NFKC (NIST SP 800-63B-4, 3.1.1.2). */
export const normalizePassword = (text: string): string => text.normalize('NFKC');

/** Why a text cannot be chosen as a password whatever it says; undefined when it can. How strong it is, is another question. */
export function passwordProblem(text: string): PasswordProblem | undefined {
  if (text === '') return 'required';
  if (text.length > MOST_TYPED) return 'too_long';
  const normal = normalizePassword(text);
  if (NOT_TEXT.test(normal)) return 'control_characters';
  const length = [...normal].length;
  if (length > PASSWORD_LENGTH.max) return 'too_long';
  return length < PASSWORD_LENGTH.min ? 'too_short' : undefined;
}
