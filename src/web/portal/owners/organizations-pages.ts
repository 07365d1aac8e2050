import type { CustomUrlStanding } from '../../../management/organization-list';
import type { Translate } from '../../languages';
import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';

type Sso = 'none' | 'active' | 'required';

export interface OrganizationsPages {
  'portal/organizations': OrganizationsModel;
  'portal/organization-form': OrganizationFormModel;
  'portal/organization-sign-in': OrganizationSignInModel;
  'portal/first-admin': FirstAdminModel;
  'portal/shown-once': ShownOnceModel;
}

interface OrganizationsModel {
  /** As searched for. */
  text: string;
  total: number;
  /** Number of the first one on this page. */
  from: number;
  organizations: readonly {
    id: string;
    name: string;
    slug: string;
    sso: Sso;
    accounts: number;
    hasAdmin: boolean;
    url: string;
    settingsUrl: string;
  }[];
  searchUrl: string;
  newUrl?: string;
  previousUrl?: string;
  nextUrl?: string;
}

export interface OrganizationFormModel {
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
  /** What the server says of the custom URL that was asked for. */
  standing?: CustomUrlStanding;
  action: string;
  listUrl: string;
  baseUrl: string;
  /** The organization whose settings these are; undefined: a new one. */
  existing?: {
    name: string;
    slug: string;
    url: string;
    sso: Sso;
    accounts: number;
    hasAdmin: boolean;
    mayChange: boolean;
    inviteUrl?: string;
    deleteUrl?: string;
  };
}

interface OrganizationSignInModel {
  name: string;
  sso: Sso;
  settingsUrl: string;
  connectionsUrl: string;
  adminUrl?: string;
}

interface FirstAdminModel {
  name: string;
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
  action: string;
  settingsUrl: string;
  /** How the admin will get in. */
  how: 'sso' | 'mail' | 'link';
}

/** A secret that no later page shows. */
interface ShownOnceModel {
  title: string;
  text: string;
  label: string;
  value: string;
  nextUrl: string;
}

const STEPS = ['name', 'signIn', 'admin'] as const;

/** Three steps to an organization that works; those before `current` are done. */
function stepper(current: number | undefined, t: Translate): object {
  return {
    label: t('portal.organizations.steps.label'),
    steps: STEPS.map((key, index) => ({
      label: t(`portal.organizations.steps.${key}`),
      done: current !== undefined && index < current,
      current: index === (current ?? 0),
    })),
  };
}

const ssoBadge = (sso: Sso, t: Translate): object => ({
  text: t(`portal.organizations.sso.${sso}`),
  tone: sso === 'none' ? 'plain' : 'good',
});

/** The list as a table; without any organization, the way to the first. */
export function organizationsView(model: OrganizationsModel, { t, language }: PortalContext): object {
  const say = (part: string, values?: object): string => t(`portal.organizations.${part}`, { ...values });
  const number = new Intl.NumberFormat(language);
  const create = model.newUrl ? [{ label: say('new'), href: model.newUrl, kind: 'primary', icon: 'plus' }] : [];
  const isFirst = model.total === 0 && model.text === '';
  return {
    ...model,
    actions: isFirst ? [] : create,
    isFirst,
    stepper: stepper(undefined, t),
    search: {
      ...{ action: model.searchUrl, value: model.text },
      ...{ label: say('search'), placeholder: say('search') },
    },
    table: {
      label: say('title'),
      columns: [
        { label: say('name') },
        { label: say('signIn'), optional: true },
        { label: say('accounts'), numeric: true, optional: true },
        { label: say('admins') },
        { label: say('settings'), hidden: true },
      ],
      rows: model.organizations.map((one) => ({
        id: one.id,
        cells: [
          { text: one.name, url: one.url, sub: `/${one.slug}` },
          { badge: ssoBadge(one.sso, t) },
          { text: number.format(one.accounts) },
          one.hasAdmin ? { text: '' } : { badge: { text: say('noAdmin'), tone: 'warn' } },
          {
            text: '',
            buttons: [
              {
                button: {
                  ...{ label: say('settings'), href: one.settingsUrl, compact: true, icon: 'settings', kind: 'quiet' },
                  spoken: say('settingsOf', { name: one.name }),
                },
              },
            ],
          },
        ],
      })),
      empty: isFirst
        ? { icon: 'building', title: say('first'), text: say('firstText'), actions: create }
        : { icon: 'search', title: say('nothing'), text: say('nothingText', { text: model.text }) },
    },
    pager: {
      text: say('range', {
        from: number.format(model.from),
        to: number.format(model.from + model.organizations.length - 1),
        total: number.format(model.total),
      }),
      previousUrl: model.previousUrl,
      nextUrl: model.nextUrl,
    },
  };
}

/** Name, custom URL and contacts, of a new one or of one there is. */
export function organizationFormView(model: OrganizationFormModel, { t }: PortalContext): object {
  const say = (part: string, values?: object): string => t(`portal.organizations.${part}`, { ...values });
  const labels = Object.fromEntries(
    ['name', 'slug', 'externalId', 'technicalContacts'].map((field) => [field, say(`field.${field}`)]),
  );
  const errors = model.errors.map(({ field, code }) => ({ field: field.split('.', 1)[0] ?? field, code }));
  const { standing, existing, values } = model;
  const url = `${model.baseUrl}/${values.slug ?? ''}`;
  return {
    ...model,
    ...problemsInWords(errors, labels, t),
    labels,
    title: existing?.name ?? say('new'),
    crumbs: [{ label: say('title'), url: model.listUrl }],
    slugHelp: say(existing ? 'help.slugChange' : 'help.slug', { base: model.baseUrl, slug: existing?.slug }),
    ...(standing && {
      answer: {
        tone: standing === 'free' ? 'good' : standing === 'own' ? 'info' : 'warn',
        text: say(`standing.${standing}`, { url }),
      },
    }),
    ...(existing
      ? {
          facts: [
            { label: say('signIn'), value: say(`sso.${existing.sso}`) },
            { label: say('accounts'), value: String(existing.accounts) },
            { label: say('field.url'), value: `${model.baseUrl}/${existing.slug}` },
          ],
        }
      : { stepper: stepper(0, t) }),
  };
}

/** The second step: by an identity provider, or by passwords. */
export function organizationSignInView(model: OrganizationSignInModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.organizations.signInStep.${part}`);
  return {
    ...model,
    crumbs: [{ label: model.name, url: model.settingsUrl }],
    stepper: stepper(1, t),
    ways: [
      {
        icon: 'plug',
        title: say('sso'),
        sub: say('ssoText'),
        ...(model.sso !== 'none' && { badge: ssoBadge(model.sso, t) }),
        link: { href: model.connectionsUrl, label: say('connect'), iconAfter: 'arrow-right' },
      },
      { icon: 'lock', title: say('passwords'), sub: say('passwordsText') },
    ],
  };
}

/** The third step. */
export function firstAdminView(model: FirstAdminModel, { t }: PortalContext): object {
  const labels = Object.fromEntries(
    ['email', 'givenName', 'familyName'].map((field) => [field, t(`portal.organizations.admin.${field}`)]),
  );
  return {
    ...model,
    ...problemsInWords(model.errors, labels, t),
    labels,
    crumbs: [{ label: model.name, url: model.settingsUrl }],
    stepper: stepper(2, t),
  };
}
