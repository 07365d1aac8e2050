/** What the reader of workbooks yields for a cell, numbers as text already. */
export type CellValue = string | number | boolean | Date | null;

const WITHOUT_TIME = 'T00:00:00';
const EXACT_DIGITS = 15;

/** What a cell of a workbook says: a day or an instant by ISO 8601, yes or no; text and numbers as they are. */
export function cellText(value: CellValue): string {
  if (value === null) return '';
  if (value instanceof Date) return dateText(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/** A workbook counts days and their fractions, so that a second is never met exactly. */
function dateText(date: Date): string {
  const instant = `${new Date(Math.round(date.getTime() / 1000) * 1000).toISOString().slice(0, 19)}Z`;
  return instant.includes(WITHOUT_TIME) ? instant.slice(0, 10) : instant;
}

/** A number as a person wrote it: a workbook keeps long ones in exponential notation, and 0.3 as 0.30000000000000004. */
export function numberText(stored: string): string {
  if (/^-?\d+$/.test(stored)) return stored;
  const number = Number(stored);
  if (!Number.isFinite(number)) return stored;
  return Number.isInteger(number) ? BigInt(number).toString() : String(Number(number.toPrecision(EXACT_DIGITS)));
}
