import type { AccountProvenance } from '../../../management/provenance';
import type { FieldError } from '../../page-context';
import type { PortalContext } from '../frame-model';
import { fieldInWords } from './people-words';
import { personForm, type PersonChoices, type PersonValues } from './person-fields';

export interface UserEditPages {
  'portal/user-edit': UserEditModel;
}

export interface UserEditModel {
  name: string;
  values: PersonValues;
  /** As it was when this form was first shown: what another admin changes meanwhile must not be undone unseen. */
  was: PersonValues;
  errors: readonly FieldError[];
  choices: PersonChoices;
  provenance: AccountProvenance;
  /** What another changed meanwhile. */
  conflicts: readonly { field: string; before: string; after: string; typed: string }[];
  action: string;
  userUrl: string;
  usersUrl: string;
}

/** The form of one person, with what belongs to another source marked. */
export function userEditView(model: UserEditModel, { t }: PortalContext): object {
  const { values, was, errors, choices, provenance, conflicts } = model;
  const owners = [...provenance.attributes, ...provenance.access].filter(
    ({ source, because }) => because === 'source' && source && source.kind !== 'admin',
  );
  const owned = (field: string): object => {
    const owner = owners.find((one) => one.field === field)?.source;
    return owner ? { help: t('portal.user.owned', { source: owner.name }) } : {};
  };
  const form = personForm(values, errors, choices, t, { own: owned, none: t('portal.users.none') });
  return {
    ...{ ...model, ...form },
    was: JSON.stringify(was),
    crumbs: [
      { label: t('portal.users.title'), url: model.usersUrl },
      { label: model.name, url: model.userUrl },
    ],
    conflicts: conflicts.map(({ field, before, after, typed }) => ({
      ...{
        label: fieldInWords(field, t),
        before: inWords(field, before, choices),
        after: inWords(field, after, choices),
      },
      ...(typed !== after && { typed: t('portal.user.typed', { value: inWords(field, typed, choices) || '–' }) }),
    })),
  };
}

/** Groups, profiles and licences travel as ids. */
function inWords(field: string, value: string, choices: PersonChoices): string {
  const known = {
    groups: choices.groups,
    permissionProfile: choices.permissionProfiles,
    licence: choices.licences,
  }[field];
  if (!known) return value;
  return value
    .split(',')
    .map((id) => known.find((one) => one.id === id)?.name ?? id)
    .join(', ');
}
