import { countStatuses } from '../../../management/account-list';
import { startBulkAction } from '../../../management/bulk-actions';
import { bulkActionForm } from '../../../management/bulk-forms';
import type { DirectoryKind } from '../../../storage/directory';
import { directoryOf } from '../../../management/directory';
import { invalidForm } from '../../../domain/errors';
import { parseForm } from '../../../management/form';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { hiddenSelection, selectionIn } from '../selection';
import type { FieldError } from '../../page-context';
import { BULK_KINDS, type BulkAskModel, type BulkKind } from './users-bulk-pages';
import { showProgress } from './bulk-progress';
import { filterIn, USER_FILTERS } from './users';

const MOST = 10_000;

/** Something done to many people: asked first, then a job that one can leave alone. */
export const bulkRoutes: readonly PortalRoute[] = [
  action('/users/bulk', 'accounts:write', (call) => ask(call)),
  action('/users/bulk/start', 'accounts:write', start),
  page('/users/bulk/:id', 'accounts:read', (call) => showProgress(call, '/users')),
];

/** What is given, for the kinds that give something; only a group cannot be none. */
const GIVEN: Partial<Record<BulkKind, { kind: DirectoryKind; mayBeNone: boolean }>> = {
  add_group: { kind: 'groups', mayBeNone: false },
  set_permission_profile: { kind: 'permission_profiles', mayBeNone: true },
  set_licence: { kind: 'licences', mayBeNone: true },
};

async function ask(call: PortalCall, errors: readonly FieldError[] = []): Promise<void> {
  const { base } = call;
  const kind = kindIn(call);
  const count = await countOf(call);
  if (count === 0 || errors.length) call.res.status(422);
  showPortal(call, 'portal/users-bulk', {
    ...{ kind, count, errors, options: await optionsOf(call, kind) },
    hidden: { action: kind, count: String(count), ...hiddenSelection(call, selectedIn(call), USER_FILTERS) },
    startUrl: `${base}/users/bulk/start`,
    usersUrl: `${base}/users`,
  });
}

async function start(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const kind = kindIn(call);
  const [count, value] = [await countOf(call), form.text('value')];
  // Others may fit the filter by now than the page named.
  if (count === 0 || String(count) !== form.text('count')) return ask(call);
  if (GIVEN[kind] && !value) return ask(call, [{ field: 'value', code: 'required' }]);
  const given = GIVEN[kind] && { value: value === 'none' && GIVEN[kind].mayBeNone ? null : value };
  const { ids, matching } = selectedIn(call);
  const selection = ids ? { ids } : { matching };
  const { id } = await startBulkAction(
    deps,
    caller,
    org,
    parseForm(bulkActionForm, { action: kind, selection, ...given }),
  );
  goOn(call, `/users/bulk/${id}`);
}

/** @throws AppError invalid_form */
function kindIn({ form }: PortalCall): BulkKind {
  const kind = BULK_KINDS.find((known) => known === form.text('action'));
  if (!kind) throw invalidForm({ field: 'action', code: 'invalid_value', message: 'There is no such action.' });
  return kind;
}

const selectedIn = (call: PortalCall) => selectionIn(call, filterIn);

async function countOf(call: PortalCall): Promise<number> {
  const { deps, caller, org } = call;
  const { ids, matching } = selectedIn(call);
  if (ids) return ids.length;
  const counts = await countStatuses(deps, caller, org, matching);
  if (matching.status) return counts[matching.status] ?? 0;
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function optionsOf({ deps, caller, org }: PortalCall, kind: BulkKind): Promise<BulkAskModel['options']> {
  const given = GIVEN[kind];
  if (!given) return undefined;
  const { items } = await directoryOf(given.kind).list(deps, caller, org, { limit: MOST });
  const named = items.map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
  return given.mayBeNone ? [...named, { id: null, name: '' }] : named;
}
