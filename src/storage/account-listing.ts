import type { AccountStatus } from '../domain/account';
import type { GroupId, LicenceId, OrganizationId, PermissionProfileId, SourceId } from '../domain/ids';
import type { UserType } from '../domain/policy';
import { usernameKey } from '../domain/username';
import { fitsWords, selectionOf, type Conditions, type Selection, type SortKey } from './listing';

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

const CONDITIONS: Conditions<ListedFilter> = {
  q: fitsWords,
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

/** The accounts of an organization that are meant. */
export function selectAccounts(organizationId: OrganizationId, filter: ListedFilter): Selection {
  const known = filter.username === undefined ? filter : { ...filter, username: usernameKey(filter.username) };
  return selectionOf(organizationId, 'l.account_id IS NOT NULL', known, CONDITIONS);
}

export const ACCOUNT_SORTS = ['name', 'email', 'username', 'createdAt', 'lastSignInAt'] as const;
export type AccountSort = (typeof ACCOUNT_SORTS)[number];

/** What each order goes by; the id alone is the order of creation. */
export const ACCOUNT_SORT_KEYS: Readonly<Record<AccountSort, SortKey | undefined>> = {
  name: { key: 'l.name', type: 'text' },
  email: { key: 'l.email', type: 'text' },
  username: { key: 'l.username', type: 'text' },
  createdAt: undefined,
  lastSignInAt: {
    key: `coalesce(a.last_sign_in_at, '-infinity'::timestamptz)`,
    type: 'timestamptz',
    join: `JOIN accounts a ON a.organization_id = $1 AND a.id = l.account_id AND a.status <> 'deleted'`,
  },
};
