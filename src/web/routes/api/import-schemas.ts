import { z } from 'zod';
import { ROW_OUTCOMES, ROW_RESULTS, RUN_MODES, RUN_STATES } from '../../../domain/run';
import { id, instant } from './schemas';

const count = z.number().int();
const text = z.string();
const column = z.strictObject({
  header: text,
  means: text.nullable().meta({ description: 'A field; null: left out.' }),
});

export const importColumn = column.extend({ samples: z.array(text) }).meta({ id: 'ImportColumn' });

export const importRun = z
  .strictObject({
    ...{ id, name: text, mode: z.enum(RUN_MODES), namesEveryone: z.boolean(), state: z.enum(RUN_STATES) },
    counts: z
      .strictObject({ create: count, update: count, leave: count, unchanged: count, problem: count, leftOut: count })
      .meta({ description: 'Rows by what would become of them.' }),
    columns: z.array(column).nullable(),
    progress: z
      .strictObject({ done: count, total: count.nullable() })
      .meta({ description: 'Rows done in the present state, of how many when that is known.' }),
    failure: z.strictObject({ code: text, detail: text }).nullable(),
    brake: z
      .strictObject({ reasons: z.array(z.enum(['leave', 'update'])), liveAccounts: count })
      .nullable()
      .meta({ description: 'Why it stops and asks before it is saved.' }),
    results: z
      .strictObject({
        ...{ created: count, updated: count, left: count, unchanged: count, waiting: count, refused: count },
        ...{ undone: count, kept: count },
      })
      .nullable()
      .meta({ description: 'What became of the rows; null before the import is saved.' }),
    ...{ sendInvitations: z.boolean(), inviteAt: instant.nullable(), invitedAt: instant.nullable() },
    ...{ createdAt: instant, stagedAt: instant.nullable(), committedAt: instant.nullable() },
    ...{ undoAskedAt: instant.nullable(), undoneAt: instant.nullable() },
  })
  .meta({ id: 'Import' });

const problem = z.strictObject({
  ...{ field: text.meta({ description: 'A field, or `line`.' }), code: text, message: text },
  suggestion: text.optional().meta({ description: 'What was probably meant.' }),
  line: count.optional().meta({ description: 'The line that has it already.' }),
});

export const importLine = z
  .strictObject({
    line: count.meta({ description: 'Of the file; the header is 1.' }),
    outcome: z.enum(ROW_OUTCOMES),
    ...{ leftOut: z.boolean(), edited: z.boolean() },
    values: z.record(text, text.nullable()).meta({ description: 'As read or mended, by field.' }),
    problems: z.array(problem),
    changes: z.array(z.strictObject({ field: text, before: text.nullable(), after: text.nullable() })),
    ...{ newGroups: z.array(text), unknownGroups: z.array(text) },
    needs: z.array(text).meta({ description: 'The person waits in New users until these are there.' }),
    kept: z
      .array(z.strictObject({ field: text, value: text.nullable(), owner: text.nullable() }))
      .meta({ description: 'What the row says and another source owns.' }),
    alsoIn: z.strictObject({ importId: id, name: text, line: count }).nullable(),
    contactId: id.nullable(),
    result: z
      .strictObject({
        ...{ result: z.enum(ROW_RESULTS), code: text.nullable(), accountId: id.nullable() },
        ...{ undone: z.enum(['undone', 'kept']).nullable(), undoCode: text.nullable() },
      })
      .nullable(),
  })
  .meta({ id: 'ImportRow' });
