const SHORTEST = 3;
/** What anybody who attacks an installation tries first. */
const OF_THE_SERVICE = ['drawbridge'];

/** Without case and accents. */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const lettersOf = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]/gu, '');
const sizeOf = (text: string): number => [...text].length;

/**
 * What others know of a person, as a list of words: each text as it is, and its parts (local part and labels of an
 * address, given and family name).
 */
export function personalWords(personal: readonly string[]): readonly string[] {
  const texts = [...OF_THE_SERVICE, ...personal].map((text) => text.trim());
  const parts = texts.flatMap((text) => [text, fold(text), ...text.split('@'), ...fold(text).split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set(parts)].filter((word) => sizeOf(word) >= SHORTEST);
}

/** True when at least half of a password's letters and digits are words of this list. */
export function isMainlyMadeOf(password: string, words: readonly string[]): boolean {
  const letters = lettersOf(password);
  const known = [...new Set(words.map(lettersOf))]
    .filter((word) => sizeOf(word) >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  const rest = known.reduce((left, word) => left.replaceAll(word, ' '), letters).replaceAll(' ', '');
  return letters !== '' && sizeOf(rest) * 2 <= sizeOf(letters);
}
