import { z } from 'zod';
import { BULK_OUTCOMES } from '../storage/bulk-actions';
import { accountFilter } from './account-list';
import { contactFilter } from './contact-list';
import { reference } from './fields';

/** People that may be named one by one. */
const MOST_IDS = 10_000;

const ids = (kind: 'accounts' | 'contacts') =>
  z.array(z.uuid().toLowerCase()).max(MOST_IDS, `At most ${MOST_IDS} ${kind} can be named; use "matching" for more.`);

/** Who is meant: named one by one, or all who match but for some. */
export const selectionForm = <F extends z.ZodObject>(kind: 'accounts' | 'contacts', filter: F) =>
  z
    .strictObject({
      ids: ids(kind).min(1).optional(),
      matching: filter.optional().meta({ description: 'All who match now; an empty filter means everybody.' }),
      except: ids(kind).optional().meta({ description: 'Of those who match, not these.' }),
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

const selection = selectionForm('accounts', accountFilter);

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

/** What is done to many contacts. */
export const giveAccountsForm = z.strictObject({
  action: z.literal('give_account'),
  selection: selectionForm('contacts', contactFilter),
  groups: z.array(reference).max(100).optional().meta({ description: 'Given by hand, beside those of the policy.' }),
  permissionProfile: reference.optional(),
  licence: reference.optional(),
  sendInvitations: z
    .boolean()
    .default(false)
    .meta({ description: 'Mails each the link with which to set a password; where people have passwords.' }),
});
export type GiveAccountsForm = z.output<typeof giveAccountsForm>;

export type BulkActionKind = (BulkActionForm | GiveAccountsForm)['action'];

export const BULK_ACTIONS: readonly BulkActionKind[] = [
  ...bulkActionForm.options.map(({ shape }) => shape.action.value),
  giveAccountsForm.shape.action.value,
];

export const outcomeFilter = z.strictObject({ outcome: z.enum(BULK_OUTCOMES).optional() });
export type OutcomeFilter = z.output<typeof outcomeFilter>;
