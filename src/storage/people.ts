import { createHash } from 'node:crypto';
import type { AccountState, PersonState, Statement } from '../domain/account';
import type { Attribute, AttributeValues } from '../domain/attributes';
import type { ContactId, OrganizationId, SourceId } from '../domain/ids';
import type { Policy, SourceKind } from '../domain/policy';
import { DEFAULT_POLICY } from '../domain/policy';
import type { IdentityKey } from '../domain/proof';
import { preparedRow, rows, type Transaction } from './rows';

/** What the door knows of the organization and of the source that speaks. */
export interface DoorRow extends DoorFacts {
  policy: Policy;
  sourceKind: SourceKind;
}

export interface DoorFacts {
  adminSourceId: SourceId;
  isSsoOrganization: boolean;
  /** Domains the organization has proved. */
  verifiedDomains: readonly string[];
}

export async function readDoor(tx: Transaction, organizationId: OrganizationId, sourceId: SourceId): Promise<DoorRow> {
  const found = await preparedRow<Omit<DoorRow, 'policy'> & { policy: Partial<Policy> }>(
    tx,
    'read_door',
    `SELECT o.policy, s.kind AS source_kind,
            (SELECT a.id FROM sources a WHERE a.organization_id = o.id AND a.kind = 'admin') AS admin_source_id,
            EXISTS (SELECT 1 FROM connections c WHERE c.organization_id = o.id AND c.kind IN ('saml', 'oidc')
                       AND c.state IN ('active', 'required')) AS is_sso_organization,
            ARRAY(SELECT d.domain FROM domains d WHERE d.organization_id = o.id AND d.verified_at IS NOT NULL) AS verified_domains
       FROM organizations o JOIN sources s ON s.organization_id = o.id AND s.id = $2 WHERE o.id = $1`,
    [organizationId, sourceId],
  );
  if (!found) throw new Error(`source ${sourceId} is not one of organization ${organizationId}`);
  return { ...found, policy: { ...DEFAULT_POLICY, ...found.policy } };
}

/** What most things about one person have in common comes first: whoever waits for it holds nothing else that counts. */
const FIRST_TO_LAST = ['email', 'identity', 'origin', 'external', 'username', 'contact'];

/**
 * Waits for, and holds until the end of the transaction, the right to decide about these keys. Always in one order, so that
 * two transactions do not wait for each other; whom a record means, and so its last keys, is known only under the first.
 */
export async function lockKeys(
  tx: Transaction,
  organizationId: OrganizationId,
  keys: readonly string[],
): Promise<void> {
  const sorted = [...new Set(keys)]
    .map((key) => ({ rank: rankOf(key), number: numberOf(organizationId, key) }))
    .sort((a, b) => a.rank - b.rank || (a.number < b.number ? -1 : 1))
    .map(({ number }) => String(number));
  await tx.query('SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k', [sorted]);
}

const rankOf = (key: string): number => {
  const rank = FIRST_TO_LAST.indexOf(key.split('|')[0] ?? '');
  return rank < 0 ? FIRST_TO_LAST.length : rank;
};

const numberOf = (organizationId: OrganizationId, key: string): bigint =>
  createHash('sha256').update(`${organizationId}|${key}`).digest().readBigInt64BE();

export interface PersonQuery {
  organizationId: OrganizationId;
  identity?: IdentityKey;
  origin: { sourceId: SourceId; externalId?: string };
  contactId?: ContactId;
  externalId?: string | null;
  email?: string | null;
  /** A contact without account is recognised by its address only when the source vouches for the address. */
  matchContactByEmail: boolean;
}

export interface PersonMatch {
  by: 'identity' | 'origin' | 'contact' | 'external_id' | 'email' | null;
  person?: PersonState;
  emailHolder?: ContactId;
  /** Epoch of the account's sessions when it was looked at. */
  sessionEpoch?: number;
}

