import type { OrganizationId } from '../domain/ids';
import { OWNERS_SLUG } from '../domain/organization';
import { rows, type Transaction } from './rows';

/** Who did something, as an organization may know them. */
export interface KnownActor {
  id: string;
  /** `operator`, `operator_key`: whoever runs the installation, of whom an organization learns no more. */
  kind: 'account' | 'api_key' | 'operator' | 'operator_key';
  /** Null: erased, or not for this organization. */
  name: string | null;
}

/** Those of these accounts and API keys that there are. */
export const findActors = (
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly string[],
): Promise<KnownActor[]> =>
  rows<KnownActor>(
    tx,
    `SELECT a.id, 'account' AS kind, coalesce(c.attributes ->> 'displayName', a.email) AS name
       FROM accounts a JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
      WHERE a.organization_id = $1 AND a.id = ANY ($2::uuid[])
      UNION ALL
     SELECT a.id, 'operator', NULL FROM organization_slugs s JOIN accounts a ON a.organization_id = s.organization_id
      WHERE s.slug = $3 AND s.organization_id <> $1 AND a.id = ANY ($2::uuid[])
      UNION ALL
     SELECT k.id, CASE WHEN k.organization_id = $1 THEN 'api_key' ELSE 'operator_key' END, CASE WHEN k.organization_id = $1 THEN k.name END
       FROM api_keys k WHERE k.id = ANY ($2::uuid[])`,
    [organizationId, ids, OWNERS_SLUG],
  );
