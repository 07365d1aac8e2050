import type { Check } from '../../connection';

/** Looks at one thing and says what it found. Expected and received hold technical values only, never a person's. */
export type Rule<T> = (facts: T) => Check;

/** Looks at the rules in order until one fails. */
export function runRules<T>(rules: readonly Rule<T>[], facts: T): { passed: readonly Check[]; failed?: Check } {
  const passed: Check[] = [];
  for (const rule of rules) {
    const check = rule(facts);
    if (!check.ok) return { passed, failed: check };
    passed.push(check);
  }
  return { passed };
}

const LONGEST = 200;

/** A value as the trace shows it: short, in one line. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.replace(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, LONGEST);
}
