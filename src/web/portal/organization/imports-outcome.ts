import type { ImportRowView } from '../../../management/import-row-view';
import { listOf } from '../../wording';
import type { PortalContext } from '../frame-model';
import { fieldOf, SHOWN_CELLS, type RowPlace } from './imports-row-field';
import { problemInWords, valueInWords } from './imports-words';
import { fieldInWords, sourceInWords } from './people-words';

const SHOWN: ReadonlySet<string> = new Set(SHOWN_CELLS);

/** What would happen to a row's person, and whatever else is to be known before it does. */
export function outcomeOf(row: ImportRowView, place: RowPlace, context: PortalContext): object {
  const { t } = context;
  if (row.leftOut) return { title: t('portal.imports.will.leftOut'), tone: 'muted' };
  return {
    ...titleOf(row, context),
    notes: notesOf(row, context),
    ...(row.outcome === 'problem' && problemsOf(row, place, context)),
    ...(row.alsoIn && {
      link: {
        url: `${place.url.slice(0, place.url.lastIndexOf('/'))}/${row.alsoIn.importId}?q=${encodeURIComponent(row.values.email ?? '')}&outcome=all`,
        text: t('portal.imports.alsoIn', { name: row.alsoIn.name, line: row.alsoIn.line }),
      },
    }),
  };
}

function titleOf(row: ImportRowView, context: PortalContext): object {
  const { t, language } = context;
  const say = (part: string, values: Record<string, string> = {}): string => t(`portal.imports.will.${part}`, values);
  const after = (field: string): string | null => row.changes.find((one) => one.field === field)?.after ?? null;
  const isGranted = row.changes.some(({ field, before }) => field === 'username' && before === null);
  switch (row.outcome) {
    case 'create':
      if (row.needs.length) return { title: say('waits'), tone: 'strong' };
      return isGranted
        ? { title: say('account'), tone: 'now', mono: after('username') }
        : { title: say('contact'), tone: 'now' };
    case 'update': {
      const fields = [...new Set(row.changes.map(({ field }) => fieldInWords(field, t)))];
      if (isGranted) return { title: say('grant'), tone: 'now', mono: after('username') };
      return { title: say('change', { fields: listOf(fields, language) }), changes: otherChanges(row, context) };
    }
    case 'leave':
      return { title: say('leave'), tone: 'gone' };
    case 'unchanged':
      return { title: say('unchanged'), tone: 'muted' };
    case 'problem':
      return { title: say('problem'), tone: 'muted' };
  }
}

/** Changes of fields that have no column of their own. */
const otherChanges = ({ changes }: ImportRowView, { t }: PortalContext): object[] =>
  changes
    .filter(({ field }) => !SHOWN.has(field))
    .map(({ field, before, after }) => ({
      label: fieldInWords(field, t),
      ...{ before: valueInWords(field, before, t), after: valueInWords(field, after, t) },
    }));

const GIVEN = ['groups', 'licence', 'permissionProfile'] as const;

function notesOf(row: ImportRowView, { t, language }: PortalContext): string[] {
  const list = (items: readonly string[]): string => listOf(items, language);
  const say = (part: string, values: Record<string, string>): string => t(`portal.imports.note.${part}`, values);
  const given = (field: string) => row.changes.flatMap((one) => (one.field === field ? (one.after ?? []) : []));
  const brings = row.outcome === 'create' || row.changes.some((one) => one.field === 'username' && !one.before);
  const owners = [...new Set(row.kept.map(({ owner }) => owner))];
  return [
    ...(row.needs.length ? [say('needs', { fields: list(row.needs.map((field) => fieldInWords(field, t))) })] : []),
    ...GIVEN.filter((field) => brings && given(field).length).map((field) =>
      say('given', { field: fieldInWords(field, t), value: list(given(field)) }),
    ),
    ...(row.newGroups.length ? [say('newGroups', { names: list(row.newGroups) })] : []),
    ...(row.unknownGroups.length ? [say('unknownGroups', { names: list(row.unknownGroups) })] : []),
    ...owners.map((owner) => {
      const fields = row.kept.filter((one) => one.owner === owner).map(({ field }) => fieldInWords(field, t));
      const source = owner ? sourceInWords(owner, t) : t('portal.imports.note.anotherSource');
      return say('kept', { fields: list(fields), source });
    }),
  ];
}

/** Problems of the line as a whole, and of cells that have no column of their own. */
function problemsOf(row: ImportRowView, { mayChange }: RowPlace, context: PortalContext): object {
  const beyond = row.problems.filter(({ field }) => !SHOWN.has(field));
  const [typed, told] = [beyond.filter(isTyped), beyond.filter((problem) => !isTyped(problem))];
  return {
    whys: (mayChange ? told : beyond).map((problem) => problemInWords(problem, context.t)),
    fields: mayChange ? typed.map(({ field }) => fieldOf(row, field, context)) : [],
  };
}

const isTyped = ({ field, code }: { field: string; code: string }): boolean =>
  field !== 'line' && code !== 'duplicate_line';
