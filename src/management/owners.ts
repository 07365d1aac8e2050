import { z } from 'zod';
import { printLink, purposeFor, sendLink } from '../credentials/send-link';
import { AppError } from '../domain/errors';
import { OWNERS_SLUG } from '../domain/organization';
import { OWNER_ROLES } from '../domain/portal-role';
import { openDoor } from '../provisioning/door';
import { provision } from '../provisioning/provision';
import { recordFromForm } from '../sources/form';
import { listAccounts, type AccountView } from '../storage/account-views';
import { setAccountStatus } from '../storage/accounts';
import { listEmailLinks, revokeEmailLinks } from '../storage/email-links';
import { findByEmail, type LocalPerson } from '../storage/local-people';
import { setRoles } from '../storage/portal-roles';
import { endAllSessions } from '../storage/sessions';
import { adminSource } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { email, line } from './fields';
import { changing, reading, type Island } from './island';
import { lockOwners, requireAnotherOwner } from './last-owner';
import { refusedBy } from './refused';

export const inviteForm = z.strictObject({
  email,
  name: line(200).optional(),
  /** Of somebody new; an owner unless it says otherwise. */
  role: z.enum(OWNER_ROLES).optional(),
});
export type InviteForm = z.output<typeof inviteForm>;
export const ownerForm = inviteForm.pick({ email: true });
export type OwnerForm = z.output<typeof ownerForm>;

const MOST_OWNERS = 1000;

/** Everybody whose account is in the owners' organization. */
export const listOwners = (deps: ManagementDeps, caller: Caller): Promise<readonly AccountView[]> =>
  reading(deps, caller, OWNERS_SLUG, 'accounts:read', ownersIn);

const ownersIn = ({ tx, organization }: Island): Promise<AccountView[]> =>
  listAccounts(tx, { organizationId: organization.id, limit: MOST_OWNERS });

/**
 * The one-time link of the first owner, as long as there is none. A new one replaces the one before. Yields its URL, or
 * undefined when somebody is an owner already.
 */
export const firstOwnerUrl = (deps: ManagementDeps, caller: Caller): Promise<string | undefined> =>
  changing(deps, caller, OWNERS_SLUG, 'accounts:write', async (island) => {
    const { tx, organization, now } = island;
    await lockOwners(island);
    if ((await ownersIn(island)).length) return undefined;
    return printLink(tx, deps, { organization, purpose: 'first_owner', occasion: { actor: caller.actor, now } }, null);
  });

/**
 * Makes somebody an owner, or helps one who cannot get in, by a link to choose a password: mailed, or yielded for the
 * operator to hand over.
 * @throws AppError invalid_state_change for one who is suspended or deactivated
 */
export const inviteOwner = (
  deps: ManagementDeps,
  caller: Caller,
  form: InviteForm,
  how: 'mail' | 'print',
): Promise<{ owner: LocalPerson; url?: string }> =>
  changing(deps, caller, OWNERS_SLUG, 'accounts:write', async (island) => {
    const { tx, organization, now } = island;
    await lockOwners(island, `email|${form.email}`);
    const owner = (await findByEmail(tx, organization.id, form.email)) ?? (await createOwner(island, caller, form));
    requireMayComeIn(owner);
    const { accountId, contactId } = owner;
    const occasion = { actor: caller.actor, now };
    const order = { organization, purpose: purposeFor(owner), person: { accountId, contactId }, occasion };
    if (how === 'print') return { owner, url: await printLink(tx, deps, order, owner.email) };
    await sendLink(tx, deps, { ...order, to: owner });
    return { owner };
  });

/**
 * Ends an owner's account, and with it sessions, password and links.
 * @throws AppError not_found; in_use for the last one who can sign in
 */
export const removeOwner = (
  deps: ManagementDeps,
  caller: Caller,
  { email: address }: OwnerForm,
): Promise<AccountView> =>
  changing(deps, caller, OWNERS_SLUG, 'accounts:write', async (island) => {
    const { tx, organization, now, note } = island;
    await lockOwners(island);
    const owners = await ownersIn(island);
    const owner = owners.find((one) => one.email === address);
    if (!owner) throw new AppError('not_found', { detail: `There is no owner with the address ${address}.` });
    await requireAnotherOwner(island, owner.id);
    const { id: accountId, contactId, status: before } = owner;
    await setAccountStatus(tx, organization.id, accountId, 'deleted', now);
    await endAllSessions(tx, organization.id, accountId, now);
    const details = { before, after: 'deleted' };
    await note({ action: 'account.status_changed', accountId, contactId, fields: ['status'], details });
    return owner;
  });

function requireMayComeIn({ email: address, status }: LocalPerson): void {
  if (status !== 'suspended' && status !== 'deactivated') return;
  const detail = `${address} is an owner who is ${status}; reactivate the account first.`;
  throw new AppError('invalid_state_change', { detail });
}

async function createOwner(island: Island, { actor }: Caller, form: InviteForm): Promise<LocalPerson> {
  const { tx, organization, now } = island;
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  const attributes = { email: form.email, displayName: form.name ?? null };
  const record = recordFromForm(door.sourceId, { attributes, emailVerified: false, access: {} });
  const [outcome] = await provision(tx, door, [record], { actor, now });
  const decision = outcome?.decision;
  if (decision?.action === 'refuse' || decision?.action === 'wait') throw refusedBy(decision);
  const made = await findByEmail(tx, organization.id, form.email);
  if (!made) throw new Error('the owner was not made');
  await setRoles(tx, organization.id, made.accountId, [form.role ?? 'owner'], now);
  await voidFirstOwnerLink(island);
  return made;
}

/** As soon as there is an owner, whoever comes by an old start's output is not made another. */
async function voidFirstOwnerLink({ tx, organization, now, note }: Island): Promise<void> {
  const links = await listEmailLinks(tx, { organizationId: organization.id, limit: MOST_OWNERS });
  for (const { id, purpose } of links) {
    const isVoided = purpose === 'first_owner' && (await revokeEmailLinks(tx, organization.id, { id }, now));
    if (isVoided) await note({ action: 'link.revoked', resource: `email_link:${id}` });
  }
}
