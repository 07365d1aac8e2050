/** A language costs its line here and its catalogues: views/locales for pages, views/mail for letters. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_CODES = Object.keys(LANGUAGES) as readonly Language[];
export const FALLBACK_LANGUAGE: Language = 'en';

export const isLanguage = (code: unknown): code is Language =>
  typeof code === 'string' && Object.hasOwn(LANGUAGES, code);

/** What we speak that is nearest to a language tag (RFC 5646): `de-AT` is German; English when there is none. */
export function nearestLanguage(tag: string | undefined): Language {
  const primary = tag?.split(/[-_]/, 1)[0]?.toLowerCase();
  return isLanguage(primary) ? primary : FALLBACK_LANGUAGE;
}
