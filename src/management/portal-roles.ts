import type { PortalRole } from '../domain/portal-role';
import { AppError } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { rolesOf } from '../storage/portal-roles';
import type { Caller } from './deps';
import type { Island } from './island';
import { includesScope, SCOPES } from './scopes';

const READ_ALL = SCOPES.filter((scope) => scope.endsWith(':read'));
/** Keys reach as far as an owner: which there are is an owner's business. */
const READ_EVERYWHERE = READ_ALL.filter((scope) => scope !== 'api-keys:read');
const NEVER_DELEGATED = ['api-keys:write', 'admins:write'];
const WRITE_EVERYWHERE = SCOPES.filter((scope) => scope.endsWith(':write') && !NEVER_DELEGATED.includes(scope));

/**
 * What each role may do, in the words of API keys: a portal asks the same functions. An organization's roles reach their
 * own organization only; the owners' reach every one.
 */
export const ROLE_SCOPES: Readonly<Record<PortalRole, readonly string[]>> = {
  organization_admin: ['*'],
  connection_admin: [
    ...['connections:write', 'domains:write', 'sources:write', 'sign-in-captures:write'],
    ...['organizations:read', 'branding:read', 'policy:read', 'groups:read', 'permission-profiles:read'],
    ...['licences:read', 'link-requests:read', 'sign-in-attempts:read', 'audit-events:read'],
  ],
  user_admin: [
    ...['accounts:write', 'contacts:write', 'groups:write', 'link-requests:write'],
    ...['organizations:read', 'branding:read', 'domains:read', 'connections:read', 'sources:read', 'policy:read'],
    ...['permission-profiles:read', 'licences:read', 'sign-in-attempts:read', 'audit-events:read'],
  ],
  auditor: READ_ALL,
  owner: ['*'],
  operator: [...READ_EVERYWHERE, ...WRITE_EVERYWHERE],
  support: READ_EVERYWHERE,
};

/** The scopes of all these roles together. */
export const scopesOf = (roles: readonly PortalRole[]): string[] => [
  ...new Set(roles.flatMap((role) => ROLE_SCOPES[role])),
];

/**
 * Security 26: whoever can take over an account has its roles. Nobody changes how somebody signs in, or whether, who may
 * do more than they.
 * @throws AppError insufficient_scope
 */
export async function requireNotAbove({ tx, organization }: Island, caller: Caller, id: AccountId): Promise<void> {
  const above = scopesOf(await rolesOf(tx, organization.id, id)).filter(
    (scope) => !includesScope(caller.scopes, scope),
  );
  if (above.length)
    throw new AppError('insufficient_scope', { detail: 'This account has a role in the portal that may do more.' });
}
