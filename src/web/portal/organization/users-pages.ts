import type { AccountStatus } from '../../../domain/account';
import { SOURCE_KINDS } from '../../../domain/policy';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { sortable } from '../sorting';
import { sourceInWords, statusBadge, systemBadges } from './people-words';
import { BULK_KINDS } from './users-bulk-pages';

export interface UserListPages {
  'portal/users': UsersModel;
}

interface UserLine {
  id: string;
  displayName: string | null;
  email: string;
  /** Of an organization it is a system account. */
  contactKind?: 'person' | 'organization';
  source: string;
  groups: readonly string[];
  licence: string | null;
  status: AccountStatus;
  /** Of whoever is awaited: how the newest e-mail link stands. */
  link?: string;
  createdAt: Date;
  lastSignInAt: Date | null;
}

interface UsersModel {
  users: readonly UserLine[];
  filter: { q?: string; status?: string; source?: string; group?: string };
  sort: string;
  order: 'asc' | 'desc';
  /** People who fit the filter but for its status. */
  counts: Partial<Record<AccountStatus, number>>;
  groups: readonly { id: string; name: string }[];
  nextCursor: string | null;
  previousCursor: string | null;
  /** Of the list itself. */
  url: string;
  mayChange: boolean;
}

const CHIPS = ['active', 'invited', 'unconfirmed', 'suspended', 'deactivated'] as const;

/** The list with its search, filters, order, selection and what can be done with it. */
export function usersView(model: UsersModel, context: PortalContext): object {
  const { t, language } = context;
  const { users, url, mayChange, nextCursor, previousCursor } = model;
  const say = (part: string, count: number): string =>
    t(`portal.users.${part}`, { count, number: new Intl.NumberFormat(language).format(count) });
  const all = Object.values(model.counts).reduce((sum, count) => sum + count, 0);
  const matching = model.filter.status ? (model.counts[model.filter.status as AccountStatus] ?? 0) : all;
  const page = (cursor: string | null) => (cursor ? addressOf(model, { cursor }) : undefined);
  const add = { label: t('portal.users.new'), href: `${url}/new`, kind: 'primary', icon: 'plus' };
  return {
    text: say('count', all),
    actions: mayChange ? [add] : [],
    search: searchOf(model, context),
    exports: ['csv', 'xlsx'].map((format) => ({
      label: t(`portal.users.export.${format}`),
      href: addressOf(model, { format }, '/export'),
      ...{ icon: 'download', kind: 'quiet' },
    })),
    chips: chipsOf(model, all, context),
    table: tableOf(model, context, mayChange ? [add] : []),
    pager: {
      text: say('matching', matching),
      previousUrl: page(previousCursor),
      nextUrl: page(nextCursor),
    },
    ...(mayChange &&
      users.length > 0 && {
        bulk: {
          action: `${url}/bulk`,
          hidden: definedIn({ ...model.filter }),
          ...{ selected: t('portal.users.selected'), withSelected: t('portal.users.withSelected') },
          all: say('selectAll', matching),
          buttons: BULK_KINDS.map((kind) => ({
            ...{ name: 'action', value: kind, label: t(`portal.users.bulk.${kind}.button`), compact: true },
            danger: kind === 'delete' || kind === 'suspend',
          })),
        },
      }),
  };
}

const definedIn = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1])));

/** The list's address, with something else than now. */
function addressOf({ url, filter, sort, order }: UsersModel, other: Record<string, string | undefined>, path = '') {
  const query = new URLSearchParams(definedIn({ ...filter, sort, order, ...other })).toString();
  return `${url}${path}?${query}`;
}

function searchOf({ url, filter, sort, order, groups }: UsersModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.users.${part}`);
  return {
    action: url,
    value: filter.q,
    label: say('search'),
    placeholder: say('searchHint'),
    hidden: definedIn({ status: filter.status, sort, order }),
    filters: [
      {
        ...{ name: 'source', label: say('source'), value: filter.source },
        options: [
          { value: '', label: say('anySource') },
          ...SOURCE_KINDS.map((kind) => ({ value: kind, label: sourceInWords(kind, t) })),
        ],
      },
      {
        ...{ name: 'group', label: say('group'), value: filter.group },
        options: [
          { value: '', label: say('anyGroup') },
          ...groups.map(({ id, name }) => ({ value: id, label: name })).sort((a, b) => a.label.localeCompare(b.label)),
        ],
      },
    ],
  };
}

function chipsOf(model: UsersModel, all: number, { t, language }: PortalContext): object {
  const number = new Intl.NumberFormat(language);
  const chip = (status: (typeof CHIPS)[number] | undefined, count: number) => ({
    label: t(`portal.users.status.${status ?? 'all'}`),
    url: addressOf(model, { status }),
    current: model.filter.status === status,
    count: number.format(count),
  });
  const shown = CHIPS.filter((status) => status !== 'unconfirmed' || model.counts[status]);
  return {
    label: t('portal.users.byState'),
    chips: [chip(undefined, all), ...shown.map((status) => chip(status, model.counts[status] ?? 0))],
  };
}

function tableOf(model: UsersModel, { t, now, language }: PortalContext, actions: readonly object[]): object {
  const say = (part: string): string => t(`portal.users.${part}`);
  const sorted = (key: string, label: string, first?: 'asc' | 'desc') =>
    sortable(model, (sorting) => addressOf(model, { ...sorting }), { key, label, first });
  const isFiltered = Object.values(model.filter).some(Boolean);
  return {
    label: say('title'),
    selection: model.mayChange ? { name: 'ids', form: 'bulk' } : undefined,
    columns: [
      sorted('name', say('person')),
      { ...sorted('createdAt', say('cameInBy'), 'desc'), optional: true },
      { label: say('groups'), optional: true },
      { label: say('licence'), optional: true },
      { label: say('state') },
      { ...sorted('lastSignInAt', say('lastSignIn'), 'desc'), numeric: true, optional: true },
    ],
    rows: model.users.map((user) => ({
      id: user.id,
      name: user.displayName ?? user.email,
      cells: [
        {
          ...{ avatar: user.displayName ?? user.email, text: user.displayName ?? user.email },
          ...{
            url: `${model.url}/${user.id}`,
            sub: [...systemBadges(user, t).map(({ text }) => text), user.email].join(' · '),
          },
        },
        { text: sourceInWords(user.source, t), sub: when(user.createdAt, now, language, t) },
        { text: user.groups.join(', '), muted: true },
        { text: user.licence ?? say('none'), muted: !user.licence },
        {
          badge: statusBadge(user.status, t),
          ...(user.link && { sub: t('portal.users.link', { state: t(`portal.user.linkState.${user.link}`) }) }),
        },
        { text: user.lastSignInAt ? when(user.lastSignInAt, now, language, t) : say('never'), muted: true },
      ],
    })),
    empty: isFiltered
      ? {
          ...{ icon: 'search', title: say('noMatch'), text: say('noMatchText') },
          actions: [{ label: say('showAll'), href: model.url }],
        }
      : { icon: 'users', title: say('empty'), text: say('emptyText'), actions },
  };
}
