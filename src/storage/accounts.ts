import { v7 as uuid } from 'uuid';
import type { AccountStatus } from '../domain/account';
import type { AccessValues, GrantedAccount } from '../domain/decision';
import type { AccountId, ContactId, GroupId, OrganizationId, SourceId } from '../domain/ids';
import type { UserType } from '../domain/policy';
import type { IdentityKey } from '../domain/proof';
import { usernameKey } from '../domain/username';
import { revokeEmailLinks } from './email-links';
import { row, rows, type Transaction } from './rows';

export interface AccountWrite {
  organizationId: OrganizationId;
  contactId: ContactId;
  sourceId: SourceId;
  email: string;
  account: GrantedAccount;
}

/** Inserts an account; yields its id, the `sub` that applications will know. */
export async function insertAccount(
  tx: Transaction,
  { organizationId, contactId, sourceId, email, account }: AccountWrite,
): Promise<AccountId> {
  const id = uuid();
  await tx.query(
    `INSERT INTO accounts (organization_id, id, contact_id, source_id, status, email, username, username_key, user_type, permission_profile_id,
                           licence_id, admin_managed, access_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [organizationId, id, contactId, sourceId, ...grantedValues(email, account)],
  );
  return id;
}

/** Brings a deleted account back, with the id that applications know. */
export async function restoreAccount(
  tx: Transaction,
  id: AccountId,
  { organizationId, sourceId, email, account }: AccountWrite,
): Promise<void> {
  await tx.query(
    `UPDATE accounts SET source_id = $3, status = $4, email = $5, username = $6, username_key = $7, user_type = $8, permission_profile_id = $9,
            licence_id = $10, admin_managed = $11, access_until = $12, deleted_at = NULL, updated_at = now()
      WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, sourceId, ...grantedValues(email, account)],
  );
}

const grantedValues = (email: string, account: GrantedAccount): unknown[] => [
  account.status,
  email,
  account.username,
  usernameKey(account.username),
  account.userType,
  account.permissionProfile,
  account.licence,
  account.adminManaged,
  account.accessUntil,
];

const ACCESS_COLUMNS: Record<keyof AccessValues, string> = {
  userType: 'user_type',
  permissionProfile: 'permission_profile_id',
  licence: 'licence_id',
  adminManaged: 'admin_managed',
  accessUntil: 'access_until',
  username: 'username',
};

/** Sets the given access fields. */
export async function updateAccess(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  values: Partial<AccessValues>,
): Promise<void> {
  const columns: [string, unknown][] = (Object.entries(values) as [keyof AccessValues, unknown][]).map(
    ([field, value]) => [ACCESS_COLUMNS[field], value],
  );
  if (values.username !== undefined) columns.push(['username_key', usernameKey(values.username)]);
  if (!columns.length) return;
  const assignments = columns.map(([column], index) => `${column} = $${index + 3}`).join(', ');
  await tx.query(`UPDATE accounts SET ${assignments}, updated_at = now() WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
    ...columns.map(([, value]) => value),
  ]);
}

export async function updateAccountEmail(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  email: string,
): Promise<void> {
  await tx.query(`UPDATE accounts SET email = $3, updated_at = now() WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
    email,
  ]);
}

/**
 * Sets the status; `deleted` also lets go of licence, permission profile, memberships, what sources granted, password,
 * links, and the identities (which are only remembered). Who comes back gets what the policy gives then.
 */
export async function setAccountStatus(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
  status: AccountStatus,
  now: Date,
): Promise<void> {
  const deleted = status === 'deleted';
  await tx.query(
    `UPDATE accounts SET status = $3, deleted_at = CASE WHEN $4 THEN $5::timestamptz END, licence_id = CASE WHEN $4 THEN NULL ELSE licence_id END,
            permission_profile_id = CASE WHEN $4 THEN NULL ELSE permission_profile_id END, updated_at = $5 WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, status, deleted, now],
  );
  if (!deleted) return;
  await tx.query(`DELETE FROM passwords WHERE organization_id = $1 AND account_id = $2`, [organizationId, id]);
  await revokeEmailLinks(tx, organizationId, { accountId: id }, now);
  await tx.query(`DELETE FROM account_groups WHERE organization_id = $1 AND account_id = $2`, [organizationId, id]);
  await tx.query(
    `UPDATE statements SET access = '{}' WHERE organization_id = $1
        AND contact_id = (SELECT contact_id FROM accounts WHERE organization_id = $1 AND id = $2)`,
    [organizationId, id],
  );
  await tx.query(
    `UPDATE identities SET retired_at = $3 WHERE organization_id = $1 AND account_id = $2 AND retired_at IS NULL`,
    [organizationId, id, now],
  );
}

/** Links an identity to an account; a retired one comes back. */
export async function linkIdentity(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  identity: IdentityKey,
): Promise<void> {
  await tx.query(
    `INSERT INTO identities (organization_id, id, account_id, connection_id, issuer, subject) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (organization_id, connection_id, issuer, subject) DO UPDATE SET account_id = excluded.account_id, retired_at = NULL`,
    [organizationId, uuid(), accountId, identity.connectionId, identity.issuer, identity.subject],
  );
}

/** Retires the live identities an account has at a connection. */
export async function retireIdentities(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  connectionId: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE identities SET retired_at = $4 WHERE organization_id = $1 AND account_id = $2 AND connection_id = $3 AND retired_at IS NULL`,
    [organizationId, accountId, connectionId, now],
  );
}

