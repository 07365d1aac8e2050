import type { FieldError } from '../../page-context';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';

/** What can be done to many at once, in the order it is offered. */
export const BULK_KINDS = [
  'send_link',
  'add_group',
  'set_permission_profile',
  'set_licence',
  'reactivate',
  'suspend',
  'delete',
] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

export interface BulkPages {
  'portal/users-bulk': BulkAskModel;
  'portal/users-bulk-progress': BulkProgressModel;
}

export interface BulkAskModel {
  kind: BulkKind;
  /** People who are meant; with none there is nothing to confirm. */
  count: number;
  /** Who is meant, for the form that starts it. */
  hidden: Readonly<Record<string, string>>;
  /** What can be given; null in place of an id takes it away. */
  options?: readonly { id: string | null; name: string }[];
  errors: readonly FieldError[];
  startUrl: string;
  usersUrl: string;
}

export interface BulkProgressModel {
  /** As the ledger names it. */
  kind: string;
  state: 'queued' | 'running' | 'done';
  counts: { total: number; done: number; refused: number };
  createdAt: Date;
  outcomes: readonly {
    accountId: string | null;
    /** Of a contact that was meant. */
    contactId?: string | null;
    name: string | null;
    email: string | null;
    outcome: 'waiting' | 'ok' | 'refused';
    code: string | null;
  }[];
  /** Which outcomes are shown; all without. */
  outcome?: string;
  nextCursor: string | null;
  url: string;
  usersUrl: string;
  /** Of an action on contacts. */
  catalogUrl?: string;
}

/** Refusals that have words of their own here. */
const KNOWN_CODES = [
  ...['invalid_state_change', 'admin_managed', 'password_not_permitted', 'licence_seats_exhausted'],
  ...['insufficient_scope', 'field_owned', 'not_found', 'missing_attribute', 'email_taken', 'conflict'],
];

/** Names how many people it is about before anything is done. */
export function bulkAskView(model: BulkAskModel, { t, language }: PortalContext): object {
  const { kind, count, options, usersUrl, errors } = model;
  const number = new Intl.NumberFormat(language).format(count);
  const say = (part: string): string => t(`portal.users.bulk.${kind}.${part}`, { count, number });
  return {
    ...model,
    title: count ? say('ask') : t('portal.users.bulk.nobody'),
    text: say('text'),
    button: say('button'),
    danger: kind === 'delete' || kind === 'suspend',
    crumbs: [{ label: t('portal.users.title'), url: usersUrl }],
    ...(options && {
      select: {
        ...{ name: 'value', label: say('value'), required: true },
        ...(errors.length && { error: t('portal.users.bulk.chooseOne') }),
        options: options.map(({ id, name }) => ({
          value: id ?? 'none',
          label: id ? name : t('portal.users.bulk.takeAway'),
        })),
      },
    }),
  };
}

/** How far it has come, and what came of it for each person. */
export function bulkProgressView(model: BulkProgressModel, context: PortalContext): object {
  const { t, now, language } = context;
  const { counts, kind, url, usersUrl, catalogUrl, outcome, nextCursor, state } = model;
  const list = catalogUrl
    ? { label: t('portal.catalog.title'), url: catalogUrl, back: t('portal.catalog.back') }
    : { label: t('portal.users.title'), url: usersUrl, back: t('portal.users.bulk.toUsers') };
  const say = (part: string, values: Record<string, string> = {}): string => t(`portal.users.bulk.${part}`, values);
  const number = new Intl.NumberFormat(language);
  const decided = counts.done + counts.refused;
  const chip = (value: string | undefined, count: number) => ({
    ...{ label: say(`outcome.${value ?? 'all'}`), url: value ? `${url}?outcome=${value}` : url },
    ...{ current: outcome === value, count: number.format(count) },
  });
  return {
    title: say(`${kind}.button`),
    text: say('started', { when: when(model.createdAt, now, language, t) }),
    crumbs: [list],
    actions: [{ label: list.back, href: list.url }],
    listUrl: list.url,
    isRunning: state !== 'done',
    progress: {
      label: say(`state.${state}`),
      ...{ value: decided, max: counts.total },
      text: say('countOf', { done: number.format(decided), total: number.format(counts.total) }),
    },
    chips: {
      label: say('byOutcome'),
      chips: [
        chip(undefined, counts.total),
        chip('ok', counts.done),
        chip('refused', counts.refused),
        chip('waiting', counts.total - decided),
      ],
    },
    table: tableOf(model, context),
    pager: { nextUrl: nextCursor ? `${url}?${moreOf(nextCursor, outcome)}` : undefined },
  };
}

const moreOf = (cursor: string, outcome: string | undefined): string =>
  new URLSearchParams({ cursor, ...(outcome && { outcome }) }).toString();

/** Where the person is: among the users, once there is an account. */
const pageOf = (
  { accountId, contactId }: Pick<BulkProgressModel['outcomes'][number], 'accountId' | 'contactId'>,
  { usersUrl, catalogUrl }: BulkProgressModel,
): string => (accountId || !catalogUrl ? `${usersUrl}/${accountId}` : `${catalogUrl}/${contactId}`);

const OUTCOME_TONES = { waiting: '', ok: 'good', refused: 'bad' } as const;

function tableOf(model: BulkProgressModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.users.bulk.${part}`);
  const why = (code: string | null): string => (code ? say(`why.${KNOWN_CODES.includes(code) ? code : 'other'}`) : '');
  return {
    label: say('outcomes'),
    columns: [{ label: t('portal.users.person') }, { label: say('result') }, { label: say('reason') }],
    rows: model.outcomes.map(({ name, email, outcome, code, ...ids }) => ({
      id: ids.accountId ?? ids.contactId,
      cells: [
        (name ?? email)
          ? { text: name ?? email, sub: name === null ? undefined : email, url: pageOf(ids, model) }
          : { text: say('gone'), muted: true },
        { badge: { text: say(`outcome.${outcome}`), tone: OUTCOME_TONES[outcome] } },
        { text: why(code), muted: true },
      ],
    })),
    empty: { icon: 'users', title: say('noOutcome') },
  };
}
