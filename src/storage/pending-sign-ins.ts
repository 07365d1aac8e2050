import type { AccountId, OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';

/** Somebody whose password was right, and who is asked for more. */
export interface PendingSignIn {
  organizationId: OrganizationId;
  handleHash: Buffer;
  accountId: AccountId;
  expiresAt: Date;
}

/** Keeps it at the account's present epoch. */
export async function insertPendingSignIn(tx: Transaction, pending: PendingSignIn): Promise<void> {
  await tx.query(
    `INSERT INTO pending_sign_ins (organization_id, handle_hash, account_id, epoch, expires_at)
     SELECT $1, $2, $3, a.session_epoch, $4 FROM accounts a WHERE a.organization_id = $1 AND a.id = $3`,
    [pending.organizationId, pending.handleHash, pending.accountId, pending.expiresAt],
  );
}

const FIND = `SELECT p.account_id FROM pending_sign_ins p
    JOIN accounts a ON a.organization_id = p.organization_id AND a.id = p.account_id AND a.session_epoch = p.epoch
   WHERE p.organization_id = $1 AND p.handle_hash = $2 AND p.expires_at > $3`;

type Found = Pick<PendingSignIn, 'accountId'>;

/** Undefined once used, expired, or void because every session of the account was ended meanwhile. */
export const findPendingSignIn = (
  tx: Transaction,
  organizationId: OrganizationId,
  handleHash: Buffer,
  now: Date,
): Promise<Found | undefined> => row<Found>(tx, FIND, [organizationId, handleHash, now]);

/** As `findPendingSignIn`, held with its account until the end of the transaction. */
export const holdPendingSignIn = (
  tx: Transaction,
  organizationId: OrganizationId,
  handleHash: Buffer,
  now: Date,
): Promise<Found | undefined> =>
  row<Found>(tx, `${FIND} FOR NO KEY UPDATE OF a FOR UPDATE OF p`, [organizationId, handleHash, now]);

/** Uses it up: of several at once exactly one yields true. */
export async function consumePendingSignIn(
  tx: Transaction,
  organizationId: OrganizationId,
  handleHash: Buffer,
): Promise<boolean> {
  const used = await rows(
    tx,
    `DELETE FROM pending_sign_ins WHERE organization_id = $1 AND handle_hash = $2 RETURNING 1`,
    [organizationId, handleHash],
  );
  return used.length > 0;
}
