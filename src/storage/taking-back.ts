import type { ContactId, OrganizationId, SourceId } from '../domain/ids';
import { rows, type Transaction } from './rows';

interface Brought {
  organizationId: OrganizationId;
  sourceId: SourceId;
  contactIds: readonly ContactId[];
}

/** An account that nobody has used and nobody has spoken of but the source: as it was made. */
const UNUSED = `a.last_sign_in_at IS NULL AND a.status IN ('invited', 'active')
  AND NOT EXISTS (SELECT FROM identities i WHERE i.organization_id = a.organization_id AND i.account_id = a.id)
  AND NOT EXISTS (SELECT FROM passwords p WHERE p.organization_id = a.organization_id AND p.account_id = a.id)
  AND NOT EXISTS (SELECT FROM portal_roles p WHERE p.organization_id = a.organization_id AND p.account_id = a.id)`;
const UNSPOKEN = `NOT EXISTS (SELECT FROM statements s
  WHERE s.organization_id = c.organization_id AND s.contact_id = c.id AND s.source_id <> $2)`;

/** Removes people whom a source brought, where nothing has happened to them since. Yields who went. */
export async function removeUnused(tx: Transaction, brought: Brought): Promise<ReadonlySet<ContactId>> {
  const gone = await rows<{ id: ContactId }>(
    tx,
    `DELETE FROM contacts c WHERE c.organization_id = $1 AND c.id = ANY ($3::uuid[]) AND ${UNSPOKEN}
        AND NOT EXISTS (SELECT FROM accounts a WHERE a.organization_id = c.organization_id AND a.contact_id = c.id AND NOT (${UNUSED}))
      RETURNING id`,
    [brought.organizationId, brought.sourceId, brought.contactIds],
  );
  return new Set(gone.map(({ id }) => id));
}

/** Removes the account that a contact of the catalog got, where nobody has used it. Yields whose went. */
export async function removeUnusedAccounts(
  tx: Transaction,
  { organizationId, contactIds }: Omit<Brought, 'sourceId'>,
): Promise<ReadonlySet<ContactId>> {
  const gone = await rows<{ contactId: ContactId }>(
    tx,
    `DELETE FROM accounts a WHERE a.organization_id = $1 AND a.contact_id = ANY ($2::uuid[]) AND ${UNUSED} RETURNING contact_id`,
    [organizationId, contactIds],
  );
  return new Set(gone.map(({ contactId }) => contactId));
}

/** Forgets what a source said of a contact. */
export const deleteStatement = (
  tx: Transaction,
  organizationId: OrganizationId,
  contactId: ContactId,
  sourceId: SourceId,
): Promise<unknown> =>
  tx.query(`DELETE FROM statements WHERE organization_id = $1 AND contact_id = $2 AND source_id = $3`, [
    ...[organizationId, contactId],
    sourceId,
  ]);

/** Of these groups, permission profiles and licences, those that still exist. */
export async function thatExist(
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!ids.length) return new Set();
  const each = ['groups', 'permission_profiles', 'licences'].map(
    (kind) => `SELECT id FROM ${kind} WHERE organization_id = $1 AND id = ANY ($2::uuid[])`,
  );
  const found = await rows<{ id: string }>(tx, each.join(' UNION ALL '), [organizationId, ids]);
  return new Set(found.map(({ id }) => id));
}
