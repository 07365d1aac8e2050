import { readHealth } from '../../../management/health';
import { showPortal } from '../call';
import { page, type PortalRoute } from '../route';

/** How the installation is. */
export const healthRoutes: readonly PortalRoute[] = [
  page('/health', 'organizations:read', async (call) => {
    const health = await readHealth(call.deps, call.caller, call.web.installation);
    showPortal(call, 'portal/health', health);
  }),
];
