import type { Change } from '../domain/decision';
import type { ContactId } from '../domain/ids';
import { openDoor, type Door, type Occasion } from '../provisioning/door';
import { lockPeople, putBack } from '../provisioning/put-back';
import { resultsToUndo, settleUndone, touchedSince, type Before, type KeptResult } from '../storage/run-results';
import type { Transaction } from '../storage/rows';
import { holdRun, updateRun, type RunLine } from '../storage/runs';
import { removeUnused, removeUnusedAccounts } from '../storage/taking-back';
import { inTransaction } from '../storage/transaction';
import type { RunDeps } from './deps';
import { noteRemoved, noteRun } from './ledger';

/** People are put back one by one: few enough that a transaction stays short. */
const BATCH = 100;

/**
 * Takes a committed run back, the last line first. A line is taken back where nothing has happened to its person since;
 * elsewhere it says what stays, and why.
 */
export async function undo(deps: RunDeps, run: RunLine, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted && (await inTransaction(deps.db, (tx) => undoBatch(deps, tx, run))));
}

/** @returns false when there is nothing left to do */
async function undoBatch(deps: RunDeps, tx: Transaction, ref: RunLine): Promise<boolean> {
  const run = await holdRun(tx, ref);
  if (run?.state !== 'committed' || !run.undoAskedAt) return false;
  const results = await resultsToUndo(tx, run, BATCH);
  if (!results.length) {
    await updateRun(tx, run, { state: 'undone', undoneAt: deps.now() });
    await noteRun(tx, run, deps.now(), { action: 'import.undone' });
    return false;
  }
  await settleUndone(tx, run, await takeBackLines(deps, tx, run, results));
  await updateRun(tx, run, { done: run.done + results.length });
  return true;
}

interface Settled {
  line: number;
  undone: 'undone' | 'kept';
  undoCode: string | null;
}
const settled = (line: number, kept?: string): Settled => ({
  line,
  undone: kept ? 'kept' : 'undone',
  undoCode: kept ?? null,
});

async function takeBackLines(
  deps: RunDeps,
  tx: Transaction,
  run: RunLine,
  results: readonly KeptResult[],
): Promise<Settled[]> {
  const door = await openDoor(tx, run.organizationId, run.sourceId);
  const { actor, requestId } = run;
  const occasion = { actor, now: deps.now(), ...(requestId && { requestId }) };
  const contactIds = results.flatMap(({ contactId }) => contactId ?? []);
  const { contactIds: untouchable } = await deps.untouchable(tx, run);
  const later = await touchedSince(tx, run, contactIds);
  const isOurs = ({ contactId }: KeptResult) => !later.has(contactId ?? '') && !untouchable.has(contactId ?? '');
  const removed = await removeCreated(tx, run, door, results.filter(isOurs), occasion);
  const all: Settled[] = [];
  for (const result of results) {
    const { line, contactId, result: what } = result;
    if (!contactId || !['created', 'updated', 'left', 'waiting'].includes(what)) all.push(settled(line));
    else if (untouchable.has(contactId)) all.push(settled(line, 'insufficient_scope'));
    else if (later.has(contactId)) all.push(settled(line, 'changed_since'));
    else if (result.before) all.push(settled(line, await putPersonBack(tx, door, contactId, result.before, occasion)));
    else all.push(settled(line, removed.has(contactId) ? undefined : 'account_in_use'));
  }
  return all;
}

/** Removes whom the run brought, where nobody has used or spoken of them since. Yields who went. */
async function removeCreated(
  tx: Transaction,
  run: RunLine,
  door: Door,
  results: readonly KeptResult[],
  occasion: Occasion,
): Promise<ReadonlySet<ContactId>> {
  const brought = results.filter(({ before, contactId, result }) => !before && contactId && BROUGHT.includes(result));
  const contactIds = brought.flatMap(({ contactId }) => contactId ?? []);
  await lockPeople(tx, door, contactIds);
  const gone = await removeUnused(tx, { organizationId: run.organizationId, sourceId: run.sourceId, contactIds });
  await noteRemoved(tx, run, [...gone], occasion.now);
  return gone;
}

const BROUGHT: readonly string[] = ['created', 'waiting'];

/** Yields why something stays. An account that a known person got by the run goes first, where nobody has used it. */
async function putPersonBack(
  tx: Transaction,
  door: Door,
  contactId: ContactId,
  { statement, changes }: Before,
  occasion: Occasion,
): Promise<string | undefined> {
  const granted = changes.some(({ kind }) => kind === 'grant_account');
  if (granted) {
    await lockPeople(tx, door, [contactId]);
    const { organizationId } = door;
    const gone = await removeUnusedAccounts(tx, { organizationId, contactIds: [contactId] });
    if (!gone.has(contactId)) return 'account_in_use';
  }
  const ofContact = (change: Change) => change.kind === 'set_attribute' || change.kind === 'set_email_verified';
  return putBack(tx, door, { contactId, statement, changes: granted ? changes.filter(ofContact) : changes }, occasion);
}
