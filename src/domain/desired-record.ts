import type { AttributeValues } from './attributes';
import type { GroupId, LicenceId, PermissionProfileId, SourceId } from './ids';
import type { UserType } from './policy';
import type { IdentityKey } from './proof';

/** Where a record comes from: an instance of a source, and the person's id there when the source has one. */
export interface Origin {
  sourceId: SourceId;
  externalId?: string;
}

/** What a source wants a person to have. Absent: silent. Null: taken away. References are resolved to ids before the door. */
export interface DesiredAccess {
  /** Exactly the groups this source gives; an empty list takes back what it gave. */
  groups?: readonly GroupId[];
  licence?: LicenceId | null;
  permissionProfile?: PermissionProfileId | null;
  userType?: UserType;
  adminManaged?: boolean;
  /** ISO 8601 instant. */
  accessUntil?: string | null;
  username?: string;
}

/** One source's statement about one person: the only thing the door takes. */
export interface PersonRecord {
  kind: 'person';
  origin: Origin;
  /** Somebody stands at the door and proved to be this. */
  identity?: IdentityKey;
  /** A known contact that is meant, as in the catalog. */
  contactId?: string;
  wants: 'contact' | 'account';
  /** Who misses what an account needs is kept as a contact until it is filled in; otherwise nothing of it is kept. */
  keepWaiting?: boolean;
  attributes: AttributeValues;
  /** The source vouches for the e-mail address (security 16). */
  emailVerified: boolean;
  access: DesiredAccess;
  /** Why the person can sign in from now on without an identity: a link sent to their address was used, or an admin set a password. */
  readyBy?: 'email_link' | 'password';
  presence: 'present' | 'inactive' | 'gone';
}
