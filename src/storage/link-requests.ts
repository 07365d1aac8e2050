import { v7 as uuid } from 'uuid';
import type { AccountId, AttemptId, ConnectionId, ContactId, LinkRequestId, OrganizationId } from '../domain/ids';
import type { Actor } from '../domain/ledger-entry';
import type { LinkObstacle } from '../domain/linking';
import type { IdentityKey } from '../domain/proof';
import { row, rows, type Transaction } from './rows';

/** `proved`: the person signed in the old way. `withdrawn`: overtaken by what happened meanwhile. */
export const LINK_REQUEST_STATES = ['open', 'approved', 'rejected', 'proved', 'withdrawn'] as const;
type LinkRequestState = (typeof LINK_REQUEST_STATES)[number];

export interface LinkRequest {
  id: LinkRequestId;
  accountId: AccountId;
  connectionId: ConnectionId;
  issuer: string;
  subject: string;
  /** The sign-in that was refused last. */
  attemptId: AttemptId | null;
  because: LinkObstacle | null;
  state: LinkRequestState;
  createdAt: Date;
  /** When it was refused last; null where an earlier release did not keep it. */
  refusedAt: Date | null;
  decidedAt: Date | null;
}

const COLUMNS = `r.id, r.account_id, r.connection_id, r.issuer, r.subject, r.attempt_id, r.because, r.state, r.created_at, r.refused_at, r.decided_at`;

/** An identity that was not linked to the account that the contact has. */
export interface RefusedLink {
  organizationId: OrganizationId;
  contactId: ContactId;
  identity: IdentityKey;
  because: LinkObstacle | undefined;
  attemptId: AttemptId;
  now: Date;
}

/**
 * Asks an admin to decide. Asking again while a request is open only moves on when and where it was last asked; one about
 * another account is withdrawn.
 */
export async function openLinkRequest(tx: Transaction, refused: RefusedLink): Promise<void> {
  const { organizationId, contactId, identity, because, attemptId, now } = refused;
  await withdrawLinkRequests(tx, organizationId, identity, now, contactId);
  await tx.query(
    `INSERT INTO link_requests (organization_id, id, account_id, connection_id, issuer, subject, attempt_id, because, created_at, refused_at)
     SELECT $1, $2, a.id, $4, $5, $6, $7, $8, $9, $9 FROM accounts a WHERE a.organization_id = $1 AND a.contact_id = $3
     ON CONFLICT (organization_id, connection_id, issuer, subject) WHERE state = 'open' DO UPDATE
       SET attempt_id = excluded.attempt_id, because = excluded.because, refused_at = excluded.refused_at`,
    [
      organizationId,
      uuid(),
      contactId,
      ...[identity.connectionId, identity.issuer, identity.subject],
      ...[attemptId, because ?? null, now],
    ],
  );
}

/** Closes an identity's open request, unless it is about the account of the contact `butFor`. */
export async function withdrawLinkRequests(
  tx: Transaction,
  organizationId: OrganizationId,
  { connectionId, issuer, subject }: IdentityKey,
  now: Date,
  butFor?: ContactId,
): Promise<void> {
  await tx.query(
    `UPDATE link_requests SET state = 'withdrawn', decided_at = $5
      WHERE organization_id = $1 AND connection_id = $2 AND issuer = $3 AND subject = $4 AND state = 'open'
        AND account_id NOT IN (SELECT id FROM accounts WHERE organization_id = $1 AND contact_id = $6)`,
    [organizationId, connectionId, issuer, subject, now, butFor ?? null],
  );
}

/** An admin has said since then that this identity is not the one whose account it resembles. */
export async function wasRejected(
  tx: Transaction,
  { organizationId, contactId, identity }: Pick<RefusedLink, 'organizationId' | 'contactId' | 'identity'>,
  since: Date,
): Promise<boolean> {
  const found = await row(
    tx,
    `SELECT 1 FROM link_requests r JOIN accounts a ON a.organization_id = r.organization_id AND a.id = r.account_id
      WHERE r.organization_id = $1 AND a.contact_id = $2 AND r.state = 'rejected' AND r.decided_at > $6
        AND r.connection_id = $3 AND r.issuer = $4 AND r.subject = $5 LIMIT 1`,
    [organizationId, contactId, identity.connectionId, identity.issuer, identity.subject, since],
  );
  return found !== undefined;
}

export const listLinkRequests = (
  tx: Transaction,
  query: { organizationId: OrganizationId; limit: number; before?: LinkRequestId; state?: string },
): Promise<LinkRequest[]> =>
  rows<LinkRequest>(
    tx,
    `SELECT ${COLUMNS} FROM link_requests r
      WHERE r.organization_id = $1 AND ($3::uuid IS NULL OR r.id < $3) AND ($4::text IS NULL OR r.state = $4) ORDER BY r.id DESC LIMIT $2`,
    [query.organizationId, query.limit, query.before ?? null, query.state ?? null],
  );

export const findLinkRequest = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: LinkRequestId,
): Promise<LinkRequest | undefined> =>
  row<LinkRequest>(tx, `SELECT ${COLUMNS} FROM link_requests r WHERE r.organization_id = $1 AND r.id = $2`, [
    organizationId,
    id,
  ]);

/** A request with what is needed to prove it: the browser in which its identity was refused last, and its names. */
export interface RequestToProve extends LinkRequest {
  browserHash: Buffer | null;
  connectionName: string;
  /** As the provider gave it. */
  email: string | null;
}

/** One request, or the open one that a browser was refused last. */
export const findRequestToProve = (
  tx: Transaction,
  organizationId: OrganizationId,
  which: { id: LinkRequestId } | { browserHash: Buffer },
): Promise<RequestToProve | undefined> =>
  row<RequestToProve>(
    tx,
    `SELECT ${COLUMNS}, a.browser_hash, a.email, c.name AS connection_name
       FROM link_requests r
       JOIN connections c ON c.organization_id = r.organization_id AND c.id = r.connection_id
       LEFT JOIN sign_in_attempts a ON a.organization_id = r.organization_id AND a.id = r.attempt_id
      WHERE r.organization_id = $1 AND ${'id' in which ? 'r.id = $2' : `r.state = 'open' AND a.browser_hash = $2`}
      ORDER BY r.refused_at DESC NULLS LAST LIMIT 1`,
    [organizationId, 'id' in which ? which.id : which.browserHash],
  );

/** Closes an open request; undefined when it is not open any more. */
export const decideLinkRequest = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: LinkRequestId,
  state: 'approved' | 'rejected' | 'proved',
  by: Actor,
  now: Date,
): Promise<LinkRequest | undefined> =>
  row<LinkRequest>(
    tx,
    `UPDATE link_requests r SET state = $3, decided_by = $4, decided_at = $5
      WHERE r.organization_id = $1 AND r.id = $2 AND r.state = 'open' RETURNING ${COLUMNS}`,
    [organizationId, id, state, JSON.stringify(by), now],
  );
