import { accountRoutes } from './accounts';
import { adminRoutes } from './admins';
import { accountDetailRoutes } from './account-details';
import { apiKeyRoutes } from './api-keys';
import { applicationRoutes } from './applications';
import { brandingRoutes } from './branding';
import { bulkActionRoutes } from './bulk-actions';
import { captureRoutes } from './captures';
import { connectionKeyRoutes } from './connection-keys';
import { connectionRoutes } from './connections';
import { contactRoutes } from './contacts';
import { directoryRoutes } from './directory';
import { domainRoutes } from './domains';
import { emailLinkRoutes } from './email-links';
import { organizationRoutes } from './organizations';
import { personDataRoutes } from './person-data';
import { policyRoutes } from './policy';
import { importRoutes } from './imports';
import type { ApiRoute } from './route';
import { signInRoutes } from './sign-ins';

/** Every route of the API: what the server answers and what the document tells. */
export const apiRoutes: readonly ApiRoute[] = [
  ...organizationRoutes,
  ...brandingRoutes,
  ...domainRoutes,
  ...connectionRoutes,
  ...connectionKeyRoutes,
  ...bulkActionRoutes,
  ...accountRoutes,
  ...accountDetailRoutes,
  ...emailLinkRoutes,
  ...contactRoutes,
  ...personDataRoutes,
  ...importRoutes,
  ...directoryRoutes,
  ...policyRoutes,
  ...adminRoutes,
  ...signInRoutes,
  ...captureRoutes,
  ...applicationRoutes,
  ...apiKeyRoutes,
];
