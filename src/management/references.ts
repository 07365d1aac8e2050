import { invalidForm, type FieldProblem } from '../domain/errors';
import type { GroupId, LicenceId, OrganizationId, PermissionProfileId } from '../domain/ids';
import { resolveInDirectory } from '../storage/directory';
import type { Transaction } from '../storage/rows';

/** Groups, profile and licence as people name them: by name or by id. Absent stays absent, null stays null. */
export interface References {
  groups?: readonly string[];
  permissionProfile?: string | null;
  licence?: string | null;
}

export interface ResolvedReferences {
  groups?: readonly GroupId[];
  permissionProfile?: PermissionProfileId | null;
  licence?: LicenceId | null;
}

/**
 * Yields the ids.
 * @param fields the form's own names of the three
 * @throws AppError invalid_form with every name that is unknown
 */
export async function resolveReferences(
  tx: Transaction,
  organizationId: OrganizationId,
  asked: References,
  fields: Record<keyof References, string>,
): Promise<ResolvedReferences> {
  const problems: FieldProblem[] = [];
  const resolved: ResolvedReferences = {};
  if (asked.groups) {
    const found = await resolveInDirectory(tx, 'groups', organizationId, asked.groups);
    const ids = asked.groups.map((name, index) => {
      const id = found.get(name);
      if (!id) problems.push(unknown(`${fields.groups}.${index}`, 'unknown_group', 'group'));
      return id ?? '';
    });
    resolved.groups = [...new Set(ids)];
  }
  for (const [field, kind, noun] of SINGLES) {
    const name = asked[field];
    const id = name ? (await resolveInDirectory(tx, kind, organizationId, [name])).get(name) : name;
    if (name && !id) problems.push(unknown(fields[field], `unknown_${kind.slice(0, -1)}`, noun));
    if (id !== undefined) resolved[field] = id;
  }
  if (problems.length) throw invalidForm(...problems);
  return resolved;
}

const SINGLES = [
  ['permissionProfile', 'permission_profiles', 'permission profile'],
  ['licence', 'licences', 'licence'],
] as const;

const unknown = (field: string, code: string, noun: string): FieldProblem => ({
  field,
  code,
  message: `There is no such ${noun}.`,
});
