import { z } from 'zod';
import { listBulkActions, listBulkOutcomes, readBulkAction, startBulkAction } from '../../../management/bulk-actions';
import { BULK_ACTIONS, bulkActionForm, giveAccountsForm, outcomeFilter } from '../../../management/bulk-forms';
import { startGivingAccounts } from '../../../management/give-accounts';
import { BULK_OUTCOMES } from '../../../storage/bulk-actions';
import { pageAnswer, paging } from './paging';
import { route } from './route';
import { id, instant } from './schemas';

const tag = 'Bulk actions';
const path = '/organizations/{org}/bulk-actions';
const count = z.number().int();

const bulkAction = z
  .strictObject({
    id,
    action: z.enum(BULK_ACTIONS),
    value: z.string().nullable().meta({ description: 'Id of the group, permission profile or licence.' }),
    state: z.enum(['queued', 'running', 'done']),
    counts: z.strictObject({ total: count, done: count, refused: count }),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'BulkAction' });

const outcome = z
  .strictObject({
    accountId: id.nullable().meta({ description: 'Of a contact: null while it has no account.' }),
    contactId: id.nullable().meta({ description: 'Of an account: null once it is deleted.' }),
    name: z.string().nullable().meta({ description: 'As of now; null once the account is deleted.' }),
    email: z.string().nullable(),
    outcome: z.enum(BULK_OUTCOMES),
    code: z.string().nullable().meta({ description: 'Why it was refused.' }),
    detail: z.string().nullable(),
    decidedAt: instant.nullable(),
  })
  .meta({ id: 'BulkOutcome' });

export const bulkActionRoutes = [
  route({
    ...{ method: 'post', path: '/organizations/{org}/accounts/bulk', tag, scope: 'accounts:write' },
    summary: 'Do something to many accounts',
    description:
      'Who is meant is settled at once; each person is then acted on by the rules of the single action, with the rights the ' +
      'key has now, even when they are withdrawn before it is done.',
    body: bulkActionForm,
    answer: { status: 202, schema: bulkAction },
    handle: ({ deps, caller, org, body }) => startBulkAction(deps, caller, org, body),
  }),
  route({
    ...{ method: 'post', path: '/organizations/{org}/contacts/bulk', tag, scope: 'accounts:write' },
    also: ['contacts:read'],
    summary: 'Give accounts to many contacts of the catalog',
    description:
      'Under the policy, by the source `catalog`. Whoever has no e-mail address is refused as `missing_attribute`, and waits in ' +
      'New users; whoever has an account already as `conflict`.',
    body: giveAccountsForm,
    answer: { status: 202, schema: bulkAction },
    refusals: ['identity_not_permitted'],
    handle: ({ deps, caller, org, body }) => startGivingAccounts(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path, tag, scope: 'accounts:read' },
    summary: 'List bulk actions, newest first',
    query: paging,
    answer: pageAnswer(bulkAction),
    handle: ({ deps, caller, org, query }) => listBulkActions(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'accounts:read' },
    summary: 'Read how far a bulk action has come',
    answer: { status: 200, schema: bulkAction },
    handle: ({ deps, caller, org, id: action }) => readBulkAction(deps, caller, org, action),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/outcomes`, tag, scope: 'accounts:read' },
    summary: 'What came of a bulk action for each person',
    query: paging.extend(outcomeFilter.shape),
    answer: pageAnswer(outcome),
    handle: ({ deps, caller, org, id: action, query }) => listBulkOutcomes(deps, caller, org, action, query),
  }),
];
