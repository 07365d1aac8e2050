import { OWNERS_SLUG } from '../../../domain/organization';
import type { OwnerRole } from '../../../domain/portal-role';
import { AppError } from '../../../domain/errors';
import { changeRoles, listAdmins, rolesForm } from '../../../management/admins';
import { parseForm } from '../../../management/form';
import { inviteForm, inviteOwner, removeOwner } from '../../../management/owners';
import type { PortalAdmin } from '../../../storage/portal-roles';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import type { OwnerLine } from './owners-pages';

const PATH = '/owners';
const MOST = 1000;

/** Who may come into this portal, and as what. Owners alone see and change that. */
export const ownersRoutes: readonly PortalRoute[] = [
  page(PATH, '*', list),
  page(`${PATH}/new`, '*', (call) => showInvitation(call, { role: 'owner' }, [])),
  action(`${PATH}/new`, '*', invite),
  page(`${PATH}/:id`, '*', show),
  action(`${PATH}/:id`, '*', change),
  action(`${PATH}/:id/link`, '*', inviteAgain),
  page(`${PATH}/:id/remove`, '*', confirmRemoval),
  action(`${PATH}/:id/remove`, '*', remove),
];

const all = async ({ deps, caller }: PortalCall): Promise<readonly PortalAdmin[]> =>
  (await listAdmins(deps, caller, OWNERS_SLUG, { limit: MOST })).items;

async function ownerIn(call: PortalCall): Promise<PortalAdmin> {
  const found = (await all(call)).find(({ id }) => id === call.params.id);
  if (!found) throw new AppError('not_found');
  return found;
}

/** With several the one that may do most. */
const roleOf = ({ roles }: PortalAdmin): OwnerRole =>
  roles.includes('owner') ? 'owner' : roles.includes('operator') ? 'operator' : 'support';

const lineOf = (call: PortalCall, owner: PortalAdmin): OwnerLine => ({
  ...owner,
  role: roleOf(owner),
  url: `${call.base}${PATH}/${owner.id}`,
  isSelf: call.caller.actor.kind === 'account' && call.caller.actor.id === owner.id,
});

async function list(call: PortalCall): Promise<void> {
  const owners = (await all(call)).map((owner) => lineOf(call, owner));
  showPortal(call, 'portal/owners', { owners, newUrl: `${call.base}${PATH}/new` });
}

async function invite(call: PortalCall): Promise<void> {
  const values = { email: call.form.text('email'), name: call.form.text('name'), role: call.form.text('role') };
  const result = await attempt(async () => {
    const form = parseForm(inviteForm, { ...values, name: values.name.trim() || undefined });
    if ((await all(call)).some(({ email }) => email === form.email)) throw taken();
    return sendInvitation(call, form);
  });
  if (result.errors) return showInvitation(call, values, result.errors);
  answerInvitation(call, result.done);
}

const taken = (): AppError =>
  new AppError('email_taken', {
    fields: [{ field: 'email', code: 'email_taken', message: 'This address is on the list already.' }],
  });

const sendInvitation = ({ deps, caller, web }: PortalCall, form: Parameters<typeof inviteOwner>[2]) =>
  inviteOwner(deps, caller, form, web.installation.mail === 'none' ? 'print' : 'mail');

async function inviteAgain(call: PortalCall): Promise<void> {
  const { email } = await ownerIn(call);
  answerInvitation(call, await sendInvitation(call, { email }));
}

function answerInvitation(call: PortalCall, { owner, url }: Awaited<ReturnType<typeof inviteOwner>>): void {
  if (!url) return goOn(call, PATH, 'owners.notice.invited');
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/shown-once', {
    title: t('portal.owners.linkTitle'),
    text: t('portal.owners.linkText', { email: owner.email }),
    label: t('portal.owners.link'),
    value: url,
    nextUrl: call.base + PATH,
  });
}

function showInvitation(
  call: PortalCall,
  values: Readonly<Record<string, string>>,
  errors: readonly FieldError[],
): void {
  if (errors.length) call.res.status(422);
  showPortal(call, 'portal/owner-new', {
    ...{ values, errors, listUrl: call.base + PATH, action: `${call.base}${PATH}/new` },
    hasMail: call.web.installation.mail !== 'none',
  });
}

async function show(call: PortalCall): Promise<void> {
  const owner = lineOf(call, await ownerIn(call));
  showPortal(call, 'portal/owner', {
    ...{ owner, listUrl: call.base + PATH, action: owner.url, linkAction: `${owner.url}/link` },
    ...{ removeUrl: `${owner.url}/remove`, hasMail: call.web.installation.mail !== 'none' },
  });
}

async function change(call: PortalCall): Promise<void> {
  const { id } = await ownerIn(call);
  const form = parseForm(rolesForm, { roles: [call.form.text('role')] });
  await changeRoles(call.deps, call.caller, OWNERS_SLUG, id, form);
  goOn(call, PATH, 'owners.notice.changed');
}

async function confirmRemoval(call: PortalCall): Promise<void> {
  const { email, displayName, id } = await ownerIn(call);
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/confirm', {
    title: t('portal.owners.remove.title', { name: displayName ?? email }),
    consequences: ['account', 'sessions', 'last'].map((key) => t(`portal.owners.remove.${key}`, { email })),
    action: `${call.base}${PATH}/${id}/remove`,
    button: t('portal.owners.remove.button'),
    danger: true,
    cancelUrl: `${call.base}${PATH}/${id}`,
  });
}

async function remove(call: PortalCall): Promise<void> {
  const { email } = await ownerIn(call);
  await removeOwner(call.deps, call.caller, { email });
  goOn(call, PATH, 'owners.notice.removed');
}
