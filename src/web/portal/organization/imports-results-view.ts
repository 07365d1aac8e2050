import type { ImportRowView } from '../../../management/import-row-view';
import type { ImportResults, ImportView } from '../../../management/import-view';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { withQuery } from '../list-url';
import { moment } from '../moment';
import { codeInWords, counted } from './imports-words';

/** What of the results can be looked at by itself. */
export const RESULT_CHIPS = [
  ...(['created', 'updated', 'left', 'unchanged', 'waiting', 'refused'] as const),
  ...(['undone', 'kept'] as const),
] as const satisfies readonly (keyof ImportResults)[];
type ResultChip = (typeof RESULT_CHIPS)[number];

export interface ResultsModel {
  run: ImportView;
  rows: readonly ImportRowView[];
  nextCursor: string | null;
  result: ResultChip | null;
  url: string;
  usersUrl: string;
  newUsersUrl: string;
  mayChange: boolean;
}

const NONE = Object.fromEntries(RESULT_CHIPS.map((name) => [name, 0])) as ImportResults;
const TONES: Readonly<Record<string, string>> = {
  created: 'good',
  updated: 'info',
  left: '',
  waiting: 'warn',
  refused: 'bad',
};

/** What an import did, row by row, and what came of taking it back. */
export function resultsView(model: ResultsModel, context: PortalContext): object {
  const { run, url, nextCursor, result, mayChange, newUsersUrl } = model;
  const { t, language } = context;
  const isUndone = run.state === 'undone';
  const download = { label: t('portal.imports.results.download'), href: `${url}/results`, icon: 'download' };
  const undo = { label: t('portal.imports.undo.button'), href: `${url}/undo`, icon: 'undo' };
  const at = (isUndone ? run.undoneAt : run.committedAt) ?? run.createdAt;
  return {
    title: run.name,
    text: t(`portal.imports.results.${isUndone ? 'undone' : 'saved'}`, { when: when(at, context.now, language, t) }),
    crumbs: [{ label: t('portal.imports.title'), url: url.slice(0, url.lastIndexOf('/')) }],
    actions: [download, ...(mayChange && !isUndone ? [undo] : [])],
    banners: bannersOf(run, newUsersUrl, context),
    chips: chipsOf(model, context),
    table: tableOf(model, context),
    pager: { nextUrl: nextCursor ? withQuery(url, { result: result ?? '', cursor: nextCursor }) : undefined },
  };
}

function bannersOf(run: ImportView, newUsersUrl: string, context: PortalContext): object[] {
  const { t, language } = context;
  const { waiting, kept, undone } = run.results ?? NONE;
  const say = (part: string, count: number): string => counted(`results.${part}`, count, context);
  if (run.state === 'undone')
    return [{ tone: kept ? 'warn' : 'good', text: `${say('undoneCount', undone)} ${say('keptCount', kept)}` }];
  const toNew = { label: t('portal.imports.results.toNewUsers'), href: newUsersUrl };
  return [
    ...(run.sendInvitations ? [{ icon: 'mail', text: invitations(run, t, language) }] : []),
    ...(waiting ? [{ tone: 'warn', text: say('waitingCount', waiting), actions: [toNew] }] : []),
  ];
}

function invitations({ invitedAt, inviteAt }: ImportView, t: PortalContext['t'], language: PortalContext['language']) {
  if (invitedAt) return t('portal.imports.invite.sent', { at: moment(invitedAt, language) });
  return inviteAt
    ? t('portal.imports.invite.later', { at: moment(inviteAt, language) })
    : t('portal.imports.invite.now');
}

function chipsOf({ run, url, result }: ResultsModel, { t, language }: PortalContext): object {
  const number = new Intl.NumberFormat(language);
  const counts = run.results ?? NONE;
  const all = counts.created + counts.updated + counts.left + counts.unchanged + counts.waiting + counts.refused;
  const chip = (name: ResultChip | null, count: number) => ({
    ...{ label: t(`portal.imports.result.${name ?? 'all'}`), current: result === name, count: number.format(count) },
    url: withQuery(url, { result: name ?? '' }),
  });
  return {
    label: t('portal.imports.byOutcome'),
    chips: [chip(null, all), ...RESULT_CHIPS.filter((name) => counts[name]).map((name) => chip(name, counts[name]))],
  };
}

function tableOf({ run, rows, usersUrl }: ResultsModel, { t }: PortalContext): object {
  const isUndone = run.state === 'undone';
  return {
    label: t('portal.imports.rows'),
    columns: [
      { label: t('portal.imports.line'), numeric: true, optional: true },
      { label: t('portal.users.person') },
      { label: t('portal.imports.results.outcome') },
    ],
    rows: rows.map(({ line, values, result }) => {
      const shown = (isUndone && result?.undone) || result?.result || 'unchanged';
      const code = isUndone ? result?.undoCode : result?.code;
      const url = result?.accountId && result.undone !== 'undone' ? { url: `${usersUrl}/${result.accountId}` } : {};
      return {
        id: String(line),
        cells: [
          { text: String(line), muted: true },
          { text: values.displayName || values.email || '', sub: values.displayName ? values.email : '', ...url },
          {
            badge: { text: t(`portal.imports.result.${shown}`), tone: TONES[shown] ?? '' },
            sub: code ? codeInWords(code, t) : '',
          },
        ],
      };
    }),
    empty: { icon: 'users', title: t('portal.imports.noRow') },
  };
}
