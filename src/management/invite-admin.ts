import { z } from 'zod';
import { printLink, sendLink } from '../credentials/send-link';
import { OWNERS_SLUG } from '../domain/organization';
import { AppError } from '../domain/errors';
import { openDoor } from '../provisioning/door';
import { lockKeysOf } from '../provisioning/lock-keys';
import { provision } from '../provisioning/provision';
import { defaultDisplayName, recordFromForm } from '../sources/form';
import { findByEmail, type LocalPerson } from '../storage/local-people';
import { lockKeys } from '../storage/people';
import { setRoles } from '../storage/portal-roles';
import { adminSource } from '../storage/sources';
import { refusal } from './conflicts';
import type { Caller, ManagementDeps } from './deps';
import { email, line } from './fields';
import { changing, type Island } from './island';
import { refusedBy } from './refused';
import { requireScope } from './scopes';

export const inviteAdminForm = z.strictObject({ email, givenName: line(120), familyName: line(120) });
export type InviteAdminForm = z.output<typeof inviteAdminForm>;

/** How whoever was invited gets in: by SSO, by a link that was mailed, or by one to hand over. */
export type Invitation = { by: 'sso' } | { by: 'mail' } | { by: 'link'; url: string };

/**
 * Makes an account that administers the organization. Where passwords are how people sign in, a link to choose one is
 * mailed, or yielded to be handed over; where there is SSO, the person just signs in.
 * @throws AppError insufficient_scope, email_taken, invalid_form
 */
export function inviteAdmin(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: InviteAdminForm,
  how: 'mail' | 'print',
): Promise<Invitation> {
  requireScope(caller, 'accounts:write');
  return changing(deps, caller, organization, 'admins:write', async (island) => {
    const { tx, organization: own, now, note } = island;
    if (own.slug === OWNERS_SLUG) throw new AppError('unknown_organization');
    const { person, isSso } = await createPerson(island, caller, form);
    const { accountId, contactId } = person;
    await setRoles(tx, own.id, accountId, ['organization_admin'], now);
    const details = { before: [], after: ['organization_admin'] };
    await note({ action: 'admin.roles_changed', accountId, contactId, fields: ['roles'], details });
    if (isSso) return { by: 'sso' };
    const occasion = { actor: caller.actor, now, requestId: caller.requestId };
    const order = { organization: own, purpose: 'set_password', person: { accountId, contactId }, occasion } as const;
    if (how === 'print') return { by: 'link', url: await printLink(tx, deps, order, person.email) };
    await sendLink(tx, deps, { ...order, to: person });
    return { by: 'mail' };
  });
}

async function createPerson(
  { tx, organization, now }: Island,
  { actor, requestId }: Caller,
  form: InviteAdminForm,
): Promise<{ person: LocalPerson; isSso: boolean }> {
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  const displayName = defaultDisplayName(form.givenName, form.familyName) ?? null;
  const record = recordFromForm(door.sourceId, {
    attributes: { ...form, displayName },
    emailVerified: false,
    access: {},
  });
  await lockKeys(tx, organization.id, lockKeysOf(record, door));
  if (await findByEmail(tx, organization.id, form.email))
    throw refusal('email_taken', 'email', 'A live account has this e-mail address.');
  const [outcome] = await provision(tx, door, [record], { actor, now, requestId });
  const decision = outcome?.decision;
  if (decision?.action === 'refuse' || decision?.action === 'wait') throw refusedBy(decision);
  const person = await findByEmail(tx, organization.id, form.email);
  if (!person) throw new Error('the account was not made');
  return { person, isSso: door.isSsoOrganization };
}
