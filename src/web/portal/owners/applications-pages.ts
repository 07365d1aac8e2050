import { CLAIM_NAMES } from '../../../domain/application-claims';
import type { ApplicationView } from '../../../management/applications';
import type { FieldError } from '../../page-context';
import { listOf, problemsInWords, when } from '../../wording';
import type { PortalContext } from '../frame-model';
import type { ApplicationValues } from './application-values';
import { SNIPPETS } from './snippets';

export interface ApplicationsPages {
  'portal/applications': ApplicationsModel;
  'portal/application': ApplicationModel;
  'portal/application-form': ApplicationFormModel;
  'portal/application-secret': ApplicationSecretModel;
}

type Shown = Pick<ApplicationView, 'id' | 'name' | 'clientId' | 'organizations' | 'lastUsedAt' | 'lastLogoutNotice'>;

interface ApplicationsModel {
  applications: readonly (Shown & { url: string })[];
  newUrl?: string;
  nextUrl?: string;
}

interface ApplicationModel {
  application: ApplicationView;
  listUrl: string;
  url: string;
  /** Which snippet to show. */
  snippet: string;
  /** Whose people the test sign-in is for. */
  organization: string;
  testUrl?: string;
  mayChange: boolean;
}

interface ApplicationFormModel {
  values: ApplicationValues;
  errors: readonly FieldError[];
  action: string;
  listUrl: string;
  existing?: { name: string; url: string };
}

interface ApplicationSecretModel {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  nextUrl: string;
}

const NOTICE_TONES = { waiting: 'info', confirmed: 'good', given_up: 'bad' } as const;
const FIELDS = [
  ...['name', 'type', 'redirectUris', 'postLogoutRedirectUris', 'backchannelLogoutUri', 'initiateLoginUri'],
  ...['organizations', 'groups', 'licences', 'claims'],
];

type Say = (part: string, values?: object) => string;
const sayer =
  ({ t }: PortalContext): Say =>
  (part, values) =>
    t(`portal.applications.${part}`, { ...values });

function noticeBadge({ lastLogoutNotice }: Pick<Shown, 'lastLogoutNotice'>, say: Say): object | undefined {
  const state = lastLogoutNotice?.state;
  return state && { text: say(`told.${state}`), tone: NOTICE_TONES[state] };
}

const reachOf = ({ organizations }: Shown, say: Say, { language }: PortalContext): string =>
  organizations === 'all' ? say('all') : listOf(organizations, language);

/** The list as a table. */
export function applicationsView(model: ApplicationsModel, context: PortalContext): object {
  const say = sayer(context);
  const { t, now, language } = context;
  const create = model.newUrl ? [{ label: say('new'), href: model.newUrl, kind: 'primary', icon: 'plus' }] : [];
  return {
    ...model,
    actions: model.applications.length ? create : [],
    table: {
      label: say('title'),
      columns: [
        { label: say('field.name') },
        { label: say('field.organizations'), optional: true },
        { label: say('lastUsed') },
        { label: say('lastNotice'), optional: true },
      ],
      rows: model.applications.map((one) => ({
        id: one.id,
        cells: [
          { text: one.name, url: one.url, sub: one.clientId },
          { text: reachOf(one, say, context) },
          { text: one.lastUsedAt ? when(one.lastUsedAt, now, language, t) : say('never'), muted: true },
          { text: say('told.none'), muted: true, badge: noticeBadge(one, say) },
        ],
      })),
      empty: { icon: 'app', title: say('empty'), text: say('emptyText'), actions: create },
    },
    pager: { nextUrl: model.nextUrl },
  };
}

