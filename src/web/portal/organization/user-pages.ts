import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';
import { fieldInWords, statusBadge, systemBadges } from './people-words';
import { historyView } from './user-history-view';
import { USER_TABS, type PasswordModel, type UserModel } from './user-model';
import { profileView } from './user-profile-view';
import { signInView } from './user-sign-in-view';

/** The head that every tab has, and the tab itself. */
export function userView(model: UserModel, context: PortalContext): object {
  const { t } = context;
  const { account, tab, url, usersUrl, mayChange, profile, signIn, history } = model;
  const edit = { label: t('portal.user.edit'), href: `${url}/edit`, kind: 'primary', icon: 'pencil' };
  return {
    title: account.displayName ?? account.email,
    badges: [statusBadge(account.status, t), ...systemBadges(account, t)],
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
