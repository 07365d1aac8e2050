import { contactExportForm, exportContacts } from '../../../management/contact-export';
import { contactFilter, contactOrder, countContacts, listContacts } from '../../../management/contact-list';
import { listSourceKinds } from '../../../management/contacts';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import { sendFile } from '../../send-file';
import { showPortal, type PortalCall } from '../call';
import { page, type PortalRoute } from '../route';
import { filled } from '../selection';

const PER_PAGE = 50;

/** What the list can be asked for, by the names of its query. */
export const CATALOG_FILTERS = ['q', 'source', 'kind', 'hasEmail'] as const;
const catalogFilter = contactFilter.pick({ q: true, source: true, kind: true, hasEmail: true });
const catalogQuery = catalogFilter.extend(contactOrder);

/** Who is known, and the same as a file. */
export const catalogRoutes: readonly PortalRoute[] = [
  page('/catalog', 'contacts:read', list),
  page('/catalog/export', 'contacts:read', download),
];

/** The filter that a form names. */
export const catalogFilterIn = (read: (name: string) => string | undefined) =>
  parseForm(catalogFilter, filled(read, CATALOG_FILTERS));

async function list(call: PortalCall): Promise<void> {
  const { deps, caller, org, query, base } = call;
  const asked = filled((name) => query[name], [...CATALOG_FILTERS, 'sort', 'order']);
  const { sort, order, ...filter } = parseForm(catalogQuery, asked);
  const { items, nextCursor, previousCursor } = await listContacts(deps, caller, org, {
    ...{ ...filter, hasAccount: hasAccountIn(call), limit: PER_PAGE, sort, order },
    ...(query.cursor && { cursor: query.cursor }),
  });
  const ids = items.map(({ id }) => id);
  showPortal(call, 'portal/catalog', {
    contacts: items,
    sources: await listSourceKinds(deps, caller, org, ids),
    filter: filled((name) => query[name], CATALOG_FILTERS),
    showsAll: query.show === 'all',
    counts: await countContacts(deps, caller, org, filter),
    ...{ sort, order, nextCursor, previousCursor, url: `${base}/catalog`, usersUrl: `${base}/users` },
    mayGive: includesScope(caller.scopes, 'accounts:write'),
    mayChange: includesScope(caller.scopes, 'contacts:write'),
  });
}

/** People with an account are shown when they are asked for. */
const hasAccountIn = ({ query }: PortalCall): false | undefined => (query.show === 'all' ? undefined : false);

async function download(call: PortalCall): Promise<void> {
  const { deps, caller, org, query, res } = call;
  const asked = filled((name) => query[name], [...CATALOG_FILTERS, 'sort', 'order', 'format']);
  const form = parseForm(contactExportForm, { ...asked, hasAccount: hasAccountIn(call) });
  await sendFile(res, await exportContacts(deps, caller, org, form));
}
