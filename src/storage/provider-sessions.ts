import type { AccountId, ConnectionId, OrganizationId, SessionId } from '../domain/ids';
import type { Principal } from '../domain/proof';
import { queueLogoutNotices } from './logout-notices';
import { row, rows, type Transaction } from './rows';

/** A session as the provider that began it knows it. */
export interface ProviderSession {
  id: SessionId;
  accountId: AccountId;
  principal: Principal;
  sessionIndex: string | null;
}

const COLUMNS = 'id, account_id, principal, session_index';

/**
 * The sessions that a provider began at a connection and that have not ended, locked: of the person it calls by a name,
 * or those it calls by an index.
 */
export const lockProviderSessions = (
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  { issuer, ...by }: { issuer: string } & ({ name: string } | { index: string }),
): Promise<ProviderSession[]> =>
  rows<ProviderSession>(
    tx,
    `SELECT ${COLUMNS} FROM sessions
      WHERE organization_id = $1 AND connection_id = $2 AND ended_at IS NULL AND principal->>'issuer' = $3
        AND ${'name' in by ? `principal->>'value' = $4` : `session_index = $4 AND length(session_index) <= 255`}
      ORDER BY id FOR UPDATE`,
    [organizationId, connectionId, issuer, 'name' in by ? by.name : by.index],
  );

/** What a provider knows of one session, to be told that it ends. */
export const findProviderSession = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: SessionId,
): Promise<(ProviderSession & { connectionId: ConnectionId }) | undefined> =>
  row(
    tx,
    `SELECT ${COLUMNS}, connection_id FROM sessions
      WHERE organization_id = $1 AND id = $2 AND connection_id IS NOT NULL AND principal IS NOT NULL`,
    [organizationId, id],
  );

/** Ends sessions that are locked. */
export async function endLockedSessions(
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly SessionId[],
  now: Date,
): Promise<void> {
  await tx.query(`UPDATE sessions SET ended_at = $3 WHERE organization_id = $1 AND id = ANY($2)`, [
    organizationId,
    ids,
    now,
  ]);
  await queueLogoutNotices(tx, organizationId, ids, now);
}
