import type { Scope } from '../../management/scopes';
import type { IconName } from '../icons';

/** An organization's portal, or the owners'. */
export type Portal = 'organization' | 'owners';

interface Entry {
  /** Its words: `portal.shell.nav.{key}`. */
  key: string;
  /** Below the portal's base. */
  path: string;
  icon: IconName;
  /** Who lacks it does not see the entry. */
  scope: Scope | '*';
}

/** The side navigation of each portal, in its order. */
export const NAVIGATION: Readonly<Record<Portal, readonly { key: string; entries: readonly Entry[] }[]>> = {
  organization: [
    { key: 'top', entries: [{ key: 'home', path: '', icon: 'home', scope: 'organizations:read' }] },
    {
      key: 'people',
      entries: [
        { key: 'users', path: '/users', icon: 'users', scope: 'accounts:read' },
        { key: 'newUsers', path: '/new-users', icon: 'user-plus', scope: 'contacts:read' },
        { key: 'catalog', path: '/catalog', icon: 'catalog', scope: 'contacts:read' },
        { key: 'groups', path: '/groups', icon: 'group', scope: 'groups:read' },
        { key: 'permissionProfiles', path: '/permission-profiles', icon: 'shield', scope: 'permission-profiles:read' },
        { key: 'licences', path: '/licences', icon: 'ticket', scope: 'licences:read' },
      ],
    },
    {
      key: 'arriving',
      entries: [
        { key: 'connections', path: '/connections', icon: 'plug', scope: 'connections:read' },
        { key: 'sources', path: '/sources', icon: 'source', scope: 'sources:read' },
        { key: 'imports', path: '/imports', icon: 'file-up', scope: 'accounts:read' },
        { key: 'linkRequests', path: '/link-requests', icon: 'link', scope: 'link-requests:read' },
      ],
    },
    {
      key: 'knowing',
      entries: [
        { key: 'signIns', path: '/sign-ins', icon: 'activity', scope: 'sign-in-attempts:read' },
        { key: 'ledger', path: '/ledger', icon: 'scroll', scope: 'audit-events:read' },
      ],
    },
    {
      key: 'organization',
      entries: [
        { key: 'admins', path: '/admins', icon: 'shield-user', scope: 'admins:read' },
        { key: 'settings', path: '/settings', icon: 'settings', scope: 'policy:read' },
      ],
    },
  ],
  owners: [
    { key: 'top', entries: [{ key: 'organizations', path: '', icon: 'building', scope: 'organizations:read' }] },
    {
      key: 'installation',
      entries: [
        { key: 'applications', path: '/applications', icon: 'app', scope: 'applications:read' },
        { key: 'owners', path: '/owners', icon: 'shield-user', scope: '*' },
        { key: 'apiKeys', path: '/api-keys', icon: 'key', scope: 'api-keys:read' },
        { key: 'health', path: '/health', icon: 'activity', scope: 'organizations:read' },
      ],
    },
  ],
};
