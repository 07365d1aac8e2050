import { v7 as uuid } from 'uuid';
import type { ConnectionId, OrganizationId } from '../domain/ids';
import { rows, type Transaction } from './rows';
import type { SecretBox } from './secret-box';

/** Where a key stands in its rotation. Exactly one signs, at most one is next; all decrypt and are published. */
export const KEY_STATES = ['next', 'signing', 'retiring'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** A key as a connection carries it, the private key sealed. */
export interface StoredKey {
  id: string;
  certificate: string;
  privateKey: string;
  state: KeyState;
}

/** A key without its secret. */
export interface ConnectionKeyRow {
  id: string;
  certificate: string;
  state: KeyState;
  createdAt: Date;
}

/** SQL: the keys of a connection as JSON: the one that signs, the next one, then those that retire, newest first. */
export const keysOf = (connection: string): string => `
  (SELECT coalesce(json_agg(json_build_object('id', ck.id, 'certificate', ck.certificate, 'privateKey', ck.private_key, 'state', ck.state)
            ORDER BY array_position(ARRAY['signing', 'next', 'retiring'], ck.state), ck.id DESC), '[]')
     FROM connection_keys ck
    WHERE ck.organization_id = ${connection}.organization_id AND ck.connection_id = ${connection}.id)`;

/** Every key of a connection, in the order of creation. */
export const listConnectionKeys = (
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
): Promise<ConnectionKeyRow[]> =>
  rows<ConnectionKeyRow>(
    tx,
    `SELECT id, certificate, state, created_at FROM connection_keys
      WHERE organization_id = $1 AND connection_id = $2 ORDER BY id`,
    [organizationId, connectionId],
  );

/** Seals and keeps a key. Yields its id. */
export async function insertConnectionKey(
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  key: { certificate: string; privateKey: string },
  state: KeyState,
  box: SecretBox,
): Promise<string> {
  const id = uuid();
  await tx.query(
    `INSERT INTO connection_keys (organization_id, id, connection_id, certificate, private_key, state) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      organizationId,
      id,
      connectionId,
      key.certificate,
      box.seal(key.privateKey, { organizationId, column: 'connection_keys.private_key' }),
      state,
    ],
  );
  return id;
}

/** Makes a key the one that signs; the one that did retires. */
export async function activateConnectionKey(
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  id: string,
): Promise<void> {
  // One after the other: at no moment may two of them sign.
  await tx.query(
    `UPDATE connection_keys SET state = 'retiring' WHERE organization_id = $1 AND connection_id = $2 AND state = 'signing'`,
    [organizationId, connectionId],
  );
  await tx.query(
    `UPDATE connection_keys SET state = 'signing' WHERE organization_id = $1 AND connection_id = $2 AND id = $3`,
    [organizationId, connectionId, id],
  );
}

export async function deleteConnectionKey(
  tx: Transaction,
  organizationId: OrganizationId,
  connectionId: ConnectionId,
  id: string,
): Promise<void> {
  await tx.query(`DELETE FROM connection_keys WHERE organization_id = $1 AND connection_id = $2 AND id = $3`, [
    organizationId,
    connectionId,
    id,
  ]);
}
