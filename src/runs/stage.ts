import type { ErrorCode } from '../domain/errors';
import { SourceFailure, type SourceRow } from '../sources/source';
import { listAbsent } from '../storage/run-people';
import { countRows, deleteRows, insertRows, lastLine, listRows, updateEvaluations } from '../storage/run-rows';
import { updateRun, type RunLine } from '../storage/runs';
import { countAnewAfter, LINES } from '../storage/statistics';
import { inTransaction } from '../storage/transaction';
import type { ContactId } from '../domain/ids';
import { nothingForeseen } from '../provisioning/preview';
import { BATCH, inBatches } from './batches';
import type { RunDeps } from './deps';
import type { Reading } from './read';
import { evaluate } from './evaluate';
import { openEvaluator } from './evaluator';
import { noteRun } from './ledger';
import type { Line } from './understand';

/**
 * Reads what the source tells and keeps every line with what would become of it. Begins anew whenever it was broken off:
 * nothing counts before it is whole. A source that cannot be read fails the run, and says why.
 */
export async function stage(deps: RunDeps, run: RunLine, reading: Reading, signal?: AbortSignal): Promise<void> {
  await deleteRows(deps.db.manager, run);
  try {
    const bookmark = await readAll(deps, run, reading, signal);
    if (signal?.aborted) return;
    if (run.namesEveryone) await addAbsent(deps, run);
    await finish(deps, run, bookmark);
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    await fail(deps, run, error);
  }
}

async function readAll(deps: RunDeps, run: RunLine, reading: Reading, signal?: AbortSignal): Promise<string | null> {
  let bookmark: string | null = null;
  let done = 0;
  let batches = 0;
  const foreseen = nothingForeseen();
  for await (const batch of inBatches(reading)) {
    if (signal?.aborted) return null;
    const told = batch.filter((one): one is SourceRow => !('bookmark' in one));
    for (const one of batch) if ('bookmark' in one) bookmark = one.bookmark;
    done += told.length;
    await keep(deps, run, latest(told).map(asLine), done, foreseen);
    if (batch.length === BATCH) await countAnewAfter(deps.db, ++batches, LINES);
  }
  return bookmark;
}

/** A source may tell twice of one person: the last word counts. */
function latest(told: readonly SourceRow[]): SourceRow[] {
  const last = new Map(told.map((row) => [row.externalId ?? `line ${row.line}`, row]));
  return [...last.values()];
}

/** Text as the database can hold it: what it cannot becomes the sign for a damaged character, and a problem by that. */
const storable = <T extends string | null | undefined>(text: T): T =>
  (text ? text.replace(/[\p{Cs}\0]/gu, '\uFFFD') : text) as T;

const asLine = ({ line, cells, externalId, presence = 'present', problems }: SourceRow): Line => ({
  line,
  cells: Object.fromEntries(Object.entries(cells).map(([name, text]) => [storable(name), storable(text)])),
  originId: storable(externalId ?? null),
  presence,
  lineProblems: problems?.length ? problems : null,
});

const keep = (
  deps: RunDeps,
  run: RunLine,
  lines: readonly Line[],
  done: number,
  foreseen = nothingForeseen(),
): Promise<void> =>
  inTransaction(deps.db, async (tx) => {
    const evaluated = await evaluate(tx, { ...(await openEvaluator(deps, tx, run)), foreseen }, lines);
    await insertRows(
      tx,
      run,
      evaluated.map(({ contactId, ...line }) => ({ ...line, contactId: contactId ?? null })),
    );
    await updateRun(tx, run, { done });
  });

/** Whom the source named before and names no more has gone. */
async function addAbsent(deps: RunDeps, run: RunLine): Promise<void> {
  let line = await lastLine(deps.db.manager, run);
  let after: ContactId | undefined;
  for (;;) {
    const absent = await listAbsent(deps.db.manager, run, { limit: BATCH, ...(after && { after }) });
    if (!absent.length) return;
    after = absent.at(-1)?.contactId;
    const lines = absent.map(({ contactId, name, email, externalId }): Line => {
      const cells = { ...(name && { displayName: name }), ...(email && { email }), ...(externalId && { externalId }) };
      return { line: ++line, cells, originId: null, presence: 'gone', lineProblems: null, contactId };
    });
    await keep(deps, run, lines, line);
  }
}

const finish = (deps: RunDeps, run: RunLine, bookmark: string | null): Promise<void> =>
  inTransaction(deps.db, async (tx) => {
    const counts = await countRows(tx, run);
    const change = { state: 'staged', counts, total: null, done: 0, stagedAt: deps.now(), bookmark } as const;
    await updateRun(tx, run, change);
    await noteRun(tx, run, deps.now(), { action: 'import.staged', details: { ...counts } });
  });

const fail = (deps: RunDeps, run: RunLine, { code, detail }: SourceFailure): Promise<void> =>
  inTransaction(deps.db, async (tx) => {
    await deleteRows(tx, run);
    await updateRun(tx, run, { state: 'failed', failureCode: code, failureDetail: detail });
    await noteRun(tx, run, deps.now(), { action: 'import.failed', details: { code: code as ErrorCode } });
  });

/** Evaluates anew every line of a run that was read before: after edits of many, or because things have changed. */
export async function restage(deps: RunDeps, run: RunLine, signal?: AbortSignal): Promise<void> {
  let after = 0;
  const foreseen = nothingForeseen();
  for (;;) {
    if (signal?.aborted) return;
    const lines = await listRows(deps.db.manager, run, { after, limit: BATCH });
    if (!lines.length) break;
    after = lines.at(-1)?.line ?? after;
    await inTransaction(deps.db, async (tx) => {
      await updateEvaluations(
        tx,
        run,
        await evaluate(tx, { ...(await openEvaluator(deps, tx, run)), foreseen }, lines),
      );
      await updateRun(tx, run, { done: after });
    });
  }
  await inTransaction(deps.db, async (tx) =>
    updateRun(tx, run, { state: 'staged', counts: await countRows(tx, run), done: 0, total: null }),
  );
}
