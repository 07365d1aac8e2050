/** How a list stands in order. */
export interface Sorting {
  sort: string;
  order: 'asc' | 'desc';
}

/** The head of a column by which a list is sorted: what it is sorted by already, it turns round. */
export function sortable(
  by: Sorting,
  addressOf: (sorting: Sorting) => string,
  column: { key: string; label: string; first?: 'asc' | 'desc' },
): object {
  const { key, label, first = 'asc' } = column;
  const isSorted = by.sort === key;
  const order = isSorted ? (by.order === 'asc' ? 'desc' : 'asc') : first;
  const sorted = isSorted && { sorted: by.order === 'asc' ? 'ascending' : 'descending' };
  return { label, sortUrl: addressOf({ sort: key, order }), ...sorted };
}
