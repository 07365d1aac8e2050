import { listBulkOutcomes, readBulkAction } from '../../../management/bulk-actions';
import { outcomeFilter } from '../../../management/bulk-forms';
import { parseForm } from '../../../management/form';
import { isUuid } from '../../../management/uuid';
import { showPortal, type PortalCall } from '../call';
import { filled } from '../selection';

const PER_PAGE = 100;
/** How often a page that shows progress looks again, in seconds; browsers do that without a script. */
const AGAIN = '2';

/** How far a bulk action has come, below the list from which it was started. */
export async function showProgress(call: PortalCall, list: '/users' | '/catalog'): Promise<void> {
  const { deps, caller, org, query, base, params, res } = call;
  const id = params.id ?? '';
  const cursor = query.cursor && isUuid(query.cursor) ? query.cursor : undefined;
  const filter = parseForm(
    outcomeFilter,
    filled((name) => query[name], ['outcome']),
  );
  const { action: kind, state, counts, createdAt } = await readBulkAction(deps, caller, org, id);
  const outcomes = await listBulkOutcomes(deps, caller, org, id, { ...filter, limit: PER_PAGE, cursor });
  if (state !== 'done') res.set('Refresh', AGAIN);
  showPortal(call, 'portal/users-bulk-progress', {
    ...{ kind, state, counts, createdAt, ...filter, nextCursor: outcomes.nextCursor },
    outcomes: outcomes.items,
    url: `${base}${list}/bulk/${id}`,
    usersUrl: `${base}/users`,
    ...(list === '/catalog' && { catalogUrl: base + list }),
  });
}
