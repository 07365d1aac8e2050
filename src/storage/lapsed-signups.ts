import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import { writeLedger } from './ledger';
import { rows, type Database } from './rows';
import { inTransaction } from './transaction';

const BATCH = 500;

/**
 * Sign-ups that nobody confirmed while their link counted vanish, with what they said of themselves (product, Life of an
 * account). The ledger keeps that there was one. Yields how many went.
 */
export async function deleteLapsedSignups(db: Database, now: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const gone = await deleteBatch(db, now);
    total += gone;
    if (gone < BATCH) return total;
  }
}

const deleteBatch = (db: Database, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    const gone = await rows<{ organizationId: OrganizationId; accountId: AccountId; contactId: ContactId }>(
      tx,
      `WITH lapsed AS (
         SELECT a.organization_id, a.id, a.contact_id FROM accounts a
          WHERE a.status = 'unconfirmed' AND NOT EXISTS (
            SELECT 1 FROM email_links l WHERE l.organization_id = a.organization_id AND l.account_id = a.id AND l.purpose = 'confirm_signup'
               AND l.expires_at > $1 AND l.used_at IS NULL AND l.replaced_at IS NULL AND l.revoked_at IS NULL)
          LIMIT ${BATCH} FOR UPDATE SKIP LOCKED),
       links AS (
         UPDATE email_links l SET email = NULL FROM lapsed WHERE l.organization_id = lapsed.organization_id AND l.account_id = lapsed.id
         RETURNING l.organization_id, l.id),
       mails AS (
         DELETE FROM mails m USING links WHERE m.organization_id = links.organization_id AND m.link_id = links.id),
       said AS (
         DELETE FROM ledger_values v USING lapsed WHERE v.organization_id = lapsed.organization_id AND v.contact_id = lapsed.contact_id)
       DELETE FROM contacts c USING lapsed WHERE c.organization_id = lapsed.organization_id AND c.id = lapsed.contact_id
       RETURNING lapsed.organization_id, lapsed.id AS account_id, lapsed.contact_id`,
      [now],
    );
    const lines = gone.map((one) => ({ ...one, actor: { kind: 'system' } as const, action: 'account.lapsed' }));
    await writeLedger(tx, now, lines);
    return gone.length;
  });
