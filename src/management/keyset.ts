import { z } from 'zod';
import { invalidForm } from '../domain/errors';

/** A place in an ordered list, and which way one reads on from it. */
export interface Bookmark {
  /** The order in which the place was found, such as `name asc`. */
  order: string;
  isBackward: boolean;
  id: string;
  /** Text of the sort key; null where the id alone is the order. */
  key: string | null;
}

export interface KeysetPage<T> {
  items: readonly T[];
  nextCursor: string | null;
  /** Leads back; null at the beginning of the list. */
  previousCursor: string | null;
}

const written = z.tuple([
  z.string(),
  z.boolean(),
  z.uuid(),
  z
    .string()
    .max(1000)
    .regex(/^[^\0]*$/)
    .nullable(),
]);

/** A bookmark as a cursor: opaque to whoever gets it. */
export const encodeBookmark = ({ order, isBackward, id, key }: Bookmark): string =>
  Buffer.from(JSON.stringify([order, isBackward, id, key])).toString('base64url');

/**
 * Yields what a cursor says.
 * @throws AppError invalid_form when it was not given out here, or in another order
 */
export function decodeBookmark(cursor: string, order: string): Bookmark {
  const read = written.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()));
  if (!read.success) throw invalidCursor('This cursor was not given out here.');
  const [of, isBackward, id, key] = read.data;
  if (of !== order) throw invalidCursor('This cursor belongs to a list in another order.');
  return { order, isBackward, id, key };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const invalidCursor = (message: string) => invalidForm({ field: 'cursor', code: 'invalid_cursor', message });

/**
 * A page of places that were read with a limit of one more than asked for, in the direction of reading; yields them in the
 * order of the list.
 */
export function keysetPage<T extends { id: string; key: string | null }>(
  found: readonly T[],
  limit: number,
  order: string,
  from: Bookmark | undefined,
): KeysetPage<T> {
  const isBackward = from?.isBackward ?? false;
  const read = found.slice(0, limit);
  const items = isBackward ? read.toReversed() : read;
  const hasMore = found.length > limit;
  const bookmark = (at: T | undefined, backward: boolean) =>
    at ? encodeBookmark({ order, isBackward: backward, id: at.id, key: at.key }) : null;
  return {
    items,
    nextCursor: hasMore || isBackward ? bookmark(items.at(-1), false) : null,
    previousCursor: (isBackward ? hasMore : from) ? bookmark(items[0], true) : null,
  };
}
