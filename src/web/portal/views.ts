import type { PageModels } from '../page-models';
import { directoryEntryView, directoryView } from './organization/directory-pages';
import { apiKeyNewView, apiKeysView } from './owners/api-keys-pages';
import {
  firstAdminView,
  organizationFormView,
  organizationSignInView,
  organizationsView,
} from './owners/organizations-pages';
import { applicationFormView, applicationsView, applicationView } from './owners/applications-pages';
import { healthView } from './owners/health-pages';
import { ownerNewView, ownersView, ownerView } from './owners/owners-pages';
import { adminAddView, adminsView, adminView } from './organization/admins-pages';
import { catalogView } from './organization/catalog-pages';
import { giveAccountsView } from './organization/catalog-give-pages';
import { contactFormView, contactView } from './organization/contact-pages';
import { connectionsView, connectionView, sourcesView } from './organization/connections-pages';
import { homeView } from './organization/home-pages';
import { importColumnsView } from './organization/imports-columns-view';
import { importsView } from './organization/imports-list-view';
import { newImportView } from './organization/imports-new-view';
import { importFailedView, importProgressView } from './organization/imports-progress-view';
import { resultsView } from './organization/imports-results-view';
import { importRowView } from './organization/imports-row-page-view';
import { stagingView } from './organization/imports-staging-view';
import { ledgerView } from './organization/ledger-pages';
import { linkRequestsView, linkRequestView } from './organization/link-requests-pages';
import { brandingView } from './organization/settings-branding-pages';
import { domainsView } from './organization/settings-domains-pages';
import { accessView, defaultsView, fieldOwnersView } from './organization/settings-pages';
import { sourceView } from './organization/source-brake-view';
import { attemptView, signInsView } from './organization/sign-ins-pages';
import { credentialView, newUserView } from './organization/user-new-pages';
import { userPasswordView, userView } from './organization/user-pages';
import { userEditView } from './organization/user-edit-pages';
import { userMergeView } from './organization/user-merge-pages';
import { newUsersView } from './organization/new-users-pages';
import { usersView } from './organization/users-pages';
import { bulkAskView, bulkProgressView } from './organization/users-bulk-pages';
import type { PortalContext } from './frame-model';
import type { PortalPageName } from './pages';

type PortalViews = { [K in PortalPageName]: (model: PageModels[K], context: PortalContext) => object };

const asItIs = <T extends object>(model: T): T => model;

/** What the templates of the portals see as `it.model`, as `views` in pages.ts. */
export const portalViews: PortalViews = {
  'portal/confirm': asItIs,
  'portal/parts': asItIs,
  'portal/problem': asItIs,
  'portal/directory': directoryView,
  'portal/directory-entry': directoryEntryView,
  'portal/sign-ins': signInsView,
  'portal/sign-in-attempt': attemptView,
  'portal/ledger': ledgerView,
  'portal/organizations': organizationsView,
  'portal/organization-form': organizationFormView,
  'portal/organization-sign-in': organizationSignInView,
  'portal/first-admin': firstAdminView,
  'portal/shown-once': asItIs,
  'portal/applications': applicationsView,
  'portal/application': applicationView,
  'portal/application-form': applicationFormView,
  'portal/application-secret': asItIs,
  'portal/health': healthView,
  'portal/api-keys': apiKeysView,
  'portal/api-key-new': apiKeyNewView,
  'portal/owners': ownersView,
  'portal/owner-new': ownerNewView,
  'portal/owner': ownerView,
  'portal/admins': adminsView,
  'portal/admin-add': adminAddView,
  'portal/admin': adminView,
  'portal/connections': connectionsView,
  'portal/connection': connectionView,
  'portal/sources': sourcesView,
  'portal/source': sourceView,
  'portal/settings': accessView,
  'portal/settings-defaults': defaultsView,
  'portal/settings-fields': fieldOwnersView,
  'portal/settings-branding': brandingView,
  'portal/settings-domains': domainsView,
  'portal/home': homeView,
  'portal/users': usersView,
  'portal/user-new': newUserView,
  'portal/user-new-credential': credentialView,
  'portal/users-bulk': bulkAskView,
  'portal/users-bulk-progress': bulkProgressView,
  'portal/link-requests': linkRequestsView,
  'portal/link-request': linkRequestView,
  'portal/user': userView,
  'portal/user-password': userPasswordView,
  'portal/user-edit': userEditView,
  'portal/user-merge': userMergeView,
  'portal/new-users': newUsersView,
  'portal/catalog': catalogView,
  'portal/catalog-give': giveAccountsView,
  'portal/contact': contactView,
  'portal/contact-form': contactFormView,
  'portal/imports': importsView,
  'portal/import-new': newImportView,
  'portal/import-staging': stagingView,
  'portal/import-row': importRowView,
  'portal/import-columns': importColumnsView,
  'portal/import-progress': importProgressView,
  'portal/import-failed': importFailedView,
  'portal/import-results': resultsView,
};
