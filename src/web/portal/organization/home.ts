import { readHome } from '../../../management/home';
import { showPortal, type PortalCall } from '../call';
import { page, type PortalRoute } from '../route';

export const homeRoutes: readonly PortalRoute[] = [page('', 'organizations:read', show)];

async function show(call: PortalCall): Promise<void> {
  const { deps, caller, org, base } = call;
  showPortal(call, 'portal/home', { home: await readHome(deps, caller, org), base });
}
