import type { AccountId, ConnectionId, OrganizationId, SessionId } from '../domain/ids';
import type { Principal } from '../domain/proof';
import { queueLogoutNotices } from './logout-notices';
import { preparedRow, rows, type Transaction } from './rows';

export interface NewSession {
  id: SessionId;
  organizationId: OrganizationId;
  accountId: AccountId;
  connectionId: ConnectionId | null;
  principal: Principal | null;
  sessionIndex: string | null;
  amr: readonly string[];
  acr: string | null;
  authenticatedAt: Date;
  createdAt: Date;
  expiresAt: Date;
  idleSeconds: number;
  userAgent: string | null;
  /** It began past the identity provider. */
  isBreakGlass?: boolean;
}

/** Begins a session at the account's present epoch. */
export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await tx.query(
    `INSERT INTO sessions (organization_id, id, account_id, epoch, connection_id, session_index, amr, authenticated_at, created_at,
                           last_seen_at, expires_at, idle_seconds, user_agent, principal, acr, is_break_glass)
     SELECT $1, $2, $3, a.session_epoch, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, $14 FROM accounts a WHERE a.organization_id = $1 AND a.id = $3`,
    [
      session.organizationId,
      session.id,
      session.accountId,
      session.connectionId,
      session.sessionIndex,
      session.amr,
      session.authenticatedAt,
      session.createdAt,
      session.expiresAt,
      session.idleSeconds,
      session.userAgent,
      session.principal && JSON.stringify(session.principal),
      session.acr,
      session.isBreakGlass ?? false,
    ],
  );
}

/** A session in force. */
export interface LiveSession {
  id: SessionId;
  accountId: AccountId;
  connectionId: ConnectionId | null;
  amr: readonly string[];
  /** What the identity provider calls the way in which it authenticated the person. */
  acr: string | null;
  authenticatedAt: Date;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  userAgent: string | null;
  /** Began past the identity provider; serves the portal only. */
  isBreakGlass: boolean;
}

/** A session `s` of an account `a` is in force at `$2`. */
export const LIVE = `s.ended_at IS NULL AND s.epoch = a.session_epoch AND a.status = 'active' AND (a.access_until IS NULL OR a.access_until > $2)
  AND s.expires_at > $2 AND s.last_seen_at + make_interval(secs => s.idle_seconds) > $2`;
const COLUMNS = `s.id, s.account_id, s.connection_id, s.amr, s.acr, s.authenticated_at, s.created_at, s.last_seen_at, s.expires_at, s.user_agent, s.is_break_glass`;
const FROM = `FROM sessions s JOIN accounts a ON a.organization_id = s.organization_id AND a.id = s.account_id`;

/** The authority, asked on every request (security 23): undefined once ended, expired, idle, or when the account may not be here. */
export const findLiveSession = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: SessionId,
  now: Date,
): Promise<LiveSession | undefined> =>
  preparedRow<LiveSession>(
    tx,
    'live_session',
    `SELECT ${COLUMNS} ${FROM} WHERE s.organization_id = $1 AND s.id = $3 AND ${LIVE}`,
    [organizationId, now, id],
  );

export const listLiveSessions = (
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  now: Date,
): Promise<LiveSession[]> =>
  rows<LiveSession>(
    tx,
    `SELECT ${COLUMNS} ${FROM} WHERE s.organization_id = $1 AND s.account_id = $3 AND ${LIVE} ORDER BY s.last_seen_at DESC`,
    [organizationId, now, accountId],
  );

/** Moves the idle limit; called at most once a minute and session. */
export async function touchSession(
  tx: Transaction,
  organizationId: OrganizationId,
  id: SessionId,
  now: Date,
): Promise<void> {
  await tx.query(`UPDATE sessions SET last_seen_at = $3 WHERE organization_id = $1 AND id = $2 AND last_seen_at < $3`, [
    organizationId,
    id,
    now,
  ]);
}

/** Ends one session of an account, or all but one. Yields the ids ended. */
export async function endSessions(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  now: Date,
  which: { id?: SessionId; allBut?: SessionId },
): Promise<SessionId[]> {
  const ended = await rows<{ id: SessionId }>(
    tx,
    `UPDATE sessions SET ended_at = $3 WHERE organization_id = $1 AND account_id = $2 AND ended_at IS NULL
        AND ($4::uuid IS NULL OR id = $4) AND ($5::uuid IS NULL OR id <> $5) RETURNING id`,
    [organizationId, accountId, now, which.id ?? null, which.allBut ?? null],
  );
  const ids = ended.map((session) => session.id);
  await queueLogoutNotices(tx, organizationId, ids, now);
  return ids;
}

/** Ends every session of an account, also one that is being saved right now: none of the old epoch counts any more. */
export async function endAllSessions(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  now: Date,
): Promise<void> {
  await tx.query(`UPDATE accounts SET session_epoch = session_epoch + 1 WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    accountId,
  ]);
  await endSessions(tx, organizationId, accountId, now, {});
}

/** As `endAllSessions`, but for one, which goes on in the new epoch. */
export async function endAllSessionsBut(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  kept: SessionId,
  now: Date,
): Promise<void> {
  await endSessions(tx, organizationId, accountId, now, { allBut: kept });
  await tx.query(
    `WITH account AS (
       UPDATE accounts SET session_epoch = session_epoch + 1 WHERE organization_id = $1 AND id = $2 RETURNING session_epoch AS epoch)
     UPDATE sessions s SET epoch = account.epoch FROM account
      WHERE s.organization_id = $1 AND s.account_id = $2 AND s.id = $3 AND s.ended_at IS NULL AND s.epoch = account.epoch - 1`,
    [organizationId, accountId, kept],
  );
}

/** Ends the sessions that a password alone began: more is asked for from now on. */
export async function endSessionsOfOneFactor(
  tx: Transaction,
  organizationId: OrganizationId,
  now: Date,
): Promise<void> {
  const ended = await rows<{ id: SessionId }>(
    tx,
    `UPDATE sessions SET ended_at = $2 WHERE organization_id = $1 AND ended_at IS NULL AND connection_id IS NULL AND NOT ('mfa' = ANY (amr))
     RETURNING id`,
    [organizationId, now],
  );
  await queueLogoutNotices(
    tx,
    organizationId,
    ended.map(({ id }) => id),
    now,
  );
}

/** Ends the sessions that began at a connection, or all of the organization: before it goes, and their rows with it. */
export async function endSessionsOf(
  tx: Transaction,
  organizationId: OrganizationId,
  now: Date,
  connectionId?: ConnectionId,
): Promise<void> {
  const ended = await rows<{ id: SessionId }>(
    tx,
    `UPDATE sessions SET ended_at = $2 WHERE organization_id = $1 AND ended_at IS NULL AND ($3::uuid IS NULL OR connection_id = $3)
     RETURNING id`,
    [organizationId, now, connectionId ?? null],
  );
  await queueLogoutNotices(
    tx,
    organizationId,
    ended.map(({ id }) => id),
    now,
  );
}
