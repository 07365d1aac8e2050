import type { ApplicationSessionId, OrganizationId } from '../domain/ids';
import { PERMITTED, SESSION, type Entered } from './application-sessions';
import { CLAIMS, type ClaimsSource } from './claims-source';
import { hashOf } from './oidc-payloads';
import { preparedRow, type Transaction } from './rows';
import { LIVE } from './sessions';

/** What tokens stand on, as long as it stands, with what the application may be told of the person. */
export interface LiveGrant extends Entered, ClaimsSource {}

const COLUMNS = `x.id, p.client_id, x.created_at, s.expires_at, ${CLAIMS.columns}`;
const FROM = `FROM application_sessions x JOIN ${SESSION} ON s.organization_id = x.organization_id AND s.id = x.session_id
       JOIN applications p ON p.id = x.application_id ${CLAIMS.joins}`;
/** Not revoked, the session not over, the application for this person: asked at every use. */
const STANDS = `x.revoked_at IS NULL AND ${LIVE} AND ${PERMITTED}`;

/** Undefined once it no longer stands. */
export const findLiveGrant = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: ApplicationSessionId,
  now: Date,
): Promise<LiveGrant | undefined> =>
  preparedRow<LiveGrant>(
    tx,
    'live_grant',
    `SELECT ${COLUMNS} ${FROM} WHERE x.organization_id = $1 AND x.id = $3 AND ${STANDS}`,
    [organizationId, now, id],
  );

/** A code or token; `grant`: what it stands on, undefined when that no longer stands. */
export interface Token {
  payload: object;
  consumedAt: Date | null;
  grant?: LiveGrant;
}

/** With its grant, in one query: every use of a token asks for both. Also when it is expired or used up: whoever asks is told so. */
export async function findToken(tx: Transaction, model: string, id: string, now: Date): Promise<Token | undefined> {
  const found = await preparedRow<Pick<Token, 'payload' | 'consumedAt'> & (LiveGrant | { id: null })>(
    tx,
    'token',
    `SELECT t.payload, t.consumed_at, granted.*
       FROM oidc_payloads t LEFT JOIN LATERAL (
              SELECT ${COLUMNS} ${FROM} WHERE x.organization_id = t.organization_id AND x.id = t.application_session_id AND ${STANDS}) granted ON true
      WHERE t.model = $1 AND t.id_hash = $3`,
    [model, now, hashOf(id)],
  );
  if (!found) return undefined;
  const { payload, consumedAt, ...grant } = found;
  return { payload, consumedAt, ...(grant.id !== null && { grant }) };
}
