/** One way of doing the same thing. `prepare` is not measured; `run` does the operations it prepared. */
export interface Candidate<P> {
  name: string;
  prepare(operations: number): Promise<P>;
  run(prepared: P): Promise<void>;
  /** CPU milliseconds used so far by everything that serves this candidate. */
  cpu(): number;
}

export interface Measured {
  name: string;
  /** CPU milliseconds per operation, one figure a round. */
  rounds: readonly number[];
}

export interface Plan {
  warmUp: number;
  rounds: number;
  operations: number;
}

/** Measures candidates in turns within one run, so that whatever else the machine does meets all of them alike. */
export async function measure(plan: Plan, candidates: readonly Candidate<unknown>[]): Promise<Measured[]> {
  const figures = new Map(candidates.map((candidate) => [candidate.name, [] as number[]]));
  for (let round = -plan.warmUp; round < plan.rounds; round++) {
    const order = round % 2 === 0 ? candidates : [...candidates].reverse();
    for (const candidate of order) {
      const prepared = await candidate.prepare(plan.operations);
      const before = candidate.cpu();
      await candidate.run(prepared);
      if (round >= 0) figures.get(candidate.name)?.push((candidate.cpu() - before) / plan.operations);
    }
  }
  return [...figures].map(([name, rounds]) => ({ name, rounds }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
