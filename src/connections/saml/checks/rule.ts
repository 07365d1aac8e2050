import type { Check } from '../../connection';

/** What a rule says of its facts. Technical values only, never a person's. */
export interface Outcome {
  ok: boolean;
  expected?: string;
  received?: string;
}

type Rule<Facts> = (facts: Facts) => Outcome;

/** Rules in the order they are looked at. */
export type RuleTable<Facts> = readonly (readonly [name: string, rule: Rule<Facts>])[];

const LONGEST = 300;
const clip = (value: string): string => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);

/** A rule's step in the trace: what it expected and what came, when they differ. */
export function step(rule: string, { ok, expected, received }: Outcome): Check {
  return ok ? { rule, ok } : { rule, ok, expected: clip(expected ?? ''), received: clip(received ?? 'missing') };
}

/** Looks at every rule, so that an admin sees all that is wrong at once. */
export const checkAll = <Facts>(rules: RuleTable<Facts>, facts: Facts): Check[] =>
  rules.map(([name, rule]) => step(name, rule(facts)));

/** Looks at rules until one fails, because the later ones rely on the earlier. */
export function checkInTurn<Facts>(rules: RuleTable<Facts>, facts: Facts): Check[] {
  const steps: Check[] = [];
  for (const [name, rule] of rules) {
    const checked = step(name, rule(facts));
    steps.push(checked);
    if (!checked.ok) break;
  }
  return steps;
}

export const equals = (expected: string, received: string | undefined): Outcome => ({
  ok: received === expected,
  expected,
  received,
});

export const isTrue = (ok: boolean, expected: string, received?: string): Outcome => ({ ok, expected, received });
