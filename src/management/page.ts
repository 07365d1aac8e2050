/** Which part of a list is asked for. */
export interface PageQuery {
  /** At most so many items. */
  limit: number;
  /** Id of the last item of the page before. */
  cursor?: string;
}

export interface Page<T> {
  items: readonly T[];
  /** Id of the last item here; null at the end of the list. */
  nextCursor: string | null;
}

/** A page of what was read with a limit of one more than asked for. */
export function pageOf<T extends { id: string }>(found: readonly T[], limit: number): Page<T> {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** A page of a list that is short enough to be read whole, in the order of creation. */
export function pageThrough<T extends { id: string }>(all: readonly T[], { limit, cursor = '' }: PageQuery): Page<T> {
  const ordered = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
  return pageOf(
    ordered.filter(({ id }) => id > cursor),
    limit,
  );
}

export const mapPage = <T, U>({ items, nextCursor }: Page<T>, map: (item: T) => U): Page<U> => ({
  items: items.map(map),
  nextCursor,
});
