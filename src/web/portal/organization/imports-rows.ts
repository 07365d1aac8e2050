import { importRowChange, importRowsChange, ROW_FILTERS } from '../../../management/import-forms';
import { changeImportRow, changeImportRows, readImportRow } from '../../../management/import-rows';
import type { ImportRowView } from '../../../management/import-row-view';
import { AppError } from '../../../domain/errors';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import { COLUMN_NAMES } from '../../../sources/columns';
import { goOn, showPortal, type PortalCall } from '../call';
import type { PortalForm } from '../form-model';
import { action, page, type PortalRoute } from '../route';
import { IMPORTS, shownIn } from './imports-staging';
import { rowsUrl } from './imports-url';

/** Mending rows before they are saved: one by one, or many at once. Whatever is typed is kept at once. */
export const importRowRoutes: readonly PortalRoute[] = [
  action(`${IMPORTS}/:id/rows`, 'accounts:write', changeMany),
  page(`${IMPORTS}/:id/rows/:line`, 'accounts:read', show),
  action(`${IMPORTS}/:id/rows/:line`, 'accounts:write', change),
];

/** @throws AppError not_found */
function lineIn({ params }: PortalCall): number {
  if (!/^\d{1,9}$/.test(params.line ?? '')) throw new AppError('not_found');
  return Number(params.line);
}

/** A row with every field, for whoever wants to see more than the list shows. */
async function show(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, params, query } = call;
  const id = params.id ?? '';
  const row = await readImportRow(deps, caller, org, id, lineIn(call));
  showPortal(call, 'portal/import-row', {
    ...{ row, url: `${base}${IMPORTS}/${id}`, shown: shownIn((name) => query[name]), edit: row.line },
    mayChange: includesScope(caller.scopes, 'accounts:write'),
  });
}

async function change(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const [id, line] = [params.id ?? '', lineIn(call)];
  const wish = await wishOf(call, id, line);
  await changeImportRow(deps, caller, org, id, line, parseForm(importRowChange, wish));
  goOn(call, `${rowsUrl(`${IMPORTS}/${id}`, shownIn(form.text))}#row-${line}`);
}

async function wishOf({ deps, caller, org, form }: PortalCall, id: string, line: number): Promise<object> {
  switch (form.text('do')) {
    case 'leaveOut':
      return { leftOut: true };
    case 'takeIn':
      return { leftOut: false };
    case 'use':
      return { values: suggested(await readImportRow(deps, caller, org, id, line)) };
    default:
      return { values: typed(form, await readImportRow(deps, caller, org, id, line)) };
  }
}

const suggested = ({ problems }: ImportRowView): object =>
  Object.fromEntries(problems.flatMap(({ field, suggestion }) => (suggestion ? [[field, suggestion]] : [])));

/** Cells that the form showed and that hold something else now; an empty one is taken away. */
function typed(form: PortalForm, { values }: ImportRowView): object {
  const names = [...new Set([...COLUMN_NAMES, ...Object.keys(values)])] as (keyof typeof values)[];
  const shown = names.filter((name) => form.all(`cell.${name}`).length > 0);
  const changed = shown.filter((name) => form.text(`cell.${name}`).trim() !== (values[name] ?? ''));
  return Object.fromEntries(changed.map((name) => [name, form.text(`cell.${name}`).trim() || null]));
}

async function changeMany(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const id = params.id ?? '';
  const back = rowsUrl(`${IMPORTS}/${id}`, shownIn(form.text));
  const selection = selectionIn(form);
  if (!selection) return goOn(call, back, 'imports.notice.nobody_ticked');
  await changeImportRows(deps, caller, org, id, parseForm(importRowsChange, { selection, ...manyWish(form) }));
  goOn(call, back, 'imports.notice.rows');
}

function manyWish({ text }: PortalForm): object {
  if (text('do') === 'leaveOut') return { leftOut: true };
  if (text('do') === 'takeIn') return { leftOut: false };
  return { values: { [text('field')]: text('value').trim() || null } };
}

/** Lines, each in a field of its own or several in one, or every row that is looked at. Undefined: none. */
function selectionIn(form: PortalForm): object | undefined {
  if (form.text('all')) {
    const { outcome, q } = shownIn(form.text);
    const known = ROW_FILTERS.find((one) => one === outcome);
    return { matching: { ...(known && { outcome: known }), ...(q && { search: q }) } };
  }
  const lines = form.all('lines').flatMap((value) => value.split(','));
  const numbers = [...new Set(lines.filter((line) => /^\d{1,9}$/.test(line)).map(Number))];
  return numbers.length ? { lines: numbers } : undefined;
}
