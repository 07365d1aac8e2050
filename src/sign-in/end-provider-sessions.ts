import type { ConnectionId, OrganizationId } from '../domain/ids';
import { writeLedger } from '../storage/ledger';
import { endLockedSessions, type ProviderSession } from '../storage/provider-sessions';
import type { Transaction } from '../storage/rows';

/** Where a provider speaks, and how. */
export interface ProviderLogout {
  organizationId: OrganizationId;
  connectionId: ConnectionId;
  by: 'saml_logout' | 'backchannel_logout';
  requestId?: string;
}

/** A provider ends sessions that it began: the rows, which are the authority (security 23), and a line for each account. */
export async function endProviderSessions(
  tx: Transaction,
  { organizationId, connectionId, by, requestId }: ProviderLogout,
  sessions: readonly ProviderSession[],
  now: Date,
): Promise<void> {
  if (!sessions.length) return;
  await endLockedSessions(
    tx,
    organizationId,
    sessions.map(({ id }) => id),
    now,
  );
  const accounts = new Map<string, number>();
  for (const { accountId } of sessions) accounts.set(accountId, (accounts.get(accountId) ?? 0) + 1);
  await writeLedger(
    tx,
    now,
    [...accounts].map(([accountId, count]) => ({
      organizationId,
      actor: { kind: 'connection', id: connectionId } as const,
      action: 'session.ended',
      accountId,
      connectionId,
      details: { sessions: count, by },
      requestId,
    })),
  );
}
