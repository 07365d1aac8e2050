import { v7 as uuid } from 'uuid';
import type { AccountId, ApplicationId, ApplicationSessionId, OrganizationId, SessionId } from '../domain/ids';
import { preparedRow, row, rows, type Transaction } from './rows';
import { LIVE } from './sessions';

/** An application `p` is for the organization of the account `a`, and for this account in it. */
export const PERMITTED = `
  (p.all_organizations OR EXISTS (SELECT 1 FROM application_organizations x WHERE x.organization_id = a.organization_id AND x.application_id = p.id))
  AND ((p.only_groups IS NULL AND p.only_licences IS NULL)
    OR EXISTS (SELECT 1 FROM account_groups m JOIN groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
                WHERE m.organization_id = a.organization_id AND m.account_id = a.id
                  AND lower(g.name) IN (SELECT lower(wanted) FROM unnest(p.only_groups) wanted))
    OR EXISTS (SELECT 1 FROM licences l WHERE l.organization_id = a.organization_id AND l.id = a.licence_id
                  AND lower(l.name) IN (SELECT lower(wanted) FROM unnest(p.only_licences) wanted)))`;
export const SESSION = `sessions s JOIN accounts a ON a.organization_id = s.organization_id AND a.id = s.account_id`;

interface Place {
  organizationId: OrganizationId;
  sessionId: SessionId;
  applicationId: ApplicationId;
}

/** An application's session. */
export interface Entered {
  id: ApplicationSessionId;
  accountId: AccountId;
  clientId: string;
  createdAt: Date;
  /** When the session ends at the latest. */
  expiresAt: Date;
}

/**
 * Signs the application in within the session. Yields the one row that stands for both; undefined when the session is
 * over, or the application is not for this person. Whoever ends the session meanwhile is waited for, or waits: an
 * application is entered before, and told, or not at all.
 */
export async function enterApplication(tx: Transaction, place: Place, now: Date): Promise<Entered | undefined> {
  const { organizationId, sessionId, applicationId } = place;
  const id = uuid();
  const entered = await preparedRow<Entered>(
    tx,
    'enter_application',
    `WITH permitted AS (
       SELECT s.organization_id, s.id AS session_id, s.account_id, s.expires_at, p.id AS application_id, p.client_id
         FROM ${SESSION} JOIN applications p ON p.id = $4
        WHERE s.organization_id = $1 AND s.id = $3 AND ${LIVE} AND ${PERMITTED}),
     present AS (
       SELECT x.id, x.created_at FROM application_sessions x
        WHERE x.organization_id = $1 AND x.session_id = $3 AND x.application_id = $4 AND x.revoked_at IS NULL),
     made AS (
       INSERT INTO application_sessions (organization_id, id, session_id, application_id, created_at)
       SELECT s.organization_id, $5, s.id, p.application_id, $2
         FROM permitted p JOIN sessions s ON s.organization_id = p.organization_id AND s.id = p.session_id
        WHERE NOT EXISTS (SELECT 1 FROM present) AND s.ended_at IS NULL FOR SHARE OF s
       ON CONFLICT (organization_id, session_id, application_id) WHERE revoked_at IS NULL DO UPDATE SET application_id = $4
       RETURNING id, created_at)
     SELECT x.id, p.account_id, p.client_id, x.created_at, p.expires_at
       FROM permitted p CROSS JOIN (SELECT id, created_at FROM present UNION ALL SELECT id, created_at FROM made) x`,
    [organizationId, now, sessionId, applicationId, id],
  );
  if (entered?.id !== id || (await isStillPermitted(tx, place))) return entered;
  await revokeGrant(tx, organizationId, id, now);
  return undefined;
}

/** Where the session was waited for, the statement that waited does not see what whoever held it changed. */
const isStillPermitted = async (
  tx: Transaction,
  { organizationId, sessionId, applicationId }: Place,
): Promise<boolean> =>
  Boolean(
    await preparedRow(
      tx,
      'still_permitted',
      `SELECT 1 FROM ${SESSION} JOIN applications p ON p.id = $3 WHERE s.organization_id = $1 AND s.id = $2 AND ${PERMITTED}`,
      [organizationId, sessionId, applicationId],
    ),
  );

/** The person signed in anew: the applications of the session before go on in the one that follows it, unless that ended meanwhile. */
export async function carryApplications(
  tx: Transaction,
  organizationId: OrganizationId,
  before: SessionId,
  after: SessionId,
): Promise<void> {
  const held = await rows<{ id: SessionId; endedAt: Date | null }>(
    tx,
    `SELECT id, ended_at FROM sessions WHERE organization_id = $1 AND id IN ($2, $3) ORDER BY id FOR UPDATE`,
    [organizationId, before, after],
  );
  if (held.find(({ id }) => id === after)?.endedAt !== null) return;
  await tx.query(
    `UPDATE application_sessions SET session_id = $3 WHERE organization_id = $1 AND session_id = $2 AND revoked_at IS NULL`,
    [organizationId, before, after],
  );
}

/** Revokes it, with every code and token that stands on it. */
export async function revokeGrant(
  tx: Transaction,
  organizationId: OrganizationId,
  id: ApplicationSessionId,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE application_sessions SET revoked_at = $3 WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL`,
    [organizationId, id, now],
  );
}

/** The organization that a `sid` belongs to: a browser that comes to sign out names none. */
export async function organizationOfSid(tx: Transaction, sid: string): Promise<string | undefined> {
  const found = await row<{ slug: string }>(
    tx,
    `SELECT s.slug FROM application_sessions x JOIN organization_slugs s ON s.organization_id = x.organization_id AND s.is_current WHERE x.id = $1`,
    [sid],
  );
  return found?.slug;
}
