import type { AccountId, OrganizationId } from '../domain/ids';
import { deleteEnrolments } from './second-factor-enrolments';
import { row, rows, type Transaction } from './rows';

/** A confirmed second factor. */
export interface SecondFactor {
  /** Sealed. */
  secret: string;
  confirmedAt: Date;
  /** Recovery codes that were not used. */
  codesLeft: number;
}

export const findSecondFactor = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<SecondFactor | undefined> =>
  row<SecondFactor>(
    tx,
    `SELECT f.secret, f.confirmed_at,
            (SELECT count(*)::int FROM recovery_codes r
              WHERE r.organization_id = f.organization_id AND r.account_id = f.account_id AND r.used_at IS NULL) AS codes_left
       FROM second_factors f WHERE f.organization_id = $1 AND f.account_id = $2`,
    [organizationId, accountId],
  );

/** Sets the account's second factor in place of any before. `lastStep`: of the code that confirmed it. */
export async function saveSecondFactor(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  { secret, confirmedAt, lastStep }: Omit<SecondFactor, 'codesLeft'> & { lastStep: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO second_factors (organization_id, account_id, secret, confirmed_at, last_step) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (organization_id, account_id)
       DO UPDATE SET secret = excluded.secret, confirmed_at = excluded.confirmed_at, last_step = excluded.last_step`,
    [organizationId, accountId, secret, confirmedAt, lastStep],
  );
}

/** Uses a time step up (RFC 6238, 5.2): of several at once exactly one yields true, and none of an earlier step after it. */
export async function useTimeStep(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  secret: string,
  step: number,
): Promise<boolean> {
  const used = await rows(
    tx,
    `UPDATE second_factors SET last_step = $4 WHERE organization_id = $1 AND account_id = $2 AND secret = $3 AND last_step < $4 RETURNING 1`,
    [organizationId, accountId, secret, step],
  );
  return used.length > 0;
}

/** Removes the second factor with its recovery codes, and what was shown for another. False: there was none. */
export async function removeSecondFactor(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<boolean> {
  await deleteEnrolments(tx, organizationId, accountId);
  const removed = await rows(
    tx,
    `DELETE FROM second_factors WHERE organization_id = $1 AND account_id = $2 RETURNING 1`,
    [organizationId, accountId],
  );
  return removed.length > 0;
}

/** Puts these in place of every recovery code there was. */
export async function replaceRecoveryCodes(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  hashes: readonly Buffer[],
): Promise<void> {
  await tx.query(`DELETE FROM recovery_codes WHERE organization_id = $1 AND account_id = $2`, [
    organizationId,
    accountId,
  ]);
  await tx.query(
    `INSERT INTO recovery_codes (organization_id, account_id, code_hash) SELECT $1, $2, h FROM unnest($3::bytea[]) h`,
    [organizationId, accountId, hashes],
  );
}

/** Uses a recovery code up: of several at once exactly one yields true. */
export async function useRecoveryCode(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  hash: Buffer,
  now: Date,
): Promise<boolean> {
  const used = await rows(
    tx,
    `UPDATE recovery_codes SET used_at = $4 WHERE organization_id = $1 AND account_id = $2 AND code_hash = $3 AND used_at IS NULL RETURNING 1`,
    [organizationId, accountId, hash, now],
  );
  return used.length > 0;
}
