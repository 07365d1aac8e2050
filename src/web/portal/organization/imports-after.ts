import { listImportResults, type ImportResultFilter } from '../../../management/import-results';
import type { ImportView } from '../../../management/import-view';
import { includesScope } from '../../../management/scopes';
import { showPortal, type PortalCall } from '../call';
import { watchedIn } from './imports-remaining';
import { RESULT_CHIPS } from './imports-results-view';

const PER_PAGE = 100;
/** How often a page that shows progress looks again, in seconds; browsers do that without a script. */
const AGAIN = '2';

const urlOf = ({ base }: PortalCall, { id }: ImportView): string => `${base}/imports/${id}`;
const mayChange = ({ caller }: PortalCall): boolean => includesScope(caller.scopes, 'accounts:write');

/** How far it has come, in a step that one need not wait for. */
export function showProgress(call: PortalCall, run: ImportView): void {
  const url = urlOf(call, run);
  const watched = watchedIn(call.query, call.deps.now(), run.progress.done);
  call.res.set('Refresh', `${AGAIN}; url=${url}?since=${watched.since}&from=${watched.from}`);
  showPortal(call, 'portal/import-progress', { run, url, watched, mayChange: mayChange(call) });
}

/** Why the file could not be read, and what to do. */
export function showFailure(call: PortalCall, run: ImportView): void {
  showPortal(call, 'portal/import-failed', { run, url: urlOf(call, run), mayChange: mayChange(call) });
}

/** What became of each row. */
export async function showResults(call: PortalCall, run: ImportView): Promise<void> {
  const { deps, caller, org, query, base } = call;
  const result = RESULT_CHIPS.find((known) => known === query.result);
  const filter: ImportResultFilter = result ? { result } : {};
  const after = /^\d{1,9}$/.test(query.cursor ?? '') ? { after: Number(query.cursor) } : {};
  const found = await listImportResults(deps, caller, org, run.id, { limit: PER_PAGE, ...filter, ...after });
  showPortal(call, 'portal/import-results', {
    ...{ run, rows: found.items, nextCursor: found.nextCursor, result: result ?? null },
    ...{ url: urlOf(call, run), usersUrl: `${base}/users`, newUsersUrl: `${base}/new-users` },
    mayChange: mayChange(call),
  });
}
