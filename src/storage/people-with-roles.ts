import type { ContactId, OrganizationId, SourceId } from '../domain/ids';
import type { PortalRole } from '../domain/portal-role';
import { rows, type Transaction } from './rows';

/** Somebody who has a role in the portal, by everything that a source might know them by. */
export interface PersonWithRoles {
  contactId: ContactId;
  roles: readonly PortalRole[];
  emails: readonly string[];
  externalId: string | null;
  /** Their id at the source that was asked for. */
  originId: string | null;
}

export const listPeopleWithRoles = (
  tx: Transaction,
  organizationId: OrganizationId,
  sourceId: SourceId,
): Promise<PersonWithRoles[]> =>
  rows<PersonWithRoles>(
    tx,
    `SELECT a.contact_id, array_agg(p.role) AS roles, array_remove(ARRAY[a.email, c.email], NULL) AS emails, c.external_id,
            (SELECT s.external_id FROM statements s
              WHERE s.organization_id = a.organization_id AND s.contact_id = a.contact_id AND s.source_id = $2) AS origin_id
       FROM portal_roles p
       JOIN accounts a ON a.organization_id = p.organization_id AND a.id = p.account_id
       JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
      WHERE p.organization_id = $1 GROUP BY a.organization_id, a.contact_id, a.email, c.email, c.external_id`,
    [organizationId, sourceId],
  );
