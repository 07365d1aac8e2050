import type { AccountId, AttemptId, ConnectionId, ContactId, OrganizationId } from '../domain/ids';
import { rows, type Transaction } from './rows';

export interface AttemptLine {
  id: AttemptId;
  code: string;
  /** Null: by password. */
  connectionId: ConnectionId | null;
  state: string;
  startedAt: Date;
  finishedAt: Date | null;
  refusalCode: string | null;
  steps: readonly object[];
  accountId: AccountId | null;
  contactId: ContactId | null;
  email: string | null;
  requestId: string | null;
}

/**
 * A refusal leaves its attempt open, for a forged response must not burn it; an admin sees it as refused all the same. Nobody
 * finishes an attempt that is left lying: it shows as expired by itself, also when its answer came too late.
 */
const SHOWN_STATE = `CASE WHEN state <> 'started' THEN state WHEN refusal_code = 'attempt_expired' THEN 'expired'
  WHEN refusal_code IS NOT NULL THEN 'refused'
  WHEN expires_at <= now() THEN 'expired' ELSE state END`;

/** A page of attempts, newest first; by code when a person names one. */
export function listAttempts(
  tx: Transaction,
  query: {
    organizationId: OrganizationId;
    limit: number;
    before?: AttemptId;
    code?: string;
    state?: string;
    connectionId?: ConnectionId;
    id?: AttemptId;
    /** In its one normal form. */
    email?: string;
  },
): Promise<AttemptLine[]> {
  return rows<AttemptLine>(
    tx,
    `SELECT id, code, connection_id,
            ${SHOWN_STATE} AS state,
            started_at, finished_at, refusal_code, steps, account_id, contact_id, email, request_id
       FROM sign_in_attempts
      WHERE organization_id = $1 AND ($3::uuid IS NULL OR id < $3) AND ($4::text IS NULL OR code = $4) AND ($5::text IS NULL OR ${SHOWN_STATE} = $5)
        AND ($6::uuid IS NULL OR connection_id = $6) AND ($7::uuid IS NULL OR id = $7)
        AND ($8::text IS NULL OR email = $8)
      ORDER BY id DESC LIMIT $2`,
    [
      query.organizationId,
      query.limit,
      query.before ?? null,
      query.code ?? null,
      query.state ?? null,
      query.connectionId ?? null,
      query.id ?? null,
      query.email ?? null,
    ],
  );
}
