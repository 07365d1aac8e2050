import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';

export interface ApiKey {
  id: string;
  /** Null: every organization. */
  organizationId: OrganizationId | null;
  name: string;
  /** First characters, by which people tell keys apart. */
  prefix: string;
  /** `*`, or `<resource>:read` and `<resource>:write`. */
  scopes: readonly string[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const COLUMNS = 'id, organization_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at';
const hash = (key: string): Buffer => createHash('sha256').update(key).digest();

export interface NewApiKey {
  name: string;
  organizationId: OrganizationId | null;
  scopes: readonly string[];
  expiresAt?: Date | null;
  /** A given key instead of a random one: BOOTSTRAP_API_KEY only. */
  key?: string;
}

/** Makes a key of 256 random bits. Yields it once; only its hash is kept. */
export async function insertApiKey(tx: Transaction, asked: NewApiKey): Promise<ApiKey & { key: string }> {
  const key = asked.key ?? `dbk_${randomBytes(32).toString('base64url')}`;
  const made = await row<ApiKey>(
    tx,
    `INSERT INTO api_keys (id, organization_id, name, prefix, key_hash, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [uuid(), asked.organizationId, asked.name, key.slice(0, 8), hash(key), asked.scopes, asked.expiresAt ?? null],
  );
  if (!made) throw new Error('the API key was not stored');
  return { ...made, key };
}

/** The key in force that a caller shows; undefined for an unknown, expired or revoked one. */
export const findApiKey = (tx: Transaction, key: string, now: Date): Promise<ApiKey | undefined> =>
  row<ApiKey>(
    tx,
    `SELECT ${COLUMNS} FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
    [hash(key), now],
  );

/** Notes the use of a key, at most once a minute. */
export async function touchApiKey(tx: Transaction, id: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE api_keys SET last_used_at = $2::timestamptz WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')`,
    [id, now],
  );
}

/** A page of keys, newest first; of one organization, or of all when undefined. */
export const listApiKeys = (
  tx: Transaction,
  query: { organizationId?: OrganizationId; limit: number; before?: string; id?: string },
): Promise<ApiKey[]> =>
  rows<ApiKey>(
    tx,
    `SELECT ${COLUMNS} FROM api_keys WHERE ($2::uuid IS NULL OR organization_id = $2) AND ($3::uuid IS NULL OR id < $3) AND ($4::uuid IS NULL OR id = $4)
      ORDER BY id DESC LIMIT $1`,
    [query.limit, query.organizationId ?? null, query.before ?? null, query.id ?? null],
  );

export async function revokeApiKey(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const revoked = await rows(
    tx,
    `UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id`,
    [id, now],
  );
  return revoked.length > 0;
}
