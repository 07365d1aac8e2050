import type { AccountId, ContactId, OrganizationId } from '../domain/ids';
import { rows, type Transaction } from './rows';

/** One person, by everything under which something may be stored about them. */
export interface StoredPerson {
  organizationId: OrganizationId;
  contactId: ContactId;
  accountId: AccountId | null;
  /** The address they have, or the one they had last. */
  email: string | null;
}

/** The parameters are organization, contact, account and address. */
const PARAMETERS = `(SELECT $1::uuid AS org, $2::uuid AS contact, $3::uuid AS account, $4::text AS address) p`;

/** A row `w` of an import that means the person. */
const NAMED = `(w.contact_id = contact OR w.email = address OR (w.run_id, w.line) IN (
  SELECT x.run_id, x.line FROM run_results x WHERE x.organization_id = org AND x.contact_id = contact))`;

/** Everything stored about a person, by kind. Neither secrets nor hashes of them; of mails not their content. */
const STORED = {
  contact: `SELECT c.id, c.kind, c.attributes, c.email, c.email_verified, c.external_id, c.created_at, c.updated_at
    FROM ${PARAMETERS} JOIN contacts c ON c.organization_id = org AND c.id = contact`,
  statements: `SELECT k.kind AS source_kind, k.name AS source, s.external_id, s.attributes, s.email_verified, s.access, s.presence, s.updated_at
    FROM ${PARAMETERS} JOIN statements s ON s.organization_id = org AND s.contact_id = contact
    JOIN sources k ON k.organization_id = org AND k.id = s.source_id`,
  account: `SELECT a.id, a.status, a.email, a.username, a.user_type, f.name AS permission_profile, l.name AS licence, a.admin_managed,
      a.access_until, a.created_at, a.updated_at, a.last_sign_in_at, a.deleted_at
    FROM ${PARAMETERS} JOIN accounts a ON a.organization_id = org AND a.id = account
    LEFT JOIN permission_profiles f ON f.organization_id = org AND f.id = a.permission_profile_id
    LEFT JOIN licences l ON l.organization_id = org AND l.id = a.licence_id`,
  groups: `SELECT g.name, k.name AS source, m.created_at AS since
    FROM ${PARAMETERS} JOIN account_groups m ON m.organization_id = org AND m.account_id = account
    JOIN groups g ON g.organization_id = org AND g.id = m.group_id JOIN sources k ON k.organization_id = org AND k.id = m.source_id`,
  identities: `SELECT i.connection_id, i.issuer, i.subject, i.linked_by, i.linked_at, i.last_used_at, i.retired_at
    FROM ${PARAMETERS} JOIN identities i ON i.organization_id = org AND i.account_id = account`,
  password: `SELECT w.set_at FROM ${PARAMETERS} JOIN passwords w ON w.organization_id = org AND w.account_id = account`,
  sessions: `SELECT s.connection_id, s.principal, s.amr, s.acr, s.authenticated_at, s.created_at, s.last_seen_at, s.expires_at, s.ended_at, s.user_agent
    FROM ${PARAMETERS} JOIN sessions s ON s.organization_id = org AND s.account_id = account`,
  applications: `SELECT n.name, x.created_at AS signed_in_at
    FROM ${PARAMETERS} JOIN sessions s ON s.organization_id = org AND s.account_id = account
    JOIN application_sessions x ON x.organization_id = org AND x.session_id = s.id JOIN applications n ON n.id = x.application_id`,
  linkRequests: `SELECT r.connection_id, r.issuer, r.subject, r.state, r.created_at, r.decided_at
    FROM ${PARAMETERS} JOIN link_requests r ON r.organization_id = org AND r.account_id = account`,
  emailLinks: `SELECT l.purpose, l.email, l.created_at, l.expires_at, l.opened_at, l.used_at, l.replaced_at, l.revoked_at
    FROM ${PARAMETERS} JOIN email_links l ON l.organization_id = org AND l.account_id = account`,
  imports: `SELECT r.name, r.created_at, r.committed_at, w.line, w.cells, x.result, x.undone
    FROM ${PARAMETERS} JOIN run_rows w ON w.organization_id = org AND ${NAMED}
    JOIN runs r ON r.organization_id = org AND r.id = w.run_id
    LEFT JOIN run_results x ON x.organization_id = org AND x.run_id = w.run_id AND x.line = w.line`,
  mails: `SELECT m.kind, m.recipient, m.created_at, m.sent_at, m.failed_at
    FROM ${PARAMETERS} JOIN mails m ON m.organization_id = org AND m.recipient = address`,
  signInAttempts: `SELECT t.code, t.state, t.connection_id, t.started_at, t.finished_at, t.refusal_code, t.steps, t.email, t.subject, t.user_agent
    FROM ${PARAMETERS} JOIN sign_in_attempts t ON t.organization_id = org
     AND (t.contact_id = contact OR t.account_id = account OR t.email = address)`,
  ledger: `SELECT e.at, e.action, e.outcome, e.fields, e.details,
      (SELECT json_agg(json_build_object('field', v.field, 'before', v.before, 'after', v.after) ORDER BY v.field)
         FROM ledger_values v WHERE v.entry_id = e.id AND v.contact_id = contact) AS changes
    FROM ${PARAMETERS} JOIN ledger_entries e ON e.organization_id = org AND e.contact_id = contact`,
} as const;

