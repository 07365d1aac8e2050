import { isStandardAttribute } from '../../../domain/attributes';
import { OWNABLE_ACCESS, SOURCE_KINDS, USER_TYPES, type SourceKind } from '../../../domain/policy';
import { USERNAME_PLACEHOLDERS } from '../../../domain/username';
import type { PortalContext } from '../frame-model';
import type { OwnedField } from './field-owners';
import type { AccessValues, DefaultsValues } from './policy-form';
import type { BrandingPages } from './settings-branding-pages';
import type { DomainsPages } from './settings-domains-pages';
import { sectionOf, type SectionModel } from './settings-tabs';

export interface SettingsPages extends BrandingPages, DomainsPages {
  'portal/settings': AccessModel;
  'portal/settings-defaults': DefaultsModel;
  'portal/settings-fields': OwnersModel;
}

interface AccessModel extends SectionModel {
  values: AccessValues;
}

interface DefaultsModel extends SectionModel {
  values: DefaultsValues;
  profiles: readonly string[];
  licences: readonly string[];
  preview: readonly { name: string; username: string }[];
}

interface OwnersModel extends SectionModel {
  owned: readonly OwnedField[];
  kinds: readonly SourceKind[];
}

/** Who comes in, and for how long. */
export function accessView(model: AccessModel, { t }: PortalContext): object {
  const { values } = model;
  const say = (part: string): string => t(`portal.settings.${part}`);
  const box = (field: 'allowedSources' | 'linkBy', value: string, label: string) => ({
    ...{ name: field, id: `${field}-${value}`, value, label, checked: values[field].includes(value) },
  });
  return {
    ...sectionOf(model, '', ['allowedSources', 'selfSignupDomains', 'sessionHours', 'idleMinutes'], t),
    values,
    sources: SOURCE_KINDS.map((kind) => box('allowedSources', kind, t(`portal.connections.source.${kind}`))),
    links: ['external_id', 'verified_email'].map((by) => box('linkBy', by, say(`linkBy.${by}`))),
    switches: (['requireGroupAndProfile', 'requireSecondFactor', 'signInReactivates'] as const).map((name) => ({
      ...{ name, label: say(`field.${name}`), checked: values[name], asSwitch: true },
    })),
  };
}

/** What new accounts get. */
export function defaultsView(model: DefaultsModel, { t }: PortalContext): object {
  const { values, profiles, licences, preview } = model;
  const say = (part: string): string => t(`portal.settings.${part}`);
  const choice = (field: keyof DefaultsValues, options: readonly string[]) => ({
    ...{ name: field, label: say(`field.${field}`), value: values[field] },
    options: options.map((value) => ({ value, label: say(`choice.${field}.${value}`) })),
  });
  const named = (field: keyof DefaultsValues, names: readonly string[]) => ({
    ...{ name: field, label: say(`field.${field}`), value: values[field] },
    options: [{ value: '', label: say('none') }, ...names.map((name) => ({ value: name, label: name }))],
  });
  return {
    ...sectionOf(model, '/defaults', ['usernameFormat', 'defaultGroups', 'defaultSite'], t),
    ...{ values, preview },
    formatHelp: t('portal.settings.formatHelp', { names: USERNAME_PLACEHOLDERS.map((name) => `{${name}}`).join(' ') }),
    selects: [
      choice('defaultUserType', USER_TYPES),
      named('defaultPermissionProfile', profiles),
      named('defaultLicence', licences),
      choice('whenNoSeat', ['refuse', 'without_licence']),
      choice('unknownGroups', ['ignore', 'create']),
    ],
  };
}

/** Which source is believed first about which field. */
export function fieldOwnersView(model: OwnersModel, { t }: PortalContext): object {
  const options = [
    { value: '', label: t('portal.settings.asUsual') },
    ...model.kinds.map((kind) => ({ value: kind, label: t(`portal.connections.source.${kind}`) })),
  ];
  return {
    ...sectionOf(model, '/fields', ['fieldOwners'], t),
    options,
    rows: model.owned.map(({ field, first, second }) => {
      const label = fieldInWords(field, t);
      const choice = (rank: string, value: string) => ({
        ...{ name: `${rank}.${field}`, value, spoken: t(`portal.settings.${rank}Of`, { field: label }) },
      });
      return { label, choices: [choice('first', first), choice('second', second)] };
    }),
  };
}

function fieldInWords(field: string, t: PortalContext['t']): string {
  if (isStandardAttribute(field)) return t(`attributes.${field}`);
  const isAccess = (OWNABLE_ACCESS as readonly string[]).includes(field);
  return isAccess ? t(`portal.settings.ownable.${field}`) : field.replace(/^attributes\./, '');
}
