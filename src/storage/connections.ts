import { v7 as uuid } from 'uuid';
import type { ConnectionId, OrganizationId, SourceId } from '../domain/ids';
import { keysOf, type StoredKey } from './connection-keys';
import { preparedRow, preparedRows, row, rows, type Transaction } from './rows';

export interface GroupMapping {
  value: string;
  /** Name of the group. */
  group: string;
}

/** A connection as stored. Protocol settings are opaque here; `secrets` and private keys are sealed. */
export interface ConnectionRow {
  organizationId: OrganizationId;
  id: ConnectionId;
  kind: string;
  name: string;
  state: string;
  version: number;
  /** As given out at creation: entity id, ACS, SLO, metadata and redirect URI. */
  endpoints: unknown;
  settings: unknown;
  secrets: string | null;
  attributeMapping: Readonly<Record<string, string>>;
  groupMapping: readonly GroupMapping[];
  trustEmail: 'none' | 'verified_domains';
  /** Until when what arrives is kept; null: nothing was asked for. */
  captureUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** With its source (kind `jit`) and its keys, the one that signs first: everything a sign-in needs, in one query. */
export interface ConnectionRecord extends ConnectionRow {
  sourceId: SourceId;
  keys: readonly StoredKey[];
}

/** A connection as signing in needs it. */
export type SignInConnection = Omit<ConnectionRecord, 'createdAt' | 'updatedAt'>;

const RECORD = `
  SELECT c.organization_id, c.id, c.kind, c.name, c.state, c.version, c.endpoints, c.settings, c.secrets, c.attribute_mapping,
         c.group_mapping, c.trust_email, c.capture_until, c.created_at, c.updated_at, s.id AS source_id,
         ${keysOf('c')} AS keys
    FROM connections c JOIN sources s ON s.organization_id = c.organization_id AND s.connection_id = c.id
   WHERE c.organization_id = $1`;

export const newConnectionId = (): ConnectionId => uuid();

export const findConnection = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: ConnectionId,
): Promise<ConnectionRecord | undefined> =>
  preparedRow<ConnectionRecord>(tx, 'connection', `${RECORD} AND c.id = $2`, [organizationId, id]);

export const listConnections = (tx: Transaction, organizationId: OrganizationId): Promise<ConnectionRecord[]> =>
  preparedRows<ConnectionRecord>(tx, 'connections', `${RECORD} ORDER BY c.id`, [organizationId]);

export type NewConnection = Pick<
  ConnectionRow,
  | 'organizationId'
  | 'id'
  | 'kind'
  | 'name'
  | 'state'
  | 'endpoints'
  | 'settings'
  | 'secrets'
  | 'attributeMapping'
  | 'groupMapping'
  | 'trustEmail'
>;

export async function insertConnection(tx: Transaction, connection: NewConnection): Promise<void> {
  await tx.query(
    `INSERT INTO connections (organization_id, id, kind, name, state, endpoints, settings, secrets, attribute_mapping, group_mapping, trust_email)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      connection.organizationId,
      connection.id,
      connection.kind,
      connection.name,
      connection.state,
      JSON.stringify(connection.endpoints),
      JSON.stringify(connection.settings),
      connection.secrets,
      JSON.stringify(connection.attributeMapping),
      JSON.stringify(connection.groupMapping),
      connection.trustEmail,
    ],
  );
}

export type ConnectionChange = Partial<
  Pick<ConnectionRow, 'name' | 'state' | 'settings' | 'secrets' | 'attributeMapping' | 'groupMapping' | 'trustEmail'>
>;

/** Changes what is given and raises the version, so that no process goes on with cached settings. */
export async function updateConnection(
  tx: Transaction,
  organizationId: OrganizationId,
  id: ConnectionId,
  change: ConnectionChange,
): Promise<void> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await tx.query(
    `UPDATE connections SET name = coalesce($3, name), state = coalesce($4, state), settings = coalesce($5, settings),
            secrets = coalesce($6, secrets), attribute_mapping = coalesce($7, attribute_mapping),
            group_mapping = coalesce($8, group_mapping), trust_email = coalesce($9, trust_email),
            version = version + 1, updated_at = now()
      WHERE organization_id = $1 AND id = $2`,
    [
      organizationId,
      id,
      change.name ?? null,
      change.state ?? null,
      json(change.settings),
      change.secrets ?? null,
      json(change.attributeMapping),
      json(change.groupMapping),
      change.trustEmail ?? null,
    ],
  );
}

/** Until when what arrives is kept. The version stays: nothing that is cached by it changes. */
export async function setCaptureUntil(
  tx: Transaction,
  organizationId: OrganizationId,
  id: ConnectionId,
  until: Date | null,
): Promise<void> {
  await tx.query(`UPDATE connections SET capture_until = $3 WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
    until,
  ]);
}

/** Takes it upon the caller to ask the provider again: of all processes one, and none that did since `oldest`. */
export async function claimRefresh(
  tx: Transaction,
  organizationId: OrganizationId,
  id: ConnectionId,
  now: Date,
  oldest: Date,
): Promise<boolean> {
  const claimed = await rows(
    tx,
    `UPDATE connections SET metadata_asked_at = $3
      WHERE organization_id = $1 AND id = $2 AND (metadata_asked_at IS NULL OR metadata_asked_at <= $4) RETURNING id`,
    [organizationId, id, now, oldest],
  );
  return claimed.length > 0;
}

export async function deleteConnection(
  tx: Transaction,
  organizationId: OrganizationId,
  id: ConnectionId,
): Promise<boolean> {
  const gone = await rows(tx, `DELETE FROM connections WHERE organization_id = $1 AND id = $2 RETURNING id`, [
    organizationId,
    id,
  ]);
  return gone.length > 0;
}

/** True when a connection is in state active or required: an SSO organization. */
export async function isSsoOrganization(tx: Transaction, organizationId: OrganizationId): Promise<boolean> {
  const found = await row(
    tx,
    `SELECT 1 FROM connections WHERE organization_id = $1 AND kind IN ('saml', 'oidc') AND state IN ('active', 'required') LIMIT 1`,
    [organizationId],
  );
  return found !== undefined;
}
