import { rowsHolding } from '../storage/run-people';
import { findRows, updateEvaluations } from '../storage/run-rows';
import type { Transaction } from '../storage/rows';
import type { RunLine } from '../storage/runs';
import type { RunDeps } from './deps';
import { evaluate, keysOf } from './evaluate';
import { openEvaluator } from './evaluator';
import { understand } from './understand';

/** Says anew what would become of lines that were edited, and of those that named, or now name, the same people. */
export async function reevaluate(
  deps: Pick<RunDeps, 'untouchable' | 'now'>,
  tx: Transaction,
  run: RunLine,
  lines: readonly number[],
): Promise<void> {
  const evaluator = await openEvaluator(deps, tx, run);
  const edited = await findRows(tx, run, lines);
  const keys = edited.flatMap((line) => [line, keysOf({ line, record: understand(line, evaluator).record })]);
  const alike = await rowsHolding(tx, run, {
    emails: keys.flatMap(({ email }) => email ?? []),
    externalIds: keys.flatMap(({ externalId }) => externalId ?? []),
  });
  const concerned = await findRows(tx, run, [...lines, ...alike.map(({ line }) => line)]);
  await updateEvaluations(tx, run, await evaluate(tx, evaluator, concerned));
}
