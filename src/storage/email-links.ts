import { v7 as uuid } from 'uuid';
import type { EmailLink, LinkPurpose } from '../domain/email-link';
import type { AccountId, EmailLinkId, OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';

const COLUMNS = `l.organization_id, l.id, l.purpose, l.account_id, l.email, l.created_at, l.expires_at, l.opened_at, l.used_at, l.replaced_at,
  l.revoked_at`;

export interface NewEmailLink {
  organizationId: OrganizationId;
  purpose: LinkPurpose;
  accountId: AccountId | null;
  email: string | null;
  tokenHash: Buffer;
  createdAt: Date;
  expiresAt: Date;
}

/** Adds a link; the one of the same purpose that the account had counts no more (security 19). Yields its id. */
export async function insertEmailLink(tx: Transaction, link: NewEmailLink): Promise<EmailLinkId> {
  const { organizationId, accountId, purpose, createdAt } = link;
  const id = uuid();
  await holdAccount(tx, organizationId, accountId);
  await tx.query(
    `UPDATE email_links SET replaced_at = $4 WHERE organization_id = $1 AND account_id IS NOT DISTINCT FROM $2 AND purpose = $3
        AND used_at IS NULL AND replaced_at IS NULL AND revoked_at IS NULL`,
    [organizationId, accountId, purpose, createdAt],
  );
  await tx.query(
    `INSERT INTO email_links (organization_id, id, purpose, account_id, email, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [organizationId, id, purpose, accountId, link.email, link.tokenHash, createdAt, link.expiresAt],
  );
  return id;
}

/** The link a token names, whatever became of it; the caller sees to whose it is. */
export const findEmailLink = (tx: Transaction, tokenHash: Buffer): Promise<EmailLink | undefined> =>
  row<EmailLink>(tx, `SELECT ${COLUMNS} FROM email_links l WHERE l.token_hash = $1`, [tokenHash]);

/**
 * Holds a link as it stands until the end of the transaction: nobody else uses it up, replaces it or revokes it meanwhile.
 * The account comes first, as wherever one is changed together with its links.
 */
export async function holdEmailLink(tx: Transaction, { organizationId, id, accountId }: EmailLink): Promise<void> {
  await holdAccount(tx, organizationId, accountId);
  await tx.query(`SELECT 1 FROM email_links WHERE organization_id = $1 AND id = $2 FOR UPDATE`, [organizationId, id]);
}

/** One link at a time is made for an account, and none for one that is just vanishing. */
async function holdAccount(tx: Transaction, organizationId: OrganizationId, id: AccountId | null): Promise<void> {
  if (id === null) return;
  await tx.query(`SELECT 1 FROM accounts WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE`, [
    organizationId,
    id,
  ]);
}

/** Notes that a link's page was looked at, the first time. */
export async function noteLinkOpened(tx: Transaction, { organizationId, id }: EmailLink, now: Date): Promise<void> {
  await tx.query(`UPDATE email_links SET opened_at = $3 WHERE organization_id = $1 AND id = $2 AND opened_at IS NULL`, [
    organizationId,
    id,
    now,
  ]);
}

/** Uses a link up: of several at once exactly one yields true. */
export async function consumeEmailLink(
  tx: Transaction,
  { organizationId, id }: EmailLink,
  now: Date,
): Promise<boolean> {
  const used = await rows(
    tx,
    `UPDATE email_links SET used_at = $3, opened_at = coalesce(opened_at, $3) WHERE organization_id = $1 AND id = $2 AND expires_at > $3
        AND used_at IS NULL AND replaced_at IS NULL AND revoked_at IS NULL RETURNING id`,
    [organizationId, id, now],
  );
  return used.length > 0;
}

/** Revokes the open links of an account, or one of them. Yields how many there were. */
export async function revokeEmailLinks(
  tx: Transaction,
  organizationId: OrganizationId,
  which: { accountId: AccountId } | { id: EmailLinkId },
  now: Date,
): Promise<number> {
  const { accountId, id } = { accountId: null, id: null, ...which };
  const revoked = await rows(
    tx,
    `UPDATE email_links SET revoked_at = $2 WHERE organization_id = $1 AND ($3::uuid IS NULL OR account_id = $3)
        AND ($4::uuid IS NULL OR id = $4)
        AND used_at IS NULL AND replaced_at IS NULL AND revoked_at IS NULL RETURNING id`,
    [organizationId, now, accountId, id],
  );
  return revoked.length;
}

/** A link with what became of its mail; all null when it was printed. */
export interface EmailLinkLine extends EmailLink {
  sentAt: Date | null;
  failedAt: Date | null;
  smtpStatus: number | null;
  smtpResponse: string | null;
}

/** The newest link of each of these accounts. */
export const newestEmailLinks = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountIds: readonly AccountId[],
): Promise<EmailLinkLine[]> =>
  rows<EmailLinkLine>(
    tx,
    `SELECT ${COLUMNS}, m.sent_at, m.failed_at, m.smtp_status, m.smtp_response FROM unnest($2::uuid[]) AS asked(id)
      CROSS JOIN LATERAL (SELECT * FROM email_links n WHERE n.organization_id = $1 AND n.account_id = asked.id ORDER BY n.id DESC LIMIT 1) l
       LEFT JOIN LATERAL (SELECT * FROM mails n WHERE n.organization_id = $1 AND n.link_id = l.id LIMIT 1) m ON true`,
    [organizationId, accountIds],
  );

/** A page of links, newest first. */
export const listEmailLinks = (
  tx: Transaction,
  query: {
    organizationId: OrganizationId;
    limit: number;
    before?: EmailLinkId;
    accountId?: AccountId;
    id?: EmailLinkId;
  },
): Promise<EmailLinkLine[]> =>
  rows<EmailLinkLine>(
    tx,
    `SELECT ${COLUMNS}, m.sent_at, m.failed_at, m.smtp_status, m.smtp_response
       FROM email_links l LEFT JOIN mails m ON m.organization_id = l.organization_id AND m.link_id = l.id
      WHERE l.organization_id = $1 AND ($3::uuid IS NULL OR l.id < $3) AND ($4::uuid IS NULL OR l.account_id = $4) AND ($5::uuid IS NULL OR l.id = $5)
      ORDER BY l.id DESC LIMIT $2`,
    [query.organizationId, query.limit, query.before ?? null, query.accountId ?? null, query.id ?? null],
  );
