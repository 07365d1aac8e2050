import { v7 as uuid } from 'uuid';
import type { AccountId, OrganizationId } from '../domain/ids';
import type { LinkReason } from '../domain/linking';
import type { IdentityKey } from '../domain/proof';
import { row, rows, type Transaction } from './rows';

/** Links an identity to an account, and keeps why; a retired one comes back. */
export async function linkIdentity(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  { connectionId, issuer, subject }: IdentityKey,
  by: LinkReason,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO identities (organization_id, id, account_id, connection_id, issuer, subject, linked_by, linked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (organization_id, connection_id, issuer, subject) DO UPDATE
       SET account_id = excluded.account_id, retired_at = NULL, linked_by = excluded.linked_by, linked_at = excluded.linked_at`,
    [organizationId, uuid(), accountId, connectionId, issuer, subject, by, now],
  );
}

/** The account, not deleted, that an identity signs in to. */
export async function holderOfIdentity(
  tx: Transaction,
  organizationId: OrganizationId,
  { connectionId, issuer, subject }: IdentityKey,
): Promise<AccountId | undefined> {
  const found = await row<{ accountId: AccountId }>(
    tx,
    `SELECT i.account_id FROM identities i JOIN accounts a ON a.organization_id = i.organization_id AND a.id = i.account_id
      WHERE i.organization_id = $1 AND i.connection_id = $2 AND i.issuer = $3 AND i.subject = $4
        AND i.retired_at IS NULL AND a.status <> 'deleted'`,
    [organizationId, connectionId, issuer, subject],
  );
  return found?.accountId;
}

/** Retires the live identities an account has at a connection. Yields how many. */
export async function retireIdentities(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  connectionId: string,
  now: Date,
): Promise<number> {
  const retired = await rows(
    tx,
    `UPDATE identities SET retired_at = $4
      WHERE organization_id = $1 AND account_id = $2 AND connection_id = $3 AND retired_at IS NULL RETURNING id`,
    [organizationId, accountId, connectionId, now],
  );
  return retired.length;
}

/** Notes that an account signed in by an identity. */
export async function noteSignIn(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  identity: IdentityKey,
  now: Date,
): Promise<void> {
  await tx.query(
    `WITH used AS (UPDATE identities SET last_used_at = $6 WHERE organization_id = $1 AND connection_id = $3 AND issuer = $4 AND subject = $5)
     UPDATE accounts SET last_sign_in_at = $6 WHERE organization_id = $1 AND id = $2`,
    [organizationId, accountId, identity.connectionId, identity.issuer, identity.subject, now],
  );
}

/** How an account signs in: its live identities with the names of their connections. */
export const listIdentities = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
): Promise<
  {
    connectionId: string;
    connectionName: string;
    kind: string;
    issuer: string;
    subject: string;
    /** Null: by a release that did not keep it. */
    linkedBy: LinkReason | null;
    linkedAt: Date | null;
    lastUsedAt: Date | null;
  }[]
> =>
  rows(
    tx,
    `SELECT i.connection_id, c.name AS connection_name, c.kind, i.issuer, i.subject, i.linked_by, i.linked_at, i.last_used_at FROM identities i
       JOIN connections c ON c.organization_id = i.organization_id AND c.id = i.connection_id
      WHERE i.organization_id = $1 AND i.account_id = $2 AND i.retired_at IS NULL ORDER BY i.last_used_at DESC NULLS LAST`,
    [organizationId, accountId],
  );
