import type { AccountStatus } from '../domain/account';
import type { AccountId, OrganizationId } from '../domain/ids';
import type { PortalRole } from '../domain/portal-role';
import { IS_BREAK_GLASS } from './break-glass';
import { preparedRow, rows, type Transaction } from './rows';

/** Somebody with a role in a portal. */
export interface PortalAdmin {
  /** The account's. */
  id: AccountId;
  displayName: string | null;
  email: string;
  status: AccountStatus;
  roles: readonly PortalRole[];
  /** May come in by password past the identity provider. */
  breakGlass: boolean;
  lastSignInAt: Date | null;
}

/** An account that may use a portal, as every request to it asks. */
export interface RoleHolder {
  displayName: string | null;
  email: string;
  roles: readonly PortalRole[];
}

const ROLES = `(SELECT coalesce(array_agg(r.role ORDER BY r.role), '{}') FROM portal_roles r
                 WHERE r.organization_id = a.organization_id AND r.account_id = a.id)`;

/** Who an active account is, and its roles; undefined for an account that may not sign in. */
export const findRoleHolder = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<RoleHolder | undefined> =>
  preparedRow<RoleHolder>(
    tx,
    'role-holder',
    `SELECT c.attributes->>'displayName' AS display_name, a.email, ${ROLES} AS roles
       FROM accounts a
       JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
      WHERE a.organization_id = $1 AND a.id = $2 AND a.status = 'active'`,
    [organizationId, accountId],
  );

/** Everybody with a role here, by e-mail address. */
export const listPortalAdmins = (tx: Transaction, organizationId: OrganizationId): Promise<PortalAdmin[]> =>
  rows<PortalAdmin>(
    tx,
    `SELECT a.id, c.attributes->>'displayName' AS display_name, a.email, a.status, ${ROLES} AS roles, ${IS_BREAK_GLASS} AS break_glass, a.last_sign_in_at
       FROM accounts a
       JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
      WHERE a.organization_id = $1 AND a.status <> 'deleted' AND EXISTS (SELECT 1 FROM portal_roles r WHERE r.organization_id = a.organization_id AND r.account_id = a.id)
      ORDER BY a.email`,
    [organizationId],
  );

/** The roles of an account, whatever its status. */
export async function rolesOf(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<PortalRole[]> {
  const found = await rows<{ role: PortalRole }>(
    tx,
    `SELECT role FROM portal_roles WHERE organization_id = $1 AND account_id = $2 ORDER BY role`,
    [organizationId, accountId],
  );
  return found.map(({ role }) => role);
}

/** From now on these are the account's roles, and no others. */
export async function setRoles(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  roles: readonly PortalRole[],
  now: Date,
): Promise<void> {
  await tx.query(`DELETE FROM portal_roles WHERE organization_id = $1 AND account_id = $2 AND role <> ALL($3)`, [
    organizationId,
    accountId,
    roles,
  ]);
  await tx.query(
    `INSERT INTO portal_roles (organization_id, account_id, role, granted_at)
     SELECT $1, $2, role, $4 FROM unnest($3::text[]) AS role ON CONFLICT DO NOTHING`,
    [organizationId, accountId, roles, now],
  );
}
