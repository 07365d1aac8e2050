import { usernameBase } from '../../../domain/username';
import type { Policy } from '../../../domain/policy';
import type { PolicyForm } from '../../../management/policy';

/** A form as it was sent. */
interface Typed {
  text(field: string): string;
  all(field: string): readonly string[];
}

/** Fields of one text each. */
const TEXTS = [
  'usernameFormat',
  'defaultGroups',
  'defaultPermissionProfile',
  'defaultLicence',
  'whenNoSeat',
  'defaultSite',
  'defaultUserType',
  'unknownGroups',
  'sessionHours',
  'idleMinutes',
] as const;
type Texts = Readonly<Record<(typeof TEXTS)[number], string>>;

/** What the form shows. */
export interface PolicyValues extends Texts {
  allowedSources: readonly string[];
  linkBy: readonly string[];
  requireGroupAndProfile: boolean;
  signInReactivates: boolean;
  requireSecondFactor: boolean;
}

const textsFrom = (read: (name: keyof Texts) => string): Texts =>
  Object.fromEntries(TEXTS.map((name) => [name, read(name)])) as unknown as Texts;

export const valuesOf = (policy: Policy): PolicyValues => ({
  ...textsFrom((name) => String(policy[name] ?? '')),
  defaultGroups: policy.defaultGroups.join('\n'),
  allowedSources: policy.allowedSources,
  linkBy: policy.linkBy,
  requireGroupAndProfile: policy.requireGroupAndProfile,
  signInReactivates: policy.signInReactivates,
  requireSecondFactor: policy.requireSecondFactor,
});

export const typedValues = (form: Typed): PolicyValues => ({
  ...textsFrom((name) => form.text(name).trim()),
  allowedSources: form.all('allowedSources'),
  linkBy: form.all('linkBy'),
  requireGroupAndProfile: form.text('requireGroupAndProfile') !== '',
  signInReactivates: form.text('signInReactivates') !== '',
  requireSecondFactor: form.text('requireSecondFactor') !== '',
});

/** The whole policy: what was typed, and what this form does not show as it is. */
export const formFrom = (values: PolicyValues, { fieldOwners, selfSignupDomains }: Policy): object =>
  ({
    ...{ fieldOwners, selfSignupDomains },
    ...values,
    defaultGroups: values.defaultGroups.split(/[\r\n]+/).filter((name) => name.trim()),
    defaultPermissionProfile: values.defaultPermissionProfile || null,
    defaultLicence: values.defaultLicence || null,
    sessionHours: Number(values.sessionHours),
    idleMinutes: Number(values.idleMinutes),
  }) satisfies Partial<Record<keyof PolicyForm, unknown>>;

/** People as they come, with names that are hard on a format. */
const EXAMPLES = [
  { givenName: 'María', familyName: 'Suárez', displayName: 'María Suárez', email: 'maria.suarez@acme.example' },
  { givenName: 'Łukasz', familyName: 'Nowak-Müller', displayName: 'Łukasz Nowak-Müller', email: 'lnowak@acme.example' },
  { givenName: '明', familyName: '李', displayName: '李 明', email: 'li.ming@acme.example' },
];

/** What usernames of this format look like. */
export const previewOf = (format: string): readonly { name: string; username: string }[] =>
  EXAMPLES.map((person) => ({ name: person.displayName, username: usernameBase(format, person) }));
