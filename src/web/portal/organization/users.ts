import type { AccountStatus } from '../../../domain/account';
import { accountExportForm, exportAccounts } from '../../../management/account-export';
import { accountFilter, accountOrder, countStatuses, listAccounts } from '../../../management/account-list';
import { directoryOf } from '../../../management/directory';
import { newestLinkStates } from '../../../management/email-links';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import { sendFile } from '../../send-file';
import { showPortal, type PortalCall } from '../call';
import { page, type PortalRoute } from '../route';
import { filled } from '../selection';

const PER_PAGE = 50;
/** As many groups as the filter offers. */
const MOST_GROUPS = 10_000;

/** What the list can be asked for, by the names of its query. */
export const userFilter = accountFilter.pick({ q: true, status: true, source: true, group: true });
export const USER_FILTERS = ['q', 'status', 'source', 'group'] as const;
const userQuery = userFilter.extend(accountOrder);

/** The list of users, and the same as a file. */
export const userListRoutes: readonly PortalRoute[] = [
  page('/users', 'accounts:read', list),
  page('/users/export', 'accounts:read', download),
];

/** The filter that a query or a form names. */
export const filterIn = (read: (name: string) => string | undefined) =>
  parseForm(userFilter, filled(read, USER_FILTERS));

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, query, base } = call;
  const read = (name: string) => query[name];
  const { sort, order, ...filter } = parseForm(userQuery, filled(read, [...USER_FILTERS, 'sort', 'order']));
  const page = { limit: PER_PAGE, ...(query.cursor && { cursor: query.cursor }) };
  const { items, nextCursor, previousCursor } = await listAccounts(deps, caller, org, {
    ...{ ...filter, ...page, sort, order },
  });
  const counts: Partial<Record<AccountStatus, number>> = await countStatuses(deps, caller, org, filter);
  const groups = await directoryOf('groups').list(deps, caller, org, { limit: MOST_GROUPS });
  const waiting = items.filter(({ status }) => status === 'invited' || status === 'unconfirmed');
  const ids = waiting.map(({ id }) => id);
  const links = await newestLinkStates(deps, caller, org, ids);
  showPortal(call, 'portal/users', {
    users: items.map((user) => ({ ...user, link: links.get(user.id) })),
    ...{ filter, sort, order, counts, nextCursor, previousCursor },
    groups: groups.items.map(({ id, name }) => ({ id, name })),
    url: `${base}/users`,
    mayChange: includesScope(caller.scopes, 'accounts:write'),
  });
}

async function download(call: PortalCall): Promise<void> {
  const { deps, caller, org, query, res } = call;
  const asked = filled((name) => query[name], [...USER_FILTERS, 'sort', 'order', 'format']);
  await sendFile(res, await exportAccounts(deps, caller, org, parseForm(accountExportForm, asked)));
}
