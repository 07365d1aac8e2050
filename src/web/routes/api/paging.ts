import { z } from 'zod';
import type { Page } from '../../../management/page';
import { isUuid } from '../../../management/uuid';

/** Query of every list. */
export const paging = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta({ type: 'integer', minimum: 1, maximum: 200, default: 50 }),
  cursor: z
    .string()
    .transform((text, context) => {
      const id = Buffer.from(text, 'base64url').toString('latin1');
      if (isUuid(id)) return id;
      const params = { code: 'invalid_cursor' };
      context.addIssue({ code: 'custom', message: 'This cursor was not given out here.', params });
      return z.NEVER;
    })
    .optional()
    .meta({ description: '`nextCursor` of the page before.' }),
});

/** The cursor is opaque to whoever gets it. */
export const encodeCursor = <T>({ items, nextCursor }: Page<T>): Page<T> => ({
  items,
  nextCursor: nextCursor && Buffer.from(nextCursor, 'latin1').toString('base64url'),
});

/** What a list answers. */
export const pageAnswer = (item: z.ZodType) => ({
  status: 200 as const,
  isPage: true,
  schema: z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() }),
});

/** Query of a list that is read in several orders, forward and backward; its cursors say more than an id. */
export const keysetPaging = paging.extend({
  cursor: z
    .string()
    .max(2000)
    .optional()
    .meta({ description: '`nextCursor` or `previousCursor` of a page in the same order.' }),
  total: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'Also counts all that match.' }),
});

export const keysetAnswer = (item: z.ZodType) => ({
  status: 200 as const,
  schema: z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    previousCursor: z.string().nullable(),
    total: z.number().int().nullable().meta({ description: 'Null unless asked for.' }),
  }),
});
