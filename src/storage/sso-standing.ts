import type { SsoStanding } from '../domain/break-glass';
import type { OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

/** What an organization's connections mean for its passwords now. */
export async function readSsoStanding(tx: Transaction, organizationId: OrganizationId): Promise<SsoStanding> {
  const found = await row<{ standing: SsoStanding }>(
    tx,
    `SELECT CASE WHEN bool_or(state = 'required') THEN 'required' WHEN bool_or(state = 'active') THEN 'active' ELSE 'none' END AS standing
       FROM connections WHERE organization_id = $1 AND kind IN ('saml', 'oidc')`,
    [organizationId],
  );
  return found?.standing ?? 'none';
}
