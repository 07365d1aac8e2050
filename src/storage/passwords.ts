import type { AccountStatus } from '../domain/account';
import type { AccountId, ContactId, OrganizationId, PermissionProfileId } from '../domain/ids';
import { usernameKey } from '../domain/username';
import { IS_BREAK_GLASS } from './break-glass';
import { preparedRow, row, type Transaction } from './rows';

/** What a password sign-in needs to know of an account. */
export interface LocalAccount {
  accountId: AccountId;
  contactId: ContactId;
  status: AccountStatus;
  accessUntil: Date | null;
  permissionProfile: PermissionProfileId | null;
  groups: number;
  email: string;
  /** Null: the account has no password. */
  hash: string | null;
  hasSecondFactor: boolean;
  isBreakGlass: boolean;
}

const COLUMNS = `a.id AS account_id, a.contact_id, a.status, a.access_until, a.permission_profile_id AS permission_profile, a.email, p.hash,
  (SELECT count(DISTINCT g.group_id)::int FROM account_groups g WHERE g.organization_id = a.organization_id AND g.account_id = a.id) AS groups,
  EXISTS (SELECT 1 FROM second_factors f WHERE f.organization_id = a.organization_id AND f.account_id = a.id) AS has_second_factor,
  ${IS_BREAK_GLASS} AS is_break_glass`;
const FROM = `FROM accounts a LEFT JOIN passwords p ON p.organization_id = a.organization_id AND p.account_id = a.id`;

/** The live account that an e-mail address, or else a username, names. */
export const findLocalAccount = (
  tx: Transaction,
  organizationId: OrganizationId,
  login: { email?: string; username: string },
): Promise<LocalAccount | undefined> =>
  preparedRow<LocalAccount>(
    tx,
    'local_account',
    `SELECT ${COLUMNS} ${FROM} WHERE a.organization_id = $1 AND (a.email = $2 OR a.username_key = $3) AND a.status NOT IN ('deleted', 'unconfirmed')
      ORDER BY (a.email = $2) IS TRUE DESC LIMIT 1`,
    [organizationId, login.email ?? null, usernameKey(login.username)],
  );

export const findLocalAccountById = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
): Promise<LocalAccount | undefined> =>
  row<LocalAccount>(tx, `SELECT ${COLUMNS} ${FROM} WHERE a.organization_id = $1 AND a.id = $2`, [organizationId, id]);

/** Sets an account's password. */
export async function savePassword(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  hash: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO passwords (organization_id, account_id, hash, set_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (organization_id, account_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at`,
    [organizationId, accountId, hash, now],
  );
}

/** Puts a stronger hash of the same password in place of `before`. */
export async function replaceHash(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  before: string,
  after: string,
): Promise<void> {
  await tx.query(`UPDATE passwords SET hash = $4 WHERE organization_id = $1 AND account_id = $2 AND hash = $3`, [
    organizationId,
    accountId,
    before,
    after,
  ]);
}

/** Takes away a password that was set since then. */
export async function deletePasswordSetSince(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  since: Date,
): Promise<void> {
  await tx.query(`DELETE FROM passwords WHERE organization_id = $1 AND account_id = $2 AND set_at >= $3`, [
    organizationId,
    accountId,
    since,
  ]);
}

/** When an account's password was set; undefined when it has none. */
export async function passwordSetAt(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<Date | undefined> {
  const found = await row<{ setAt: Date }>(
    tx,
    `SELECT set_at FROM passwords WHERE organization_id = $1 AND account_id = $2`,
    [organizationId, accountId],
  );
  return found?.setAt;
}

/**
 * The account as it is now, held until the end of the transaction together with its password. Undefined when that is another
 * one, or none, by now.
 */
export const holdLocalAccount = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  hash: string,
): Promise<LocalAccount | undefined> =>
  preparedRow<LocalAccount>(
    tx,
    'held_local_account',
    `SELECT ${COLUMNS} FROM accounts a JOIN passwords p ON p.organization_id = a.organization_id AND p.account_id = a.id
      WHERE a.organization_id = $1 AND a.id = $2 AND p.hash = $3 FOR NO KEY UPDATE OF a FOR SHARE OF p`,
    [organizationId, id, hash],
  );
