import { v7 as uuid } from 'uuid';
import type { ConnectionId, OrganizationId, SourceId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import { row, type Transaction } from './rows';
import { sources, type SourceRow } from './schema';

/** Adds an instance of a source. A connection has one of its own, of kind `jit`. */
export async function insertSource(
  tx: Transaction,
  organizationId: OrganizationId,
  source: { kind: SourceKind; name: string; connectionId?: ConnectionId },
): Promise<SourceId> {
  const id = uuid();
  await tx.getRepository(sources).insert({ organizationId, id, connectionId: null, createdAt: new Date(), ...source });
  return id;
}

/** The organization's built-in source for what is given by hand and by default; made with the organization. */
export async function adminSource(tx: Transaction, organizationId: OrganizationId): Promise<SourceId> {
  const found = await row<{ id: SourceId }>(
    tx,
    `SELECT id FROM sources WHERE organization_id = $1 AND kind = 'admin'`,
    [organizationId],
  );
  if (!found) throw new Error(`organization ${organizationId} has no built-in source`);
  return found.id;
}

export const listSources = (tx: Transaction, organizationId: OrganizationId): Promise<SourceRow[]> =>
  tx.getRepository(sources).find({ where: { organizationId }, order: { id: 'ASC' } });
