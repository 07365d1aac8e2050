import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { ApplicationSessionId, OrganizationId } from '../domain/ids';
import { preparedRow, type Transaction } from './rows';

/** What the OpenID provider remembers under a key that somebody else holds: a code, a token, an interaction. */
export interface OidcPayload {
  model: string;
  /** What is shown to use it; kept as its hash (security 24). */
  id: string;
  payload: object;
  expiresAt: Date;
  grant?: { organizationId: OrganizationId; id: ApplicationSessionId };
}

export const hashOf = (id: string): Buffer => createHash('sha256').update(id).digest();

export async function saveOidcPayload(tx: Transaction, saved: OidcPayload): Promise<void> {
  const { model, id, payload, expiresAt, grant } = saved;
  await preparedRow(
    tx,
    'save_oidc_payload',
    `INSERT INTO oidc_payloads (model, id_hash, organization_id, application_session_id, payload, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (model, id_hash) DO UPDATE SET payload = $5, expires_at = $6`,
    [model, hashOf(id), grant?.organizationId ?? null, grant?.id ?? null, JSON.stringify(payload), expiresAt],
  );
}

/** A code is a sign-in to the application: the ledger says so, in the same statement. */
export async function saveCode(
  tx: Transaction,
  { model, id, payload, expiresAt }: OidcPayload,
  grant: NonNullable<OidcPayload['grant']>,
  now: Date,
): Promise<void> {
  await preparedRow(
    tx,
    'save_code',
    `WITH logged AS (
       INSERT INTO ledger_entries (id, organization_id, at, actor, action, account_id, connection_id, resource)
       SELECT $7, $3, $8, jsonb_build_object('kind', 'account', 'id', s.account_id), 'application.signed_in', s.account_id, s.connection_id,
              'application:' || x.application_id
         FROM application_sessions x JOIN sessions s ON s.organization_id = x.organization_id AND s.id = x.session_id
        WHERE x.organization_id = $3 AND x.id = $4)
     INSERT INTO oidc_payloads (model, id_hash, organization_id, application_session_id, payload, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [model, hashOf(id), grant.organizationId, grant.id, JSON.stringify(payload), expiresAt, uuid(), now],
  );
}

/** Also when it is expired or used up: whoever asks is told so. */
export const findOidcPayload = (
  tx: Transaction,
  model: string,
  id: string,
): Promise<{ payload: object; consumedAt: Date | null } | undefined> =>
  preparedRow(
    tx,
    'find_oidc_payload',
    `SELECT payload, consumed_at FROM oidc_payloads WHERE model = $1 AND id_hash = $2`,
    [model, hashOf(id)],
  );

/** Uses it up. False when somebody else did before, or it is gone: of two at once only one has it. */
export async function consumeOidcPayload(tx: Transaction, model: string, id: string, now: Date): Promise<boolean> {
  const first = await preparedRow<{ model: string }>(
    tx,
    'consume_oidc_payload',
    `UPDATE oidc_payloads SET consumed_at = $3 WHERE model = $1 AND id_hash = $2 AND consumed_at IS NULL RETURNING model`,
    [model, hashOf(id), now],
  );
  return first !== undefined;
}

export async function deleteOidcPayload(tx: Transaction, model: string, id: string): Promise<void> {
  await preparedRow(tx, 'delete_oidc_payload', `DELETE FROM oidc_payloads WHERE model = $1 AND id_hash = $2`, [
    model,
    hashOf(id),
  ]);
}
