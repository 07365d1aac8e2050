import type { AccountState, PersonState, Statement } from '../domain/account';
import type { AttributeValues } from '../domain/attributes';
import type { ContactId, OrganizationId, SourceId } from '../domain/ids';
import type { IdentityKey } from '../domain/proof';
import { preparedRows, rows, type Transaction } from './rows';

/** What a record knows of whom it means. */
export interface PersonQuery {
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
  n: number;
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

/** LATERAL with a limit: each is looked up in the indexes, however many are asked for and whatever the planner expects. */
const MATCH = `
  SELECT q.n::int AS n, best.by, holder.contact_id AS email_holder, person.*
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::boolean[])
           WITH ORDINALITY AS q(connection_id, issuer, subject, source_id, origin_id, contact_id, external_id, email, contact_by_email, n)
    LEFT JOIN LATERAL (
      SELECT contact_id FROM accounts
       WHERE organization_id = $1 AND email = q.email AND status NOT IN ('deleted', 'unconfirmed') LIMIT 1) holder ON true
    LEFT JOIN LATERAL (
      SELECT 1 AS rank, 'identity' AS by, a.contact_id FROM identities i
        JOIN accounts a ON a.organization_id = i.organization_id AND a.id = i.account_id
       WHERE i.organization_id = $1 AND i.connection_id = q.connection_id AND i.issuer = q.issuer AND i.subject = q.subject
         AND (i.retired_at IS NULL OR a.status = 'deleted')
      UNION ALL SELECT 2, 'origin', contact_id FROM statements
       WHERE organization_id = $1 AND source_id = q.source_id AND external_id = q.origin_id
      UNION ALL SELECT 3, 'contact', id FROM contacts WHERE organization_id = $1 AND id = q.contact_id
      -- Several contacts with one external id: it names nobody.
      UNION ALL SELECT 4, 'external_id', (array_agg(id))[1] FROM contacts
       WHERE organization_id = $1 AND external_id = q.external_id HAVING count(*) = 1
      UNION ALL SELECT 5, 'email', holder.contact_id WHERE holder.contact_id IS NOT NULL
      UNION ALL SELECT 6, 'email', c.id FROM contacts c WHERE q.contact_by_email AND c.organization_id = $1 AND c.email = q.email
         AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.organization_id = $1 AND a.contact_id = c.id)
      ORDER BY rank LIMIT 1) best ON true
    LEFT JOIN LATERAL (
      SELECT ${PERSON} FROM contacts c WHERE c.organization_id = $1 AND c.id = best.contact_id LIMIT 1) person ON true
   WHERE best.contact_id IS NOT NULL OR holder.contact_id IS NOT NULL`;

/**
 * Finds whom records mean: by identity first, then by the source's own id, then by what merely resembles (security 17).
 * Yields a match per record, in their order.
 */
export async function matchPeople(
  tx: Transaction,
  organizationId: OrganizationId,
  queries: readonly PersonQuery[],
): Promise<readonly PersonMatch[]> {
  const column = <T>(value: (query: PersonQuery) => T | null | undefined) =>
    queries.map((query) => value(query) ?? null);
  const parameters = [
    organizationId,
    column(({ identity }) => identity?.connectionId),
    column(({ identity }) => identity?.issuer),
    column(({ identity }) => identity?.subject),
    column(({ origin }) => origin.sourceId),
    column(({ origin }) => origin.externalId),
    column(({ contactId }) => contactId),
    column(({ externalId }) => externalId),
    column(({ email }) => email),
    column(({ matchContactByEmail }) => matchContactByEmail),
  ];
  // One at a time is what every sign-in asks; many are planned by the tables as they are by then.
  const isOne = queries.length === 1;
  const found = await (isOne
    ? preparedRows<MatchRow>(tx, 'match_people', MATCH, parameters)
    : rows<MatchRow>(tx, MATCH, parameters));
  const matches: PersonMatch[] = queries.map(() => ({ by: null }));
  for (const one of found) matches[one.n - 1] = toMatch(one);
  return matches;
}

/** Whom one record means. */
export async function matchPerson(
  tx: Transaction,
  organizationId: OrganizationId,
  query: PersonQuery,
): Promise<PersonMatch> {
  const [match] = await matchPeople(tx, organizationId, [query]);
  return match ?? { by: null };
}

function toMatch(found: MatchRow): PersonMatch {
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

/** By address: the contact whose live account has it. */
export async function holdersOfEmails(
  tx: Transaction,
  organizationId: OrganizationId,
  emails: readonly string[],
): Promise<ReadonlyMap<string, ContactId>> {
  if (!emails.length) return new Map();
  const found = await rows<{ email: string; contactId: ContactId }>(
    tx,
    `SELECT email, contact_id FROM accounts
      WHERE organization_id = $1 AND email = ANY ($2::text[]) AND status NOT IN ('deleted', 'unconfirmed')`,
    [organizationId, emails],
  );
  return new Map(found.map(({ email, contactId }) => [email, contactId]));
}

/** Sorts behind every other character in an index by bytes. */
const LAST_CHARACTER = '\u{10FFFF}';

/** Keys of the live usernames that begin with one of the prefixes. */
export async function usernamesBeginningWith(
  tx: Transaction,
  organizationId: OrganizationId,
  prefixes: readonly string[],
): Promise<string[]> {
  if (!prefixes.length) return [];
  const found = await rows<{ usernameKey: string }>(
    tx,
    `SELECT taken.username_key FROM unnest($2::text[], $3::text[]) AS p(first, last),
            LATERAL (SELECT username_key FROM accounts WHERE organization_id = $1 AND username_key ~>=~ p.first AND username_key ~<~ p.last
                        AND status NOT IN ('deleted', 'unconfirmed') OFFSET 0) taken`,
    [organizationId, prefixes, prefixes.map((prefix) => prefix + LAST_CHARACTER)],
  );
  return found.map((one) => one.usernameKey);
}
