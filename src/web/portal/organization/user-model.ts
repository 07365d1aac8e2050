import type { Actors } from '../../../management/actors';
import type { AccountStatus } from '../../../domain/account';
import type { SessionView } from '../../../management/account-sessions';
import type { EmailLinkView } from '../../../management/email-links';
import type { Explanation } from '../../../management/explain';
import type { AccountProvenance } from '../../../management/provenance';
import type { LedgerLine } from '../../../storage/ledger';

export interface UserPages {
  'portal/user': UserModel;
  'portal/user-password': PasswordModel;
}

export const USER_TABS = ['profile', 'sign-in', 'history'] as const;
export type UserTab = (typeof USER_TABS)[number];

/** One person's account; each tab brings what it shows. */
export interface UserModel {
  account: UserHead;
  tab: UserTab;
  url: string;
  usersUrl: string;
  mayChange: boolean;
  profile?: AccountProvenance;
  signIn?: SignInDetails;
  history?: History;
}

/** What happened to an account, and who did it. */
export interface History {
  items: readonly LedgerLine[];
  nextCursor: string | null;
  actors?: Actors;
}

interface UserHead {
  id: string;
  displayName: string | null;
  username: string;
  email: string;
  /** Of an organization it is a system account. */
  contactKind?: 'person' | 'organization';
  status: AccountStatus;
  source: string;
  adminManaged: boolean;
  accessUntil: Date | null;
  createdAt: Date;
  lastSignInAt: Date | null;
}

export interface SignInDetails {
  identities: readonly {
    connectionId: string;
    connectionName: string;
    issuer: string;
    subject: string;
    lastUsedAt: Date | null;
  }[];
  sessions: readonly SessionView[];
  links: readonly EmailLinkView[];
  foreseen: Explanation['results'];
}

export interface PasswordModel {
  name: string;
  errors: readonly { field: string; code: string }[];
  action: string;
  userUrl: string;
}
