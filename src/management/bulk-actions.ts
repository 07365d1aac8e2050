import { AppError } from '../domain/errors';
import {
  countOutcomes,
  findBulkAction,
  insertBulkAction,
  listBulkActions as readBulkActions,
  type BulkAction,
  type Chosen,
  type NewBulkAction,
} from '../storage/bulk-actions';
import { selectAccounts } from '../storage/account-listing';
import { listOutcomes, type OutcomeLine } from '../storage/bulk-outcomes';
import { resolveFilter } from './account-list';
import type { BulkActionForm, OutcomeFilter } from './bulk-forms';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { pageOf, type Page, type PageQuery } from './page';
import { resolveReferences } from './references';

/** How far a bulk action has come. */
export interface BulkActionView {
  id: string;
  action: string;
  /** Id of the group, permission profile or licence. */
  value: string | null;
  state: 'queued' | 'running' | 'done';
  counts: { total: number; done: number; refused: number };
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/**
 * Starts doing something to many accounts. Who is meant is settled now; it is done in the background, to each person by
 * itself, by the rules of the single action and with the caller's rights as they are now.
 * @throws AppError invalid_form for a name that is unknown
 */
export const startBulkAction = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: BulkActionForm,
): Promise<BulkActionView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const asked = {
      action: form.action,
      subject: 'account' as const,
      value: await valueOf(island, form),
      options: null,
    };
    return beginBulkAction(island, caller, asked, await chosenBy(island, form));
  });

/** Puts it down with the caller's rights as they are now, enqueues it and notes it. */
export async function beginBulkAction(
  island: Island,
  { actor, scopes, requestId }: Caller,
  asked: Pick<NewBulkAction, 'action' | 'subject' | 'value' | 'options'>,
  chosen: Chosen,
): Promise<BulkActionView> {
  const { tx, now, note, organization } = island;
  const bulk = { organizationId: organization.id, ...asked, actor, scopes, requestId: requestId ?? null };
  const id = await insertBulkAction(tx, bulk, chosen, now);
  const view = await viewIn(island, id);
  const details = { action: asked.action, total: view.counts.total };
  await note({ action: 'bulk_action.started', resource: `bulk_action:${id}`, details });
  return view;
}

async function chosenBy(island: Island, { selection }: BulkActionForm): Promise<Chosen> {
  const { ids, matching = {}, except = [] } = selection;
  if (ids) return { ids };
  return { matching: selectAccounts(island.organization.id, await resolveFilter(island, matching)), except };
}

/** The id of what the form names. */
async function valueOf({ tx, organization }: Island, form: BulkActionForm): Promise<string | null> {
  const resolve = (asked: Parameters<typeof resolveReferences>[2]) =>
    resolveReferences(tx, organization.id, asked, { groups: 'value', permissionProfile: 'value', licence: 'value' });
  switch (form.action) {
    case 'add_group':
    case 'remove_group':
      return (await resolve({ groups: [form.value] })).groups?.[0] ?? null;
    case 'set_permission_profile':
      return (await resolve({ permissionProfile: form.value })).permissionProfile ?? null;
    case 'set_licence':
      return (await resolve({ licence: form.value })).licence ?? null;
    default:
      return null;
  }
}

/** Newest first. */
export const listBulkActions = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor }: PageQuery,
): Promise<Page<BulkActionView>> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const query = { organizationId: island.organization.id, limit: limit + 1, before: cursor };
    const { items, nextCursor } = pageOf(await readBulkActions(island.tx, query), limit);
    return { items: await Promise.all(items.map((bulk) => viewOf(island, bulk))), nextCursor };
  });

export const readBulkAction = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<BulkActionView> => reading(deps, caller, organization, 'accounts:read', (island) => viewIn(island, id));

/** What came of it for each person, with what they are called now. */
export const listBulkOutcomes = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { limit, cursor, outcome }: PageQuery & OutcomeFilter,
): Promise<Page<BulkOutcomeView>> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const bulk = await bulkActionIn(island, id);
    const found = await listOutcomes(island.tx, bulk, { limit: limit + 1, after: cursor, outcome });
    const lines = found.slice(0, limit);
    return {
      items: lines.map((line) => outcomeOf(bulk, line)),
      nextCursor: found.length > limit ? (lines.at(-1)?.subjectId ?? null) : null,
    };
  });

/** What came of it for one person. */
export type BulkOutcomeView = Omit<OutcomeLine, 'subjectId'>;

/** Whoever was named stays named, also when they are gone. */
const outcomeOf = ({ subject }: BulkAction, { subjectId, ...line }: OutcomeLine): BulkOutcomeView => ({
  ...line,
  [`${subject}Id`]: subjectId,
});

const viewIn = async (island: Island, id: string): Promise<BulkActionView> =>
  viewOf(island, await bulkActionIn(island, id));

async function bulkActionIn(island: Island, id: string): Promise<BulkAction> {
  const found = await findBulkAction(island.tx, { organizationId: island.organization.id, id });
  if (!found) throw new AppError('not_found');
  return found;
}

async function viewOf({ tx }: Island, bulk: BulkAction): Promise<BulkActionView> {
  const { id, action, value, createdAt, startedAt, finishedAt } = bulk;
  const { waiting, ok, refused } = await countOutcomes(tx, bulk);
  const state = finishedAt ? 'done' : startedAt ? 'running' : 'queued';
  const counts = { total: waiting + ok + refused, done: ok, refused };
  return { id, action, value, state, counts, createdAt, startedAt, finishedAt };
}
