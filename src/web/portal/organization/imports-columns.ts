import { importMapping } from '../../../management/import-forms';
import { mapImport, readImport, readImportColumns } from '../../../management/imports';
import { parseForm } from '../../../management/form';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { OWN, type ColumnShown } from './imports-columns-view';
import { IMPORTS } from './imports-staging';

/** What each column of the file means, said anew. */
export const importColumnRoutes: readonly PortalRoute[] = [
  page(`${IMPORTS}/:id/columns`, 'accounts:write', async (call) => show(call, await columnsOf(call))),
  action(`${IMPORTS}/:id/columns`, 'accounts:write', change),
];

const OWN_FIELD = 'attributes.';

async function columnsOf({ deps, caller, org, params }: PortalCall): Promise<ColumnShown[]> {
  const columns = await readImportColumns(deps, caller, org, params.id ?? '');
  return columns.map(({ header, samples, means }) => {
    const isOwn = means?.startsWith(OWN_FIELD) ?? false;
    return {
      header,
      samples,
      means: isOwn ? OWN : (means ?? ''),
      own: isOwn ? (means ?? '').slice(OWN_FIELD.length) : '',
    };
  });
}

async function show(
  call: PortalCall,
  columns: readonly ColumnShown[],
  errors: readonly FieldError[] = [],
): Promise<void> {
  const { deps, caller, org, base, params, res } = call;
  const run = await readImport(deps, caller, org, params.id ?? '');
  if (errors.length) res.status(422);
  showPortal(call, 'portal/import-columns', {
    ...{ name: run.name, columns, errors },
    url: `${base}${IMPORTS}/${run.id}`,
  });
}

async function change(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const id = params.id ?? '';
  const chosen = (await columnsOf(call)).map((column, index) => ({
    ...column,
    ...{ means: form.text(`means.${index}`), own: form.text(`own.${index}`).trim() },
  }));
  const meaning = ({ means, own }: ColumnShown) => (means === OWN ? OWN_FIELD + own : means || null);
  const mapping = Object.fromEntries(chosen.map((column) => [column.header, meaning(column)]));
  const { errors } = await attempt(() => mapImport(deps, caller, org, id, parseForm(importMapping, mapping)));
  if (errors) return show(call, chosen, errors);
  goOn(call, `${IMPORTS}/${id}`);
}
