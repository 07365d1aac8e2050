import type { RowResult } from '../domain/run';
import { findRows } from '../storage/run-rows';
import { listResultLines } from '../storage/run-result-lines';
import type { Caller, ManagementDeps } from './deps';
import { importRowViews } from './import-row-view';
import type { ImportRowsPage } from './import-rows';
import { importIn } from './imports';
import { reading } from './island';

export interface ImportResultFilter {
  /** What became of a row, or of taking it back. */
  result?: RowResult | 'undone' | 'kept';
}

/** A page of the rows of an import that was saved, in the file's order. @throws AppError not_found */
export const listImportResults = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { limit, after, result }: ImportResultFilter & { limit: number; after?: number },
): Promise<ImportRowsPage> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const run = await importIn(island, id);
    const asked = { limit: limit + 1, after: after ?? 0, ...(result && { result }) };
    const found = await listResultLines(island.tx, run, asked);
    const lines = found.slice(0, limit);
    const last = lines.at(-1);
    return {
      items: await importRowViews(island, run, await findRows(island.tx, run, lines)),
      nextCursor: found.length > limit && last !== undefined ? String(last) : null,
    };
  });
