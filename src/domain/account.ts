import type { AttributeValues } from './attributes';
import type { AccountId, ContactId, GroupId, LicenceId, PermissionProfileId, SourceId } from './ids';
import type { DesiredAccess } from './desired-record';
import type { SourceKind, UserType } from './policy';
import type { IdentityKey } from './proof';

export const ACCOUNT_STATUSES = ['invited', 'unconfirmed', 'active', 'suspended', 'deactivated', 'deleted'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** What one source last said about a contact. Two sources never overwrite each other. */
export interface Statement {
  sourceId: SourceId;
  sourceKind: SourceKind;
  externalId?: string;
  attributes: AttributeValues;
  emailVerified: boolean;
  access: DesiredAccess;
  presence: 'present' | 'inactive' | 'gone';
}

export interface Membership {
  groupId: GroupId;
  sourceId: SourceId;
}

/** An account as the door sees it. */
export interface AccountState {
  id: AccountId;
  status: AccountStatus;
  username: string;
  userType: UserType;
  permissionProfile: PermissionProfileId | null;
  licence: LicenceId | null;
  adminManaged: boolean;
  accessUntil: Date | null;
  memberships: readonly Membership[];
  /** Identities that may sign in; retired ones are only remembered. */
  identities: readonly IdentityKey[];
}

/** A contact with everything said about it, and its account if it has one. */
export interface PersonState {
  contactId: ContactId;
  /** Effective values. */
  attributes: AttributeValues;
  emailVerified: boolean;
  /** Newest first. */
  statements: readonly Statement[];
  account?: AccountState;
}

/** An account that holds a seat, a username and an e-mail address. */
export const holdsSeat = (status: AccountStatus): boolean =>
  status === 'invited' || status === 'active' || status === 'suspended';

/** An account that occupies its e-mail address and username in the organization. */
export const isLive = (status: AccountStatus): boolean => status !== 'deleted' && status !== 'unconfirmed';
