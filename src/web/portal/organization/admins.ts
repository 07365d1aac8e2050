import { changeRoles, rolesForm, type PortalAdmin } from '../../../management/admins';
import { listAccounts } from '../../../management/account-list';
import { readAccount } from '../../../management/accounts';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import { normalizeEmail } from '../../../domain/email-address';
import { goOn, showPortal, type PortalCall } from '../call';
import { adminIn, adminsOf } from './admins-of';
import { breakGlassRoutes, wayInOf } from './break-glass';
import { action, page, type PortalRoute } from '../route';

const PATH = '/admins';
const MOST_FOUND = 20;

export const adminRoutes: readonly PortalRoute[] = [
  page(PATH, 'admins:read', list),
  page(`${PATH}/add`, 'admins:write', add),
  page(`${PATH}/:id`, 'admins:write', edit),
  page(`${PATH}/:id/remove`, 'admins:write', confirmRemoval),
  action(`${PATH}/:id`, 'admins:write', change),
  ...breakGlassRoutes,
];

async function list(call: PortalCall): Promise<void> {
  const { base } = call;
  const mayChange = includesScope(call.caller.scopes, 'admins:write');
  const admins = await adminsOf(call);
  const wayIn = await wayInOf(call, admins);
  showPortal(call, 'portal/admins', {
    ...(wayIn && { wayIn }),
    admins: admins.map((admin) => ({
      ...admin,
      ...(mayChange && { url: `${base}${PATH}/${admin.id}` }),
    })),
    ...(mayChange && { addUrl: `${base}${PATH}/add` }),
  });
}

/** Looks for the account that is to become an admin's. */
async function add(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query } = call;
  const q = (query.q ?? '').trim();
  const email = normalizeEmail(q);
  const found = email ? await listAccounts(deps, caller, org, { limit: MOST_FOUND, email }) : { items: [] };
  const others = q && !found.items.length ? await listAccounts(deps, caller, org, { limit: MOST_FOUND, q }) : found;
  showPortal(call, 'portal/admin-add', {
    ...{ q, action: `${base}${PATH}/add`, listUrl: base + PATH },
    found: others.items.map(({ id, displayName, email: address }) => ({
      ...{ id, name: displayName ?? address, email: address, url: `${base}${PATH}/${id}` },
    })),
  });
}

async function edit(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, params } = call;
  const account = await readAccount(deps, caller, org, params.id ?? '');
  const admin = await adminIn(call, account.id);
  const url = `${base}${PATH}/${account.id}`;
  showPortal(call, 'portal/admin', {
    ...{ name: account.displayName ?? account.email, email: account.email, roles: admin?.roles ?? [] },
    ...{ action: url, listUrl: base + PATH },
    ...(admin && { removeUrl: `${url}/remove` }),
    ...(admin?.roles.includes('organization_admin') && {
      emergency: { isSetUp: admin.breakGlass, url: `${url}/emergency` },
    }),
  });
}

/** Taking the last Organization admin away is said before it is done. */
async function confirmRemoval(call: PortalCall): Promise<void> {
  const { base, params } = call;
  const admins = await adminsOf(call);
  const admin = admins.find(({ id }) => id === params.id);
  if (!admin) return goOn(call, PATH);
  const { t } = call.web.languages.of(call.req, call.res);
  const isLast = admin.roles.includes('organization_admin') && !hasAnother(admins, admin.id);
  const name = admin.displayName ?? admin.email;
  showPortal(call, 'portal/confirm', {
    title: t('portal.admins.remove.title', { name }),
    consequences: [
      t('portal.admins.remove.text', { name }),
      ...(isLast ? [t('portal.admins.remove.last'), t('portal.admins.remove.told')] : []),
    ],
    action: `${base}${PATH}/${admin.id}`,
    hidden: { confirmed: '1' },
    button: t('portal.admins.remove.button'),
    danger: true,
    cancelUrl: `${base}${PATH}/${admin.id}`,
  });
}

/** All the roles from now on. What would take the last Organization admin away is asked for first. */
async function change(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const id = params.id ?? '';
  const { roles } = parseForm(rolesForm, { roles: [...form.all('roles')] });
  const admins = await adminsOf(call);
  const takesLast =
    !roles.includes('organization_admin') &&
    admins.some((one) => one.id === id && one.roles.includes('organization_admin')) &&
    !hasAnother(admins, id);
  if (takesLast && form.text('confirmed') !== '1') return goOn(call, `${PATH}/${id}/remove`);
  await changeRoles(deps, caller, org, id, { roles });
  goOn(call, PATH, roles.length ? 'admins.notice.changed' : 'admins.notice.removed');
}

const hasAnother = (admins: readonly PortalAdmin[], id: string): boolean =>
  admins.some((one) => one.id !== id && one.status === 'active' && one.roles.includes('organization_admin'));
