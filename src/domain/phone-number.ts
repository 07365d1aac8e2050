const SHORTEST = 3;
/** E.164: at most 15 digits. */
const LONGEST = 15;

/**
 * The one normal form of a phone number: digits, and a leading `+` when it was there. Any punctuation is taken, and the
 * `(0)` that is dialled only inside a country. Undefined for what is no number; an extension is a field of its own.
 */
export function normalizePhone(text: string): string | undefined {
  const trimmed = text.normalize('NFKC').trim();
  const isInternational = trimmed.startsWith('+');
  const plain = isInternational ? trimmed.slice(1).replace(/\(0\)/g, '') : trimmed;
  if (/[^\d\s().\-–‐‑/·]/u.test(plain)) return undefined;
  const digits = plain.replace(/\D/g, '');
  if (digits.length < SHORTEST || digits.length > LONGEST) return undefined;
  return isInternational ? `+${digits}` : digits;
}
