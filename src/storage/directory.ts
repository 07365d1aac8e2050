import { v7 as uuid } from 'uuid';
import type { EntitySchema } from 'typeorm';
import type { GroupId, LicenceId, OrganizationId } from '../domain/ids';
import { preparedRows, row, rows, type Transaction } from './rows';
import {
  groups,
  licences,
  permissionProfiles,
  type GroupRow,
  type LicenceRow,
  type PermissionProfileRow,
} from './schema';

/** What an account has by reference; all three are named, unique by name within the organization, whatever the case. */
export type DirectoryKind = 'groups' | 'permission_profiles' | 'licences';
export interface DirectoryRows {
  groups: GroupRow;
  permission_profiles: PermissionProfileRow;
  licences: LicenceRow;
}

const SCHEMAS: Record<DirectoryKind, EntitySchema> = { groups, permission_profiles: permissionProfiles, licences };

/** All of a kind, by name. */
export function listDirectory<K extends DirectoryKind>(
  tx: Transaction,
  kind: K,
  organizationId: OrganizationId,
): Promise<DirectoryRows[K][]> {
  return rows<DirectoryRows[K]>(tx, `SELECT * FROM ${kind} WHERE organization_id = $1 ORDER BY lower(name)`, [
    organizationId,
  ]);
}

export function findInDirectory<K extends DirectoryKind>(
  tx: Transaction,
  kind: K,
  organizationId: OrganizationId,
  id: string,
): Promise<DirectoryRows[K] | undefined> {
  return row<DirectoryRows[K]>(tx, `SELECT * FROM ${kind} WHERE organization_id = $1 AND id = $2`, [
    organizationId,
    id,
  ]);
}

/** Adds one; violates `<kind>_name` when the name is taken. */
export async function insertIntoDirectory<K extends DirectoryKind>(
  tx: Transaction,
  kind: K,
  organizationId: OrganizationId,
  values: Omit<DirectoryRows[K], 'organizationId' | 'id' | 'createdAt'>,
): Promise<DirectoryRows[K]> {
  const added = { organizationId, id: uuid(), createdAt: new Date(), ...values };
  await tx.getRepository(SCHEMAS[kind]).insert(added);
  return added as DirectoryRows[K];
}

export async function updateInDirectory<K extends DirectoryKind>(
  tx: Transaction,
  kind: K,
  organizationId: OrganizationId,
  id: string,
  values: Partial<Omit<DirectoryRows[K], 'organizationId' | 'id' | 'createdAt'>>,
): Promise<void> {
  if (Object.keys(values).length) await tx.getRepository(SCHEMAS[kind]).update({ organizationId, id }, values);
}

/** Deletes one; a foreign key refuses what is still in use. */
export async function deleteFromDirectory(
  tx: Transaction,
  kind: DirectoryKind,
  organizationId: OrganizationId,
  id: string,
): Promise<boolean> {
  const gone = await rows(tx, `DELETE FROM ${kind} WHERE organization_id = $1 AND id = $2 RETURNING id`, [
    organizationId,
    id,
  ]);
  return gone.length > 0;
}

/** Creates the groups that do not exist yet; yields the id of each name, whatever its case. */
export async function ensureGroups(
  tx: Transaction,
  organizationId: OrganizationId,
  names: readonly string[],
): Promise<ReadonlyMap<string, GroupId>> {
  // Of several spellings the first one counts.
  const wanted = [...new Map(names.toReversed().map((name) => [name.toLowerCase(), name])).values()];
  await tx.query(
    `INSERT INTO groups (organization_id, id, name) SELECT $1, * FROM unnest($2::uuid[], $3::text[])
     ON CONFLICT (organization_id, lower(name)) DO NOTHING`,
    [organizationId, wanted.map(() => uuid()), wanted],
  );
  return groupIdsByName(tx, organizationId, wanted);
}

/** Ids by lower-case name, of the groups that exist. */
export async function groupIdsByName(
  tx: Transaction,
  organizationId: OrganizationId,
  names: readonly string[],
): Promise<ReadonlyMap<string, GroupId>> {
  if (!names.length) return new Map();
  const found = await preparedRows<{ id: GroupId; key: string }>(
    tx,
    'groups_by_name',
    `SELECT id, lower(name) AS key FROM groups WHERE organization_id = $1 AND lower(name) = ANY (SELECT lower(n) FROM unnest($2::text[]) n)`,
    [organizationId, names],
  );
  return new Map(found.map((one) => [one.key, one.id]));
}

/** Yields the free seats of those licences that are limited. */
export type FreeSeats = (
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly LicenceId[],
) => Promise<ReadonlyMap<LicenceId, number>>;

/** The free seats as they are now. */
export const countFreeSeats: FreeSeats = (tx, organizationId, ids) => freeSeats(tx, organizationId, ids, '');

/** Locks the licences against other grants until the transaction ends, and counts. */
export const lockFreeSeats: FreeSeats = (tx, organizationId, ids) =>
  freeSeats(tx, organizationId, ids, 'ORDER BY id FOR UPDATE');

async function freeSeats(
  tx: Transaction,
  organizationId: OrganizationId,
  ids: readonly LicenceId[],
  locking: '' | 'ORDER BY id FOR UPDATE',
): Promise<ReadonlyMap<LicenceId, number>> {
  if (!ids.length) return new Map();
  const found = await rows<{ id: LicenceId; seats: number | null }>(
    tx,
    `SELECT id, seats FROM licences WHERE organization_id = $1 AND id = ANY ($2::uuid[]) ${locking}`,
    [organizationId, ids],
  );
  const limited = found.filter((licence) => licence.seats !== null);
  if (!limited.length) return new Map();
  const used = await seatsUsed(
    tx,
    organizationId,
    limited.map(({ id }) => id),
  );
  return new Map(limited.map(({ id, seats }) => [id, (seats ?? 0) - (used.get(id) ?? 0)]));
}

/** Accounts that hold a seat, per licence; of these licences, or of all. */
export async function seatsUsed(
  tx: Transaction,
  organizationId: OrganizationId,
  ids?: readonly LicenceId[],
): Promise<ReadonlyMap<LicenceId, number>> {
  const used = await rows<{ licenceId: LicenceId; used: number }>(
    tx,
    `SELECT licence_id, count(*)::int AS used FROM accounts
      WHERE organization_id = $1 AND licence_id IS NOT NULL AND status IN ('invited', 'active', 'suspended')
        AND ($2::uuid[] IS NULL OR licence_id = ANY ($2)) GROUP BY licence_id`,
    [organizationId, ids ?? null],
  );
  return new Map(used.map((one) => [one.licenceId, one.used]));
}

/** Ids by what was asked for: a name, whatever its case, or an id. Absent: there is none. */
export async function resolveInDirectory(
  tx: Transaction,
  kind: DirectoryKind,
  organizationId: OrganizationId,
  asked: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (!asked.length) return new Map();
  const found = await rows<{ asked: string; id: string }>(
    tx,
    `SELECT a.asked, k.id FROM unnest($2::text[]) AS a(asked)
       JOIN ${kind} k ON k.organization_id = $1 AND (k.id::text = lower(a.asked) OR lower(k.name) = lower(a.asked))
      ORDER BY k.id::text = lower(a.asked)`,
    [organizationId, asked],
  );
  return new Map(found.map((one) => [one.asked, one.id]));
}
