import type { ImportView } from '../../../management/import-view';
import type { PortalContext } from '../frame-model';
import { secondsLeft, type Watched } from './imports-remaining';
import { counted, fileProblemInWords } from './imports-words';

/** An import that nobody can do more with than wait, or begin anew. */
export interface ImportModel {
  run: ImportView;
  url: string;
  mayChange: boolean;
}

export interface ProgressModel extends ImportModel {
  watched: Watched;
}

const listUrl = (url: string): string => url.slice(0, url.lastIndexOf('/'));

/** How far a step has come that goes on by itself. */
export function importProgressView({ run, url, mayChange, watched }: ProgressModel, context: PortalContext): object {
  const { t, language } = context;
  const number = new Intl.NumberFormat(language);
  const { done, total } = run.progress;
  const step = run.state === 'committed' ? 'undoing' : run.state;
  const all = step === 'undoing' ? saved(run) : total;
  return {
    ...{ title: run.name, url },
    text: t('portal.imports.progress.leave'),
    crumbs: [{ label: t('portal.imports.title'), url: listUrl(url) }],
    actions:
      mayChange && step === 'staging'
        ? [{ label: t('portal.imports.discard.button'), href: `${url}/discard`, kind: 'quiet' }]
        : [],
    progress: {
      label: t(`portal.imports.progress.${step}`),
      ...(all !== null && { value: Math.min(done, all), max: all }),
      text:
        all === null
          ? counted('progress.count', done, context)
          : [
              t('portal.users.bulk.countOf', { done: number.format(Math.min(done, all)), total: number.format(all) }),
              ...timeLeft(secondsLeft(watched, context.now, done, all), context),
            ].join(' · '),
    },
  };
}

function timeLeft(seconds: number | undefined, { t, language }: PortalContext): string[] {
  if (seconds === undefined) return [];
  const [count, unit] =
    seconds < 90 ? [Math.max(1, Math.round(seconds)), 'second'] : [Math.round(seconds / 60), 'minute'];
  const time = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
  return [t('portal.imports.progress.left', { time })];
}

function saved({ results }: ImportView): number | null {
  if (!results) return null;
  const { created, updated, left, unchanged, waiting, refused } = results;
  return created + updated + left + unchanged + waiting + refused;
}

/** Reasons that go away when somebody says what the columns mean. */
const ABOUT_COLUMNS: readonly string[] = ['unknown_header', 'duplicate_column'];

/** Why nothing came of it. */
export function importFailedView({ run, url, mayChange }: ImportModel, { t }: PortalContext): object {
  const { code, detail } = run.failure ?? { code: '', detail: '' };
  const choose = { label: t('portal.imports.columns.choose'), href: `${url}/columns`, kind: 'primary' };
  const again = { label: t('portal.imports.another'), href: `${listUrl(url)}/new` };
  const isMendable = ABOUT_COLUMNS.includes(code);
  return {
    title: run.name,
    crumbs: [{ label: t('portal.imports.title'), url: listUrl(url) }],
    banner: {
      ...{ tone: 'bad', title: t('portal.imports.failed') },
      text: fileProblemInWords(code, detail, t),
    },
    actions: mayChange
      ? [
          ...(isMendable ? [choose, again] : [{ ...again, kind: 'primary' }]),
          { label: t('portal.imports.discard.button'), href: `${url}/discard`, kind: 'quiet' },
        ]
      : [],
  };
}
