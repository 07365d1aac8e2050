/** Control characters, line breaks, halves of characters, and what reverses the direction of the text around it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** True for text that fits into one line, in any script. */
export const isOneLine = (text: string): boolean => !UNPRINTABLE.test(text);

/** The canonical form of a language tag, such as de-DE; undefined for what is none (RFC 5646). */
export function languageTag(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text.replace(/_/g, '-'))[0];
  } catch {
    return undefined;
  }
}
