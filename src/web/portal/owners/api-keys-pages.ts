import type { ApiKeyView } from '../../../management/api-keys';
import { SCOPES } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { dayOf, problemsInWords, when } from '../../wording';
import type { PortalContext } from '../frame-model';

export interface ApiKeysPages {
  'portal/api-keys': ApiKeysModel;
  'portal/api-key-new': ApiKeyNewModel;
}

interface ApiKeysModel {
  keys: readonly (ApiKeyView & { revokeUrl: string })[];
  newUrl: string;
  nextUrl?: string;
}

/** The form as it is typed. */
export interface ApiKeyValues {
  name: string;
  /** `all` or `one` organization. */
  reach: string;
  organization: string;
  /** `2027-03-31`; empty: never. */
  expires: string;
  scopes: readonly string[];
}

interface ApiKeyNewModel {
  values: ApiKeyValues;
  errors: readonly FieldError[];
  listUrl: string;
  action: string;
}

type Key = ApiKeysModel['keys'][number];

function stateOf({ revokedAt, expiresAt }: Key, now: Date): 'revoked' | 'expired' | 'active' {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt <= now ? 'expired' : 'active';
}

/** The list as a table, newest first. */
export function apiKeysView(model: ApiKeysModel, { t, now, language }: PortalContext): object {
  const say = (part: string, values?: object): string => t(`portal.apiKeys.${part}`, { ...values });
  const create = [{ label: say('new'), href: model.newUrl, kind: 'primary', icon: 'plus' }];
  const rowOf = (key: Key): object => {
    const state = stateOf(key, now);
    const revoke = { label: say('revoke.button'), href: key.revokeUrl, compact: true, danger: true, kind: 'quiet' };
    return {
      id: key.id,
      cells: [
        { text: key.name, sub: `${key.prefix}…` },
        {
          text: key.organization ?? say('all'),
          sub: key.scopes.includes('*') ? say('allScopes') : key.scopes.join(', '),
        },
        { text: key.lastUsedAt ? when(key.lastUsedAt, now, language, t) : say('never'), muted: true },
        { text: key.expiresAt ? dayOf(key.expiresAt, language) : say('noExpiry'), muted: true },
        state === 'active'
          ? { text: '', buttons: [{ button: { ...revoke, spoken: say('revoke.spoken', { name: key.name }) } }] }
          : { badge: { text: say(`state.${state}`), tone: 'plain' } },
      ],
    };
  };
  return {
    ...model,
    actions: model.keys.length ? create : [],
    table: {
      label: say('title'),
      columns: [
        { label: say('name') },
        { label: say('reach'), optional: true },
        { label: say('lastUsed'), optional: true },
        { label: say('expires'), optional: true },
        { label: say('stateLabel'), hidden: true },
      ],
      rows: model.keys.map(rowOf),
      empty: { icon: 'key', title: say('empty'), text: say('emptyText'), actions: create },
    },
    pager: { nextUrl: model.nextUrl },
  };
}

/** The form, its scopes by what they are about. */
export function apiKeyNewView(model: ApiKeyNewModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.apiKeys.${part}`);
  const { values } = model;
  const labels = Object.fromEntries(
    ['name', 'organization', 'scopes'].map((field) => [field, say(field)]).concat([['expiresAt', say('expires')]]),
  );
  const words = problemsInWords(model.errors, labels, t);
  const isUnknown = model.errors.some(({ code }) => code === 'unknown_organization');
  const resources = [...new Set(SCOPES.filter((scope) => scope !== '*').map((scope) => scope.split(':')[0] ?? ''))];
  return {
    ...model,
    ...words,
    beside: { ...words.beside, ...(isUnknown && { organization: say('noOrganization') }) },
    labels,
    crumbs: [{ label: say('title'), url: model.listUrl }],
    reach: {
      ...{ name: 'reach', legend: say('reach'), value: values.reach },
      options: ['one', 'all'].map((value) => ({
        value,
        label: say(`reaches.${value}`),
        text: say(`reachText.${value}`),
      })),
    },
    groups: resources.map((resource) => ({
      resource,
      boxes: ['read', 'write'].map((right) => ({
        ...{ name: 'scopes', id: `${resource}-${right}`, value: `${resource}:${right}`, label: say(right) },
        checked: values.scopes.includes(`${resource}:${right}`),
      })),
    })),
  };
}
