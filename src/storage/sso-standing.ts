import type { OrganizationId } from '../domain/ids';
import { row, type Transaction } from './rows';

/**
 * What SSO means for passwords: `none` decides nothing; where it is `active`, passwords that exist go on working; where a
 * connection is `required`, none does (contract, Connection states).
 */
export type SsoStanding = 'none' | 'active' | 'required';

export async function readSsoStanding(tx: Transaction, organizationId: OrganizationId): Promise<SsoStanding> {
  const found = await row<{ standing: SsoStanding }>(
    tx,
    `SELECT CASE WHEN bool_or(state = 'required') THEN 'required' WHEN bool_or(state = 'active') THEN 'active' ELSE 'none' END AS standing
       FROM connections WHERE organization_id = $1 AND kind IN ('saml', 'oidc')`,
    [organizationId],
  );
  return found?.standing ?? 'none';
}
