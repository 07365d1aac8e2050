import type { Decision } from '../domain/decision';
import type { PersonRecord } from '../domain/desired-record';
import type { RowResult } from '../domain/run';
import { BATCH, provision, type Outcome } from '../provisioning/provision';
import { rowsToCommit, type StagedLine } from '../storage/run-rows';
import { countResults, insertResults, lastResult, type LineResult } from '../storage/run-results';
import type { Transaction } from '../storage/rows';
import { deleteRunFile, enqueueRun, holdRun, updateRun, type RunLine } from '../storage/runs';
import { countAnewAfter } from '../storage/statistics';
import { setBookmark } from '../storage/sources';
import { inTransaction } from '../storage/transaction';
import type { RunDeps } from './deps';
import { openEvaluator } from './evaluator';
import { makeGroups } from './groups';
import { readDirectory } from './directory';
import { noteRun } from './ledger';
import { understand } from './understand';
import { isUntouchable } from './untouchable';
import type { Evaluator } from './evaluate';

/**
 * Saves a run's good lines, a batch in each transaction. What happens to a person and the note of it are one transaction,
 * in the order of the lines, so that whatever is killed on the way goes on where it was.
 */
export async function commit(deps: RunDeps, run: RunLine, signal?: AbortSignal): Promise<void> {
  for (let batches = 1; !signal?.aborted; batches++) {
    const saved = await inTransaction(deps.db, (tx) => commitBatch(deps, tx, run));
    if (!saved) return;
    if (saved === BATCH) await countAnewAfter(deps.db, batches);
  }
}

/** @returns how many lines; none when there is nothing left to do */
async function commitBatch(deps: RunDeps, tx: Transaction, ref: RunLine): Promise<number> {
  const run = await holdRun(tx, ref);
  if (run?.state !== 'committing') return 0;
  const lines = await rowsToCommit(tx, run, { after: await lastResult(tx, run), limit: BATCH });
  if (!lines.length) {
    await finish(deps, tx, run);
    return 0;
  }
  await insertResults(tx, run, await saveLines(deps, tx, run, lines));
  await updateRun(tx, run, { done: run.done + lines.length });
  return lines.length;
}

/** Each line is understood and decided again, under lock: what was foreseen may have changed. */
async function saveLines(
  deps: RunDeps,
  tx: Transaction,
  run: RunLine,
  lines: readonly StagedLine[],
): Promise<LineResult[]> {
  const evaluator = await withGroupsMade(deps, tx, run, lines);
  const settled: LineResult[] = [];
  const taken: { line: number; record: PersonRecord }[] = [];
  for (const one of lines) {
    const { line } = one;
    const { record, problems } = understand(one, evaluator);
    const [problem] = problems;
    if (problem) settled.push(result(line, 'refused', problem.code));
    else if (isUntouchable(record, evaluator.untouchable)) settled.push(result(line, 'refused', 'insufficient_scope'));
    else if (record.presence !== 'present' && one.outcome === 'unchanged') settled.push(result(line, 'unchanged'));
    else taken.push({ line, record });
  }
  const { actor, requestId } = run;
  const occasion = { actor, now: deps.now(), ...(requestId && { requestId }) };
  const records = taken.map(({ record }) => record);
  const outcomes = await provision(tx, evaluator.door, records, occasion);
  outcomes.forEach((outcome, index) => assertReachable(outcome, evaluator, records[index]));
  return [...settled, ...outcomes.map((outcome, index) => resultOf(outcome, taken[index]))];
}

async function withGroupsMade(deps: RunDeps, tx: Transaction, run: RunLine, lines: readonly StagedLine[]) {
  const evaluator = await openEvaluator(deps, tx, run);
  if (!(await makeGroups(tx, run.organizationId, evaluator.directory, lines))) return evaluator;
  return { ...evaluator, directory: await readDirectory(tx, run.organizationId, evaluator.door.policy) };
}

/** A door that recognised somebody by what `isUntouchable` does not know would be a defect: better no batch than that one. */
function assertReachable(
  { decision, contactId = '' }: Outcome,
  { untouchable }: Evaluator,
  record?: PersonRecord,
): void {
  if (decision.action === 'apply' && untouchable.contactIds.has(contactId))
    throw new Error(`a line reached somebody above its caller, by ${Object.keys(record ?? {}).join()}`);
}

/** Of a line that does not come to the door. */
const result = (line: number, what: RowResult, code: string | null = null): LineResult => ({
  ...{ line, code, result: what },
  ...{ contactId: null, accountId: null, before: null },
});

function resultOf(
  { decision, contactId, accountId, before }: Outcome,
  taken?: { line: number; record: PersonRecord },
): LineResult {
  if (!taken) throw new Error('the door yields an outcome per record');
  const { line, record } = taken;
  const result = resultIn(decision, record);
  const isChange = decision.action === 'apply' && decision.target !== 'new';
  const previous = before?.statements.find(({ sourceId }) => sourceId === record.origin.sourceId) ?? null;
  return {
    ...{ line, result, code: decision.action === 'refuse' ? decision.reason : null },
    ...{ contactId: contactId ?? null, accountId: accountId ?? null },
    before: isChange ? { statement: previous, changes: decision.changes } : null,
  };
}

function resultIn(decision: Decision, { presence }: PersonRecord): RowResult {
  switch (decision.action) {
    case 'apply':
      if (decision.target === 'new') return 'created';
      return presence === 'present' ? 'updated' : 'left';
    case 'unchanged':
      return 'unchanged';
    case 'wait':
      return presence === 'present' ? 'waiting' : 'unchanged';
    case 'refuse':
      return 'refused';
  }
}

async function finish(deps: RunDeps, tx: Transaction, run: RunLine): Promise<void> {
  const now = deps.now();
  await updateRun(tx, run, { state: 'committed', committedAt: now });
  await deleteRunFile(tx, run);
  if (run.bookmark) await setBookmark(tx, run.organizationId, run.sourceId, run.bookmark);
  const counts = (await countResults(tx, run.organizationId, [run.id])).map(
    ({ result, count }) => [result, count] as const,
  );
  await noteRun(tx, run, now, { action: 'import.committed', details: Object.fromEntries(counts) });
  if (run.sendInvitations) await enqueueRun(tx, run, secondsUntil(run.inviteAt, now));
}

const secondsUntil = (at: Date | null, now: Date): number =>
  at ? Math.max(0, (at.getTime() - now.getTime()) / 1000) : 0;
