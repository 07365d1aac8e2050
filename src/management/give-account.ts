import { AppError } from '../domain/errors';
import type { PersonRecord } from '../domain/desired-record';
import type { AccountId, ContactId } from '../domain/ids';
import { openDoor, type Occasion } from '../provisioning/door';
import { contactLock, lockKeysOf } from '../provisioning/lock-keys';
import { provision } from '../provisioning/provision';
import { recordFromForm } from '../sources/form';
import { findContact } from '../storage/contacts';
import { lockKeys } from '../storage/people';
import { adminSource, catalogSource } from '../storage/sources';
import { refusal } from './conflicts';
import { sendAccountLink } from './credentials';
import type { Caller, ManagementDeps } from './deps';
import { changing, type Island } from './island';
import { accountIn, personOf } from './person';
import type { ResolvedReferences } from './references';
import { refusedBy } from './refused';

/** What everybody gets who is given an account, as ids. */
export interface Gift extends ResolvedReferences {
  sendInvitations?: boolean;
}

/**
 * Gives a contact an account, through the door. Groups are given by hand, so that an admin can take them back.
 * @throws AppError not_found, conflict for who has one already, missing_attribute without an e-mail address, email_taken …
 */
export async function giveAccount(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: ContactId,
  gift: Gift,
): Promise<{ accountId: AccountId } | { refused: AppError }> {
  return changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, now, organization: own } = island;
    const door = await openDoor(tx, own.id, await catalogSource(tx, own.id));
    const { groups, permissionProfile, licence } = gift;
    const access = { ...(permissionProfile && { permissionProfile }), ...(licence && { licence }) };
    const record = recordFromForm(door.sourceId, { contactId: id, attributes: {}, emailVerified: false, access });
    await holdContact(island, id, (attributes) => lockKeysOf({ ...record, attributes }, door));
    const occasion = { actor: caller.actor, now, requestId: caller.requestId };
    const [outcome] = await provision(tx, door, [record], occasion);
    if (!outcome) throw new Error('the door yields an outcome per record');
    const { decision, accountId = '' } = outcome;
    if (decision.action === 'refuse' || decision.action === 'wait') return { refused: refusedBy(decision) };
    if (groups?.length) await addGroups(island, accountId, groups, occasion);
    if (gift.sendInvitations) await invite(deps, caller, island, accountId);
    return { accountId };
  });
}

/** Waits until nothing about the contact is being decided. @throws AppError not_found, conflict */
async function holdContact(
  { tx, organization }: Island,
  id: ContactId,
  keysOf: (attributes: PersonRecord['attributes']) => readonly string[],
): Promise<void> {
  const known = await findContact(tx, organization.id, id);
  if (!known) throw new AppError('not_found');
  await lockKeys(tx, organization.id, [...keysOf(known.attributes), contactLock(id)]);
  const contact = await findContact(tx, organization.id, id);
  if (!contact) throw new AppError('not_found');
  if (contact.accountId) throw refusal('conflict', 'contactId', 'This contact has an account already.');
}

/** Beside the groups that the policy gave by hand. */
async function addGroups(
  island: Island,
  accountId: AccountId,
  added: readonly string[],
  occasion: Occasion,
): Promise<void> {
  const { tx, organization } = island;
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  const account = await accountIn(island, accountId);
  const { memberships } = (await personOf(island, account)).account;
  const byHand = memberships.filter(({ sourceId }) => sourceId === door.sourceId).map(({ groupId }) => groupId);
  const access = { groups: [...new Set([...byHand, ...added])] };
  const form = { contactId: account.contactId, attributes: {}, emailVerified: false, access };
  await provision(tx, door, [recordFromForm(door.sourceId, form)], occasion);
}

/** By the very function that sends one person a link, in the transaction that gives the account. */
const invite = (deps: ManagementDeps, caller: Caller, { tx, organization }: Island, id: AccountId): Promise<unknown> =>
  sendAccountLink({ ...deps, transact: (_db, work) => work(tx) }, caller, organization.id, id);
