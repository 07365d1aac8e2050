import { changeRoles, listAdmins, rolesForm } from '../../../management/admins';
import { pageAnswer, paging } from './paging';
import { portalAdmin } from './person-schemas';
import { route } from './route';

const tag = 'Admins';
const path = '/organizations/{org}/admins';

export const adminRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'admins:read' },
    summary: 'List who has a role in the portal',
    query: paging,
    answer: pageAnswer(portalAdmin),
    handle: ({ deps, caller, org, query }) => listAdmins(deps, caller, org, query),
  }),
  route({
    ...{ method: 'put', path: `${path}/{id}`, tag, scope: 'admins:write' },
    summary: 'Give an account its roles in the portal',
    description:
      'Nobody gives a role that may do more than they. The last Organization admin may go too. At most two of them may be break-glass accounts.',
    body: rolesForm,
    answer: { status: 200, schema: portalAdmin },
    handle: ({ deps, caller, org, id, body }) => changeRoles(deps, caller, org, id, body),
  }),
];
