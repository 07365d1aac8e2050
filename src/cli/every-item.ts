import type { Page, PageQuery } from '../management/page';

const PAGE = 200;

/** Reads a list to its end, page by page. */
export async function everyItem<T>(read: (page: PageQuery) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: PAGE, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return items;
}
