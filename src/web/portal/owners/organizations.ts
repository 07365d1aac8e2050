import { listOrganizations } from '../../../management/organizations';
import { showPortal } from '../call';
import { page } from '../route';

const PER_PAGE = 50;

export const ownerHomeRoutes = [
  page('', 'organizations:read', async (call) => {
    const { items } = await listOrganizations(call.deps, call.caller, { limit: PER_PAGE });
    showPortal(call, 'portal/organizations', {
      organizations: items.map(({ name, slug }) => ({ name, slug, url: `/admin/organizations/${slug}` })),
    });
  }),
];
