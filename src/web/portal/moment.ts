import type { Language } from '../../language/languages';
import { REGIONS } from '../wording';

/** The very moment, for who compares it with a log: '12 Nov 2026, 09:14:07 UTC'. */
export const moment = (date: Date, language: Language): string =>
  `${new Intl.DateTimeFormat(REGIONS[language], { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }).format(date)} UTC`;

/** The day alone. */
export const day = (date: Date, language: Language): string =>
  new Intl.DateTimeFormat(REGIONS[language], { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
