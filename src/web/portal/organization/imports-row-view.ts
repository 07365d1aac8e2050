import type { ImportRowView } from '../../../management/import-row-view';
import type { PortalContext } from '../frame-model';
import { outcomeOf } from './imports-outcome';
import { fieldOf, formOf, SHOWN_CELLS, type RowPlace } from './imports-row-field';
import { rowsUrl } from './imports-url';
import { problemInWords } from './imports-words';

/** A row of the staging page as the table takes it. */
export function rowOf(row: ImportRowView, place: RowPlace, context: PortalContext): object {
  const { t } = context;
  const { line, outcome, leftOut, values } = row;
  const isProblem = outcome === 'problem' && !leftOut;
  const cells = SHOWN_CELLS.map((field) => cellOf(row, field, place, context));
  return {
    ...{ id: String(line), anchor: `row-${line}`, problem: isProblem },
    name: values.displayName || values.email || t('portal.imports.lineOf', { line }),
    cells: [
      { part: 'row-line', props: { line, ...(isProblem && { problem: t('portal.imports.hasProblem') }) } },
      ...cells,
      { part: 'row-outcome', props: outcomeOf(row, place, context) },
      ...(place.mayChange ? [{ part: 'row-actions', props: actionsOf(row, place, context) }] : []),
    ],
  };
}

const isEdited = ({ line }: ImportRowView, { edit }: RowPlace): boolean => line === edit;

/** A cell to be typed into where it has a problem, or where its row is being edited. */
function cellOf(row: ImportRowView, field: (typeof SHOWN_CELLS)[number], place: RowPlace, context: PortalContext) {
  const { t } = context;
  const { values, changes, outcome, leftOut } = row;
  const problem = row.problems.find((one) => one.field === field);
  const mayType =
    place.mayChange && (isEdited(row, place) || (problem && !leftOut && problem.code !== 'duplicate_line'));
  if (mayType) return { part: 'row-field', props: fieldOf(row, field, context) };
  const change = changes.find((one) => one.field === field);
  const why = problem && !leftOut && problemInWords(problem, t);
  if (outcome === 'update' && change)
    return { part: 'row-value', props: { text: change.after ?? t('portal.shell.nothing'), was: change.before ?? '' } };
  const text = values[field] || change?.after || '';
  return { part: 'row-value', props: { text, ...(why && { why }) }, muted: !values[field] };
}

function actionsOf(row: ImportRowView, place: RowPlace, { t }: PortalContext): object {
  const { line } = row;
  const { url, shown } = place;
  const say = (part: string): string => t(`portal.imports.row.${part}`);
  const spoken = (part: string): string => t('portal.imports.row.spoken', { action: say(part), line });
  const link = (part: string, href: string, icon?: string) => ({ label: say(part), spoken: spoken(part), href, icon });
  const links = isEdited(row, place)
    ? [link('allFields', rowsUrl(`${url}/rows/${line}`, shown)), link('cancel', rowsUrl(url, shown))]
    : [link('edit', `${rowsUrl(url, shown, { edit: String(line) })}#row-${line}`, 'pencil')];
  return {
    ...{ id: formOf(line), action: `${url}/rows/${line}`, fields: { ...shown }, links: row.leftOut ? [] : links },
    buttons: buttonsOf(row, place).map(({ does, ...look }) => ({
      ...{ label: say(does), spoken: spoken(does), name: 'do', value: does, ...look },
    })),
  };
}

interface RowButton {
  does: 'save' | 'use' | 'leaveOut' | 'takeIn';
  icon?: string;
  kind?: 'primary' | 'quiet';
}

/** Enter in a cell presses the first. */
function buttonsOf(row: ImportRowView, place: RowPlace): RowButton[] {
  if (row.leftOut) return [{ does: 'takeIn', icon: 'undo' }];
  const isTyped = row.problems.some(({ field, code }) => field !== 'line' && code !== 'duplicate_line');
  const isSuggested = row.problems.some(({ suggestion }) => suggestion !== undefined);
  return [
    ...(isEdited(row, place) || isTyped ? [{ does: 'save' } as const] : []),
    ...(isSuggested ? [{ does: 'use', icon: 'check' } as const] : []),
    ...(isEdited(row, place) || (row.problems.length && !isTyped) ? [{ does: 'leaveOut' } as const] : []),
  ];
}
