import { z } from 'zod';
import { ACCOUNT_STATUSES, type AccountStatus } from '../domain/account';
import { invalidForm } from '../domain/errors';
import type { GroupId, OrganizationId } from '../domain/ids';
import { SOURCE_KINDS, USER_TYPES } from '../domain/policy';
import { findAccounts, type AccountView } from '../storage/account-views';
import { resolveInDirectory } from '../storage/directory';
import {
  ACCOUNT_SORT_KEYS,
  ACCOUNT_SORTS,
  selectAccounts,
  type AccountSort,
  type ListedFilter,
} from '../storage/account-listing';
import { countByStatus, countSelected, listPlaces } from '../storage/listing';
import type { Transaction } from '../storage/rows';
import { listSources } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { email, flag, line, reference } from './fields';
import { reading, type Island } from './island';
import { decodeBookmark, invalidCursor, keysetPage, type Bookmark, type KeysetPage } from './keyset';
import { resolveReferences } from './references';

export const accountFilter = z.strictObject({
  q: line(200).optional().meta({
    description: 'Words, each of which begins a word of name, e-mail address or username; whatever the case.',
  }),
  email: email.optional(),
  username: line(128).optional(),
  externalId: line(200).optional(),
  status: z.enum(ACCOUNT_STATUSES).exclude(['deleted']).optional(),
  source: z.enum(SOURCE_KINDS).optional().meta({ description: 'By which kind of source the account came to be.' }),
  group: reference.optional(),
  permissionProfile: reference.optional(),
  licence: reference.optional(),
  userType: z.enum(USER_TYPES).optional(),
  adminManaged: flag.optional(),
});
export type AccountFilter = z.output<typeof accountFilter>;

export const accountOrder = {
  sort: z.enum(ACCOUNT_SORTS).default('createdAt'),
  order: z.enum(['asc', 'desc']).default('asc').meta({ description: 'Who never signed in comes before who did.' }),
};

export interface AccountListQuery extends AccountFilter {
  limit: number;
  cursor?: string;
  sort?: AccountSort;
  order?: 'asc' | 'desc';
  /** Count all that match, too. */
  total?: boolean;
}

export interface AccountPage extends KeysetPage<AccountView> {
  /** All that match; null when nobody asked. */
  total: number | null;
}

/**
 * A page of the accounts that match, in any order, from any place in it.
 * @throws AppError invalid_form for a name that is unknown, or a cursor of another order
 */
export const listAccounts = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  query: AccountListQuery,
): Promise<AccountPage> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const { limit, cursor, sort = 'createdAt', order = 'asc', total = false, ...asked } = query;
    const { tx, organization: own } = island;
    const way = `${sort} ${order}`;
    const from = cursor === undefined ? undefined : placeIn(cursor, way, sort);
    const filter = await resolveFilter(island, asked);
    const isDescending = (order === 'desc') !== (from?.isBackward ?? false);
    const wanted = { by: ACCOUNT_SORT_KEYS[sort], isDescending, limit: limit + 1, after: from };
    const found = await listPlaces(tx, selectAccounts(own.id, filter), { id: 'l.account_id', ...wanted });
    const page = keysetPage(found, limit, way, from);
    const ids = page.items.map(({ id }) => id);
    const items = await findAccounts(tx, own.id, ids);
    return { ...page, items, total: total ? await countSelected(tx, selectAccounts(own.id, filter)) : null };
  });

/** How many accounts match in each status, whichever the filter names. @throws AppError invalid_form for an unknown name */
export const countStatuses = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { status: _any, ...asked }: AccountFilter,
): Promise<Partial<Record<AccountStatus, number>>> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const { tx, organization: own } = island;
    const found = await countByStatus(tx, selectAccounts(own.id, await resolveFilter(island, asked)));
    return Object.fromEntries(found.map(({ status, count }) => [status, count]));
  });

/** The filter with ids in place of names. @throws AppError invalid_form with every name that is unknown */
export async function resolveFilter({ tx, organization }: Island, asked: AccountFilter): Promise<ListedFilter> {
  const { source, group, permissionProfile, licence, ...rest } = asked;
  const named = { permissionProfile, licence };
  const fields = { groups: 'group', permissionProfile: 'permissionProfile', licence: 'licence' };
  const resolved = await resolveReferences(tx, organization.id, named, fields);
  const sources = source && (await listSources(tx, organization.id)).filter(({ kind }) => kind === source);
  return {
    ...rest,
    ...(group !== undefined && { group: await groupIn(tx, organization.id, group) }),
    ...(sources && { sources: sources.map(({ id }) => id) }),
    permissionProfile: resolved.permissionProfile ?? undefined,
    licence: resolved.licence ?? undefined,
  };
}

async function groupIn(tx: Transaction, organizationId: OrganizationId, asked: string): Promise<GroupId> {
  const id = (await resolveInDirectory(tx, 'groups', organizationId, [asked])).get(asked);
  if (!id) throw invalidForm({ field: 'group', code: 'unknown_group', message: 'There is no such group.' });
  return id;
}

const NEVER = '-infinity';
const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?\+00$/;

function placeIn(cursor: string, way: string, sort: AccountSort): Bookmark {
  const found = decodeBookmark(cursor, way);
  const isFit = sort === 'createdAt' ? found.key === null : found.key !== null;
  if (!isFit || (sort === 'lastSignInAt' && !isInstant(found.key ?? '')))
    throw invalidCursor('This cursor was not given out here.');
  return found;
}

/** An instant as Postgres writes it, and one that the calendar has. */
function isInstant(text: string): boolean {
  const [, day, time] = INSTANT.exec(text) ?? [];
  const written = `${day}T${time}`;
  const read = new Date(`${written}Z`);
  return text === NEVER || (!Number.isNaN(read.getTime()) && read.toISOString().startsWith(written));
}
