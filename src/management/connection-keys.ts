import type { ConnectionEndpoints } from '../connections/connection';
import { createKeyPair } from '../connections/key-pair';
import { readCertificate } from '../connections/saml/certificate';
import { AppError } from '../domain/errors';
import {
  activateConnectionKey,
  deleteConnectionKey,
  insertConnectionKey,
  listConnectionKeys,
  type ConnectionKeyRow,
  type KeyState,
} from '../storage/connection-keys';
import { updateConnection } from '../storage/connections';
import { lockKeys } from '../storage/people';
import { inUse } from './conflicts';
import { connectionIn } from './connection-parts';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { mapPage, pageThrough, type Page, type PageQuery } from './page';

/** A key pair of a connection as an admin sees it: never the private key. */
export interface ConnectionKeyView {
  id: string;
  /** PEM. */
  certificate: string;
  fingerprint256: string;
  notBefore: Date;
  notAfter: Date;
  state: KeyState;
  createdAt: Date;
}

/** Each is tried on every encrypted assertion, and published. */
const MOST_KEYS = 5;

/** The keys of a connection, in the order of creation. @throws AppError unknown_connection */
export const listKeys = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  connectionId: string,
  page: PageQuery,
): Promise<Page<ConnectionKeyView>> =>
  reading(deps, caller, organization, 'connections:read', async (island) => {
    await connectionIn(island, connectionId);
    return mapPage(pageThrough(await keysIn(island, connectionId), page), viewOf);
  });

/** @throws AppError unknown_connection, not_found */
export const readKey = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  connectionId: string,
  id: string,
): Promise<ConnectionKeyView> =>
  reading(deps, caller, organization, 'connections:read', async (island) => {
    await connectionIn(island, connectionId);
    return viewOf(keyAmong(await keysIn(island, connectionId), id));
  });

/**
 * First step of a rotation: the next key. It is published and decrypts at once, and does not sign yet.
 * @throws AppError unknown_connection; invalid_state_change: there is one already, or the connection uses no keys
 */
export async function createNextKey(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  connectionId: string,
): Promise<ConnectionKeyView> {
  const { endpoints } = await reading(deps, caller, organization, 'connections:write', (island) =>
    connectionIn(island, connectionId),
  );
  const pair = await createKeyPair(deps.now(), (endpoints as ConnectionEndpoints).entityId);
  return rotating(deps, caller, organization, connectionId, async (island, keys) => {
    requireRoom(keys);
    const { tx, organization: own } = island;
    const id = await insertConnectionKey(tx, own.id, connectionId, pair, 'next', deps.box);
    return noted(island, connectionId, id, 'connection.key_created');
  });
}

/**
 * Second step: this key signs from now on; the one that did is published and decrypts until it is removed. One that
 * retires may be called back the same way.
 * @throws AppError unknown_connection, not_found; invalid_state_change: it signs already
 */
export const activateKey = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  connectionId: string,
  id: string,
): Promise<ConnectionKeyView> =>
  rotating(deps, caller, organization, connectionId, async (island, keys) => {
    if (keyAmong(keys, id).state === 'signing') throw notPossible('This key signs already.');
    await activateConnectionKey(island.tx, island.organization.id, connectionId, id);
    return noted(island, connectionId, id, 'connection.key_activated');
  });

/** Last step: a key that retires is gone, or the next one is withdrawn. @throws AppError unknown_connection, not_found, in_use: it signs */
export const removeKey = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  connectionId: string,
  id: string,
): Promise<void> =>
  rotating(deps, caller, organization, connectionId, async (island, keys) => {
    if (keyAmong(keys, id).state === 'signing') throw inUse('This key signs; activate another one first.');
    await noted(island, connectionId, id, 'connection.key_removed');
    await deleteConnectionKey(island.tx, island.organization.id, connectionId, id);
  });

/** One step at a time, after which no process goes on with the keys it knows. */
const rotating = <T>(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  connectionId: string,
  work: (island: Island, keys: readonly ConnectionKeyRow[]) => Promise<T>,
): Promise<T> =>
  changing(deps, caller, organization, 'connections:write', async (island) => {
    const { tx, organization: own } = island;
    await lockKeys(tx, own.id, [`connection|${connectionId}`]);
    await connectionIn(island, connectionId);
    const done = await work(island, await keysIn(island, connectionId));
    await updateConnection(tx, own.id, connectionId, {});
    return done;
  });

const keysIn = ({ tx, organization }: Island, connectionId: string): Promise<ConnectionKeyRow[]> =>
  listConnectionKeys(tx, organization.id, connectionId);

function requireRoom(keys: readonly ConnectionKeyRow[]): void {
  if (!keys.length) throw notPossible('This connection uses no keys: tokenEndpointAuthMethod is not private_key_jwt.');
  if (keys.some(({ state }) => state === 'next'))
    throw notPossible('There is a next key; activate or remove it first.');
  if (keys.length >= MOST_KEYS) throw notPossible('Remove a key that retires first.');
}

const notPossible = (detail: string): AppError => new AppError('invalid_state_change', { detail });

function keyAmong(keys: readonly ConnectionKeyRow[], id: string): ConnectionKeyRow {
  const key = keys.find((one) => one.id === id);
  if (!key) throw new AppError('not_found');
  return key;
}

/** Writes the step into the ledger; yields the key as it is now. */
async function noted(island: Island, connectionId: string, id: string, action: string): Promise<ConnectionKeyView> {
  const key = viewOf(keyAmong(await keysIn(island, connectionId), id));
  const details = { fingerprint256: key.fingerprint256 };
  await island.note({ action, connectionId, resource: `connection_key:${id}`, details });
  return key;
}

function viewOf({ id, certificate, state, createdAt }: ConnectionKeyRow): ConnectionKeyView {
  const facts = readCertificate(certificate);
  if (!facts) throw new Error(`the certificate of key ${id} cannot be read`);
  const { fingerprint256, notBefore, notAfter } = facts;
  return { id, certificate, fingerprint256, notBefore, notAfter, state, createdAt };
}
