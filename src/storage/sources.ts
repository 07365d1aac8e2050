import { v7 as uuid } from 'uuid';
import type { ConnectionId, OrganizationId, SourceId } from '../domain/ids';
import type { SourceKind } from '../domain/policy';
import type { Brake } from '../domain/run';
import { row, type Transaction } from './rows';
import { sources, type SourceRow } from './schema';

/** Adds an instance of a source. A connection has one of its own, of kind `jit`. */
export async function insertSource(
  tx: Transaction,
  organizationId: OrganizationId,
  source: { kind: SourceKind; name: string; connectionId?: ConnectionId },
): Promise<SourceId> {
  const id = uuid();
  await tx
    .getRepository(sources)
    .insert({ organizationId, id, connectionId: null, brake: null, createdAt: new Date(), ...source });
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

/** What of a source its runs need. */
export interface RunSource {
  kind: SourceKind;
  name: string;
  settings: Readonly<Record<string, unknown>> | null;
  bookmark: string | null;
  /** Null: the default. */
  brake: Brake | null;
}

export const findRunSource = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: SourceId,
): Promise<RunSource | undefined> =>
  row<RunSource>(
    tx,
    `SELECT kind, name, settings, bookmark, brake FROM sources WHERE organization_id = $1 AND id = $2`,
    [organizationId, id],
  );

export const setBookmark = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: SourceId,
  bookmark: string,
): Promise<unknown> =>
  tx.query(`UPDATE sources SET bookmark = $3 WHERE organization_id = $1 AND id = $2`, [organizationId, id, bookmark]);

export const setBrake = (
  tx: Transaction,
  organizationId: OrganizationId,
  id: SourceId,
  brake: Brake | null,
): Promise<unknown> =>
  tx.query(`UPDATE sources SET brake = $3 WHERE organization_id = $1 AND id = $2`, [
    ...[organizationId, id],
    brake && JSON.stringify(brake),
  ]);

/** Sources that an organization has one of, from when they are first needed; each has a unique index for its kind. */
const MADE_WHEN_NEEDED = { spreadsheet: 'File import', catalog: 'Catalog' } as const;

/** The one source of an organization's files; made when the first file comes. */
export const spreadsheetSource = (tx: Transaction, organizationId: OrganizationId): Promise<SourceId> =>
  sourceMadeWhenNeeded(tx, organizationId, 'spreadsheet');

/** The one source by which contacts of the catalog get accounts; made when the first does. */
export const catalogSource = (tx: Transaction, organizationId: OrganizationId): Promise<SourceId> =>
  sourceMadeWhenNeeded(tx, organizationId, 'catalog');

async function sourceMadeWhenNeeded(
  tx: Transaction,
  organizationId: OrganizationId,
  kind: keyof typeof MADE_WHEN_NEEDED,
): Promise<SourceId> {
  await tx.query(
    `INSERT INTO sources (organization_id, id, kind, name) VALUES ($1, $2, '${kind}', $3)
     ON CONFLICT (organization_id) WHERE kind = '${kind}' DO NOTHING`,
    [organizationId, uuid(), MADE_WHEN_NEEDED[kind]],
  );
  const found = await row<{ id: SourceId }>(tx, `SELECT id FROM sources WHERE organization_id = $1 AND kind = $2`, [
    organizationId,
    kind,
  ]);
  if (!found) throw new Error(`organization ${organizationId} has no source ${kind}`);
  return found.id;
}
