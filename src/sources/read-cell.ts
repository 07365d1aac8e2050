import { normalizeEmail } from '../domain/email-address';
import { normalizePhone } from '../domain/phone-number';
import { USER_TYPES, type UserType } from '../domain/policy';
import { isOneLine, languageTag } from '../domain/text';
import { isUsername } from '../domain/username';

/** What a cell says, or why it says nothing that counts. */
export type Read<T> = { value: T } | { code: string; message: string };

const wrong = (code: string, message: string): Read<never> => ({ code, message });

/** What stands where a character could not be read. */
const REPLACEMENT = '\uFFFD';

/** One line of text in any script, at most so many characters. */
export const oneLine =
  (max: number) =>
  (text: string): Read<string> => {
    if (!isOneLine(text)) return wrong('control_characters', 'Control characters and line breaks are not taken here.');
    if (text.includes(REPLACEMENT)) return wrong('unreadable_characters', 'Some characters of the file are damaged.');
    const value = text.normalize('NFC');
    return value.length > max ? wrong('too_long', `At most ${max} characters.`) : { value };
  };

export function readEmail(text: string): Read<string> {
  const value = normalizeEmail(text);
  return value ? { value } : wrong('invalid_email', 'This is not exactly one e-mail address.');
}

export function readUserType(text: string): Read<UserType> {
  const value = USER_TYPES.find((type) => type.toLowerCase() === text.toLowerCase());
  return value ? { value } : wrong('invalid_user_type', `${USER_TYPES.join(' or ')}.`);
}

export function readPhone(text: string): Read<string> {
  const value = normalizePhone(text);
  return value ? { value } : wrong('invalid_phone', 'This is not a phone number; an extension has its own field.');
}

export function readUsername(text: string): Read<string> {
  const message =
    'A username begins and ends with a letter or digit and holds . _ - + @ inside, at most 128 characters.';
  return isUsername(text) ? { value: text } : wrong('invalid_username', message);
}

export function readLocale(text: string): Read<string> {
  const value = text.length > 35 ? undefined : languageTag(text);
  return value ? { value } : wrong('invalid_locale', 'This is not a language tag such as de-DE.');
}

const MOST_GROUPS = 1000;

/** Names with semicolons, bars or line breaks between them: a name may hold a comma. */
export function readGroups(text: string): Read<string[]> {
  const names = text.split(/[;|\n]/).map((name) => name.trim());
  const value = [...new Set(names.filter(Boolean))];
  if (value.length > MOST_GROUPS) return wrong('too_many', `At most ${MOST_GROUPS} groups.`);
  const bad = value.map(oneLine(200)).find((read) => !('value' in read));
  return bad && !('value' in bad) ? bad : { value };
}

/** A day, which counts to its end (UTC), or an instant with its offset; yields ISO 8601. */
export function readDate(text: string): Read<string> {
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text;
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(instant);
  const date = new Date(isWhole ? instant : Number.NaN);
  // 30 February is 2 March to Date: a day has to come out as it went in.
  const isReal =
    !Number.isNaN(date.getTime()) &&
    new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
  return isReal ? { value: date.toISOString() } : wrong('invalid_date', 'A day such as 2027-03-31.');
}

const YES = ['yes', 'true', '1', 'x', 'ja'];
const NO = ['no', 'false', '0', 'nein'];

export function readYesOrNo(text: string): Read<boolean> {
  const word = text.toLowerCase();
  if (YES.includes(word)) return { value: true };
  return NO.includes(word) ? { value: false } : wrong('invalid_value', 'Yes or no.');
}
