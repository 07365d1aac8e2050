import type { ConnectionEndpoints, ConnectionState } from '../connections/connection';
import { createKeyPair, type KeyPair } from '../connections/key-pair';
import { AppError } from '../domain/errors';
import { sealSecrets } from '../sign-in/open-connection';
import { findConnection, type ConnectionRecord, type GroupMapping } from '../storage/connections';
import { ensureGroups, groupIdsByName } from '../storage/directory';
import { skippedStates } from './connection-state';
import { viewOf, type ConnectionView } from './connection-view';
import type { ManagementDeps } from './deps';
import type { Island } from './island';
import type { Warning } from './saml-settings';

/** From which state to which, for the ledger; with what was skipped. */
export const step = (before: ConnectionState, after: ConnectionState) => {
  const skipped = skippedStates(before, after);
  return { before, after, ...(skipped.length && { skipped }) };
};

/** A mapping may name groups that do not exist yet: they are created. */
export async function createMappedGroups(island: Island, mapping: readonly GroupMapping[] | undefined): Promise<void> {
  const { tx, organization, note } = island;
  if (!mapping?.length) return;
  const names = mapping.map(({ group }) => group);
  const before = new Set((await groupIdsByName(tx, organization.id, names)).values());
  const after = await ensureGroups(tx, organization.id, names);
  for (const id of [...after.values()].filter((group) => !before.has(group)))
    await note({ action: 'group.created', resource: `group:${id}`, details: { by: 'group mapping' } });
}

/**
 * A key pair for a connection that is to use one and has none: every SAML connection, and OpenID ones with
 * private_key_jwt. Made before the transaction, for it takes a while.
 */
export async function missingKey(
  deps: ManagementDeps,
  { kind, keys = [] }: Partial<Pick<ConnectionRecord, 'keys'>> & { kind: string },
  endpoints: unknown,
  form: { tokenEndpointAuthMethod?: string } | object,
): Promise<KeyPair | undefined> {
  const signs = 'tokenEndpointAuthMethod' in form && form.tokenEndpointAuthMethod === 'private_key_jwt';
  if (keys.length || !(kind === 'saml' || signs)) return undefined;
  return createKeyPair(deps.now(), (endpoints as ConnectionEndpoints).entityId);
}

export const sealedSecret = (deps: ManagementDeps, organizationId: string, clientSecret: string | undefined) =>
  clientSecret === undefined ? undefined : sealSecrets(organizationId, { clientSecret }, deps.box);

/** @throws AppError unknown_connection */
export async function connectionIn({ tx, organization }: Island, id: string): Promise<ConnectionRecord> {
  const found = await findConnection(tx, organization.id, id);
  if (!found) throw new AppError('unknown_connection');
  return found;
}

/** The connection as it is now. @param noticed what was noticed besides while it was saved */
export const view = async (
  deps: ManagementDeps,
  island: Island,
  id: string,
  noticed: readonly Warning[] = [],
): Promise<ConnectionView> => viewOf(await connectionIn(island, id), { ...island, baseUrl: deps.baseUrl, noticed });
