import { Router } from 'express';
import type { WebDeps } from '../deps';
import type { Portal } from './navigation';
import { adminRoutes } from './organization/admins';
import { catalogRoutes } from './organization/catalog';
import { giveAccountRoutes } from './organization/catalog-give';
import { connectionRoutes } from './organization/connections';
import { contactRoutes } from './organization/contact';
import { directoryRoutes } from './organization/directory';
import { homeRoutes } from './organization/home';
import { apiKeysRoutes } from './owners/api-keys';
import { applicationsRoutes } from './owners/applications';
import { firstAdminRoutes } from './owners/first-admin';
import { healthRoutes } from './owners/health';
import { organizationSettingsRoutes } from './owners/organization-settings';
import { organizationsRoutes } from './owners/organizations';
import { ownersRoutes } from './owners/owners';
import { importsRoutes } from './organization/imports';
import { ledgerRoutes } from './organization/ledger';
import { linkRequestRoutes } from './organization/link-requests';
import { settingsRoutes } from './organization/settings';
import { brandingRoutes } from './organization/settings-branding';
import { domainsRoutes } from './organization/settings-domains';
import { signInRoutes } from './organization/sign-ins';
import { newUsersRoutes } from './organization/new-users';
import { sourceBrakeRoutes } from './organization/source-brake';
import { userRoutes } from './organization/user';
import { userActionRoutes } from './organization/user-actions';
import { userEditRoutes } from './organization/user-edit';
import { userMergeRoutes } from './organization/user-merge';
import { newUserRoutes } from './organization/user-new';
import { userListRoutes } from './organization/users';
import { bulkRoutes } from './organization/users-bulk';
import type { PortalRoute } from './route';
import { portalForm, servePortal } from './serve';

/** Every page and action of an organization's portal. */
export const organizationRoutes: readonly PortalRoute[] = [
  ...homeRoutes,
  ...directoryRoutes,
  ...signInRoutes,
  ...ledgerRoutes,
  ...userListRoutes,
  ...bulkRoutes,
  ...newUserRoutes,
  ...linkRequestRoutes,
  ...adminRoutes,
  ...connectionRoutes,
  ...sourceBrakeRoutes,
  ...settingsRoutes,
  ...brandingRoutes,
  ...domainsRoutes,
  ...userRoutes,
  ...userActionRoutes,
  ...userEditRoutes,
  ...userMergeRoutes,
  ...newUsersRoutes,
  ...catalogRoutes,
  ...giveAccountRoutes,
  ...contactRoutes,
  ...importsRoutes,
];

/** Every page and action of the owners' own portal. */
export const ownerRoutes: readonly PortalRoute[] = [
  ...organizationsRoutes,
  ...organizationSettingsRoutes,
  ...firstAdminRoutes,
  ...ownersRoutes,
  ...applicationsRoutes,
  ...apiKeysRoutes,
  ...healthRoutes,
];

/** `/{org}/admin`, for the organization's own admins. */
export function organizationPortal(web: WebDeps): Router {
  const router = Router({ mergeParams: true });
  mount(router, '/admin', web, 'organization', organizationRoutes);
  return router;
}

/**
 * `/admin`, for owners, with every organization's portal below `/admin/organizations/{org}`: there an owner's session
 * counts, at `/{org}/admin` an account of the organization.
 */
export function ownersPortal(web: WebDeps): Router {
  const router = Router({ mergeParams: true });
  // Who is not signed in meets the sign-in page at `/admin` itself.
  router.get('/', (req, _res, next) => next(req.user ? undefined : 'router'));
  mount(router, '', web, 'owners', ownerRoutes);
  mount(router, '/organizations/:slug', web, 'organization', organizationRoutes);
  return router;
}

function mount(router: Router, base: string, web: WebDeps, portal: Portal, routes: readonly PortalRoute[]): void {
  for (const route of routes) {
    const path = base + route.path || '/';
    const serve = servePortal(web, portal, route);
    if (route.method === 'get') router.get(path, serve);
    else router.post(path, portalForm, serve);
  }
}
