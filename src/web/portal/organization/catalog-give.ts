import { giveAccountsForm } from '../../../management/bulk-forms';
import { parseForm } from '../../../management/form';
import { foreseeGivingAccounts, startGivingAccounts } from '../../../management/give-accounts';
import { signsInBySso } from '../../../management/new-account';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { filled, hiddenSelection, selectionIn } from '../selection';
import { showProgress } from './bulk-progress';
import { CATALOG_FILTERS, catalogFilterIn } from './catalog';
import { choicesOf } from './person-typed';

/** Accounts for many contacts: asked first, then a job that one can leave alone. */
export const giveAccountRoutes: readonly PortalRoute[] = [
  action('/catalog/bulk', 'accounts:write', ask),
  action('/catalog/bulk/start', 'accounts:write', start),
  page('/catalog/bulk/:id', 'accounts:read', (call) => showProgress(call, '/catalog')),
];

/** What everybody gets, where something was chosen. */
const CHOICES = ['permissionProfile', 'licence'] as const;

const selectedIn = (call: PortalCall) => selectionIn(call, catalogFilterIn);

async function ask(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, res } = call;
  const selected = selectedIn(call);
  const foreseen = await foreseeGivingAccounts(deps, caller, org, selected);
  if (!foreseen.count) res.status(422);
  showPortal(call, 'portal/catalog-give', {
    ...foreseen,
    choices: await choicesOf(call),
    mayInvite: !(await signsInBySso(deps, caller, org)),
    hidden: { count: String(foreseen.count), ...hiddenSelection(call, selected, CATALOG_FILTERS) },
    startUrl: `${base}/catalog/bulk/start`,
    ...{ catalogUrl: `${base}/catalog`, newUsersUrl: `${base}/new-users`, settingsUrl: `${base}/settings` },
  });
}

async function start(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const selected = selectedIn(call);
  const { count, isAllowed } = await foreseeGivingAccounts(deps, caller, org, selected);
  // Others may fit the filter by now than the page named; or the policy may have changed.
  if (!count || !isAllowed || String(count) !== form.text('count')) return ask(call);
  const { ids, matching } = selected;
  const { id } = await startGivingAccounts(
    deps,
    caller,
    org,
    parseForm(giveAccountsForm, {
      ...{ action: 'give_account', selection: ids ? { ids } : { matching } },
      ...filled((name) => form.text(name), CHOICES),
      groups: form.all('groups').filter(Boolean),
      sendInvitations: form.text('sendInvitations') !== '',
    }),
  );
  goOn(call, `/catalog/bulk/${id}`);
}
