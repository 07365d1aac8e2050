import { brakeReasons, DEFAULT_BRAKE, type BrakeReason, type RowResult } from '../domain/run';
import { countResults } from '../storage/run-results';
import type { Transaction } from '../storage/rows';
import { countLiveAccounts, type RunLine } from '../storage/runs';
import { findRunSource } from '../storage/sources';

const SHOWN = [
  ...(['id', 'name', 'mode', 'namesEveryone', 'state', 'counts', 'columns', 'sendInvitations', 'inviteAt'] as const),
  ...(['invitedAt', 'createdAt', 'stagedAt', 'committedAt', 'undoAskedAt', 'undoneAt'] as const),
] satisfies readonly (keyof RunLine)[];

/** What became of the lines that were committed. */
export type ImportResults = Readonly<Record<RowResult | 'undone' | 'kept', number>>;

/** An import as people and programs see it. */
export interface ImportView extends Pick<RunLine, (typeof SHOWN)[number]> {
  /** Lines done in the present state, of how many when that is known. */
  progress: { done: number; total: number | null };
  /** Why it failed. */
  failure: { code: string; detail: string } | null;
  /** Why it stops and asks before it is committed; none: it does not. */
  brake: { reasons: readonly BrakeReason[]; liveAccounts: number } | null;
  /** Null before it is committed. */
  results: ImportResults | null;
}

const NO_RESULTS: ImportResults = {
  ...{ created: 0, updated: 0, left: 0, unchanged: 0, waiting: 0, refused: 0 },
  ...{ undone: 0, kept: 0 },
};

/** Runs of one organization as they are shown, in order. */
export async function importViews(tx: Transaction, runs: readonly RunLine[]): Promise<ImportView[]> {
  const results = await resultsOf(tx, runs.filter(hasResults));
  const views: ImportView[] = [];
  for (const run of runs) {
    const { done, total, failureCode, failureDetail } = run;
    const shown = Object.fromEntries(SHOWN.map((name) => [name, run[name]])) as Pick<RunLine, (typeof SHOWN)[number]>;
    views.push({
      ...shown,
      progress: { done, total },
      failure: failureCode === null ? null : { code: failureCode, detail: failureDetail ?? '' },
      brake: run.state === 'staged' ? await brakeOf(tx, run) : null,
      results: hasResults(run) ? (results.get(run.id) ?? NO_RESULTS) : null,
    });
  }
  return views;
}

export async function importView(tx: Transaction, run: RunLine): Promise<ImportView> {
  const [view] = await importViews(tx, [run]);
  if (!view) throw new Error('there is a view for each run');
  return view;
}

const hasResults = ({ committedAt, state }: RunLine): boolean => committedAt !== null || state === 'committing';

/** What a run would stop for. */
export async function brakeOf(tx: Transaction, run: RunLine): Promise<NonNullable<ImportView['brake']>> {
  const source = await findRunSource(tx, run.organizationId, run.sourceId);
  const liveAccounts = await countLiveAccounts(tx, run.organizationId);
  return { reasons: brakeReasons(source?.brake ?? DEFAULT_BRAKE, run.counts, liveAccounts), liveAccounts };
}

async function resultsOf(tx: Transaction, runs: readonly RunLine[]): Promise<ReadonlyMap<string, ImportResults>> {
  const sums = new Map(runs.map(({ id }) => [id, { ...NO_RESULTS }]));
  const [run] = runs;
  const counted = run ? await countResults(tx, run.organizationId, [...sums.keys()]) : [];
  for (const { runId, result, undone, count } of counted) {
    const sum = sums.get(runId);
    if (!sum) continue;
    sum[result] += count;
    if (undone) sum[undone] += count;
  }
  return sums;
}
