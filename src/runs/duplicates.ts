import type { RunRef } from '../domain/run';
import type { RowProblem } from '../sources/columns';
import { rowsHolding } from '../storage/run-people';

import type { Transaction } from '../storage/rows';

/** What makes lines mean one person. */
export interface Keyed {
  line: number;
  email: string | null;
  externalId: string | null;
}

/**
 * Of lines that mean one person the first counts; yields the problem of each other by its line.
 * @param lines those that are evaluated now; the others are the run's
 */
export async function findDuplicates(
  tx: Transaction,
  run: RunRef,
  lines: readonly Keyed[],
): Promise<ReadonlyMap<number, RowProblem>> {
  const present = <T>(values: readonly (T | null)[]) => values.filter((value) => value !== null);
  const emails = present(lines.map(({ email }) => email));
  const externalIds = present(lines.map(({ externalId }) => externalId));
  const now = new Set(lines.map(({ line }) => line));
  const others = (await rowsHolding(tx, run, { emails, externalIds })).filter(({ line }) => !now.has(line));
  const first = firstHolders([...others, ...lines]);
  return new Map(lines.flatMap((line) => duplicateOf(line, first)));
}

type First = Record<'email' | 'externalId', ReadonlyMap<string, number>>;

function firstHolders(lines: readonly Keyed[]): First {
  const first = { email: new Map<string, number>(), externalId: new Map<string, number>() };
  for (const { line, ...keys } of [...lines].sort((a, b) => a.line - b.line))
    for (const field of ['email', 'externalId'] as const) {
      const key = keys[field];
      if (key !== null && !first[field].has(key)) first[field].set(key, line);
    }
  return first;
}

function duplicateOf(keyed: Keyed, first: First): [number, RowProblem][] {
  for (const field of ['email', 'externalId'] as const) {
    const holder = first[field].get(keyed[field] ?? '');
    if (holder !== undefined && holder !== keyed.line)
      return [[keyed.line, { field, code: 'duplicate_line', message: `Also on line ${holder}.`, line: holder }]];
  }
  return [];
}
