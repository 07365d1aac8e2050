import type { AccountStatus } from '../../../domain/account';
import type { AccountProvenance } from '../../../management/provenance';
import type { EmailLinkView } from '../../../management/email-links';
import type { SessionView } from '../../../management/account-sessions';
import type { Explanation } from '../../../management/explain';
import type { LedgerLine } from '../../../storage/ledger';
import type { PortalContext } from '../frame-model';
import { problemsInWords } from '../../wording';
import { fieldInWords, statusBadge } from './people-words';
import { profileView } from './user-profile-view';
import { signInView } from './user-sign-in-view';
import { historyView } from './user-history-view';

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
  history?: { items: readonly LedgerLine[]; nextCursor: string | null };
}

interface UserHead {
  id: string;
  displayName: string | null;
  username: string;
  email: string;
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

interface PasswordModel {
  name: string;
  errors: readonly { field: string; code: string }[];
  action: string;
  userUrl: string;
}

/** The head that every tab has, and the tab itself. */
export function userView(model: UserModel, context: PortalContext): object {
  const { t } = context;
  const { account, tab, url, usersUrl, mayChange, profile, signIn, history } = model;
  const edit = { label: t('portal.user.edit'), href: `${url}/edit`, kind: 'primary', icon: 'pencil' };
  return {
    title: account.displayName ?? account.email,
    badge: statusBadge(account.status, t),
    text: `${account.email} · ${account.username}`,
    crumbs: [{ label: t('portal.users.title'), url: usersUrl }],
    actions: mayChange ? [edit] : [],
    tabs: {
      label: t('portal.user.tabs.label'),
      tabs: USER_TABS.map((one) => ({
        ...{ label: t(`portal.user.tabs.${one}`), current: one === tab },
        url: one === 'profile' ? url : `${url}?tab=${one}`,
      })),
    },
    ...(profile && { profile: profileView(model, profile, context) }),
    ...(signIn && { signIn: signInView(model, signIn, context) }),
    ...(history && { history: historyView(model, history, context) }),
  };
}

/** The form, with what is wrong with the password in words. */
export function userPasswordView(model: PasswordModel, { t }: PortalContext): object {
  const labels = { password: fieldInWords('password', t) };
  return { ...model, labels, ...problemsInWords(model.errors, labels, t) };
}
