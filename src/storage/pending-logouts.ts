import type { ConnectionId, OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

/** A sign-out that a provider was asked for and has still to answer, to this browser. */
export interface PendingLogout {
  organizationId: OrganizationId;
  connectionId: ConnectionId;
  requestHash: Buffer;
  browserHash: Buffer;
  /** Where the browser goes after the answer: an address that an application registered. */
  returnTo: string | null;
  expiresAt: Date;
}

export async function insertPendingLogout(tx: Transaction, pending: PendingLogout): Promise<void> {
  await tx.query(
    `INSERT INTO pending_logouts (organization_id, connection_id, request_hash, browser_hash, return_to, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      pending.organizationId,
      pending.connectionId,
      pending.requestHash,
      pending.browserHash,
      pending.returnTo,
      pending.expiresAt,
    ],
  );
}

/** Uses a pending sign-out up: of several answers at once exactly one yields it, and no other browser's does. */
export const takePendingLogout = (
  tx: Transaction,
  { organizationId, connectionId, requestHash, browserHash }: Omit<PendingLogout, 'returnTo' | 'expiresAt'>,
  now: Date,
): Promise<Pick<PendingLogout, 'returnTo'> | undefined> =>
  row<Pick<PendingLogout, 'returnTo'>>(
    tx,
    `DELETE FROM pending_logouts
      WHERE organization_id = $1 AND connection_id = $2 AND request_hash = $3 AND browser_hash = $4 AND expires_at > $5 RETURNING return_to`,
    [organizationId, connectionId, requestHash, browserHash, now],
  );
