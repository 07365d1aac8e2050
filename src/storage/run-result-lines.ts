import type { RowResult, RunRef } from '../domain/run';
import { rows, type Transaction } from './rows';

/** Which of a run's results are looked at, and from which line on. */
export interface ResultFilter {
  result?: RowResult | 'undone' | 'kept';
  after: number;
  limit: number;
}

/** Numbers of the lines that were settled in this way, in the file's order. */
export async function listResultLines(
  tx: Transaction,
  { organizationId, id }: RunRef,
  { result, after, limit }: ResultFilter,
): Promise<number[]> {
  const found = await rows<{ line: number }>(
    tx,
    `SELECT line FROM run_results
      WHERE organization_id = $1 AND run_id = $2 AND line > $3 AND ($4::text IS NULL OR result = $4 OR undone = $4)
      ORDER BY line LIMIT $5`,
    [organizationId, id, after, result ?? null, limit],
  );
  return found.map(({ line }) => line);
}