interface MatchRow {
  by: PersonMatch['by'];
  emailHolder: ContactId | null;
  contactId: ContactId | null;
  attributes: AttributeValues;
  emailVerified: boolean;
  statements: Statement[];
  account: (Omit<AccountState, 'accessUntil'> & { accessUntil: string | null; sessionEpoch: number }) | null;
}

const PERSON = `
  c.id AS contact_id, c.attributes, c.email_verified,
  (SELECT json_agg(json_build_object('sourceId', s.source_id, 'sourceKind', k.kind, 'externalId', s.external_id, 'attributes', s.attributes,
            'emailVerified', s.email_verified, 'access', s.access, 'presence', s.presence) ORDER BY s.updated_at DESC)
     FROM statements s JOIN sources k ON k.organization_id = s.organization_id AND k.id = s.source_id
    WHERE s.organization_id = c.organization_id AND s.contact_id = c.id) AS statements,
  (SELECT json_build_object('id', a.id, 'status', a.status, 'username', a.username, 'userType', a.user_type,
            'permissionProfile', a.permission_profile_id, 'licence', a.licence_id, 'adminManaged', a.admin_managed, 'accessUntil', a.access_until, 'sessionEpoch', a.session_epoch,
            'memberships', coalesce((SELECT json_agg(json_build_object('groupId', g.group_id, 'sourceId', g.source_id))
               FROM account_groups g WHERE g.organization_id = a.organization_id AND g.account_id = a.id), '[]'),
            'identities', coalesce((SELECT json_agg(json_build_object('connectionId', i.connection_id, 'issuer', i.issuer, 'subject', i.subject))
               FROM identities i WHERE i.organization_id = a.organization_id AND i.account_id = a.id AND i.retired_at IS NULL), '[]'))
     FROM accounts a WHERE a.organization_id = c.organization_id AND a.contact_id = c.id) AS account`;

/** Finds whom a record means: by identity first, then by the source's own id, then by what merely resembles (security 17). */
export async function matchPerson(tx: Transaction, query: PersonQuery): Promise<PersonMatch> {
  const found = await preparedRow<MatchRow>(
    tx,
    'match_person',
    `WITH candidates AS (
       SELECT 1 AS rank, 'identity' AS by, a.contact_id FROM identities i
         JOIN accounts a ON a.organization_id = i.organization_id AND a.id = i.account_id
        WHERE i.organization_id = $1 AND i.connection_id = $2 AND i.issuer = $3 AND i.subject = $4
          AND (i.retired_at IS NULL OR a.status = 'deleted')
       UNION ALL SELECT 2, 'origin', contact_id FROM statements WHERE organization_id = $1 AND source_id = $5 AND external_id = $6
       UNION ALL SELECT 3, 'contact', id FROM contacts WHERE organization_id = $1 AND id = $7
       -- Several contacts with one external id: it names nobody.
       UNION ALL SELECT 4, 'external_id', (array_agg(id))[1] FROM contacts WHERE organization_id = $1 AND external_id = $8 HAVING count(*) = 1
       UNION ALL SELECT 5, 'email', contact_id FROM accounts WHERE organization_id = $1 AND email = $9 AND status NOT IN ('deleted', 'unconfirmed')
       UNION ALL SELECT 6, 'email', c.id FROM contacts c WHERE $10 AND c.organization_id = $1 AND c.email = $9
          AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.organization_id = $1 AND a.contact_id = c.id)
     ), best AS (SELECT * FROM candidates ORDER BY rank LIMIT 1)
     SELECT best.by, (SELECT contact_id FROM candidates WHERE rank = 5 LIMIT 1) AS email_holder, ${PERSON}
       FROM (SELECT 1) one LEFT JOIN best ON true LEFT JOIN contacts c ON c.organization_id = $1 AND c.id = best.contact_id`,
    [
      query.organizationId,
      query.identity?.connectionId ?? null,
      query.identity?.issuer ?? null,
      query.identity?.subject ?? null,
      query.origin.sourceId,
      query.origin.externalId ?? null,
      query.contactId ?? null,
      query.externalId ?? null,
      query.email ?? null,
      query.matchContactByEmail,
    ],
  );
  if (!found) throw new Error('the match query yields one row');
  const emailHolder = found.emailHolder ?? undefined;
  if (!found.contactId) return { by: null, emailHolder };
  const person = toPerson(found, found.contactId);
  return { by: found.by, person, emailHolder, sessionEpoch: found.account?.sessionEpoch };
}

