import { ROW_FILTERS } from '../../../management/import-forms';
import type { ImportRowView } from '../../../management/import-row-view';
import type { ImportView } from '../../../management/import-view';
import type { RunCounts } from '../../../domain/run';
import { COLUMN_NAMES } from '../../../sources/columns';
import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';
import { brakeBanner } from './imports-brake';
import { rowOf, SHOWN_CELLS, type RowPlace } from './imports-row-view';
import { rowsUrl } from './imports-url';
import { fieldInWords } from './people-words';

export interface StagingModel extends RowPlace {
  run: ImportView;
  rows: readonly ImportRowView[];
  nextCursor: string | null;
  /** Invitations set a password: nothing for people who sign in with the identity provider. */
  offersInvitations: boolean;
  errors: readonly FieldError[];
  /** What stands in the form that saves. */
  inviteAt: string;
}

/** Every row with its outcome before anything is saved, and all that can be done about it. */
export function stagingView(model: StagingModel, context: PortalContext): object {
  const { run, url, mayChange, nextCursor, shown, rows } = model;
  const { t, language } = context;
  const number = (count: number): string => new Intl.NumberFormat(language).format(count);
  const total = Object.values(run.counts).reduce((sum, count) => sum + count, 0);
  return {
    title: t('portal.imports.look'),
    text: t('portal.imports.read', { count: total, number: number(total), seconds: secondsOf(run, language) }),
    crumbs: [
      { label: t('portal.imports.title'), url: url.slice(0, url.lastIndexOf('/')) },
      { label: run.name, url },
    ],
    actions: mayChange ? actionsOf(model, number, context) : [],
    banners: bannersOf(model, number, context),
    chips: chipsOf(model, total, number, context),
    search: {
      ...{
        action: url,
        value: shown.q,
        label: t('portal.imports.search'),
        placeholder: t('portal.imports.searchHint'),
      },
      hidden: { outcome: shown.outcome },
    },
    table: {
      ...{ label: t('portal.imports.rows'), asCards: true },
      ...(mayChange && { selection: { name: 'lines', form: 'many' } }),
      columns: [
        { label: t('portal.imports.line') },
        ...SHOWN_CELLS.map((field) => ({ label: fieldInWords(field, t) })),
        { label: t('portal.imports.what') },
        ...(mayChange ? [{ label: t('portal.imports.actions'), hidden: true }] : []),
      ],
      rows: rows.map((row) => rowOf(row, model, context)),
      empty: {
        ...{ icon: 'search', title: t('portal.imports.noRow'), text: t('portal.imports.noRowText') },
        actions: [{ label: t('portal.imports.showAll'), href: rowsUrl(url, { outcome: 'all', q: '', cursor: '' }) }],
      },
    },
    pager: {
      ...(shown.cursor && { previousUrl: rowsUrl(url, { ...shown, cursor: '' }) }),
      ...(nextCursor && { nextUrl: rowsUrl(url, { ...shown, cursor: nextCursor }) }),
    },
    ...(mayChange && { many: manyOf(model, number, context), save: saveOf(model, context) }),
  };
}

function secondsOf({ createdAt, stagedAt }: ImportView, language: string): string {
  const seconds = ((stagedAt ?? createdAt).getTime() - createdAt.getTime()) / 1000;
  return new Intl.NumberFormat(language, { maximumFractionDigits: seconds < 10 ? 1 : 0 }).format(seconds);
}

type Number = (count: number) => string;

const goodOf = ({ create, update, leave, unchanged }: RunCounts): number => create + update + leave + unchanged;

function actionsOf({ run, url }: StagingModel, number: Number, { t }: PortalContext): object[] {
  const { problem } = run.counts;
  const good = goodOf(run.counts);
  const save = { name: 'allow', form: 'save' };
  const some = {
    ...save,
    value: 'good-rows',
    label: t('portal.imports.saveGood', { count: good, number: number(good) }),
  };
  return [
    { label: t('portal.imports.discard.button'), href: `${url}/discard`, kind: 'quiet' },
    ...(problem && good ? [some] : []),
    {
      ...{ ...save, value: 'clean', label: t('portal.imports.saveAll'), kind: 'primary' },
      ...(problem > 0 && { disabled: true, describedBy: 'problems' }),
    },
  ];
}

