import type { ImportView } from '../../../management/import-view';
import { listOf, when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { withQuery } from '../list-url';
import { counted } from './imports-words';

export interface ImportsModel {
  imports: readonly ImportView[];
  nextCursor: string | null;
  url: string;
  mayChange: boolean;
}

const TONES: Readonly<Record<ImportView['state'], string>> = {
  ...{ staging: 'info', staged: 'warn', committing: 'info', committed: 'good', undone: '', failed: 'bad' },
};

/** Files that came, newest first, with how each stands. */
export function importsView({ imports, nextCursor, url, mayChange }: ImportsModel, context: PortalContext): object {
  const { t, now, language } = context;
  const say = (part: string): string => t(`portal.imports.${part}`);
  const add = { label: say('new'), href: `${url}/new`, kind: 'primary', icon: 'upload' };
  const templates = ['csv', 'xlsx'].map((format) => ({
    ...{ label: say(`template.${format}`), href: `${url}/template?format=${format}`, icon: 'download' },
  }));
  return {
    actions: mayChange ? [add] : [],
    table: {
      label: say('title'),
      columns: [
        { label: say('fileLabel') },
        { label: say('stateLabel') },
        { label: say('countsLabel'), optional: true },
        { label: say('at'), optional: true },
      ],
      rows: imports.map((run) => ({
        id: run.id,
        cells: [
          { text: run.name, url: `${url}/${run.id}`, sub: say(`mode.${run.mode}.name`) },
          { badge: { text: say(`state.${run.state}`), tone: TONES[run.state] } },
          { text: countsOf(run, context), muted: true },
          { text: when(run.createdAt, now, language, t), muted: true },
        ],
      })),
      empty: {
        ...{ icon: 'file', title: say('empty'), text: say(mayChange ? 'emptyText' : 'emptyReader') },
        actions: mayChange ? [add, ...templates] : [],
      },
    },
    pager: { nextUrl: nextCursor ? withQuery(url, { cursor: nextCursor }) : undefined },
  };
}

/** '12 new, 3 changed': what would happen or what happened, but for what is nought. */
function countsOf({ counts, results, state }: ImportView, context: PortalContext): string {
  const { created, updated, left, waiting, refused } = results ?? {};
  const { create, update, leave, problem } = counts;
  const shown =
    results && state !== 'committing'
      ? { created, updated, left, waiting, refused }
      : { problem, create, update, leave };
  const parts = Object.entries(shown).flatMap(([name, count]) =>
    count ? [counted(`count.${name}`, count, context)] : [],
  );
  return listOf(parts, context.language);
}