function toPerson(found: MatchRow, contactId: ContactId): PersonState {
  const { attributes, emailVerified, statements, account } = found;
  return {
    contactId,
    attributes,
    emailVerified,
    statements: (statements ?? []).map((statement) => ({
      ...statement,
      externalId: statement.externalId ?? undefined,
    })),
    ...(account && { account: toAccount(account) }),
  };
}

function toAccount({
  sessionEpoch: _notTheDoors,
  accessUntil,
  ...account
}: NonNullable<MatchRow['account']>): AccountState {
  return { ...account, accessUntil: accessUntil ? new Date(accessUntil) : null };
}

/** The contact whose live account has this address. */
export async function holderOfEmail(
  tx: Transaction,
  organizationId: OrganizationId,
  email: string,
): Promise<ContactId | undefined> {
  const [holder] = await rows<{ contactId: ContactId }>(
    tx,
    `SELECT contact_id FROM accounts WHERE organization_id = $1 AND email = $2 AND status NOT IN ('deleted', 'unconfirmed')`,
    [organizationId, email],
  );
  return holder?.contactId;
}

/** Keys of the live usernames that begin with `prefix`. */
export async function usernamesBeginningWith(
  tx: Transaction,
  organizationId: OrganizationId,
  prefix: string,
): Promise<ReadonlySet<string>> {
  const found = await rows<{ usernameKey: string }>(
    tx,
    `SELECT username_key FROM accounts
      WHERE organization_id = $1 AND username_key LIKE $2 AND status NOT IN ('deleted', 'unconfirmed')`,
    [organizationId, `${prefix.replace(/[\\%_]/g, '\\$&')}%`],
  );
  return new Set(found.map((one) => one.usernameKey));
}

export interface ContactWrite {
  organizationId: OrganizationId;
  id: ContactId;
  attributes: AttributeValues;
  emailVerified: boolean;
}

/** Writes a contact's effective values; its own columns serve searching and matching only. */
export async function saveContact(tx: Transaction, contact: ContactWrite): Promise<void> {
  const present = Object.entries(contact.attributes).filter(([, value]) => value !== null) as [Attribute, string][];
  await tx.query(
    `INSERT INTO contacts (organization_id, id, attributes, email, email_verified, external_id) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (organization_id, id) DO UPDATE SET attributes = excluded.attributes, email = excluded.email,
       email_verified = excluded.email_verified, external_id = excluded.external_id, updated_at = now()`,
    [
      contact.organizationId,
      contact.id,
      JSON.stringify(Object.fromEntries(present)),
      contact.attributes.email ?? null,
      contact.emailVerified,
      contact.attributes.externalId ?? null,
    ],
  );
}

/** Keeps what a source said of a contact, in place of what it said before. */
export async function saveStatement(
  tx: Transaction,
  organizationId: OrganizationId,
  contactId: ContactId,
  statement: Statement,
): Promise<void> {
  await tx.query(
    `INSERT INTO statements (organization_id, contact_id, source_id, external_id, attributes, email_verified, access, presence)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (organization_id, contact_id, source_id) DO UPDATE SET external_id = excluded.external_id, attributes = excluded.attributes,
       email_verified = excluded.email_verified, access = excluded.access, presence = excluded.presence, updated_at = now()`,
    [
      organizationId,
      contactId,
      statement.sourceId,
      statement.externalId ?? null,
      JSON.stringify(statement.attributes),
      statement.emailVerified,
      JSON.stringify(statement.access),
      statement.presence,
    ],
  );
}
