import type { Statement } from '../domain/account';
import type { AttributeValues } from '../domain/attributes';
import type { GrantedAccount } from '../domain/decision';
import type { AccountId, ContactId, GroupId, OrganizationId, SourceId } from '../domain/ids';
import { usernameKey } from '../domain/username';
import type { Transaction } from './rows';

/** A contact's effective values. */
export interface ContactWrite {
  id: ContactId;
  attributes: AttributeValues;
  emailVerified: boolean;
}

/** A new account; `id` is the `sub` that applications will know. */
export interface NewAccount extends GrantedAccount {
  id: AccountId;
  contactId: ContactId;
  sourceId: SourceId;
  email: string;
}

/**
 * Writes contacts, whose own columns serve searching and matching only, and gives accounts. In one statement, so that
 * each person is listed once (`person_listing`).
 */
export async function savePeople(
  tx: Transaction,
  organizationId: OrganizationId,
  contacts: readonly ContactWrite[],
  accounts: readonly NewAccount[],
): Promise<void> {
  if (!contacts.length && !accounts.length) return;
  await tx.query(
    `WITH saved AS (
       INSERT INTO contacts (organization_id, id, attributes, email, email_verified, external_id)
       SELECT $1, * FROM json_to_recordset($2) AS c(id uuid, attributes jsonb, email text, email_verified boolean, external_id text)
       ON CONFLICT (organization_id, id) DO UPDATE SET attributes = excluded.attributes, email = excluded.email,
         email_verified = excluded.email_verified, external_id = excluded.external_id, updated_at = now())
     INSERT INTO accounts (organization_id, id, contact_id, source_id, status, email, username, username_key, user_type, permission_profile_id,
                           licence_id, admin_managed, access_until)
     SELECT $1, * FROM json_to_recordset($3) AS a(id uuid, contact_id uuid, source_id uuid, status text, email text, username text,
       username_key text, user_type text, permission_profile_id uuid, licence_id uuid, admin_managed boolean, access_until timestamptz)`,
    [organizationId, JSON.stringify(contacts.map(contactRow)), JSON.stringify(accounts.map(accountRow))],
  );
}

function contactRow({ id, attributes, emailVerified }: ContactWrite) {
  const present = Object.entries(attributes).filter(([, value]) => value !== null);
  const { email, externalId } = attributes;
  return { id, attributes: Object.fromEntries(present), email, email_verified: emailVerified, external_id: externalId };
}

function accountRow({ id, contactId, sourceId, status, email, username, userType, ...access }: NewAccount) {
  return {
    ...{ id, contact_id: contactId, source_id: sourceId, status, email, username, username_key: usernameKey(username) },
    ...{ user_type: userType, permission_profile_id: access.permissionProfile, licence_id: access.licence },
    ...{ admin_managed: access.adminManaged, access_until: access.accessUntil },
  };
}

/** What a source says of a contact. */
export interface StatementWrite extends Statement {
  contactId: ContactId;
}

/** Keeps what sources said, in place of what they said before. */
export async function saveStatements(
  tx: Transaction,
  organizationId: OrganizationId,
  statements: readonly StatementWrite[],
): Promise<void> {
  if (!statements.length) return;
  await tx.query(
    `INSERT INTO statements (organization_id, contact_id, source_id, external_id, attributes, email_verified, access, presence)
     SELECT $1, s."contactId", s."sourceId", s."externalId", s.attributes, s."emailVerified", s.access, s.presence
       FROM json_to_recordset($2) AS s("contactId" uuid, "sourceId" uuid, "externalId" text, attributes jsonb, "emailVerified" boolean,
            access jsonb, presence text)
     ON CONFLICT (organization_id, contact_id, source_id) DO UPDATE SET external_id = excluded.external_id, attributes = excluded.attributes,
       email_verified = excluded.email_verified, access = excluded.access, presence = excluded.presence, updated_at = now()`,
    [organizationId, JSON.stringify(statements)],
  );
}

/** A membership that a source gives. */
export interface MembershipWrite {
  accountId: AccountId;
  groupId: GroupId;
  sourceId: SourceId;
}

/** Gives memberships; those that are there stay. */
export async function addMemberships(
  tx: Transaction,
  organizationId: OrganizationId,
  memberships: readonly MembershipWrite[],
): Promise<void> {
  if (!memberships.length) return;
  await tx.query(
    `INSERT INTO account_groups (organization_id, account_id, group_id, source_id)
     SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) ON CONFLICT DO NOTHING`,
    [
      organizationId,
      memberships.map(({ accountId }) => accountId),
      memberships.map(({ groupId }) => groupId),
      memberships.map(({ sourceId }) => sourceId),
    ],
  );
}

/** Takes memberships back. */
export async function removeMemberships(
  tx: Transaction,
  organizationId: OrganizationId,
  memberships: readonly MembershipWrite[],
): Promise<void> {
  if (!memberships.length) return;
  await tx.query(
    `DELETE FROM account_groups g USING unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS gone(account_id, group_id, source_id)
      WHERE g.organization_id = $1 AND g.account_id = gone.account_id AND g.group_id = gone.group_id AND g.source_id = gone.source_id`,
    [
      organizationId,
      memberships.map(({ accountId }) => accountId),
      memberships.map(({ groupId }) => groupId),
      memberships.map(({ sourceId }) => sourceId),
    ],
  );
}
