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

/** Sources that every organization has from its beginning. */
const BUILT_IN = { admin: 'Admin', self_signup: 'Self-service' } as const;

/** Adds the sources that every organization has. */
export async function insertBuiltInSources(tx: Transaction, organizationId: OrganizationId): Promise<void> {
  for (const kind of ['admin', 'self_signup'] as const)
    await insertSource(tx, organizationId, { kind, name: BUILT_IN[kind] });
}

/** What is given by hand and by default. */
export const adminSource = (tx: Transaction, organizationId: OrganizationId): Promise<SourceId> =>
  builtInSource(tx, organizationId, 'admin');

/** What people do for themselves. */
export const selfServiceSource = (tx: Transaction, organizationId: OrganizationId): Promise<SourceId> =>
  builtInSource(tx, organizationId, 'self_signup');

async function builtInSource(
  tx: Transaction,
  organizationId: OrganizationId,
  kind: keyof typeof BUILT_IN,
): Promise<SourceId> {
  const found = await row<{ id: SourceId }>(tx, `SELECT id FROM sources WHERE organization_id = $1 AND kind = $2`, [
    organizationId,
    kind,
  ]);
  if (!found) throw new Error(`organization ${organizationId} has no built-in source ${kind}`);
  return found.id;
}

export const listSources = (tx: Transaction, organizationId: OrganizationId): Promise<SourceRow[]> =>
  tx.getRepository(sources).find({ where: { organizationId }, order: { id: 'ASC' } });
