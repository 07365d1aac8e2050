import type { ImportView } from '../../../management/import-view';
import type { RunCounts } from '../../../domain/run';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';
import { brakeBanner } from './imports-brake';
import { chipsOf, manyOf, totalOf } from './imports-filter-view';
import { SHOWN_CELLS } from './imports-row-field';
import { rowOf } from './imports-row-view';
import type { StagingModel } from './imports-staging-model';
import { rowsUrl } from './imports-url';
import { counted } from './imports-words';
import { fieldInWords } from './people-words';

/** Every row with its outcome before anything is saved, and all that can be done about it. */
export function stagingView(model: StagingModel, context: PortalContext): object {
  const { run, url, mayChange, nextCursor, shown, rows } = model;
  const { t, language } = context;
  return {
    title: t('portal.imports.look'),
    text: counted('read', totalOf(run.counts), context, { seconds: secondsOf(run, language) }),
    crumbs: [
      { label: t('portal.imports.title'), url: url.slice(0, url.lastIndexOf('/')) },
      { label: run.name, url },
    ],
    actions: mayChange ? actionsOf(model, context) : [],
    banners: bannersOf(model, context),
    chips: chipsOf(model, context),
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
    ...(mayChange && { many: manyOf(model, context), save: saveOf(model, context) }),
  };
}

function secondsOf({ createdAt, stagedAt }: ImportView, language: string): string {
  const seconds = ((stagedAt ?? createdAt).getTime() - createdAt.getTime()) / 1000;
  return new Intl.NumberFormat(language, { maximumFractionDigits: seconds < 10 ? 1 : 0 }).format(seconds);
}

const goodOf = ({ create, update, leave, unchanged }: RunCounts): number => create + update + leave + unchanged;

function actionsOf({ run, url }: StagingModel, context: PortalContext): object[] {
  const { t } = context;
  const { problem } = run.counts;
  const good = goodOf(run.counts);
  const save = { name: 'allow', form: 'save' };
  const some = {
    ...save,
    value: 'good-rows',
    label: counted('saveGood', good, context),
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

function bannersOf(model: StagingModel, context: PortalContext): object[] {
  const { run, url, mayChange } = model;
  const { t } = context;
  const { problem } = run.counts;
  const out = (run.columns ?? []).filter(({ header, means }) => header && means === null).map(({ header }) => header);
  return [
    ...(problem
      ? [
          {
            ...{ id: 'problems', tone: 'warn', text: t(`portal.imports.needsYou${mayChange ? '' : 'Reader'}Text`) },
            title: counted('needsYou', problem, context),
          },
        ]
      : []),
    ...brakeBanner(run, context),
    ...(out.length
      ? [
          {
            title: counted('columns.leftOut', out.length, context),
            text: t('portal.imports.columns.leftOutText', { names: out.slice(0, 12).join(', ') }),
            actions: mayChange ? [{ label: t('portal.imports.columns.choose'), href: `${url}/columns` }] : [],
          },
        ]
      : []),
  ];
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
