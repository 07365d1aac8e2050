import type { IdTokenAlgorithm } from '../domain/application';
import { rows, type Transaction } from './rows';

/** A key of the OpenID provider. */
export interface SigningKeyRow {
  /** `kid` of the JWK. */
  id: string;
  algorithm: IdTokenAlgorithm;
  /** JWK, sealed. */
  privateKey: string;
  createdAt: Date;
  activeFrom: Date;
}

/** Newest first. */
export const listSigningKeys = (tx: Transaction): Promise<SigningKeyRow[]> =>
  rows<SigningKeyRow>(
    tx,
    `SELECT id, algorithm, private_key, created_at, active_from FROM signing_keys ORDER BY active_from DESC, id`,
  );

/** Keeps others from changing the keys until the transaction ends. */
export async function lockSigningKeys(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('signing keys', 0))`);
}

export async function insertSigningKey(tx: Transaction, key: SigningKeyRow): Promise<void> {
  await tx.query(
    `INSERT INTO signing_keys (id, algorithm, private_key, created_at, active_from) VALUES ($1, $2, $3, $4, $5)`,
    [key.id, key.algorithm, key.privateKey, key.createdAt, key.activeFrom],
  );
}

export async function setActiveFrom(tx: Transaction, id: string, activeFrom: Date): Promise<void> {
  await tx.query(`UPDATE signing_keys SET active_from = $2 WHERE id = $1`, [id, activeFrom]);
}

export async function deleteSigningKeys(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.query(`DELETE FROM signing_keys WHERE id = ANY($1)`, [ids]);
}
