import type { AccountId, OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

/** For whom a secret is shown: an account, in one session or pending sign-in. */
export interface EnrolmentKey {
  organizationId: OrganizationId;
  accountId: AccountId;
  holderHash: Buffer;
}

/** The sealed secret that is shown there, as long as it counts. */
export async function findEnrolment(
  tx: Transaction,
  { organizationId, accountId, holderHash }: EnrolmentKey,
  now: Date,
): Promise<string | undefined> {
  const found = await row<{ secret: string }>(
    tx,
    `SELECT secret FROM second_factor_enrolments WHERE organization_id = $1 AND account_id = $2 AND holder_hash = $3 AND expires_at > $4`,
    [organizationId, accountId, holderHash, now],
  );
  return found?.secret;
}

/** Keeps a sealed secret in place of one that is over. Yields the one that counts: of two at once, the first. */
export async function keepEnrolment(
  tx: Transaction,
  { organizationId, accountId, holderHash }: EnrolmentKey,
  { secret, expiresAt }: { secret: string; expiresAt: Date },
  now: Date,
): Promise<string> {
  const kept = await row<{ secret: string }>(
    tx,
    `INSERT INTO second_factor_enrolments AS e (organization_id, account_id, holder_hash, secret, expires_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (organization_id, account_id, holder_hash) DO UPDATE
       SET secret = CASE WHEN e.expires_at > $6 THEN e.secret ELSE excluded.secret END,
           expires_at = CASE WHEN e.expires_at > $6 THEN e.expires_at ELSE excluded.expires_at END
     RETURNING secret`,
    [organizationId, accountId, holderHash, secret, expiresAt, now],
  );
  if (!kept) throw new Error('a secret that is kept is yielded');
  return kept.secret;
}

/** Forgets every secret that is shown for an account: one was confirmed. */
export async function deleteEnrolments(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<void> {
  await tx.query(`DELETE FROM second_factor_enrolments WHERE organization_id = $1 AND account_id = $2`, [
    organizationId,
    accountId,
  ]);
}
