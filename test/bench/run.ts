import { benchAcs } from './acs';
import type { Measured, Plan } from './rounds';

const PLAN: Plan = { warmUp: 1, rounds: 4, operations: 100 };

/** Each part with its reference as the second candidate. */
const PARTS: Readonly<Record<string, () => Promise<Measured[]>>> = {
  'ACS route, assertion signed': () => benchAcs(PLAN, 'assertion'),
  'ACS route, response and assertion signed': () => benchAcs(PLAN, 'both'),
};

async function main(): Promise<void> {
  for (const [name, part] of Object.entries(PARTS)) print(name, await part());
}

function print(part: string, [candidate, reference]: readonly Measured[]): void {
  if (!candidate || !reference) throw new Error(`${part}: a part has a candidate and a reference`);
  console.log(`\n${part} (CPU ms per operation, median of ${candidate.rounds.length} rounds, lowest and highest)`);
  for (const { name, rounds, median } of [candidate, reference])
    console.log(
      `  ${name.padEnd(34)} ${median.toFixed(2)}  (${Math.min(...rounds).toFixed(2)} to ${Math.max(...rounds).toFixed(2)})`,
    );
  console.log(`  ${'ratio'.padEnd(34)} ${(candidate.median / reference.median).toFixed(2)}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
