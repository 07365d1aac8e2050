import { isPullKind, pullSources } from '../sources/registry';
import { BookmarkExpired, type Bookmark, type PullSource, type SourceRow } from '../sources/source';
import { findRunFile, type RunLine } from '../storage/runs';
import type { Transaction } from '../storage/rows';
import { sourceOf } from './evaluator';

export type Reading = AsyncIterable<SourceRow | Bookmark>;

/** What a run reads: the file that came with it, or what its source can be asked. Undefined: it was read before. */
export async function openReading(tx: Transaction, run: RunLine): Promise<Reading | undefined> {
  const source = await sourceOf(tx, run);
  if (!isPullKind(source.kind)) throw new Error(`a source of kind ${source.kind} is not read in bulk`);
  if (run.stagedAt) return undefined;
  const content = await findRunFile(tx, run);
  const settings = {
    ...source.settings,
    ...(content && { name: run.name, content, mapping: run.mapping ?? undefined }),
  };
  // The registry pairs each kind with its settings; a kind that is only known now cannot.
  return fromBookmark(pullSources[source.kind] as PullSource<unknown>, settings, source.bookmark);
}

/** Reads what changed since the bookmark, and everything where the source no longer knows it. */
export async function* fromBookmark<S>(source: PullSource<S>, settings: S, bookmark: string | null): Reading {
  try {
    yield* source.read(settings, bookmark ?? undefined);
  } catch (error) {
    if (!(error instanceof BookmarkExpired) || !bookmark) throw error;
    yield* source.read(settings);
  }
}
