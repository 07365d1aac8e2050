import { pipeline } from 'node:stream/promises';
import { accountNames } from '../../../management/account-names';
import { listAccounts } from '../../../management/account-list';
import { listAuditEvents, type LedgerLine } from '../../../management/audit-events';
import { exportAuditEvents } from '../../../management/audit-export';
import { includesScope } from '../../../management/scopes';
import { listSources } from '../../../management/sources';
import { isUuid } from '../../../management/uuid';
import { goOn, showPortal, type PortalCall } from '../call';
import { withQuery } from '../list-url';
import { action, page, type PortalRoute } from '../route';
import { actorsIn } from './actors';
import { connectionNames } from './connection-names';
import { filterOf, searchOf, type LedgerSearch } from './ledger-filter';

const PATH = '/ledger';
const PER_PAGE = 50;
const MOST_SOURCES = 200;

export const ledgerRoutes: readonly PortalRoute[] = [
  page(PATH, 'audit-events:read', list),
  action(`${PATH}/export`, 'audit-events:read', send),
];

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query } = call;
  const search = searchOf((name) => query[name] ?? '');
  const filter = await personIn(call, search);
  const cursor = isUuid(query.cursor ?? '') ? query.cursor : undefined;
  const { items, nextCursor } = filter
    ? await listAuditEvents(deps, caller, org, { limit: PER_PAGE, cursor, ...filter })
    : { items: [], nextCursor: null };
  showPortal(call, 'portal/ledger', {
    ...{ search, lines: items, action: base + PATH, exportUrl: `${base}${PATH}/export` },
    names: await namesIn(call, items),
    actors: await actorsIn(call, items),
    connections: await connectionNames(call),
    sources: await sourcesOf(call),
    mayReadAccounts: includesScope(caller.scopes, 'accounts:read'),
    accountsUrl: `${base}/users`,
    ...(nextCursor && { nextUrl: withQuery(base + PATH, { ...search, cursor: nextCursor }) }),
  });
}

/** Everything that the filter finds, as a file for a spreadsheet. */
async function send(call: PortalCall): Promise<void> {
  const { deps, caller, org, res, form } = call;
  const filter = await personIn(call, searchOf(form.text));
  if (!filter) return goOn(call, PATH, 'ledger.notice.nobody');
  const { name, type, stream } = await exportAuditEvents(deps, caller, org, filter);
  res.attachment(name).set('Cache-Control', 'no-store').type(type);
  await pipeline(stream, res);
}

/** The filter with the account of the address that was typed; undefined when nobody has it. */
async function personIn({ deps, caller, org }: PortalCall, search: LedgerSearch) {
  const { email, ...filter } = filterOf(search);
  if (!email || !includesScope(caller.scopes, 'accounts:read')) return search.q && !email ? undefined : filter;
  const { items } = await listAccounts(deps, caller, org, { limit: 1, email });
  return items[0] && { ...filter, contact: items[0].contactId };
}

/** Names of those it was about. */
async function namesIn({ deps, caller, org }: PortalCall, lines: readonly LedgerLine[]) {
  if (!includesScope(caller.scopes, 'accounts:read')) return new Map<string, string>();
  const ids = lines.flatMap(({ accountId, actor }) => [
    ...(accountId ? [accountId] : []),
    ...(actor.kind === 'person' && actor.accountId ? [actor.accountId] : []),
  ]);
  return accountNames(deps, caller, org, ids);
}

async function sourcesOf({ deps, caller, org }: PortalCall): Promise<readonly { id: string; name: string }[]> {
  if (!includesScope(caller.scopes, 'sources:read')) return [];
  return (await listSources(deps, caller, org, { limit: MOST_SOURCES })).items;
}
