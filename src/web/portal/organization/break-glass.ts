import { changeRoles, type PortalAdmin } from '../../../management/admins';
import { isWayInNeeded } from '../../../management/break-glass';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { adminIn } from './admins-of';

const PATH = '/admins';

export const breakGlassRoutes: readonly PortalRoute[] = [
  page(`${PATH}/:id/emergency`, 'admins:write', confirm),
  action(`${PATH}/:id/emergency`, 'admins:write', change),
];

/** Whether somebody gets in when the identity provider fails; undefined where nobody signs in by one. */
export async function wayInOf({ deps, caller, org }: PortalCall, admins: readonly PortalAdmin[]) {
  const names = admins.filter(({ breakGlass }) => breakGlass).map(({ displayName, email }) => displayName ?? email);
  return names.length || (await isWayInNeeded(deps, caller, org)) ? { names } : undefined;
}

/** Setting up and withdrawing are both said before they are done. */
async function confirm(call: PortalCall): Promise<void> {
  const { base, params } = call;
  const admin = await adminIn(call, params.id ?? '');
  if (!admin?.roles.includes('organization_admin')) return goOn(call, PATH);
  const { t } = call.web.languages.of(call.req, call.res);
  const which = admin.breakGlass ? 'withdraw' : 'setUp';
  const name = admin.displayName ?? admin.email;
  const url = `${base}${PATH}/${admin.id}`;
  const say = (part: string): string => t(`portal.admins.emergency.${which}.${part}`, { name });
  showPortal(call, 'portal/confirm', {
    title: say('title'),
    consequences: ['first', 'second', 'third'].map(say),
    ...{ action: `${url}/emergency`, hidden: { set: admin.breakGlass ? '0' : '1' }, button: say('button') },
    ...{ danger: admin.breakGlass, cancelUrl: url },
  });
}

async function change(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const id = params.id ?? '';
  const breakGlass = form.text('set') === '1';
  const roles = (await adminIn(call, id))?.roles ?? [];
  await changeRoles(deps, caller, org, id, { roles: [...roles], breakGlass });
  goOn(call, PATH, breakGlass ? 'admins.notice.emergency' : 'admins.notice.noEmergency');
}
