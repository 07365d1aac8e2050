import type { AccountStatus } from '../domain/account';
import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import { IS_BREAK_GLASS } from './break-glass';
import { row, type Transaction } from './rows';

/** A person as letters and links know them. */
export interface LocalPerson {
  accountId: AccountId;
  contactId: ContactId;
  status: AccountStatus;
  email: string;
  username: string;
  displayName: string | null;
  givenName: string | null;
  familyName: string | null;
  locale: string | null;
  adminManaged: boolean;
  accessUntil: Date | null;
  hasPassword: boolean;
  isBreakGlass: boolean;
}

const SELECT = `SELECT a.id AS account_id, a.contact_id, a.status, a.email, a.username, c.attributes ->> 'displayName' AS display_name,
    c.attributes ->> 'givenName' AS given_name, c.attributes ->> 'familyName' AS family_name, c.attributes ->> 'locale' AS locale,
    a.admin_managed, a.access_until,
    EXISTS (SELECT 1 FROM passwords p WHERE p.organization_id = a.organization_id AND p.account_id = a.id) AS has_password,
    ${IS_BREAK_GLASS} AS is_break_glass
  FROM accounts a JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id`;

/** Whose account has this address: the live one, or else a sign-up that is not confirmed. */
export const findByEmail = (
  tx: Transaction,
  organizationId: OrganizationId,
  email: string,
): Promise<LocalPerson | undefined> =>
  row<LocalPerson>(
    tx,
    `${SELECT} WHERE a.organization_id = $1 AND a.email = $2 AND a.status <> 'deleted' ORDER BY a.status = 'unconfirmed' LIMIT 1`,
    [organizationId, email],
  );

export const findLocalPerson = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
): Promise<LocalPerson | undefined> =>
  row<LocalPerson>(tx, `${SELECT} WHERE a.organization_id = $1 AND a.id = $2 AND a.status <> 'deleted'`, [
    organizationId,
    id,
  ]);
