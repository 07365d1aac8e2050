import { ROW_FILTERS } from '../../../management/import-forms';
import { listImportRows } from '../../../management/import-rows';
import type { ImportView } from '../../../management/import-view';
import { readImport } from '../../../management/imports';
import { signsInBySso } from '../../../management/new-account';
import { includesScope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { showPortal, type PortalCall } from '../call';
import { page, type PortalRoute } from '../route';
import { showFailure, showProgress, showResults } from './imports-after';
import type { RowsShown } from './imports-url';

export const IMPORTS = '/imports';
const PER_PAGE = 100;

/** One import, as it stands: being read, to be looked at, being saved, saved, or taken back. */
export const importRoutes: readonly PortalRoute[] = [page(`${IMPORTS}/:id`, 'accounts:read', show)];

async function show(call: PortalCall): Promise<void> {
  const { deps, caller, org, params } = call;
  const run = await readImport(deps, caller, org, params.id ?? '');
  switch (run.state) {
    case 'staging':
    case 'committing':
      return showProgress(call, run);
    case 'staged':
      return showStaging(call, run);
    case 'committed':
      return run.undoAskedAt ? showProgress(call, run) : showResults(call, run);
    case 'undone':
      return showResults(call, run);
    case 'failed':
      return showFailure(call, run);
  }
}

/** Of a query or a form: which rows were looked at. */
export const shownIn = (read: (name: string) => string | undefined): RowsShown => ({
  outcome: ['all', ...ROW_FILTERS].find((known) => known === read('outcome')) ?? '',
  q: (read('q') ?? '').trim().slice(0, 200),
  cursor: /^\d{1,9}$/.test(read('cursor') ?? '') ? (read('cursor') ?? '') : '',
});

/** The rows of an import that nobody saved yet; problems first, as they are what somebody has to do. */
export async function showStaging(
  call: PortalCall,
  run: ImportView,
  refused: { errors: readonly FieldError[]; inviteAt: string } = { errors: [], inviteAt: '' },
): Promise<void> {
  const { deps, caller, org, query, base, res } = call;
  const asked = shownIn((name) => query[name]);
  const shown = { ...asked, outcome: asked.outcome || (run.counts.problem ? 'problem' : 'all') };
  const outcome = ROW_FILTERS.find((known) => known === shown.outcome);
  const { items, nextCursor } = await listImportRows(deps, caller, org, run.id, {
    ...{ limit: PER_PAGE, ...(outcome && { outcome }), ...(shown.q && { search: shown.q }) },
    ...(shown.cursor && { after: Number(shown.cursor) }),
  });
  if (refused.errors.length) res.status(422);
  showPortal(call, 'portal/import-staging', {
    ...{ run, rows: items, nextCursor, shown, ...refused },
    inviteAt: refused.inviteAt || (run.inviteAt?.toISOString().slice(0, 16) ?? ''),
    edit: Number(query.edit) || null,
    url: `${base}${IMPORTS}/${run.id}`,
    offersInvitations: !(await signsInBySso(deps, caller, org)),
    mayChange: includesScope(caller.scopes, 'accounts:write'),
  });
}
