import { listConnections } from '../../../management/connections';
import { includesScope } from '../../../management/scopes';
import type { PortalCall } from '../call';

/** More than anybody sets up. */
export const MOST_CONNECTIONS = 1_000;

/** Connections' names by id, for who may see them. */
export async function connectionNames({ deps, caller, org }: PortalCall): Promise<ReadonlyMap<string, string>> {
  if (!includesScope(caller.scopes, 'connections:read')) return new Map();
  const { items } = await listConnections(deps, caller, org, { limit: MOST_CONNECTIONS });
  return new Map(items.map(({ id, name }) => [id, name]));
}
