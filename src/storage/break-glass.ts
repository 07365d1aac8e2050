import type { AccountId, OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

/** Whether the account `a` may come in by password past the organization's identity provider. */
export const IS_BREAK_GLASS = `EXISTS (SELECT 1 FROM portal_roles r WHERE r.organization_id = a.organization_id AND r.account_id = a.id
    AND r.break_glass_since IS NOT NULL)`;

/** How many accounts of an organization may, whatever their status. */
export async function countBreakGlass(tx: Transaction, organizationId: OrganizationId): Promise<number> {
  const found = await row<{ count: number }>(
    tx,
    `SELECT count(*)::int AS count FROM portal_roles WHERE organization_id = $1 AND break_glass_since IS NOT NULL`,
    [organizationId],
  );
  return found?.count ?? 0;
}

/** Lets an Organization admin in by password from now on. */
export async function grantBreakGlass(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE portal_roles SET break_glass_since = $3 WHERE organization_id = $1 AND account_id = $2 AND role = 'organization_admin'`,
    [organizationId, accountId, now],
  );
}

/** Since when an account may; undefined: it may not. */
export async function breakGlassSince(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<Date | undefined> {
  const found = await row<{ breakGlassSince: Date }>(
    tx,
    `SELECT break_glass_since FROM portal_roles WHERE organization_id = $1 AND account_id = $2 AND break_glass_since IS NOT NULL`,
    [organizationId, accountId],
  );
  return found?.breakGlassSince;
}

export async function withdrawBreakGlass(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<void> {
  await tx.query(`UPDATE portal_roles SET break_glass_since = NULL WHERE organization_id = $1 AND account_id = $2`, [
    organizationId,
    accountId,
  ]);
}
