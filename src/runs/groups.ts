import type { Cells } from '../sources/cells';
import { readGroups } from '../sources/read-cell';
import { ensureGroups } from '../storage/directory';
import type { Transaction } from '../storage/rows';
import { nameKey, withGroups, type Directory } from './directory';

/** Names of groups in the line that the organization does not have. */
export function missingGroups({ cells }: { cells: Cells }, directory: Directory): readonly string[] {
  const read = readGroups(cells.groups ?? '');
  return 'value' in read ? read.value.filter((name) => !directory.groups.has(nameKey(name))) : [];
}

const namesOf = (lines: readonly { cells: Cells }[], directory: Directory): string[] => [
  ...new Map(lines.flatMap((line) => missingGroups(line, directory)).map((name) => [nameKey(name), name])).values(),
];

/** The directory as it would be after these lines: where the policy says so, an unknown group is made. */
export const foreseenDirectory = (directory: Directory, lines: readonly { cells: Cells }[]): Directory =>
  directory.unknownGroups === 'create' ? withGroups(directory, namesOf(lines, directory)) : directory;

/** Makes the groups that these lines name and nobody made before, where the policy says so. Yields whether there were any. */
export async function makeGroups(
  tx: Transaction,
  organizationId: string,
  directory: Directory,
  lines: readonly { cells: Cells }[],
): Promise<boolean> {
  const names = directory.unknownGroups === 'create' ? namesOf(lines, directory) : [];
  if (names.length) await ensureGroups(tx, organizationId, names);
  return names.length > 0;
}
