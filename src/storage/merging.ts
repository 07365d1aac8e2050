import type { AccountId, ContactId, OrganizationId, SourceId } from '../domain/ids';
import { rows, type Transaction } from './rows';

/** Two accounts of one person: the second goes on in the first. */
export interface Merging {
  organizationId: OrganizationId;
  survivor: { id: AccountId; contactId: ContactId };
  merged: { id: AccountId; contactId: ContactId };
}

/** A source that speaks of the merged contact only: from now on it means the survivor. */
export interface MovingSource {
  id: SourceId;
  name: string;
}

/** Sources whose word moves: all but what was said by hand, and those that speak of the survivor already. */
export const listMovingSources = (
  tx: Transaction,
  { organizationId, survivor, merged }: Merging,
): Promise<MovingSource[]> =>
  rows<MovingSource>(
    tx,
    `SELECT k.id, k.name FROM statements s JOIN sources k ON k.organization_id = s.organization_id AND k.id = s.source_id
      WHERE s.organization_id = $1 AND s.contact_id = $3 AND k.kind NOT IN ('admin', 'self_signup') AND NOT EXISTS (
        SELECT FROM statements o WHERE o.organization_id = $1 AND o.contact_id = $2 AND o.source_id = s.source_id)
      ORDER BY k.name`,
    [organizationId, survivor.contactId, merged.contactId],
  );

/** What these sources said of the merged contact, and the groups they gave, is the survivor's. */
export async function moveStatements(
  tx: Transaction,
  { organizationId, survivor, merged }: Merging,
  sources: readonly SourceId[],
): Promise<void> {
  await tx.query(
    `UPDATE statements SET contact_id = $2 WHERE organization_id = $1 AND contact_id = $3 AND source_id = ANY ($4::uuid[])`,
    [organizationId, survivor.contactId, merged.contactId, sources],
  );
  await tx.query(
    `UPDATE account_groups SET account_id = $2 WHERE organization_id = $1 AND account_id = $3 AND source_id = ANY ($4::uuid[])`,
    [organizationId, survivor.id, merged.id, sources],
  );
}
