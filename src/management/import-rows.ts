import { AppError } from '../domain/errors';
import { reevaluate } from '../runs/reevaluate';
import { countRows, editRows, findRows, listRows, type ChosenRows, type RowEdit } from '../storage/run-rows';
import { updateRun, type RunLine } from '../storage/runs';
import type { Caller, ManagementDeps } from './deps';
import type { ImportRowChange, ImportRowFilter, ImportRowsChange } from './import-forms';
import { importRowViews, type ImportRowView } from './import-row-view';
import { untouchable } from './import-run';
import { heldImport, restageLater } from './import-steps';
import { importView, type ImportView } from './import-view';
import { importIn, requireState } from './imports';
import { changing, reading, type Island } from './island';

/** A page of rows; a cursor is the number of the last line before it. */
export interface ImportRowsPage {
  items: readonly ImportRowView[];
  nextCursor: string | null;
}

/** Rows in the file's order, with what would become of each, or what became of it. */
export const listImportRows = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { limit, after, ...filter }: ImportRowFilter & { limit: number; after?: number },
): Promise<ImportRowsPage> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const run = await importIn(island, id);
    const asked = { ...filter, limit: limit + 1, ...(after !== undefined && { after }) };
    const found = await listRows(island.tx, run, asked);
    const lines = found.slice(0, limit);
    const last = lines.at(-1)?.line;
    return {
      items: await importRowViews(island, run, lines),
      nextCursor: found.length > limit && last !== undefined ? String(last) : null,
    };
  });

/** @throws AppError not_found */
export const readImportRow = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  line: number,
): Promise<ImportRowView> =>
  reading(deps, caller, organization, 'accounts:read', async (island) =>
    rowIn(island, await importIn(island, id), line),
  );

/**
 * Mends a row, or leaves it out. Yields it with what would become of it now.
 * @throws AppError not_found, import_not_ready
 */
export const changeImportRow = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  line: number,
  change: ImportRowChange,
): Promise<ImportRowView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const run = await stagedImport(island, id);
    const edited = await editRows(island.tx, run, { lines: [line] }, editOf(change));
    if (!edited.length) throw new AppError('not_found');
    await lookAgain(deps, island, run, edited);
    return rowIn(island, run, line);
  });

/** So many edited rows are evaluated at once; more are, in the background. */
const AT_ONCE = 500;

/** Sets one value for many rows, or leaves them out. @throws AppError import_not_ready */
export const changeImportRows = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { selection, ...change }: ImportRowsChange,
): Promise<ImportView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const run = await stagedImport(island, id);
    const edited = await editRows(island.tx, run, selection as ChosenRows, editOf(change));
    if (edited.length > AT_ONCE) await restageLater(island, run);
    else await lookAgain(deps, island, run, edited);
    return importView(island.tx, await importIn(island, id));
  });

const editOf = ({ values, leftOut }: ImportRowChange): RowEdit => ({
  set: values as RowEdit['set'] & object,
  ...(leftOut !== undefined && { leftOut }),
});

async function stagedImport(island: Island, id: string): Promise<RunLine> {
  const run = await heldImport(island, id);
  requireState(run, 'staged');
  return run;
}

async function lookAgain(deps: ManagementDeps, { tx }: Island, run: RunLine, lines: readonly number[]): Promise<void> {
  if (lines.length) await reevaluate({ untouchable, now: deps.now }, tx, run, lines);
  await updateRun(tx, run, { counts: await countRows(tx, run) });
}

async function rowIn(island: Island, run: RunLine, line: number): Promise<ImportRowView> {
  const [row] = await importRowViews(island, run, await findRows(island.tx, run, [line]));
  if (!row) throw new AppError('not_found');
  return row;
}
