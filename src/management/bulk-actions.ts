import { AppError } from '../domain/errors';
import {
  countOutcomes,
  findBulkAction,
  insertBulkAction,
  listBulkActions as readBulkActions,
  listOutcomes,
  type BulkAction,
  type Chosen,
  type OutcomeLine,
} from '../storage/bulk-actions';
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
    const { tx, now, note, organization: own } = island;
    const { actor, scopes, requestId = null } = caller;
    const value = await valueOf(island, form);
    const bulk = { organizationId: own.id, action: form.action, value, actor, scopes, requestId };
    const id = await insertBulkAction(tx, bulk, await chosenBy(island, form), now);
    const view = await viewIn(island, id);
    const details = { action: form.action, total: view.counts.total };
    await note({ action: 'bulk_action.started', resource: `bulk_action:${id}`, details });
    return view;
  });

async function chosenBy(island: Island, { selection }: BulkActionForm): Promise<Chosen> {
  const { ids, matching = {}, except = [] } = selection;
  return ids ? { ids } : { matching: await resolveFilter(island, matching), except };
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
): Promise<Page<OutcomeLine>> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    await viewIn(island, id);
    const ref = { organizationId: island.organization.id, id };
    const found = await listOutcomes(island.tx, ref, { limit: limit + 1, after: cursor, outcome });
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.accountId ?? null) : null };
  });

async function viewIn(island: Island, id: string): Promise<BulkActionView> {
  const found = await findBulkAction(island.tx, { organizationId: island.organization.id, id });
  if (!found) throw new AppError('not_found');
  return viewOf(island, found);
}

async function viewOf({ tx }: Island, bulk: BulkAction): Promise<BulkActionView> {
  const { id, action, value, createdAt, startedAt, finishedAt } = bulk;
  const { waiting, ok, refused } = await countOutcomes(tx, bulk);
  const state = finishedAt ? 'done' : startedAt ? 'running' : 'queued';
  const counts = { total: waiting + ok + refused, done: ok, refused };
  return { id, action, value, state, counts, createdAt, startedAt, finishedAt };
}
