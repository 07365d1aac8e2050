import type { OrganizationId } from '../domain/ids';
import { listDirectory, type DirectoryKind } from '../storage/directory';
import type { Transaction } from '../storage/rows';

/** Names of groups, permission profiles and licences by their ids. */
export type Names = Record<DirectoryKind, ReadonlyMap<string, string>>;

export async function readNames(tx: Transaction, organizationId: OrganizationId): Promise<Names> {
  const read = async (kind: DirectoryKind): Promise<ReadonlyMap<string, string>> =>
    new Map((await listDirectory(tx, kind, organizationId)).map(({ id, name }) => [id, name]));
  return {
    groups: await read('groups'),
    permission_profiles: await read('permission_profiles'),
    licences: await read('licences'),
  };
}
