import type { ROW_FILTERS } from '../../../management/import-forms';
import type { RunCounts } from '../../../domain/run';
import { COLUMN_NAMES } from '../../../sources/columns';
import type { PortalContext } from '../frame-model';
import type { StagingModel } from './imports-staging-model';
import { rowsUrl } from './imports-url';
import { counted } from './imports-words';
import { fieldInWords } from './people-words';

/** Rows of an import, whatever would become of them. */
export const totalOf = (counts: RunCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

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

/** Outcomes with their counts, to look at one by itself. */
export function chipsOf({ run, url, shown }: StagingModel, { t, language }: PortalContext): object {
  const number = new Intl.NumberFormat(language);
  const chip = (outcome: 'all' | (typeof CHIPS)[number], count: number) => ({
    ...{ label: t(`portal.imports.chip.${outcome}`), current: shown.outcome === outcome, count: number.format(count) },
    url: rowsUrl(url, { ...shown, outcome, cursor: '' }),
  });
  const counts = CHIPS.map((outcome) => ({ outcome, count: run.counts[COUNT_OF[outcome]] }));
  return {
    label: t('portal.imports.byOutcome'),
    chips: [
      chip('all', totalOf(run.counts)),
      ...counts
        .filter(({ outcome, count }) => count > 0 || ALWAYS.includes(outcome))
        .map(({ outcome, count }) => chip(outcome, count)),
    ],
  };
}

/** One value for the rows that are ticked, or for all that are looked at. */
export function manyOf({ run, url, shown }: StagingModel, context: PortalContext): object {
  const { t } = context;
  const say = (part: string): string => t(`portal.imports.many.${part}`);
  const key = COUNT_OF[shown.outcome as keyof typeof COUNT_OF];
  const count = shown.q ? null : key ? run.counts[key] : totalOf(run.counts);
  return {
    ...{ action: `${url}/rows`, hidden: { ...shown } },
    all: count === null ? say('allMatching') : counted('many.all', count, context),
    field: {
      ...{ name: 'field', label: say('field') },
      options: COLUMN_NAMES.map((name) => ({ value: name, label: fieldInWords(name, t) })),
    },
    value: { name: 'value', label: say('value'), help: say('valueHelp') },
    buttons: (['set', 'leaveOut', 'takeIn'] as const).map((value) => ({ name: 'do', value, label: say(value) })),
  };
}
