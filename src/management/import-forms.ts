import { z } from 'zod';
import { ROW_OUTCOMES, RUN_MODES } from '../domain/run';
import { isAttribute } from '../domain/attributes';
import { COLUMN_NAMES } from '../sources/columns';
import type { CellName } from '../sources/cells';
import { flag, instant } from './fields';

const MOST_ROWS = 100_000;

/** Name of a cell: a column, or a field of the organization's own as `attributes.name`. */
const cellName = z
  .string()
  .refine((name) => (COLUMN_NAMES as string[]).includes(name) || isAttribute(name), {
    error: 'There is no such field.',
  })
  .meta({ example: 'displayName' }) as unknown as z.ZodType<CellName>;

export const importMapping = z
  .record(z.string().max(300), cellName.nullable())
  .refine((mapping) => Object.keys(mapping).length <= 200, { error: 'At most 200 columns.' })
  .meta({ description: 'Header as it stands in the file → field; null leaves the column out.' });

const options = {
  mode: z.enum(RUN_MODES).default('accounts').meta({ description: '`catalog`: contacts only, no accounts.' }),
  namesEveryone: flag
    .default(false)
    .meta({ description: 'Whom an earlier import named and this one does not has gone, and is deactivated.' }),
  sendInvitations: flag
    .default(false)
    .meta({ description: 'Mails each new person the 48-hour link with which they set a password.' }),
  inviteAt: instant.optional().meta({ description: 'When invitations begin to go out; at once when absent.' }),
  name: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'What the import is called; the file’s name when absent.' }),
};

/** Fields beside an uploaded file: all text. */
export const importFileForm = z.strictObject({
  ...options,
  mapping: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'This is not JSON.' });
        return z.NEVER;
      }
    })
    .pipe(importMapping)
    .optional(),
});
export type ImportFileForm = z.output<typeof importFileForm>;

export const importRowsForm = z.strictObject({
  ...options,
  rows: z
    .array(
      z.record(
        z.string().max(300),
        z.union([z.string().max(32_000), z.array(z.string()), z.number(), z.boolean(), z.null()]),
      ),
    )
    .min(1)
    .max(MOST_ROWS)
    .meta({ description: 'Columns by name or by header, as in the template.' }),
});
export type ImportRowsForm = z.output<typeof importRowsForm>;

export const ROW_FILTERS = [...ROW_OUTCOMES, 'left_out'] as const;
export const importRowFilter = z.strictObject({
  outcome: z.enum(ROW_FILTERS).optional(),
  search: z.string().max(200).optional(),
});
export type ImportRowFilter = z.output<typeof importRowFilter>;

const cells = z.partialRecord(cellName as unknown as z.ZodString, z.string().max(32_000).nullable());

export const importRowChange = z.strictObject({
  values: cells.default({}).meta({ description: 'Cells to set; null takes one away.' }),
  leftOut: z.boolean().optional(),
});
export type ImportRowChange = z.output<typeof importRowChange>;

export const importRowsChange = importRowChange.extend({
  selection: z
    .union([
      z.strictObject({ lines: z.array(z.number().int().positive()).min(1).max(10_000) }),
      z.strictObject({ matching: importRowFilter }),
    ])
    .meta({ description: 'Lines by number, or all that match.' }),
});
export type ImportRowsChange = z.output<typeof importRowsChange>;

export const importCommitForm = z.strictObject({
  allow: z
    .enum(['clean', 'good-rows'])
    .default('clean')
    .meta({ description: '`clean`: only when no row has a problem. `good-rows`: those that have none.' }),
  brake: z.enum(['release']).optional().meta({
    description: 'Said by somebody who has seen that the import deactivates or changes more than the limits.',
  }),
  sendInvitations: z.boolean().optional(),
  inviteAt: instant.nullable().optional(),
});
export type ImportCommitForm = z.output<typeof importCommitForm>;

const limit = z
  .strictObject({
    share: z.number().min(0).max(1).meta({ description: 'Of the live accounts.' }),
    number: z.number().int().min(0).meta({ description: 'So many are always let through.' }),
  })
  .nullable()
  .meta({ description: 'Null: not looked at.' });

export const sourceChangeForm = z.strictObject({
  brake: z.strictObject({ leave: limit, update: limit }).nullable().meta({ description: 'Null: the default.' }),
});
export type SourceChangeForm = z.output<typeof sourceChangeForm>;
