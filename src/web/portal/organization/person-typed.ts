import { directoryOf } from '../../../management/directory';
import type { PortalCall } from '../call';
import { PERSON_FIELDS, type Choice, type PersonChoices, type PersonValues } from './person-fields';

const MOST = 10_000;

/** The groups, profiles and licences that a form of a person offers. */
export async function choicesOf({ deps, caller, org }: PortalCall): Promise<PersonChoices> {
  const read = async (kind: 'groups' | 'permission_profiles' | 'licences'): Promise<Choice[]> => {
    const { items } = await directoryOf(kind).list(deps, caller, org, { limit: MOST });
    return items.map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
  };
  const [groups, permissionProfiles, licences] = [
    await read('groups'),
    await read('permission_profiles'),
    await read('licences'),
  ];
  return { groups, permissionProfiles, licences };
}

/** The fields as they were typed. */
export const typedPerson = ({ form }: PortalCall): PersonValues =>
  Object.fromEntries(
    PERSON_FIELDS.map((field) => [field, field === 'groups' ? form.all(field).join() : form.text(field).trim()]),
  );