/** Changes the memberships that one source gives. */
export async function changeGroups(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  change: { sourceId: SourceId; added: readonly GroupId[]; removed: readonly GroupId[] },
): Promise<void> {
  if (change.added.length)
    await tx.query(
      `INSERT INTO account_groups (organization_id, account_id, group_id, source_id) SELECT $1, $2, g, $3 FROM unnest($4::uuid[]) g ON CONFLICT DO NOTHING`,
      [organizationId, accountId, change.sourceId, change.added],
    );
  if (change.removed.length)
    await tx.query(
      `DELETE FROM account_groups WHERE organization_id = $1 AND account_id = $2 AND source_id = $3 AND group_id = ANY ($4::uuid[])`,
      [organizationId, accountId, change.sourceId, change.removed],
    );
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

/** Notes that an account signed in by its password. */
export async function noteLocalSignIn(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  now: Date,
): Promise<void> {
  await tx.query(`UPDATE accounts SET last_sign_in_at = $3 WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    accountId,
    now,
  ]);
}

/** An account as the API and the pages show it (contract). */
export interface AccountView {
  id: AccountId;
  organization: string;
  contactId: ContactId;
  username: string;
  email: string;
  emailVerified: boolean;
  givenName: string | null;
  familyName: string | null;
  displayName: string | null;
  phone: string | null;
  extension: string | null;
  department: string | null;
  title: string | null;
  site: string | null;
  userType: UserType;
  locale: string | null;
  attributes: Readonly<Record<string, string>>;
  externalId: string | null;
  groups: readonly string[];
  permissionProfile: string | null;
  licence: string | null;
  status: AccountStatus;
  source: string;
  adminManaged: boolean;
  accessUntil: Date | null;
  createdAt: Date;
  lastSignInAt: Date | null;
}

type ViewRow = Omit<AccountView, 'attributes'> & { attributes: Record<string, string> };

const VIEW = `
  SELECT a.id, slug.slug AS organization, a.contact_id, a.username, a.email, c.email_verified, c.attributes, a.user_type, c.external_id,
         (SELECT coalesce(array_agg(DISTINCT g.name ORDER BY g.name), '{}') FROM account_groups m
            JOIN groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
           WHERE m.organization_id = a.organization_id AND m.account_id = a.id) AS groups,
         p.name AS permission_profile, l.name AS licence, a.status, s.kind AS source, a.admin_managed, a.access_until, a.created_at, a.last_sign_in_at
    FROM accounts a
    JOIN contacts c ON c.organization_id = a.organization_id AND c.id = a.contact_id
    JOIN sources s ON s.organization_id = a.organization_id AND s.id = a.source_id
    JOIN organization_slugs slug ON slug.organization_id = a.organization_id AND slug.is_current
    LEFT JOIN permission_profiles p ON p.organization_id = a.organization_id AND p.id = a.permission_profile_id
    LEFT JOIN licences l ON l.organization_id = a.organization_id AND l.id = a.licence_id
   WHERE a.organization_id = $1`;

export async function findAccount(
  tx: Transaction,
  organizationId: OrganizationId,
  id: AccountId,
): Promise<AccountView | undefined> {
  const found = await row<ViewRow>(tx, `${VIEW} AND a.id = $2`, [organizationId, id]);
  return found && toView(found);
}

export interface AccountQuery {
  organizationId: OrganizationId;
  limit: number;
  /** Id of the last account of the page before. */
  after?: AccountId;
  email?: string;
  username?: string;
  externalId?: string;
  status?: string;
}

/** A page of accounts in the order of their creation; deleted ones only when asked for by status. */
export async function listAccounts(tx: Transaction, query: AccountQuery): Promise<AccountView[]> {
  const found = await rows<ViewRow>(
    tx,
    `${VIEW} AND ($3::uuid IS NULL OR a.id > $3) AND ($4::text IS NULL OR a.email = $4) AND ($5::text IS NULL OR a.username_key = $5)
       AND ($6::text IS NULL OR a.status = $6) AND ($6::text IS NOT NULL OR a.status <> 'deleted') AND ($7::text IS NULL OR c.external_id = $7)
     ORDER BY a.id LIMIT $2`,
    [
      query.organizationId,
      query.limit,
      query.after ?? null,
      query.email ?? null,
      query.username ? usernameKey(query.username) : null,
      query.status ?? null,
      query.externalId ?? null,
    ],
  );
  return found.map(toView);
}

function toView({ attributes, ...found }: ViewRow): AccountView {
  const standard = (name: string) => attributes[name] ?? null;
  const custom = Object.entries(attributes).filter(([name]) => name.startsWith('attributes.'));
  return {
    ...found,
    givenName: standard('givenName'),
    familyName: standard('familyName'),
    displayName: standard('displayName'),
    phone: standard('phone'),
    extension: standard('extension'),
    department: standard('department'),
    title: standard('title'),
    site: standard('site'),
    locale: standard('locale'),
    attributes: Object.fromEntries(custom.map(([name, value]) => [name.slice('attributes.'.length), value])),
  };
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
    lastUsedAt: Date | null;
  }[]
> =>
  rows(
    tx,
    `SELECT i.connection_id, c.name AS connection_name, c.kind, i.issuer, i.subject, i.last_used_at FROM identities i
       JOIN connections c ON c.organization_id = i.organization_id AND c.id = i.connection_id
      WHERE i.organization_id = $1 AND i.account_id = $2 AND i.retired_at IS NULL ORDER BY i.last_used_at DESC NULLS LAST`,
    [organizationId, accountId],
  );
