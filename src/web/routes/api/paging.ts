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
