import { SOURCE_KINDS, USER_TYPES } from '../../../domain/policy';
import { USERNAME_PLACEHOLDERS } from '../../../domain/username';
import type { DomainView } from '../../../management/domains';
import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';
import type { PolicyValues } from './policy-form';

export interface SettingsPages {
  'portal/settings': PolicyModel;
  'portal/settings-branding': BrandingModel;
  'portal/settings-domains': DomainsModel;
}

interface Tab {
  base: string;
  mayChange: boolean;
  errors: readonly FieldError[];
}

interface PolicyModel extends Tab {
  values: PolicyValues;
  profiles: readonly string[];
  licences: readonly string[];
  preview: readonly { name: string; username: string }[];
}

interface BrandingModel extends Tab {
  color: string;
}

interface DomainsModel extends Tab {
  domains: readonly DomainView[];
  typed: string;
  mayVouch: boolean;
}

const TABS = ['', '/branding', '/domains'] as const;
const LABELLED = ['usernameFormat', 'defaultGroups', 'defaultSite', 'sessionHours', 'idleMinutes'] as const;

/** What every tab has: the tabs, where the form goes, and the problems in words. */
function tabOf(
  { base, mayChange, errors }: Tab,
  own: (typeof TABS)[number],
  labels: readonly string[],
  t: PortalContext['t'],
) {
  const named = Object.fromEntries(labels.map((name) => [name, t(`portal.settings.field.${name}`)]));
  return {
    ...{ mayChange, labels: named, action: `${base}/settings${own}` },
    ...problemsInWords(errors, named, t),
    tabs: {
      label: t('portal.settings.tabs'),
      tabs: TABS.map((path) => ({
        label: t(`portal.settings.tab.${path.slice(1) || 'policy'}`),
        url: `${base}/settings${path}`,
        current: path === own,
      })),
    },
  };
}

/** The provisioning policy as a form. */
export function policyView(model: PolicyModel, { t }: PortalContext): object {
  const { values, profiles, licences, preview } = model;
  const say = (part: string): string => t(`portal.settings.${part}`);
  const choice = (field: string, options: readonly string[]) => ({
    ...{ name: field, label: say(`field.${field}`), value: values[field as keyof PolicyValues] },
    options: options.map((value) => ({ value, label: say(`choice.${field}.${value}`) })),
  });
  const named = (field: string, names: readonly string[]) => ({
    ...{ name: field, label: say(`field.${field}`), value: values[field as keyof PolicyValues] },
    options: [{ value: '', label: say('none') }, ...names.map((name) => ({ value: name, label: name }))],
  });
  const box = (field: 'allowedSources' | 'linkBy', value: string, label: string) => ({
    ...{ name: field, id: `${field}-${value}`, value, label, checked: values[field].includes(value) },
  });
  return {
    ...tabOf(model, '', LABELLED, t),
    ...{ values, preview },
    formatHelp: t('portal.settings.formatHelp', { names: USERNAME_PLACEHOLDERS.map((name) => `{${name}}`).join(' ') }),
    sources: SOURCE_KINDS.map((kind) => box('allowedSources', kind, t(`portal.connections.source.${kind}`))),
    links: ['external_id', 'verified_email'].map((by) => box('linkBy', by, say(`linkBy.${by}`))),
    switches: (['requireGroupAndProfile', 'requireSecondFactor', 'signInReactivates'] as const).map((name) => ({
      ...{ name, label: say(`field.${name}`), checked: values[name], asSwitch: true },
    })),
    selects: [
      choice('defaultUserType', USER_TYPES),
      named('defaultPermissionProfile', profiles),
      named('defaultLicence', licences),
      choice('whenNoSeat', ['refuse', 'without_licence']),
      choice('unknownGroups', ['ignore', 'create']),
    ],
  };
}

/** The colour, as it looks on the sign-in page. */
export const brandingView = (model: BrandingModel, { t }: PortalContext): object => ({
  ...tabOf(model, '/branding', ['color'], t),
  color: model.color,
});

/** Every domain with the record that proves it. */
export function domainsView(model: DomainsModel, { t }: PortalContext): object {
  const { base, domains, typed, mayVouch } = model;
  return {
    ...tabOf(model, '/domains', ['domain'], t),
    ...{ typed, mayVouch },
    domains: domains.map(({ id, domain, verified, verifiedBy, dns }) => ({
      ...{ id, domain, verified, dns },
      badge: {
        text: t(`portal.settings.domain.${verified ? (verifiedBy ?? 'vouched') : 'open'}`),
        tone: verified ? 'good' : 'warn',
      },
      verifyUrl: `${base}/settings/domains/${id}/verify`,
      removeUrl: `${base}/settings/domains/${id}/remove`,
    })),
  };
}
