import type { Policy } from '../../../domain/policy';
import { usernameBase } from '../../../domain/username';
import type { PortalForm } from '../form-model';

/** Who comes in, as the form shows it. */
export interface AccessValues {
  allowedSources: readonly string[];
  linkBy: readonly string[];
  /** One a line. */
  selfSignupDomains: string;
  sessionHours: string;
  idleMinutes: string;
  requireGroupAndProfile: boolean;
  signInReactivates: boolean;
  requireSecondFactor: boolean;
}

export const accessOf = (policy: Policy): AccessValues => ({
  allowedSources: policy.allowedSources,
  linkBy: policy.linkBy,
  selfSignupDomains: policy.selfSignupDomains.join('\n'),
  sessionHours: String(policy.sessionHours),
  idleMinutes: String(policy.idleMinutes),
  requireGroupAndProfile: policy.requireGroupAndProfile,
  signInReactivates: policy.signInReactivates,
  requireSecondFactor: policy.requireSecondFactor,
});

export const typedAccess = ({ text, all }: PortalForm): AccessValues => ({
  allowedSources: all('allowedSources'),
  linkBy: all('linkBy'),
  selfSignupDomains: text('selfSignupDomains'),
  sessionHours: text('sessionHours').trim(),
  idleMinutes: text('idleMinutes').trim(),
  requireGroupAndProfile: text('requireGroupAndProfile') !== '',
  signInReactivates: text('signInReactivates') !== '',
  requireSecondFactor: text('requireSecondFactor') !== '',
});

/** What it changes of the policy. */
export const changeOfAccess = (values: AccessValues): object => ({
  ...values,
  selfSignupDomains: linesIn(values.selfSignupDomains),
  sessionHours: Number(values.sessionHours),
  idleMinutes: Number(values.idleMinutes),
});

/** What new accounts get, as the form shows it. */
const DEFAULTS = [
  'usernameFormat',
  'defaultGroups',
  'defaultPermissionProfile',
  'defaultLicence',
  'whenNoSeat',
  'defaultSite',
  'defaultUserType',
  'unknownGroups',
] as const;
export type DefaultsValues = Readonly<Record<(typeof DEFAULTS)[number], string>>;

const defaultsFrom = (read: (name: keyof DefaultsValues) => string): DefaultsValues =>
  Object.fromEntries(DEFAULTS.map((name) => [name, read(name)])) as DefaultsValues;

export const defaultsOf = (policy: Policy): DefaultsValues => ({
  ...defaultsFrom((name) => String(policy[name] ?? '')),
  defaultGroups: policy.defaultGroups.join('\n'),
});

export const typedDefaults = ({ text }: PortalForm): DefaultsValues => defaultsFrom((name) => text(name).trim());

/** What it changes of the policy. */
export const changeOfDefaults = (values: DefaultsValues): object => ({
  ...values,
  defaultGroups: linesIn(values.defaultGroups),
  defaultPermissionProfile: values.defaultPermissionProfile || null,
  defaultLicence: values.defaultLicence || null,
});

const linesIn = (text: string): string[] => text.split(/[\r\n]+/).filter((line) => line.trim());

/** People as they come, with names that are hard on a format. */
const EXAMPLES = [
  { givenName: 'María', familyName: 'Suárez', displayName: 'María Suárez', email: 'maria.suarez@acme.example' },
  { givenName: 'Łukasz', familyName: 'Nowak-Müller', displayName: 'Łukasz Nowak-Müller', email: 'lnowak@acme.example' },
  { givenName: '明', familyName: '李', displayName: '李 明', email: 'li.ming@acme.example' },
];

/** What usernames of this format look like. */
export const previewOf = (format: string): readonly { name: string; username: string }[] =>
  EXAMPLES.map((person) => ({ name: person.displayName, username: usernameBase(format, person) }));
