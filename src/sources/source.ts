import type { PersonRecord } from '../domain/desired-record';
import type { SourceKind } from '../domain/policy';
import type { Cells } from './cells';
import type { ColumnName, RowProblem } from './columns';

/** One line of what a source tells of a person, as text: what somebody can look at and mend before it counts. */
export interface SourceRow {
  /** Where it stands in what was read, from 1 on; in a sheet the row's own number. */
  line: number;
  cells: Cells;
  /** The person's id at the source, where it has one. */
  externalId?: string;
  /** Absent: present. Whoever is not is known by the id that the source has of them. */
  presence?: PersonRecord['presence'];
  /** What is wrong with the line as a whole, and cannot be mended in a cell. */
  problems?: readonly RowProblem[];
}

/** What a source that can tell what changed yields last: where the next reading goes on. */
export interface Bookmark {
  bookmark: string;
}

/**
 * A source whose people are fetched. It reads and decides nothing; the run engine (`runs`) does the rest.
 * `read` yields every person, or what changed `since` a bookmark. Rows may come twice and pages may be empty; it throws
 * `SourceFailure` when it cannot go on, and `BookmarkExpired` when all has to be read again.
 */
export interface PullSource<S> {
  readonly kind: SourceKind;
  /** Columns without which a line has a problem. Elsewhere whoever lacks what an account needs waits for it. */
  readonly required?: readonly ColumnName[];
  read(settings: S, since?: string): AsyncIterable<SourceRow | Bookmark>;
}

/** The source could not be read to its end; `detail` is for people and holds no secret. */
export class SourceFailure extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    options?: { cause?: unknown },
  ) {
    super(detail, options);
    this.name = 'SourceFailure';
  }
}

/** The bookmark is too old for the source: everything is read once more. */
export class BookmarkExpired extends Error {}
