import type { AccountStatus, PersonState, Statement } from './account';
import type { Attribute } from './attributes';
import type { ErrorCode } from './errors';
import type { AccountId, ContactId, GroupId, LicenceId, PermissionProfileId, SourceId } from './ids';
import type { LinkObstacle, LinkReason } from './linking';
import type { Policy, SourceKind, UserType } from './policy';
import type { IdentityKey } from './proof';

/** How a record was recognised. `identity`, `origin` and `contact` are certain; the others need the policy's leave to link. */
export type Match =
  { by: 'nothing' } | { by: 'identity' | 'origin' | 'contact' | 'external_id' | 'email'; person: PersonState };

/** Everything `decide` may know, gathered under lock. */
export interface Facts {
  policy: Policy;
  source: { id: SourceId; kind: SourceKind };
  /** The organization's built-in source for what is given by hand and by default. */
  adminSourceId: SourceId;
  /** The organization has a connection in state active or required. */
  isSsoOrganization: boolean;
  match: Match;
  /** Keys of usernames that are taken, at least all that could collide with this person's base (`expectedAttributes`). */
  takenUsernames: ReadonlySet<string>;
  /** The contact whose live account has the e-mail address that this person would have (`expectedAttributes`). */
  emailHolder?: ContactId;
  /**
   * Seats that are free per licence; absent: unlimited. At least of the licences that the record asks for, that any source
   * asked for, that the policy gives, and that an account has which may come back.
   */
  freeSeats: ReadonlyMap<LicenceId, number>;
  now: Date;
}

export type RefusalReason = Extract<
  ErrorCode,
  | 'self_signup_forbidden'
  | 'email_domain_not_allowed'
  | 'identity_not_permitted'
  | 'link_requires_proof'
  | 'licence_seats_exhausted'
  | 'missing_attribute'
  | 'access_incomplete'
  | 'account_suspended'
  | 'account_deactivated'
  | 'access_ended'
  | 'username_taken'
  | 'email_taken'
  | 'field_owned'
>;

/** Each change carries what was and what will be. */
export type Change =
  | { kind: 'set_attribute'; attribute: Attribute; before: string | null; after: string | null }
  | { kind: 'set_email_verified'; before: boolean; after: boolean }
  | { kind: 'link_identity'; identity: IdentityKey; by: LinkReason }
  | { kind: 'grant_account'; account: GrantedAccount; restores?: AccountId }
  | { kind: 'set_groups'; sourceId: SourceId; added: readonly GroupId[]; removed: readonly GroupId[] }
  | {
      kind: 'set_access';
      field: keyof AccessValues;
      before: AccessValues[keyof AccessValues];
      after: AccessValues[keyof AccessValues];
    }
  | { kind: 'set_presence'; before: AccountStatus; after: AccountStatus };

export interface AccessValues {
  userType: UserType;
  permissionProfile: PermissionProfileId | null;
  licence: LicenceId | null;
  adminManaged: boolean;
  accessUntil: string | null;
  username: string;
}

export interface GrantedAccount extends AccessValues {
  status: AccountStatus;
}

/** What is known of the person from now on. */
export type Settled =
  | { action: 'apply'; target: 'new' | ContactId; changes: readonly Change[]; statement: Statement }
  | { action: 'unchanged'; target: ContactId; statement: Statement };

export type Decision =
  | Settled
  /** There can be no account yet. `kept`: the person is known all the same, and waits among the new users. */
  | { action: 'wait'; needs: readonly Attribute[]; kept?: Settled }
  | {
      action: 'refuse';
      reason: RefusalReason;
      person?: ContactId;
      attributes?: readonly Attribute[];
      /** Of `link_requires_proof`: what stands against the link. */
      because?: LinkObstacle;
    };
