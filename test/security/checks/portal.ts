import type { CheckOut } from '../check-out';

const roles = ['test/flows/portal-roles.test.ts'];
const owners = ['test/flows/portal-owners.test.ts'];

/** Who may do what in the portals: requirement 26. */
export const PORTAL_CHECKS: readonly CheckOut[] = [
  {
    requirement: 26,
    check: 'portal: each page needs its scope',
    file: 'src/web/portal/serve.ts',
    take: "      if (!includesScope(visitor.caller.scopes, route.scope)) throw new AppError('role_required');\n",
    tests: roles,
  },
  {
    requirement: 26,
    check: 'portal: nobody touches who may do more',
    file: 'src/management/portal-roles.ts',
    take: '  if (above.length)\n',
    leave: '  if (above.length < 0)\n',
    tests: roles,
  },
  {
    requirement: 26,
    check: 'portal: nobody gives a role that may do more than they',
    file: 'src/management/admins.ts',
    take: 'scopesOf(roles).some((scope) => !includesScope(caller.scopes, scope))',
    leave: 'roles.length < 0',
    tests: roles,
  },
  {
    requirement: 26,
    check: 'portal: the last owner stays one',
    file: 'src/management/admins.ts',
    take: '      await requireAnotherOwner(island, id);\n',
    tests: owners,
  },
  {
    requirement: 26,
    check: 'portal: the last owner stays one, whatever becomes of the account',
    file: 'src/management/account-status.ts',
    take: '      await requireAnotherOwner(island, id);\n',
    tests: owners,
  },
  {
    requirement: 26,
    check: 'portal: operators and support see no API keys',
    file: 'src/management/portal-roles.ts',
    take: "READ_ALL.filter((scope) => scope !== 'api-keys:read')",
    leave: 'READ_ALL',
    tests: owners,
  },
];
