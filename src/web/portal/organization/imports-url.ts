import { withQuery } from '../list-url';

/** Which rows of an import are looked at; `outcome` is `all` for whoever asked for all of them. */
export interface RowsShown {
  outcome: string;
  q: string;
  cursor: string;
}

/** The address of an import's rows as they are looked at, with something else than now. */
export const rowsUrl = (url: string, { outcome, q, cursor }: RowsShown, other: Record<string, string> = {}): string =>
  withQuery(url, { outcome, q, cursor, ...other });
