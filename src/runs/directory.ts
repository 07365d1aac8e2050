import { v7 as uuid } from 'uuid';
import type { Policy } from '../domain/policy';
import { listDirectory, type DirectoryKind } from '../storage/directory';
import type { Transaction } from '../storage/rows';

type Names = ReadonlyMap<string, string>;

/** What an organization has by name: groups, permission profiles and licences, each by lower-case name and by id. */
export interface Directory {
  groups: Names;
  permissionProfiles: Names;
  licences: Names;
  unknownGroups: Policy['unknownGroups'];
}

export async function readDirectory(tx: Transaction, organizationId: string, policy: Policy): Promise<Directory> {
  const names = async (kind: DirectoryKind): Promise<Names> =>
    new Map(
      (await listDirectory(tx, kind, organizationId)).flatMap(({ id, name }) => [
        [nameKey(name), id],
        [id, id],
      ]),
    );
  return {
    groups: await names('groups'),
    permissionProfiles: await names('permission_profiles'),
    licences: await names('licences'),
    unknownGroups: policy.unknownGroups,
  };
}

export const nameKey = (name: string): string => name.toLowerCase();

/** The directory as it will be once these groups are made: in a look ahead they need an id of some kind. */
export function withGroups(directory: Directory, names: readonly string[]): Directory {
  if (!names.length) return directory;
  const added = names.map((name) => [nameKey(name), uuid()] as const);
  return { ...directory, groups: new Map([...directory.groups, ...added]) };
}
