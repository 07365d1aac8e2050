import type { AccountId, OrganizationId } from '../domain/ids';
import { PERMITTED } from './application-sessions';
import { rows, type Transaction } from './rows';

/** An application that is for a person, and can be begun in from here. */
export interface OpenApplication {
  name: string;
  initiateLoginUri: string;
}

/** By name. Owners have none: they look after applications, and are no organization's people. */
export const listOpenApplications = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<OpenApplication[]> =>
  rows<OpenApplication>(
    tx,
    `SELECT p.name, p.initiate_login_uri
       FROM accounts a JOIN organizations o ON o.id = a.organization_id AND NOT o.is_system
       JOIN applications p ON p.initiate_login_uri IS NOT NULL
      WHERE a.organization_id = $1 AND a.id = $2 AND ${PERMITTED} ORDER BY lower(p.name), p.id`,
    [organizationId, accountId],
  );