/** One application: what to enter there, who may use it, and when it was used. */
export function applicationView(model: ApplicationModel, context: PortalContext): object {
  const say = sayer(context);
  const { t, now, language } = context;
  const { application, url } = model;
  const { access } = application;
  const at = (date: Date | null): string => (date ? when(date, now, language, t) : say('never'));
  const names = access === 'everyone' ? [] : [...access.groups, ...access.licences];
  const kinds = Object.keys(SNIPPETS) as (keyof typeof SNIPPETS)[];
  const chosen = kinds.find((kind) => kind === model.snippet) ?? 'express';
  const hasSecret = application.tokenEndpointAuthMethod.startsWith('client_secret');
  return {
    ...model,
    crumbs: [{ label: say('title'), url: model.listUrl }],
    actions: model.mayChange ? [{ label: say('edit'), href: `${url}/edit`, icon: 'pencil' }] : [],
    facts: [
      { label: say('field.type'), value: say(hasSecret ? 'type.web' : 'type.other') },
      { label: say('field.organizations'), value: reachOf(application, say, context) },
      { label: say('who'), value: names.length ? listOf(names, language, 'disjunction') : say('everyone') },
      { label: say('field.claims'), value: application.claims ? application.claims.join(', ') : say('allClaims') },
      { label: say('lastUsed'), value: at(application.lastUsedAt) },
      {
        label: say('lastNotice'),
        value: application.lastLogoutNotice ? at(application.lastLogoutNotice.at) : say('told.none'),
        badge: noticeBadge(application, say),
      },
    ],
    hasSecret,
    secrets: application.secrets.map(({ createdAt, expiresAt, lastUsedAt }) => ({
      icon: 'key',
      title: say('secret.made', { when: at(createdAt) }),
      sub: say('secret.used', { when: at(lastUsedAt) }),
      ...(expiresAt && {
        badge:
          expiresAt > now ? { text: say('secret.ending'), tone: 'warn' } : { text: say('secret.over'), tone: 'plain' },
      }),
    })),
    tabs: kinds.map((kind) => ({
      label: say(`snippet.${kind}`),
      url: `${url}?snippet=${kind}`,
      current: kind === chosen,
    })),
    code: SNIPPETS[chosen]({
      ...{ issuer: application.issuer, clientId: application.clientId },
      redirectUri: application.redirectUris[0] ?? '',
    }),
  };
}

/** Codes of addresses that the words common to all forms do not tell apart. */
const URI_CODES = ['insecure', 'fragment', 'credentials', 'wildcard', 'not_normal'];

/** The form of a new one, or of one there is. */
export function applicationFormView(model: ApplicationFormModel, context: PortalContext): object {
  const say = sayer(context);
  const labels = Object.fromEntries(FIELDS.map((field) => [field, say(`field.${field}`)]));
  const errors = model.errors.map(({ field, code }) => ({
    field: field.replace(/^access\./, '').split('.', 1)[0] ?? field,
    code: code === 'uri_invalid_url' ? 'invalid_url' : code,
  }));
  const words = problemsInWords(errors, labels, context.t);
  const uri = errors.flatMap(({ field, code }) => {
    const known = URI_CODES.find((one) => code === `uri_${one}`) ?? (code === 'address_refused' ? code : undefined);
    return known ? [[field, say(`uri.${known}`)] as const] : [];
  });
  return {
    ...model,
    ...words,
    beside: { ...words.beside, ...Object.fromEntries(uri) },
    labels,
    title: model.existing ? say('edit') : say('new'),
    crumbs: [
      { label: say('title'), url: model.listUrl },
      ...(model.existing ? [{ label: model.existing.name, url: model.existing.url }] : []),
    ],
    types: {
      ...{ name: 'type', legend: labels.type, value: model.values.type },
      options: ['web', 'spa'].map((value) => ({ value, label: say(`type.${value}`), text: say(`typeText.${value}`) })),
    },
    reach: {
      ...{ name: 'reach', legend: labels.organizations, value: model.values.reach },
      options: ['all', 'some'].map((value) => ({ value, label: say(`reach.${value}`) })),
    },
    claims: CLAIM_NAMES.map((value) => ({
      ...{ name: 'claims', id: `claim-${value}`, value, label: value },
      checked: model.values.claims.includes(value),
    })),
  };
}
