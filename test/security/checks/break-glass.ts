import type { CheckOut } from '../check-out';

const tests = ['test/flows/break-glass.test.ts'];

/** The way in past the identity provider: requirements 20 and 26 where they meet it. */
export const BREAK_GLASS_CHECKS: readonly CheckOut[] = [
  {
    requirement: 20,
    check: 'break-glass: never by a password alone',
    file: 'src/sign-in/second-factor/ask.ts',
    take: 'isBreakGlass || ',
    tests,
  },
  {
    requirement: 20,
    check: 'break-glass: no password of anybody else where SSO is required',
    file: 'src/domain/break-glass.ts',
    take: "sso !== 'required' || isBreakGlass",
    leave: "sso !== 'required' || isBreakGlass !== undefined",
    tests,
  },
  {
    requirement: 26,
    check: 'break-glass: the session serves the portal, no application',
    file: 'src/bridge/interaction.ts',
    take: '  if (visitor.person?.session.isBreakGlass) return true;\n',
    tests,
  },
  {
    requirement: 26,
    check: 'break-glass: Organization admins only',
    file: 'src/management/admins.ts',
    take: "    if (breakGlass && !isOrganizationAdmin) throw badBreakGlass('Only an Organization admin may come in like this.');\n",
    tests,
  },
  {
    requirement: 26,
    check: 'break-glass: two at most',
    file: 'src/management/break-glass.ts',
    take: '>= MOST_BREAK_GLASS',
    leave: '< 0',
    tests,
  },
  {
    requirement: 26,
    check: 'break-glass: ends with the account',
    file: 'src/management/leaving-admin.ts',
    take: '  await withdraw(island, account);\n',
    tests,
  },
];
