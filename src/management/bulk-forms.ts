import { z } from 'zod';
import { BULK_OUTCOMES } from '../storage/bulk-actions';
import { accountFilter } from './account-list';
import { reference } from './fields';

/** Accounts that may be named one by one. */
const MOST_IDS = 10_000;

const ids = z
  .array(z.uuid().toLowerCase())
  .max(MOST_IDS, `At most ${MOST_IDS} accounts can be named; use "matching" for more.`);

const selection = z
  .strictObject({
    ids: ids.min(1).optional(),
    matching: accountFilter.optional().meta({ description: 'All who match now; an empty filter means everybody.' }),
    except: ids.optional().meta({ description: 'Of those who match, not these.' }),
  })
  .refine(({ ids: named, matching }) => (named === undefined) !== (matching === undefined), {
    error: 'Give either ids or a filter.',
    params: { code: 'required' },
  })
  .refine(({ ids: named, except }) => named === undefined || except === undefined, {
    error: 'Of those who are named none is excepted.',
    path: ['except'],
    params: { code: 'conflict' },
  });

const plain = (action: 'send_link' | 'suspend' | 'reactivate' | 'deactivate' | 'delete') =>
  z.strictObject({ action: z.literal(action), selection });

/** What may be done to many accounts at once; `value` names a group, permission profile or licence. */
export const bulkActionForm = z.discriminatedUnion('action', [
  plain('send_link'),
  plain('suspend'),
  plain('reactivate'),
  plain('deactivate'),
  plain('delete'),
  z.strictObject({ action: z.literal('add_group'), value: reference, selection }),
  z.strictObject({ action: z.literal('remove_group'), value: reference, selection }),
  z.strictObject({ action: z.literal('set_permission_profile'), value: reference.nullable(), selection }),
  z.strictObject({ action: z.literal('set_licence'), value: reference.nullable(), selection }),
]);
export type BulkActionForm = z.output<typeof bulkActionForm>;
export type BulkActionKind = BulkActionForm['action'];

export const BULK_ACTIONS = bulkActionForm.options.map(({ shape }) => shape.action.value);

export const outcomeFilter = z.strictObject({ outcome: z.enum(BULK_OUTCOMES).optional() });
export type OutcomeFilter = z.output<typeof outcomeFilter>;
