import { normalizePassword } from '../../domain/password';
import { passwordEstimator } from './estimator';
import { isMainlyMadeOf, personalWords } from './personal';

/** What a person is told about a password, by zxcvbn's names: what is wrong with it, and how a better one is made. */
export const PASSWORD_ADVICE = [
  // Warnings.
  'straightRow',
  'keyPattern',
  'simpleRepeat',
  'extendedRepeat',
  'sequences',
  'recentYears',
  'dates',
  'topTen',
  'topHundred',
  'common',
  'similarToCommon',
  'wordByItself',
  'namesByThemselves',
  'commonNames',
  'userInputs',
  // Suggestions. What bears the name of a warning is told apart by `avoid`.
  'l33t',
  'reverseWords',
  'allUppercase',
  'capitalization',
  'avoidDates',
  'avoidRecentYears',
  'associatedYears',
  'avoidSequences',
  'repeated',
  'longerKeyboardPattern',
  'anotherWord',
  'useWords',
  'noNeed',
] as const;

/** The words are in the catalogue, at `password.advice`. */
export type PasswordAdvice = (typeof PASSWORD_ADVICE)[number];

/** Of 4: at least 10^8 guesses. */
const REQUIRED_SCORE = 3;
/** Code points; a password whose beginning is strong is strong. */
const SCORED = 100;
const AVOID: Readonly<Record<string, PasswordAdvice>> = {
  dates: 'avoidDates',
  recentYears: 'avoidRecentYears',
  sequences: 'avoidSequences',
};

/**
 * Why a password is too easy to guess, with at least one piece of advice; undefined when it is strong enough.
 * @param personal what others know of the person: e-mail address, names, username, organization; whole, parts are found
 */
export function weaknessOf(
  password: string,
  personal: readonly string[],
): { advice: readonly PasswordAdvice[] } | undefined {
  const words = personalWords(personal);
  const text = [...normalizePassword(password)].slice(0, SCORED).join('');
  // Each word for itself costs an attacker another guess; several of them add up to a high score and are no secret.
  if (isMainlyMadeOf(text, words)) return { advice: ['userInputs', 'anotherWord'] };
  const { score, feedback } = passwordEstimator().check(text, [...words]);
  if (score >= REQUIRED_SCORE) return undefined;
  const suggestions = feedback.suggestions.map((key) => AVOID[key] ?? key);
  const advice = [feedback.warning, ...suggestions].flatMap(
    (key) => PASSWORD_ADVICE.find((known) => known === key) ?? [],
  );
  return { advice: advice.length > 0 ? advice : ['anotherWord'] };
}
