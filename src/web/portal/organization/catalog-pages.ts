import { SOURCE_KINDS } from '../../../domain/policy';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { withQuery } from '../list-url';
import { sortable } from '../sorting';
import { addressBeside, contactName } from './contact-words';
import { sourceInWords } from './people-words';

export interface CatalogPages {
  'portal/catalog': CatalogModel;
}

interface CatalogLine {
  id: string;
  kind: 'person' | 'organization';
  attributes: Readonly<Record<string, string | null | undefined>>;
  email: string | null;
  partOf: { id: string; name: string | null } | null;
  accountId: string | null;
  createdAt: Date;
}

interface CatalogModel {
  contacts: readonly CatalogLine[];
  /** Kinds of the sources that speak of each. */
  sources: ReadonlyMap<string, readonly string[]>;
  filter: Readonly<Record<string, string>>;
  /** Also who has an account. */
  showsAll: boolean;
  /** Of those who fit the filter. */
  counts: { withoutAccount: number; all: number };
  sort: string;
  order: 'asc' | 'desc';
  nextCursor: string | null;
  previousCursor: string | null;
  /** Of the list itself. */
  url: string;
  usersUrl: string;
  mayGive: boolean;
  mayChange: boolean;
}

/** Who is known without an account: found, picked and given one. */
export function catalogView(model: CatalogModel, context: PortalContext): object {
  const { t, language } = context;
  const { url, counts, mayGive, mayChange, nextCursor, previousCursor } = model;
  const say = (part: string, count: number): string =>
    t(`portal.catalog.${part}`, { count, number: new Intl.NumberFormat(language).format(count) });
  const page = (cursor: string | null) => (cursor ? addressOf(model, { cursor }) : undefined);
  const add = { label: t('portal.catalog.newOrganization'), href: `${url}/new`, icon: 'plus' };
  return {
    title: t('portal.catalog.title'),
    text: t('portal.catalog.text'),
    actions: mayChange ? [add] : [],
    search: searchOf(model, context),
    exports: [
      {
        ...{ label: t('portal.users.export.csv'), href: addressOf(model, { format: 'csv' }, '/export') },
        ...{ icon: 'download', kind: 'quiet' },
      },
    ],
    chips: chipsOf(model, context),
    table: tableOf(model, context),
    pager: {
      text: say('matching', model.showsAll ? counts.all : counts.withoutAccount),
      ...{ previousUrl: page(previousCursor), nextUrl: page(nextCursor) },
    },
    ...(mayGive &&
      counts.withoutAccount > 0 && {
        bulk: {
          ...{ action: `${url}/bulk`, hidden: model.filter, all: say('selectAll', counts.withoutAccount) },
          ...{ selected: t('portal.users.selected'), withSelected: t('portal.catalog.withSelected') },
          buttons: [{ label: t('portal.users.bulk.give_account.button'), kind: 'primary', icon: 'user-plus' }],
        },
      }),
  };
}

/** The list's address, with something else than now. */
function addressOf(
  { url, filter, showsAll, sort, order }: CatalogModel,
  other: Readonly<Record<string, string | undefined>>,
  path = '',
): string {
  return withQuery(url + path, { ...filter, show: showsAll ? 'all' : undefined, sort, order, ...other });
}

function searchOf({ url, filter, showsAll, sort, order }: CatalogModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.catalog.${part}`);
  const choice = (name: string, any: string, options: readonly { value: string; label: string }[]) => ({
    ...{ name, label: say(name), value: filter[name] },
    options: [{ value: '', label: any }, ...options],
  });
  const named = (name: string, values: readonly string[]) =>
    choice(
      name,
      say(`${name}Any`),
      values.map((value) => ({ value, label: say(`${name}Is.${value}`) })),
    );
  return {
    ...{ action: url, value: filter.q, label: t('portal.users.search'), placeholder: say('searchHint') },
    hidden: { ...(showsAll && { show: 'all' }), sort, order },
    filters: [
      choice(
        'source',
        t('portal.users.anySource'),
        SOURCE_KINDS.map((kind) => ({ value: kind, label: sourceInWords(kind, t) })),
      ),
      named('kind', ['person', 'organization']),
      named('hasEmail', ['true', 'false']),
    ],
  };
}

function chipsOf(model: CatalogModel, { t, language }: PortalContext): object {
  const number = new Intl.NumberFormat(language);
  const chip = (key: string, show: string | undefined, count: number) => ({
    ...{ label: t(`portal.catalog.show.${key}`), url: addressOf(model, { show }), count: number.format(count) },
    current: model.showsAll === (show === 'all'),
  });
  return {
    label: t('portal.catalog.show.label'),
    chips: [chip('withoutAccount', undefined, model.counts.withoutAccount), chip('all', 'all', model.counts.all)],
  };
}

function tableOf(model: CatalogModel, context: PortalContext): object {
  const { t } = context;
  const say = (part: string): string => t(`portal.catalog.${part}`);
  const sorted = (key: string, label: string, first?: 'asc' | 'desc') =>
    sortable(model, (sorting) => addressOf(model, { ...sorting }), { key, label, first });
  const isFiltered = Object.keys(model.filter).length > 0;
  return {
    label: say('title'),
    selection: model.mayGive ? { name: 'ids', form: 'bulk' } : undefined,
    columns: [
      sorted('name', t('portal.users.person')),
      { label: say('partOf'), optional: true },
      { label: say('knownFrom'), optional: true },
      { label: say('account') },
      { ...sorted('createdAt', say('since'), 'desc'), numeric: true, optional: true },
    ],
    rows: model.contacts.map((contact) => rowOf(contact, model, context)),
    empty: isFiltered
      ? {
          ...{ icon: 'search', title: t('portal.users.noMatch'), text: t('portal.users.noMatchText') },
          actions: [{ label: t('portal.users.showAll'), href: model.url }],
        }
      : { icon: 'catalog', title: say('empty'), text: say('emptyText') },
  };
}

function rowOf(contact: CatalogLine, { url, usersUrl, sources }: CatalogModel, { t, now, language }: PortalContext) {
  const { id, partOf, accountId, createdAt } = contact;
  const name = contactName(contact, t);
  const kind = contact.kind === 'organization' ? t('portal.catalog.kindIs.organization') : undefined;
  const sub = [kind, addressBeside(contact, t)].filter(Boolean).join(' · ');
  return {
    ...{ id, name },
    cells: [
      { avatar: name, text: name, url: `${url}/${id}`, sub },
      partOf ? { text: partOf.name ?? '', url: `${url}/${partOf.id}` } : { text: '' },
      { text: (sources.get(id) ?? []).map((kind) => sourceInWords(kind, t)).join(', '), muted: true },
      accountId
        ? { text: t('portal.catalog.hasAccount'), url: `${usersUrl}/${accountId}` }
        : {
            badge: contact.email
              ? { text: t('portal.catalog.none') }
              : { text: t('portal.catalog.noEmail'), tone: 'warn' },
          },
      { text: when(createdAt, now, language, t), muted: true },
    ],
  };
}
