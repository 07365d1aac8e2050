import type { AccountId, OrganizationId, SessionId } from '../domain/ids';
import { writeLedger } from './ledger';
import { queueLogoutNotices } from './logout-notices';
import { rows, type Database } from './rows';
import { inTransaction } from './transaction';

const BATCH = 500;

interface Ended {
  organizationId: OrganizationId;
  accountId: AccountId;
  sessions: readonly SessionId[];
}

/** Ends the sessions of people whose access ended with the time; they count no longer already, and applications hear of it now. */
export async function endLapsedAccess(db: Database, now: Date): Promise<void> {
  for (;;) if ((await endBatch(db, now)) < BATCH) return;
}

const endBatch = (db: Database, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    const ended = await rows<Ended>(
      tx,
      `WITH lapsed AS (
         SELECT s.organization_id, s.id FROM accounts a JOIN sessions s ON s.organization_id = a.organization_id AND s.account_id = a.id
          WHERE a.access_until <= $1 AND s.ended_at IS NULL AND s.expires_at > $1
          LIMIT ${BATCH} FOR UPDATE OF s SKIP LOCKED),
       ended AS (
         UPDATE sessions s SET ended_at = $1 FROM lapsed WHERE s.organization_id = lapsed.organization_id AND s.id = lapsed.id
         RETURNING s.organization_id, s.account_id, s.id)
       SELECT organization_id, account_id, array_agg(id) AS sessions FROM ended GROUP BY organization_id, account_id`,
      [now],
    );
    for (const { organizationId, sessions } of ended) await queueLogoutNotices(tx, organizationId, sessions, now);
    await writeLedger(tx, now, ended.map(lineOf));
    return ended.reduce((total, { sessions }) => total + sessions.length, 0);
  });

const lineOf = ({ organizationId, accountId, sessions }: Ended) => ({
  ...{ organizationId, accountId, action: 'session.ended' },
  actor: { kind: 'system' } as const,
  details: { sessions: sessions.length, because: 'access_until' },
});
