import { v7 as uuid } from 'uuid';
import type { AccountId, AttemptId, ConnectionId, ContactId, LinkRequestId, OrganizationId } from '../domain/ids';
import type { Actor } from '../domain/ledger-entry';
import type { IdentityKey } from '../domain/proof';
import { row, rows, type Transaction } from './rows';

export interface LinkRequest {
  id: LinkRequestId;
  accountId: AccountId;
  connectionId: ConnectionId;
  issuer: string;
  subject: string;
  attemptId: AttemptId | null;
  state: 'open' | 'approved' | 'rejected';
  createdAt: Date;
  decidedAt: Date | null;
}

const COLUMNS = `id, account_id, connection_id, issuer, subject, attempt_id, state, created_at, decided_at`;

/** Asks an admin to decide; asking again while one is open changes nothing. */
export async function openLinkRequest(
  tx: Transaction,
  organizationId: OrganizationId,
  contactId: ContactId,
  identity: IdentityKey,
  attemptId: AttemptId | undefined,
): Promise<void> {
  await tx.query(
    `INSERT INTO link_requests (organization_id, id, account_id, connection_id, issuer, subject, attempt_id)
     SELECT $1, $2, a.id, $4, $5, $6, $7 FROM accounts a WHERE a.organization_id = $1 AND a.contact_id = $3
     ON CONFLICT (organization_id, connection_id, issuer, subject) WHERE state = 'open' DO NOTHING`,
    [organizationId, uuid(), contactId, identity.connectionId, identity.issuer, identity.subject, attemptId ?? null],
  );
}

export const listLinkRequests = (
  tx: Transaction,
  query: { organizationId: OrganizationId; limit: number; before?: LinkRequestId; state?: string },
): Promise<LinkRequest[]> =>
  rows<LinkRequest>(
    tx,
    `SELECT ${COLUMNS} FROM link_requests WHERE organization_id = $1 AND ($3::uuid IS NULL OR id < $3) AND ($4::text IS NULL OR state = $4)
      ORDER BY id DESC LIMIT $2`,
    [query.organizationId, query.limit, query.before ?? null, query.state ?? null],
  );

export const findLinkRequest = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: LinkRequestId,
): Promise<LinkRequest | undefined> =>
  row<LinkRequest>(tx, `SELECT ${COLUMNS} FROM link_requests WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
  ]);

/** Closes an open request; undefined when it is not open any more. */
export const decideLinkRequest = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: LinkRequestId,
  state: 'approved' | 'rejected',
  by: Actor,
  now: Date,
): Promise<LinkRequest | undefined> =>
  row<LinkRequest>(
    tx,
    `UPDATE link_requests SET state = $3, decided_by = $4, decided_at = $5
      WHERE organization_id = $1 AND id = $2 AND state = 'open' RETURNING ${COLUMNS}`,
    [organizationId, id, state, JSON.stringify(by), now],
  );
