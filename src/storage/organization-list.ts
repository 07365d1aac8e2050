import type { OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';
import type { SsoStanding } from '../domain/break-glass';

/** An organization as the owners' list shows it. */
export interface OrganizationLine {
  id: OrganizationId;
  slug: string;
  name: string;
  sso: SsoStanding;
  /** Those that are not deleted. */
  accounts: number;
  connections: number;
  /** Somebody administers it, or is invited to. */
  hasAdmin: boolean;
}

export interface OrganizationSearch {
  /** Part of a name or of a custom URL; empty: every one. */
  text: string;
  limit: number;
  offset: number;
}

const FACTS = `
       (SELECT count(*)::int FROM accounts a WHERE a.organization_id = o.id AND a.status <> 'deleted') AS accounts,
       (SELECT count(*)::int FROM connections c WHERE c.organization_id = o.id AND c.kind IN ('saml', 'oidc')) AS connections,
       (SELECT CASE WHEN bool_or(c.state = 'required') THEN 'required' WHEN bool_or(c.state = 'active') THEN 'active' ELSE 'none' END
          FROM connections c WHERE c.organization_id = o.id AND c.kind IN ('saml', 'oidc')) AS sso,
       EXISTS (SELECT 1 FROM portal_roles r JOIN accounts a ON a.organization_id = r.organization_id AND a.id = r.account_id
                WHERE r.organization_id = o.id AND r.role = 'organization_admin' AND a.status IN ('active', 'invited')) AS has_admin`;

const FOUND = `FROM organizations o JOIN organization_slugs s ON s.organization_id = o.id AND s.is_current
      WHERE NOT o.is_system AND (strpos(lower(o.name), lower($1)) > 0 OR strpos(s.slug, lower($1)) > 0)`;

/** A page of the owners' customers, by name. */
export const searchOrganizations = (
  tx: Transaction,
  { text, limit, offset }: OrganizationSearch,
): Promise<OrganizationLine[]> =>
  rows<OrganizationLine>(
    tx,
    `SELECT o.id, o.slug, o.name, ${FACTS}
       FROM (SELECT o.id, s.slug, o.name ${FOUND} ORDER BY lower(o.name), o.id LIMIT $2 OFFSET $3) o
      ORDER BY lower(o.name), o.id`,
    [text, limit, offset],
  );

/** How many there are altogether. */
export async function countOrganizations(tx: Transaction, text: string): Promise<number> {
  const found = await row<{ total: number }>(tx, `SELECT count(*)::int AS total ${FOUND}`, [text]);
  return found?.total ?? 0;
}

export const findOrganizationLine = (tx: Transaction, id: OrganizationId): Promise<OrganizationLine | undefined> =>
  row<OrganizationLine>(
    tx,
    `SELECT o.id, s.slug, o.name, ${FACTS}
       FROM organizations o JOIN organization_slugs s ON s.organization_id = o.id AND s.is_current WHERE o.id = $1`,
    [id],
  );
