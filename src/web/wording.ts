import type { Language, Translate } from './languages';
import type { FieldError } from './page-context';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Scripts in which one character stands for a name on a mark. */
const ONE_IS_ENOUGH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Whose way of writing dates and lists each language follows. */
export const REGIONS: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** First letters of a name for a mark: 'María Suárez' → 'MS', '李 明' → '李', no letter at all → ''. */
export function initials(name: string, most: number): string {
  const letters = name.split(/\s+/).flatMap((word) => firstLetter(word) ?? []);
  const [first, last] = [letters[0] ?? '', letters.at(-1) ?? ''];
  return most === 1 || letters.length < 2 || ONE_IS_ENOUGH.test(first) ? first : first + last;
}

function firstLetter(word: string): string | undefined {
  const graphemes = [...new Intl.Segmenter().segment(word)].map((part) => part.segment);
  return graphemes.find((part) => /[\p{L}\p{N}]/u.test(part))?.toLocaleUpperCase('en');
}

/** A moment as people say it: 'just now', '3 hours ago', 'yesterday'; from a week on, the date. */
export function when(date: Date, now: Date, language: Language, t: Translate): string {
  const age = now.getTime() - date.getTime();
  if (age < MINUTE) return t('time.now');
  const relative = new Intl.RelativeTimeFormat(REGIONS[language], { numeric: 'auto' });
  if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return relative.format(-Math.floor(age / HOUR), 'hour');
  if (age < 7 * DAY) return relative.format(-Math.floor(age / DAY), 'day');
  return dayOf(date, language);
}

/** A day, in UTC: '31 Jan 2027'. */
export const dayOf = (date: Date, language: Language): string =>
  new Intl.DateTimeFormat(REGIONS[language], { dateStyle: 'medium', timeZone: 'UTC' }).format(date);

/** 'A, B and C' in the language, or 'A, B or C'. */
export const listOf = (
  items: readonly string[],
  language: Language,
  type: 'conjunction' | 'disjunction' = 'conjunction',
): string => new Intl.ListFormat(REGIONS[language], { type }).format(items);

/** What can be wrong with a field, each with its words in `form.problem`; any other code is said as `invalid`. */
export const FIELD_CODES = [
  'invalid',
  'required',
  'too_short',
  'too_long',
  'control_characters',
  'invalid_email',
  'email_domain_not_allowed',
  'same',
  'field_owned',
  'invalid_credentials',
  'invalid_code',
  'weak_password',
  'rate_limited',
  'taken',
  'email_taken',
  'username_taken',
  'slug_taken',
  'domain_taken',
  'invalid_url',
  'too_small',
  'too_large',
  'invalid_domain',
  'invalid_username_format',
  'unknown_group',
  'file_too_large',
  'invalid_image',
  'image_dimensions',
  'invalid_help_link',
] as const;

export interface FormProblems {
  /** For the summary on top: what happened. Only fields with a label have a place to go to. */
  problems: readonly { field?: string; text: string }[];
  /** Beside each field: what to do. */
  beside: Readonly<Record<string, string>>;
}

/** The problems of a form in words; of several with one field the first counts. */
export function problemsInWords(
  errors: readonly FieldError[],
  labels: Readonly<Record<string, string>>,
  t: Translate,
): FormProblems {
  const first = errors.filter(({ field }, index) => errors.findIndex((one) => one.field === field) === index);
  const say = ({ field, code }: FieldError, part: 'summary' | 'field'): string =>
    t(`form.problem.${FIELD_CODES.find((known) => known === code) ?? 'invalid'}.${part}`, {
      label: labels[field] ?? t('form.entry'),
    });
  return {
    problems: first.map((error) => ({
      ...(Object.hasOwn(labels, error.field) && { field: error.field }),
      text: say(error, 'summary'),
    })),
    beside: Object.fromEntries(first.map((error) => [error.field, say(error, 'field')])),
  };
}

// Each pattern is tried in order: Edge and Opera also call themselves Chrome, Chrome also calls itself Safari.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

/** A User-Agent in words: 'Firefox on Windows'. It is only a help to recognise a session; nothing depends on it. */
export function browserInWords(userAgent: string | undefined, t: Translate): { title: string; mobile: boolean } {
  const text = userAgent?.slice(0, 512) ?? '';
  const named = (list: typeof BROWSERS): string | undefined => list.find(([pattern]) => pattern.test(text))?.[1];
  const [browser, system] = [named(BROWSERS), named(SYSTEMS)];
  const title =
    browser && system ? t('account.browser', { browser, system }) : (browser ?? system ?? t('account.unknownBrowser'));
  return { title, mobile: /iPhone|iPad|Android|Mobile/.test(text) };
}

/** Address of a new letter to these (RFC 6068). */
export const mailto = (...addresses: readonly string[]): string =>
  `mailto:${addresses.map((address) => encodeURIComponent(address).replaceAll('%40', '@')).join(',')}`;

/** A fallback such as 'your organization' may come to stand first. */
export const sentence = (text: string): string => text.charAt(0).toLocaleUpperCase('en') + text.slice(1);

// Private-use characters mark what stands out in a message; the part `rich` turns them into <b>, escaped as ever.
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
export const strong = (value: string): string => OPEN + value.replaceAll(OPEN, '').replaceAll(CLOSE, '') + CLOSE;
export const emphasised = (text: string): readonly { text: string; strong: boolean }[] =>
  text.split(/[\uE000\uE001]/).map((part, index) => ({ text: part, strong: index % 2 === 1 }));
