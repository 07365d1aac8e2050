import { AppError } from '../domain/errors';
import { countRows } from '../storage/run-rows';
import { enqueueRun, holdRun, updateRun, type RunLine } from '../storage/runs';
import type { Caller, ManagementDeps } from './deps';
import type { ImportCommitForm } from './import-forms';
import { brakeOf, importView, type ImportView } from './import-view';
import { importIn, requirePasswords, requireState } from './imports';
import { changing, type Island } from './island';

/**
 * Saves an import, in the background, with the rights of whoever says so.
 * @throws AppError import_not_ready; import_has_problems; import_braked with how many it would deactivate and change
 */
export const commitImport = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { allow, brake, sendInvitations, inviteAt }: ImportCommitForm,
): Promise<ImportView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, note } = island;
    const run = await heldImport(island, id);
    requireState(run, 'staged');
    const { create, update, leave, unchanged, problem } = run.counts;
    if (problem && allow === 'clean') throw hasProblems(problem);
    const { reasons } = await brakeOf(tx, run);
    if (reasons.length && brake !== 'release') throw braked(run);
    if (sendInvitations ?? run.sendInvitations) await requirePasswords(island);
    await updateRun(tx, run, {
      ...{ state: 'committing', allow, done: 0, total: create + update + leave + unchanged },
      // Whoever saves it does it: what they may do counts, and the ledger names them.
      ...{ actor: caller.actor, scopes: caller.scopes, requestId: caller.requestId ?? null },
      ...(sendInvitations !== undefined && { sendInvitations }),
      ...(inviteAt !== undefined && { inviteAt: inviteAt === null ? null : new Date(inviteAt) }),
    });
    await enqueueRun(tx, run);
    const details = { allow, create, update, leave, released: reasons };
    await note({ action: 'import.commit_asked', sourceId: run.sourceId, resource: `import:${id}`, details });
    return importView(tx, await importIn(island, id));
  });

const hasProblems = (count: number) => new AppError('import_has_problems', { detail: `${count} rows have a problem.` });

const braked = ({ counts: { leave, update } }: RunLine) =>
  new AppError('import_braked', { detail: `It would deactivate ${leave} accounts and change ${update}.` });

/** Takes a committed import back, in the background. @throws AppError import_not_ready */
export const undoImport = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<ImportView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, now, note } = island;
    const run = await heldImport(island, id);
    requireState(run, 'committed');
    if (run.undoAskedAt) return importView(tx, run);
    const { actor, scopes, requestId = null } = caller;
    await updateRun(tx, run, { undoAskedAt: now, done: 0, actor, scopes, requestId });
    await enqueueRun(tx, run);
    await note({ action: 'import.undo_asked', sourceId: run.sourceId, resource: `import:${id}` });
    return importView(tx, await importIn(island, id));
  });

/** Looks anew at what would become of every row, against accounts as they are now. @throws AppError import_not_ready */
export const refreshImport = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<ImportView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const run = await heldImport(island, id);
    requireState(run, 'staged');
    await restageLater(island, run);
    return importView(island.tx, await importIn(island, id));
  });

export async function restageLater({ tx }: Island, run: RunLine): Promise<void> {
  const { create, update, leave, unchanged, problem, leftOut } = await countRows(tx, run);
  const total = create + update + leave + unchanged + problem + leftOut;
  await updateRun(tx, run, { state: 'staging', done: 0, total });
  await enqueueRun(tx, run);
}

/** The import, held against other steps until the end of the transaction. @throws AppError not_found */
export async function heldImport({ tx, organization }: Island, id: string): Promise<RunLine> {
  const run = await holdRun(tx, { organizationId: organization.id, id });
  if (!run) throw new AppError('not_found');
  return run;
}
