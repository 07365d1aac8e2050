import type { Statement } from '../domain/account';
import type { AttributeValues } from '../domain/attributes';
import type { AccountId, ContactId, OrganizationId, SourceId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import { row, rows, type Transaction } from './rows';

/** A contact with its effective values. */
export interface ContactLine {
  id: ContactId;
  kind: 'person' | 'organization';
  attributes: AttributeValues;
  email: string | null;
  emailVerified: boolean;
  externalId: string | null;
  /** The organization, itself a contact, that the person belongs to. */
  partOf: { id: ContactId; name: string | null } | null;
  /** Its account, unless that was deleted. */
  accountId: AccountId | null;
  createdAt: Date;
  updatedAt: Date;
}

const CONTACT = `
  SELECT c.id, c.kind, c.attributes, c.email, c.email_verified, c.external_id, a.id AS account_id, c.created_at, c.updated_at,
         CASE WHEN o.id IS NOT NULL THEN json_build_object('id', o.id, 'name', o.attributes ->> 'displayName') END AS part_of
    FROM contacts c LEFT JOIN contacts o ON o.organization_id = c.organization_id AND o.id = c.part_of LEFT JOIN accounts a ON a.organization_id = c.organization_id AND a.contact_id = c.id AND a.status <> 'deleted'
   WHERE c.organization_id = $1`;

/** The contacts with these ids, in their order. */
export const findContacts = (
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly ContactId[],
): Promise<ContactLine[]> =>
  rows<ContactLine>(tx, `${CONTACT} AND c.id = ANY ($2::uuid[]) ORDER BY array_position($2::uuid[], c.id)`, [
    organizationId,
    ids,
  ]);

export const findContact = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: ContactId,
): Promise<ContactLine | undefined> => row<ContactLine>(tx, `${CONTACT} AND c.id = $2`, [organizationId, id]);

/** A contact that has this external id; of several the oldest. */
export const findContactByExternalId = (
  tx: Transaction,
  organizationId: OrganizationId,
  externalId: string,
): Promise<ContactLine | undefined> =>
  row<ContactLine>(tx, `${CONTACT} AND c.external_id = $2 ORDER BY c.id LIMIT 1`, [organizationId, externalId]);

/** A contact that has this e-mail address; of several the oldest. */
export const findContactByEmail = (
  tx: Transaction,
  organizationId: OrganizationId,
  email: string,
): Promise<ContactLine | undefined> =>
  row<ContactLine>(tx, `${CONTACT} AND c.email = $2 ORDER BY c.id LIMIT 1`, [organizationId, email]);

/** From now on the contact is an organization. */
export const makeOrganization = (tx: Transaction, organizationId: OrganizationId, id: ContactId): Promise<unknown> =>
  tx.query(`UPDATE contacts SET kind = 'organization' WHERE organization_id = $1 AND id = $2`, [organizationId, id]);

export const setPartOf = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: ContactId,
  partOf: ContactId | null,
): Promise<unknown> =>
  tx.query(`UPDATE contacts SET part_of = $3, updated_at = now() WHERE organization_id = $1 AND id = $2`, [
    ...[organizationId, id, partOf],
  ]);

/** A contact goes with all that was said of it; false when it has, or had, an account. */
export async function deleteContact(tx: Transaction, organizationId: OrganizationId, id: ContactId): Promise<boolean> {
  const gone = await rows(
    tx,
    `DELETE FROM contacts c WHERE c.organization_id = $1 AND c.id = $2
        AND NOT EXISTS (SELECT FROM accounts a WHERE a.organization_id = $1 AND a.contact_id = $2) RETURNING c.id`,
    [organizationId, id],
  );
  return gone.length > 0;
}

/** What one source last said of a contact. */
export interface StatementLine {
  sourceId: SourceId;
  sourceKind: SourceKind;
  sourceName: string;
  externalId: string | null;
  attributes: AttributeValues;
  emailVerified: boolean;
  access: Statement['access'];
  presence: Statement['presence'];
  updatedAt: Date;
}

/** Every source's statement about a contact, newest first. */
export const listStatements = (
  tx: Transaction,
  organizationId: OrganizationId,
  contactId: ContactId,
): Promise<StatementLine[]> =>
  rows<StatementLine>(
    tx,
    `SELECT s.source_id, k.kind AS source_kind, k.name AS source_name, s.external_id, s.attributes, s.email_verified, s.access, s.presence, s.updated_at
       FROM statements s JOIN sources k ON k.organization_id = s.organization_id AND k.id = s.source_id
      WHERE s.organization_id = $1 AND s.contact_id = $2 ORDER BY s.updated_at DESC, s.source_id`,
    [organizationId, contactId],
  );

/**
 * A source goes and its people stay: what it said becomes what is known by hand, so that nobody's values change and an
 * admin may change them from now on; the memberships that only it gave end. Yields how many people it concerned.
 */
export async function handOverStatements(
  tx: Transaction,
  organizationId: OrganizationId,
  from: SourceId,
  to: SourceId,
): Promise<number> {
  await tx.query(
    `INSERT INTO statements (organization_id, contact_id, source_id, attributes, email_verified, access, presence)
     SELECT s.organization_id, s.contact_id, $3,
            coalesce((SELECT jsonb_object_agg(said.key, coalesce(c.attributes -> said.key, 'null')) FROM jsonb_each(s.attributes) said), '{}'),
            coalesce(s.email_verified AND s.attributes ->> 'email' = c.email, false), '{}', 'present'
       FROM statements s JOIN contacts c ON c.organization_id = s.organization_id AND c.id = s.contact_id
      WHERE s.organization_id = $1 AND s.source_id = $2 AND s.presence <> 'gone'
     ON CONFLICT (organization_id, contact_id, source_id) DO UPDATE SET
       email_verified = CASE WHEN excluded.attributes ->> 'email' IS NULL THEN statements.email_verified
                             WHEN excluded.attributes ->> 'email' = statements.attributes ->> 'email' THEN statements.email_verified OR excluded.email_verified
                             ELSE excluded.email_verified END,
       attributes = statements.attributes || excluded.attributes, updated_at = now()`,
    [organizationId, from, to],
  );
  await tx.query(`DELETE FROM account_groups WHERE organization_id = $1 AND source_id = $2`, [organizationId, from]);
  const gone = await rows(
    tx,
    `DELETE FROM statements WHERE organization_id = $1 AND source_id = $2 RETURNING contact_id`,
    [organizationId, from],
  );
  return gone.length;
}

/** The statements about several contacts, newest first, by contact. */
export async function statementsByContact(
  tx: Transaction,
  organizationId: OrganizationId,
  contactIds: readonly ContactId[],
): Promise<ReadonlyMap<ContactId, readonly Statement[]>> {
  const found = await rows<Statement & { contactId: ContactId }>(
    tx,
    `SELECT s.contact_id, s.source_id, k.kind AS source_kind, s.external_id, s.attributes, s.email_verified, s.access, s.presence
       FROM statements s JOIN sources k ON k.organization_id = s.organization_id AND k.id = s.source_id
      WHERE s.organization_id = $1 AND s.contact_id = ANY ($2::uuid[]) ORDER BY s.updated_at DESC`,
    [organizationId, contactIds],
  );
  const byContact = new Map<ContactId, Statement[]>();
  for (const { contactId, ...statement } of found)
    byContact.set(contactId, [...(byContact.get(contactId) ?? []), statement]);
  return byContact;
}
