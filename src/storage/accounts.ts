import type { AccountStatus } from '../domain/account';
import type { AccessValues, GrantedAccount } from '../domain/decision';
import type { AccountId, OrganizationId, SourceId } from '../domain/ids';
import { usernameKey } from '../domain/username';
import { revokeEmailLinks } from './email-links';
import type { Transaction } from './rows';
import { removeSecondFactor } from './second-factors';

export interface AccountWrite {
  organizationId: OrganizationId;
  sourceId: SourceId;
  email: string;
  account: GrantedAccount;
}

/** Brings a deleted account back, with the id that applications know. */
export async function restoreAccount(
  tx: Transaction,
  id: AccountId,
  { organizationId, sourceId, email, account }: AccountWrite,
): Promise<void> {
  await tx.query(
    `UPDATE accounts SET source_id = $3, status = $4, email = $5, username = $6, username_key = $7, user_type = $8, permission_profile_id = $9,
            licence_id = $10, admin_managed = $11, access_until = $12, deleted_at = NULL, updated_at = now()
      WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, sourceId, ...grantedValues(email, account)],
  );
}

const grantedValues = (email: string, account: GrantedAccount): unknown[] => [
  account.status,
  email,
  account.username,
  usernameKey(account.username),
  account.userType,
  account.permissionProfile,
  account.licence,
  account.adminManaged,
  account.accessUntil,
];

const ACCESS_COLUMNS: Record<keyof AccessValues, string> = {
  userType: 'user_type',
  permissionProfile: 'permission_profile_id',
  licence: 'licence_id',
  adminManaged: 'admin_managed',
  accessUntil: 'access_until',
  username: 'username',
};

/** Sets the given access fields. */
export async function updateAccess(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  values: Partial<AccessValues>,
): Promise<void> {
  const columns: [string, unknown][] = (Object.entries(values) as [keyof AccessValues, unknown][]).map(
    ([field, value]) => [ACCESS_COLUMNS[field], value],
  );
  if (values.username !== undefined) columns.push(['username_key', usernameKey(values.username)]);
  if (!columns.length) return;
  const assignments = columns.map(([column], index) => `${column} = $${index + 3}`).join(', ');
  await tx.query(`UPDATE accounts SET ${assignments}, updated_at = now() WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
    ...columns.map(([, value]) => value),
  ]);
}

export async function updateAccountEmail(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  email: string,
): Promise<void> {
  await tx.query(`UPDATE accounts SET email = $3, updated_at = now() WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
    email,
  ]);
}

/**
 * Sets the status; `deleted` also lets go of licence, permission profile, memberships, what sources granted, password,
 * second factor, links, and the identities (which are only remembered). Who comes back gets what the policy gives then.
 */
export async function setAccountStatus(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  status: AccountStatus,
  now: Date,
): Promise<void> {
  const deleted = status === 'deleted';
  await tx.query(
    `UPDATE accounts SET status = $3, deleted_at = CASE WHEN $4 THEN $5::timestamptz END, licence_id = CASE WHEN $4 THEN NULL ELSE licence_id END,
            permission_profile_id = CASE WHEN $4 THEN NULL ELSE permission_profile_id END, updated_at = $5 WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, status, deleted, now],
  );
  if (!deleted) return;
  await tx.query(`DELETE FROM passwords WHERE organization_id = $1 AND account_id = $2`, [organizationId, id]);
  await removeSecondFactor(tx, organizationId, id);
  await revokeEmailLinks(tx, organizationId, { accountId: id }, now);
  await tx.query(`DELETE FROM account_groups WHERE organization_id = $1 AND account_id = $2`, [organizationId, id]);
  await tx.query(`DELETE FROM portal_roles WHERE organization_id = $1 AND account_id = $2`, [organizationId, id]);
  await tx.query(
    `UPDATE statements SET access = '{}' WHERE organization_id = $1
        AND contact_id = (SELECT contact_id FROM accounts WHERE organization_id = $1 AND id = $2)`,
    [organizationId, id],
  );
  await tx.query(
    `UPDATE identities SET retired_at = $3 WHERE organization_id = $1 AND account_id = $2 AND retired_at IS NULL`,
    [organizationId, id, now],
  );
  await tx.query(
    `UPDATE link_requests SET state = 'withdrawn', decided_at = $3 WHERE organization_id = $1 AND account_id = $2 AND state = 'open'`,
    [organizationId, id, now],
  );
}

/** Notes that an account signed in by its password. */
export async function noteLocalSignIn(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  now: Date,
): Promise<void> {
  await tx.query(`UPDATE accounts SET last_sign_in_at = $3 WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    accountId,
    now,
  ]);
}
