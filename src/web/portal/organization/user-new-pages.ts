import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';
import { fieldInWords } from './people-words';
import { personForm, type PersonChoices, type PersonValues } from './person-fields';

export interface NewUserPages {
  'portal/user-new': NewUserModel;
  'portal/user-new-credential': CredentialModel;
}

interface NewUserModel {
  values: PersonValues;
  errors: readonly FieldError[];
  choices: PersonChoices;
  /** Nothing else is asked: the identity provider vouches for people. */
  isComplete: boolean;
  /** Takes a POST. */
  action: string;
  usersUrl: string;
}

interface CredentialModel {
  values: PersonValues;
  /** The format's, or what was typed. */
  username: string;
  way: 'link' | 'password';
  errors: readonly FieldError[];
  action: string;
  usersUrl: string;
}

/** Who it is: the first step, and the only one where people sign in with an identity provider. */
export function newUserView({ values, errors, choices, ...model }: NewUserModel, { t }: PortalContext): object {
  const form = personForm(values, errors, choices, t, { none: t('portal.users.form.byPolicy') });
  const say = (part: string): string => t(`portal.users.new${part}`);
  return {
    ...{ ...model, ...form },
    isMoreOpen: form.more.some(({ props }) => (props as { error?: string }).error),
    text: model.isComplete ? say('Sso') : say('Text'),
    button: model.isComplete ? say('Complete') : say('Continue'),
    crumbs: [{ label: t('portal.users.title'), url: model.usersUrl }],
    ...(!model.isComplete && { steps: stepsOf(0, say) }),
  };
}

/** By what they are to sign in: the second step. */
export function credentialView(model: CredentialModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.users.new${part}`);
  const isAdminManaged = model.values.adminManaged === 'on';
  const ways = [
    { value: 'link', label: say('Link'), text: t('portal.users.newLinkText', { email: model.values.email ?? '' }) },
    { value: 'password', label: say('Password'), text: say('PasswordText') },
  ];
  const labels = { username: fieldInWords('username', t), password: fieldInWords('password', t) };
  const { username: _typed, ...hidden } = model.values;
  return {
    ...model,
    ...problemsInWords(model.errors, labels, t),
    ...{ labels, hidden },
    options: isAdminManaged ? ways.slice(1) : ways,
    way: isAdminManaged ? 'password' : model.way,
    crumbs: [{ label: t('portal.users.title'), url: model.usersUrl }],
    steps: stepsOf(1, say),
  };
}

const stepsOf = (current: number, say: (part: string) => string): object =>
  ['StepWho', 'StepHow'].map((part, index) => ({
    ...{ label: say(part), current: index === current, done: index < current },
  }));
