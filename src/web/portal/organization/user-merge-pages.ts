import type { AccountStatus } from '../../../domain/account';
import type { PortalContext } from '../frame-model';
import { statusBadge } from './people-words';

export interface UserMergePages {
  'portal/user-merge': UserMergeModel;
}

interface UserMergeModel {
  name: string;
  q?: string;
  others: readonly { id: string; name: string; email: string; status: AccountStatus }[];
  /** Searches, and with `from` shows what would move. */
  action: string;
  userUrl: string;
}

/** Looks for the other account of the same person. */
export function userMergeView({ name, q, others, action, userUrl }: UserMergeModel, { t }: PortalContext): object {
  return {
    title: t('portal.user.act.merge.button'),
    text: t('portal.user.merge.text', { name }),
    crumbs: [{ label: name, url: userUrl }],
    search: { action, value: q, label: t('portal.users.search'), placeholder: t('portal.users.searchHint') },
    found: others.map((other) => ({
      ...{ icon: 'user', title: other.name, sub: other.email, badge: statusBadge(other.status, t) },
      link: { href: `${action}?from=${other.id}`, label: t('portal.user.merge.choose'), compact: true },
    })),
    ...(q && !others.length && { nobody: t('portal.users.noMatch') }),
  };
}
