import { showPortal } from '../call';
import { page } from '../route';

export const homeRoutes = [page('', 'organizations:read', (call) => showPortal(call, 'portal/home', {}))];
