import { row, rows, type Transaction } from './rows';

export interface RememberedAnswer {
  requestHash: Buffer;
  /** Null while the first request is still running. */
  status: number | null;
  /** Sealed: an answer may carry a secret that is shown once. */
  response: string | null;
}

/** Reserves a key for a caller; undefined when this request is the first, otherwise what the first one left. */
export async function reserveIdempotencyKey(
  tx: Transaction,
  caller: string,
  key: string,
  requestHash: Buffer,
): Promise<RememberedAnswer | undefined> {
  const reserved = await rows(
    tx,
    `INSERT INTO idempotency_keys (caller, key, request_hash) VALUES ($1, $2, $3)
     ON CONFLICT (caller, key) DO UPDATE SET request_hash = $3, status = NULL, response = NULL, created_at = now()
       WHERE idempotency_keys.created_at < now() - interval '24 hours'
          OR (idempotency_keys.status IS NULL AND idempotency_keys.created_at < now() - interval '1 minute')
     RETURNING 1`,
    [caller, key, requestHash],
  );
  if (reserved.length) return undefined;
  return row<RememberedAnswer>(
    tx,
    `SELECT request_hash, status, response FROM idempotency_keys WHERE caller = $1 AND key = $2`,
    [caller, key],
  );
}

export async function rememberAnswer(
  tx: Transaction,
  caller: string,
  key: string,
  status: number,
  response: string,
): Promise<void> {
  await tx.query(`UPDATE idempotency_keys SET status = $3, response = $4 WHERE caller = $1 AND key = $2`, [
    caller,
    key,
    status,
    response,
  ]);
}

/** The request failed on our side: the caller may try the same key again. */
export async function forgetIdempotencyKey(tx: Transaction, caller: string, key: string): Promise<void> {
  await tx.query(`DELETE FROM idempotency_keys WHERE caller = $1 AND key = $2`, [caller, key]);
}
