import type { RowProblem } from '../../../sources/columns';
import type { Translate } from '../../languages';
import type { PageContext } from '../../page-context';

/** A sentence with a number in it, as the language writes both. */
export function counted(
  part: string,
  count: number,
  { t, language }: Words,
  values: Readonly<Record<string, string>> = {},
): string {
  const number = new Intl.NumberFormat(language).format(count);
  return t(`portal.imports.${part}`, { count, number, ...values });
}

/** What it takes to say something. */
export type Words = Pick<PageContext, 't' | 'language'>;

/** Why something stands against a row, as the person who mends it reads it. */
export function problemInWords({ code, message, suggestion, line = 0 }: RowProblem, t: Translate): string {
  const key = `portal.imports.problem.${code}`;
  const words = t(key, { line });
  const why = words === key ? message : words;
  return suggestion ? `${why} ${t('portal.imports.didYouMean', { suggestion })}` : why;
}

/** Why a row was refused when it was saved, was sent no invitation, or was not taken back. */
export function codeInWords(code: string, t: Translate): string {
  const known = [`portal.imports.why.${code}`, `portal.imports.problem.${code}`].map((key) => ({ key, text: t(key) }));
  return known.find(({ key, text }) => text !== key)?.text ?? t('portal.imports.why.other', { code });
}

/** What is wrong with a file; a reason that a later release gives stays as it was written. */
export function fileProblemInWords(code: string, detail: string, t: Translate): string {
  const key = `portal.imports.file.${code}`;
  const words = t(key);
  return words === key ? detail : words;
}

/** A value of a change: states and kinds of users have words, names stay as they are. */
export function valueInWords(field: string, value: string | null, t: Translate): string | null {
  if (value === null) return null;
  const key = { status: 'portal.users.status', userType: 'portal.users.userType' }[field];
  const words = key && t(`${key}.${value}`);
  return words && words !== `${key}.${value}` ? words : value;
}
