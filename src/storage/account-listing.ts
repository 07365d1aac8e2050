import type { AccountStatus } from '../domain/account';
import type { AccountId, GroupId, LicenceId, OrganizationId, PermissionProfileId, SourceId } from '../domain/ids';
import type { UserType } from '../domain/policy';
import { usernameKey } from '../domain/username';
import { row, rows, type Transaction } from './rows';

/** Which accounts are meant; absent: all that are not deleted. */
export interface ListedFilter {
  /** Words, each of which begins a word of name, e-mail address or username. */
  q?: string;
  email?: string;
  username?: string;
  externalId?: string;
  status?: AccountStatus;
  sources?: readonly SourceId[];
  group?: GroupId;
  permissionProfile?: PermissionProfileId;
  licence?: LicenceId;
  userType?: UserType;
  adminManaged?: boolean;
}

/** Each filter as a condition on its parameter; each has an index of `person_listing`. */
const CONDITIONS: { [K in keyof Required<ListedFilter>]: (value: string) => string } = {
  q: (value) => `l.words @@ person_query($1, ${value})`,
  email: (value) => `l.email = ${value}`,
  username: (value) => `l.username = ${value}`,
  externalId: (value) =>
    `l.contact_id IN (SELECT c.id FROM contacts c WHERE c.organization_id = $1 AND c.external_id = ${value})`,
  status: (value) => `l.status = ${value}`,
  sources: (value) => `l.source_id = ANY (${value}::uuid[])`,
  group: (value) =>
    `l.account_id IN (SELECT m.account_id FROM account_groups m WHERE m.organization_id = $1 AND m.group_id = ${value})`,
  permissionProfile: (value) => `l.permission_profile_id = ${value}`,
  licence: (value) => `l.licence_id = ${value}`,
  userType: (value) => `l.user_type = ${value}`,
  adminManaged: (value) => `l.admin_managed = ${value}`,
};

export const ACCOUNT_SORTS = ['name', 'email', 'username', 'createdAt', 'lastSignInAt'] as const;
export type AccountSort = (typeof ACCOUNT_SORTS)[number];

interface SortKey {
  key: string;
  type: string;
}

/** What each order goes by; the account's id breaks ties, and is by itself the order of creation. */
const SORT_KEYS: Record<Exclude<AccountSort, 'createdAt'>, SortKey> = {
  name: { key: 'l.name', type: 'text' },
  email: { key: 'l.email', type: 'text' },
  username: { key: 'l.username', type: 'text' },
  lastSignInAt: { key: `coalesce(a.last_sign_in_at, '-infinity'::timestamptz)`, type: 'timestamptz' },
};

const LISTED = 'person_listing l';
const ACCOUNT = `JOIN accounts a ON a.organization_id = $1 AND a.id = l.account_id AND a.status <> 'deleted'`;
/** Words that fit no more people than this are looked up before anything is sorted. */
const FEW = 2_000;

/**
 * Postgres cannot tell how many a beginning of a word fits. Where they are few, they are read by their words first; else
 * the list is walked in its order, and enough of them come soon.
 */
async function listedFor(tx: Transaction, { values }: Selection, q: string | undefined): Promise<string> {
  if (q === undefined) return LISTED;
  const fitting = (limit: string, asked: string) =>
    `SELECT f.* FROM person_listing f WHERE f.organization_id = $1 AND f.words @@ person_query($1, ${asked}) ${limit}`;
  const organizationId = values[0];
  const probe = `SELECT count(*)::int AS count FROM (${fitting(`LIMIT ${FEW + 1}`, '$2')}) few`;
  const { count = 0 } = (await row<{ count: number }>(tx, probe, [organizationId, q])) ?? {};
  return count > FEW ? LISTED : `(${fitting('OFFSET 0', `$${values.push(q)}`)}) l`;
}

/** A SQL statement that is being put together: its parameters, `$1` being the organization. */
export interface Selection {
  values: unknown[];
  where: string;
}

/** The accounts of an organization that are meant, as conditions on `person_listing l`. */
export function selectionOf(organizationId: OrganizationId, filter: ListedFilter): Selection {
  const values: unknown[] = [organizationId];
  const known = filter.username === undefined ? filter : { ...filter, username: usernameKey(filter.username) };
  const asked = (Object.keys(CONDITIONS) as (keyof ListedFilter)[]).filter((name) => known[name] !== undefined);
  const conditions = asked.map((name) => CONDITIONS[name](`$${values.push(known[name])}`));
  return { values, where: ['l.organization_id = $1', 'l.account_id IS NOT NULL', ...conditions].join(' AND ') };
}

/** Where an account stands in an order. */
export interface Place {
  id: AccountId;
  /** Text of the sort key; null in the order of creation. */
  key: string | null;
}

export interface ListedQuery {
  organizationId: OrganizationId;
  filter: ListedFilter;
  sort: AccountSort;
  isDescending: boolean;
  limit: number;
  /** Only what comes behind this. */
  after?: Place;
}

/** Places of the accounts that are meant, in order. */
export async function listPlaces(tx: Transaction, query: ListedQuery): Promise<Place[]> {
  const { organizationId, filter, sort, isDescending, limit, after } = query;
  const selection = selectionOf(organizationId, filter);
  const { values, where } = selection;
  const listed = await listedFor(tx, selection, filter.q);
  const put = (value: unknown): string => `$${values.push(value)}`;
  const by = sort === 'createdAt' ? undefined : SORT_KEYS[sort];
  const direction = isDescending ? 'DESC' : 'ASC';
  const keys = [...(by ? [by.key] : []), 'l.account_id'];
  const bounds = after && [...(by ? [`${put(after.key)}::${by.type}`] : []), `${put(after.id)}::uuid`];
  const behind = bounds ? ` AND (${keys.join(', ')}) ${isDescending ? '<' : '>'} (${bounds.join(', ')})` : '';
  return rows<Place>(
    tx,
    `SELECT l.account_id AS id, ${by ? `${by.key}::text` : 'NULL'} AS key
       FROM ${listed} ${sort === 'lastSignInAt' ? ACCOUNT : ''} WHERE ${where}${behind}
      ORDER BY ${keys.map((key) => `${key} ${direction}`).join(', ')} LIMIT ${put(limit)}`,
    values,
  );
}

/** How many are meant, exactly: the one thing that grows with their number. */
export async function countListed(
  tx: Transaction,
  organizationId: OrganizationId,
  filter: ListedFilter,
): Promise<number> {
  const { values, where } = selectionOf(organizationId, filter);
  const found = await row<{ count: number }>(tx, `SELECT count(*)::int AS count FROM ${LISTED} WHERE ${where}`, values);
  return found?.count ?? 0;
}
