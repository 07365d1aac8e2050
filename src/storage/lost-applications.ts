import type { AccountId, ApplicationId, OrganizationId } from '../domain/ids';
import { PERMITTED } from './application-sessions';
import { queueNoticesOf, type NoticeRef } from './logout-notices';
import { rows, type Transaction } from './rows';

/** What changed: an account, something of an organization's, or an application. */
interface Changed {
  organizationId?: OrganizationId;
  accountId?: AccountId;
  applicationId?: ApplicationId;
}

/**
 * Ends the application sessions of people who may use the application no longer, and queues the notices: whoever may
 * again later signs in anew. Called after the change, in its transaction.
 */
export async function endLostApplications(
  tx: Transaction,
  { organizationId, accountId, applicationId }: Changed,
  now: Date,
): Promise<void> {
  // Whoever enters an application meanwhile waits, and finds it closed when it redeems the code.
  if (accountId)
    await tx.query(
      `SELECT 1 FROM sessions WHERE organization_id = $1 AND account_id = $2 AND ended_at IS NULL ORDER BY id FOR UPDATE`,
      [organizationId, accountId],
    );
  const over = await rows<NoticeRef>(
    tx,
    `UPDATE application_sessions x SET revoked_at = $1
       FROM sessions s JOIN accounts a ON a.organization_id = s.organization_id AND a.id = s.account_id, applications p
      WHERE s.organization_id = x.organization_id AND s.id = x.session_id AND p.id = x.application_id
        AND x.revoked_at IS NULL AND s.ended_at IS NULL AND NOT (${PERMITTED})
        AND ($2::uuid IS NULL OR s.organization_id = $2) AND ($3::uuid IS NULL OR s.account_id = $3) AND ($4::uuid IS NULL OR p.id = $4)
     RETURNING x.organization_id, x.id`,
    [now, organizationId ?? null, accountId ?? null, applicationId ?? null],
  );
  await queueNoticesOf(tx, over, now);
}
