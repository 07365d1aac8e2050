import { USER_TYPES } from '../../../domain/policy';
import type { Translate } from '../../languages';
import type { FieldError } from '../../page-context';
import { problemsInWords, type FormProblems } from '../../wording';
import { fieldInWords } from './people-words';

/** What the form of a person holds, each as text; several groups with commas between. */
export type PersonValues = Readonly<Record<string, string>>;

export const MAIN_FIELDS = ['givenName', 'familyName', 'email'] as const;
const TEXT_FIELDS = ['username', 'displayName', 'phone', 'extension', 'department', 'title', 'site'] as const;
const ACCESS_FIELDS = ['userType', 'groups', 'permissionProfile', 'licence', 'accessUntil', 'adminManaged'] as const;
export const PERSON_FIELDS: readonly string[] = [...MAIN_FIELDS, ...TEXT_FIELDS, ...ACCESS_FIELDS];

/** What can be chosen, by name. */
export interface PersonChoices {
  groups: readonly Choice[];
  permissionProfiles: readonly Choice[];
  licences: readonly Choice[];
}
export interface Choice {
  id: string;
  name: string;
}

/** A field as the management room takes it; undefined when it is empty. A day counts to its end. */
export function givenValue(field: string, value: string): unknown {
  if (field === 'groups') return value ? value.split(',') : undefined;
  if (field === 'adminManaged') return value === 'on';
  if (!value) return undefined;
  return field === 'accessUntil' && /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T23:59:59Z` : value;
}

/** One part of a form and what it is given. */
export interface Control {
  part: 'field' | 'select' | 'checkbox' | 'checkboxes';
  props: object;
}

export interface PersonForm extends FormProblems {
  main: readonly Control[];
  more: readonly Control[];
}

interface PersonFormWords {
  /** What else is said of a field. */
  own?: (field: string) => object;
  /** What choosing nothing means. */
  none: string;
}

/** The form in parts: what an account needs, and what is optional. */
export function personForm(
  values: PersonValues,
  errors: readonly FieldError[],
  choices: PersonChoices,
  t: Translate,
  { own, none }: PersonFormWords,
): PersonForm {
  const labels = Object.fromEntries(PERSON_FIELDS.map((field) => [field, fieldInWords(field, t)]));
  const problems = problemsInWords(errors, labels, t);
  const base = (name: string) => ({
    ...{ name, label: labels[name], value: values[name] ?? '', error: problems.beside[name] },
    ...own?.(name),
  });
  const text = (name: string, more: object = {}): Control => ({ part: 'field', props: { ...base(name), ...more } });
  const chosen = (name: string, from: readonly Choice[], mayBeNone = true): Control => ({
    part: 'select',
    props: {
      ...base(name),
      options: [
        ...(mayBeNone ? [{ value: '', label: none }] : []),
        ...from.map(({ id, name: label }) => ({ value: id, label })),
      ],
    },
  });
  const groups = (values.groups ?? '').split(',');
  return {
    ...problems,
    main: [text('givenName'), text('familyName'), text('email', { type: 'email' })].map(required),
    more: [
      ...TEXT_FIELDS.map((name) => text(name, name === 'username' ? { help: t('portal.users.form.username') } : {})),
      chosen(
        'userType',
        USER_TYPES.map((name) => ({ id: name, name: t(`portal.users.userType.${name}`) })),
        !values.userType,
      ),
      {
        part: 'checkboxes',
        props: {
          ...base('groups'),
          options: choices.groups.map(({ id, name }) => ({ value: id, label: name, checked: groups.includes(id) })),
        },
      },
      chosen('permissionProfile', choices.permissionProfiles),
      chosen('licence', choices.licences),
      text('accessUntil', { type: 'date', help: t('portal.users.form.accessUntil') }),
      {
        part: 'checkbox',
        props: {
          ...{ name: 'adminManaged', label: labels.adminManaged, checked: values.adminManaged === 'on' },
          ...{ asSwitch: true, help: t('portal.users.form.adminManaged') },
        },
      },
    ],
  };
}

const required = ({ part, props }: Control): Control => ({ part, props: { ...props, required: true } });
