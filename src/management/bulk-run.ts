import { AppError } from '../domain/errors';
import {
  beginBatch,
  claimWaiting,
  countOutcomes,
  enqueueBulkAction,
  findBulkAction,
  finishBulkAction,
  settle,
  type BulkAction,
  type BulkActionRef,
  type Settled,
  type SubjectId,
} from '../storage/bulk-actions';
import { inTransaction } from '../storage/transaction';
import { takeStep } from './account-status';
import { changeAccount } from './accounts';
import type { BulkActionKind } from './bulk-forms';
import { sendAccountLink } from './credentials';
import type { Caller, ManagementDeps } from './deps';
import { giveAccount } from './give-account';
import { changeHandGroups } from './hand-groups';
import { writeNote } from './island';

/** People between two looks at whether the process is to stop; a job takes so many and leaves the rest to the next. */
const BATCH = 50;

type Act = (deps: ManagementDeps, caller: Caller, island: string, id: SubjectId, bulk: BulkAction) => Promise<unknown>;

/** Each action by the very function that does it to one person. */
const ACTS: Record<BulkActionKind, Act> = {
  send_link: sendAccountLink,
  suspend: (deps, caller, island, id) => takeStep(deps, caller, island, id, 'suspend'),
  reactivate: (deps, caller, island, id) => takeStep(deps, caller, island, id, 'reactivate'),
  deactivate: (deps, caller, island, id) => takeStep(deps, caller, island, id, 'deactivate'),
  delete: (deps, caller, island, id) => takeStep(deps, caller, island, id, 'delete'),
  add_group: (deps, caller, island, id, { value }) =>
    changeHandGroups(deps, caller, island, id, { added: value ?? '' }),
  remove_group: (deps, caller, island, id, { value }) =>
    changeHandGroups(deps, caller, island, id, { removed: value ?? '' }),
  set_permission_profile: (deps, caller, island, id, { value }) =>
    changeAccount(deps, caller, island, id, { permissionProfile: value }),
  set_licence: (deps, caller, island, id, { value }) => changeAccount(deps, caller, island, id, { licence: value }),
  give_account: (deps, caller, island, id, { options }) => giveAccount(deps, caller, island, id, options ?? {}),
};

/** Somebody else settled it meanwhile; leaves the transaction as if nothing had been begun. */
class SettledBefore extends Error {}

/**
 * Does the next people's share of a bulk action and enqueues the rest. Whatever is killed on the way goes on where it was:
 * what happens to a person and the note of it are one transaction.
 * @param failed hears of what broke for one person; the others go on
 */
export async function runBulkAction(
  deps: ManagementDeps,
  ref: BulkActionRef,
  failed: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<void> {
  const bulk = await findBulkAction(deps.db.manager, ref);
  if (!bulk || bulk.finishedAt) return;
  const batch = await beginBatch(deps.db.manager, ref, BATCH, deps.now());
  for (const id of batch) {
    if (signal?.aborted) return;
    await actOn(deps, bulk, id, failed);
  }
  await goOn(deps, bulk);
}

async function actOn(
  deps: ManagementDeps,
  bulk: BulkAction,
  id: SubjectId,
  failed: (error: unknown) => void,
): Promise<void> {
  const { actor, scopes, requestId, organizationId } = bulk;
  const caller: Caller = { actor, scopes, organizationId, ...(requestId && { requestId }) };
  const act = ACTS[bulk.action as BulkActionKind];
  try {
    await act(settling(deps, bulk, id), caller, organizationId, id, bulk);
  } catch (error) {
    if (error instanceof SettledBefore) return;
    // A refusal that was kept in its transaction is settled by now; this settles the others, which left no trace.
    if (!(error instanceof AppError)) failed(error);
    await settle(deps.db.manager, bulk, id, settledBy(error), deps.now());
  }
}

/** Management whose transaction begins by claiming the person and ends by settling them. */
const settling = (deps: ManagementDeps, bulk: BulkAction, id: SubjectId): ManagementDeps => ({
  ...deps,
  transact: (db, work) =>
    inTransaction(db, async (tx) => {
      if (!(await claimWaiting(tx, bulk, id))) throw new SettledBefore();
      const result = await work(tx);
      await settle(tx, bulk, id, refusedIn(result) ?? OK, deps.now());
      return result;
    }),
});

const OK: Settled = { outcome: 'ok', code: null, detail: null };

/** A refusal that is kept in the ledger leaves its transaction as a value. */
function refusedIn(result: unknown): Settled | undefined {
  const refused = (result as { refused?: unknown } | undefined)?.refused;
  return refused instanceof AppError ? settledBy(refused) : undefined;
}

function settledBy(error: unknown): Settled {
  const known = error instanceof AppError ? error : new AppError('internal_error');
  return { outcome: 'refused', code: known.code, detail: known.message };
}

/** The rest is another job's; where nobody waits any more, it is over, and the ledger says so once. */
async function goOn(deps: ManagementDeps, bulk: BulkAction): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const now = deps.now();
    if (!(await finishBulkAction(tx, bulk, now))) return enqueueBulkAction(tx, bulk);
    const { ok, refused } = await countOutcomes(tx, bulk);
    const details = { action: bulk.action, done: ok, refused };
    const caller = { actor: bulk.actor, organizationId: bulk.organizationId, scopes: bulk.scopes };
    const line = { action: 'bulk_action.done', resource: `bulk_action:${bulk.id}`, details };
    await writeNote(tx, now, caller, bulk.organizationId, line);
  });
}