export type PersonData = Readonly<Record<keyof typeof STORED, readonly object[]>>;

/** Everything stored about a person. */
export async function readPersonData(tx: Transaction, person: StoredPerson): Promise<PersonData> {
  const found: [string, object[]][] = [];
  for (const [name, sql] of Object.entries(STORED)) found.push([name, await rows(tx, sql, parametersOf(person))]);
  return Object.fromEntries(found) as unknown as PersonData;
}

/**
 * What outlives a contact and its account although it is about the person, in order; the contact itself goes last and takes
 * with it whatever refers to it. Ledger lines stay: they hold ids only.
 */
const ERASING = [
  `DELETE FROM mails m USING ${PARAMETERS} WHERE m.organization_id = org AND (m.recipient = address
      OR m.link_id IN (SELECT l.id FROM email_links l WHERE l.organization_id = org AND l.account_id = account))`,
  `UPDATE email_links l SET email = NULL FROM ${PARAMETERS} WHERE l.organization_id = org AND l.account_id = account`,
  `UPDATE sign_in_attempts t SET email = NULL, subject = NULL, user_agent = NULL, steps = '[]', secrets = NULL FROM ${PARAMETERS}
    WHERE t.organization_id = org AND (t.contact_id = contact OR t.account_id = account OR t.email = address)`,
  // What was uploaded and not saved yet is deleted with its import, at the latest after a month.
  `UPDATE run_rows w SET cells = '{}', problems = NULL, foreseen = NULL, email = NULL, external_id = NULL, origin_id = NULL
     FROM ${PARAMETERS} WHERE w.organization_id = org AND ${NAMED}`,
  `UPDATE run_results x SET before = NULL FROM ${PARAMETERS} WHERE x.organization_id = org AND x.contact_id = contact`,
  `DELETE FROM ledger_values v USING ${PARAMETERS} WHERE v.organization_id = org AND v.contact_id = contact`,
  `DELETE FROM contacts c USING ${PARAMETERS} WHERE c.organization_id = org AND c.id = contact`,
];

/** Erases everything personal about somebody. */
export async function erasePersonData(tx: Transaction, person: StoredPerson): Promise<void> {
  for (const sql of ERASING) await tx.query(sql, parametersOf(person));
}

const parametersOf = ({ organizationId, contactId, accountId, email }: StoredPerson): unknown[] => [
  organizationId,
  contactId,
  accountId,
  email,
];