function bannersOf(model: StagingModel, number: Number, context: PortalContext): object[] {
  const { run, url, mayChange } = model;
  const { t } = context;
  const { problem } = run.counts;
  const out = (run.columns ?? []).filter(({ header, means }) => header && means === null).map(({ header }) => header);
  return [
    ...(problem
      ? [
          {
            ...{ id: 'problems', tone: 'warn', text: t(`portal.imports.needsYou${mayChange ? '' : 'Reader'}Text`) },
            title: t('portal.imports.needsYou', { count: problem, number: number(problem) }),
          },
        ]
      : []),
    ...brakeBanner(run, number, context),
    ...(out.length
      ? [
          {
            title: t('portal.imports.columns.leftOut', { count: out.length, number: number(out.length) }),
            text: t('portal.imports.columns.leftOutText', { names: out.slice(0, 12).join(', ') }),
            actions: mayChange ? [{ label: t('portal.imports.columns.choose'), href: `${url}/columns` }] : [],
          },
        ]
      : []),
  ];
}

const COUNT_OF = {
  problem: 'problem',
  create: 'create',
  update: 'update',
  leave: 'leave',
  unchanged: 'unchanged',
  left_out: 'leftOut',
} as const;
const CHIPS = [
  'problem',
  'create',
  'update',
  'leave',
  'unchanged',
  'left_out',
] as const satisfies (typeof ROW_FILTERS)[number][];
const ALWAYS: readonly string[] = ['problem', 'create', 'update'];

function chipsOf({ run, url, shown }: StagingModel, total: number, number: Number, { t }: PortalContext): object {
  const chip = (outcome: 'all' | (typeof CHIPS)[number], count: number) => ({
    ...{ label: t(`portal.imports.chip.${outcome}`), current: shown.outcome === outcome, count: number(count) },
    url: rowsUrl(url, { ...shown, outcome, cursor: '' }),
  });
  const counts = CHIPS.map((outcome) => ({ outcome, count: run.counts[COUNT_OF[outcome]] }));
  return {
    label: t('portal.imports.byOutcome'),
    chips: [
      chip('all', total),
      ...counts
        .filter(({ outcome, count }) => count > 0 || ALWAYS.includes(outcome))
        .map(({ outcome, count }) => chip(outcome, count)),
    ],
  };
}

/** One value for the rows that are ticked, or for all that are looked at. */
function manyOf({ run, url, shown }: StagingModel, number: Number, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.imports.many.${part}`);
  const key = COUNT_OF[shown.outcome as keyof typeof COUNT_OF];
  const count = shown.q ? null : key ? run.counts[key] : Object.values(run.counts).reduce((sum, one) => sum + one, 0);
  return {
    ...{ action: `${url}/rows`, hidden: { ...shown } },
    all: count === null ? say('allMatching') : t('portal.imports.many.all', { count, number: number(count) }),
    field: {
      ...{ name: 'field', label: say('field') },
      options: COLUMN_NAMES.map((name) => ({ value: name, label: fieldInWords(name, t) })),
    },
    value: { name: 'value', label: say('value'), help: say('valueHelp') },
    buttons: (['set', 'leaveOut', 'takeIn'] as const).map((value) => ({ name: 'do', value, label: say(value) })),
  };
}

function saveOf({ run, url, offersInvitations, errors, inviteAt }: StagingModel, { t }: PortalContext): object {
  const label = t('portal.imports.invite.when');
  const { beside } = problemsInWords(errors, { inviteAt: label }, t);
  return {
    action: `${url}/commit`,
    refreshUrl: `${url}/refresh`,
    offersInvitations: offersInvitations && run.mode === 'accounts',
    invite: {
      ...{ name: 'sendInvitations', label: t('portal.imports.invite.label'), help: t('portal.imports.invite.text') },
      ...{ asSwitch: true, checked: run.sendInvitations },
    },
    when: {
      ...{ name: 'inviteAt', label, help: t('portal.imports.invite.whenHelp'), type: 'datetime-local' },
      ...{ value: inviteAt, error: beside.inviteAt },
    },
  };
}
