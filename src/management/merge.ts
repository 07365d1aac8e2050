import { z } from 'zod';
import { isLive } from '../domain/account';
import { AppError, invalidForm } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { openDoor, type Door } from '../provisioning/door';
import { provision } from '../provisioning/provision';
import { recordFromForm } from '../sources/form';
import type { AccountView } from '../storage/account-views';
import { setAccountStatus } from '../storage/accounts';
import { linkIdentity, listIdentities } from '../storage/identities';
import { listMemberships } from '../storage/memberships';
import { listMovingSources, moveStatements, type Merging, type MovingSource } from '../storage/merging';
import { endAllSessions, listLiveSessions } from '../storage/sessions';
import { adminSource } from '../storage/sources';
import { partWithAdmin } from './leaving-admin';
import type { Caller, ManagementDeps } from './deps';
import { changing, type Island } from './island';
import { accountIn, accountToChange, holdPerson } from './person';
import { refusedBy } from './refused';

export const mergeForm = z.strictObject({
  from: z.uuid().toLowerCase().meta({ description: 'The account that goes on in the other.' }),
  preview: z.boolean().optional().meta({ description: 'Only says what would happen.' }),
});
export type MergeForm = z.output<typeof mergeForm>;

type Identity = Awaited<ReturnType<typeof listIdentities>>[number];

/** What moves, and what ends. */
export interface MergeView {
  done: boolean;
  survivor: AccountView;
  /** The account that is deleted, as it was. */
  merged: AccountView;
  identities: readonly Pick<Identity, 'connectionId' | 'connectionName' | 'issuer' | 'subject'>[];
  /** Given by hand, and new to the survivor. */
  groups: readonly { id: string; name: string }[];
  /** They spoke of the merged one only. */
  sources: readonly MovingSource[];
  sessionsEnded: number;
}

interface Plan extends Omit<MergeView, 'done'> {
  /** All that the survivor is given by hand afterwards. */
  byHand: readonly string[];
}

/**
 * Makes one account of two that are one person's: identities, groups by hand and what sources say move to the survivor; the
 * other is deleted, its sessions end, and its e-mail links and password count no more.
 * @throws AppError not_found, invalid_state_change, invalid_form when both are the same, whatever the door refuses
 */
export async function mergeAccounts(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  { from, preview = false }: MergeForm,
): Promise<MergeView> {
  if (id === from) throw invalidForm({ field: 'from', code: 'same_account', message: 'These are the same account.' });
  return changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, organization: own } = island;
    const door = await openDoor(tx, own.id, await adminSource(tx, own.id));
    const survivor = await heldAccount(island, caller, door, id);
    const merged = await heldAccount(island, caller, door, from);
    const merging: Merging = { organizationId: own.id, survivor, merged };
    const { byHand, ...plan } = await planOf(island, door, merging, survivor, merged);
    if (preview) return { ...plan, done: false };
    await partWithAdmin(deps, island, merged);
    await carryOut(island, merging, plan);
    await giveGroups(island, caller, door, survivor, byHand);
    return { ...plan, done: true, survivor: await accountIn(island, id) };
  });
}

async function heldAccount(island: Island, caller: Caller, door: Door, id: AccountId): Promise<AccountView> {
  await holdPerson(island, door, await accountToChange(island, caller, id));
  const account = await accountIn(island, id);
  if (isLive(account.status)) return account;
  throw new AppError('invalid_state_change', { detail: `An account that is ${account.status} is not merged.` });
}

async function planOf(
  { tx, organization, now }: Island,
  { sourceId }: Door,
  merging: Merging,
  survivor: AccountView,
  merged: AccountView,
): Promise<Plan> {
  const identities = await listIdentities(tx, organization.id, merged.id);
  const byHand = async ({ id }: AccountView) =>
    (await listMemberships(tx, organization.id, id)).filter((membership) => membership.sourceId === sourceId);
  const kept = (await byHand(survivor)).map(({ groupId }) => groupId);
  const gained = (await byHand(merged)).filter(({ groupId }) => !kept.includes(groupId));
  const groups = gained.map(({ groupId, groupName }) => ({ id: groupId, name: groupName }));
  return {
    ...{ survivor, merged, groups },
    byHand: [...kept, ...groups.map(({ id }) => id)],
    identities: identities.map(({ connectionId, connectionName, issuer, subject }) => ({
      ...{ connectionId, connectionName, issuer, subject },
    })),
    sources: await listMovingSources(tx, merging),
    sessionsEnded: (await listLiveSessions(tx, organization.id, merged.id, now)).length,
  };
}

async function carryOut(island: Island, merging: Merging, plan: Omit<Plan, 'byHand'>): Promise<void> {
  const { tx, organization, now, note } = island;
  const { survivor, merged, identities, sources } = plan;
  const concerned = { contactId: survivor.contactId, accountId: survivor.id };
  for (const identity of identities) {
    await linkIdentity(tx, organization.id, survivor.id, identity, 'merge', now);
    const details = { by: 'merge', from: merged.id };
    await note({ action: 'identity.linked', ...concerned, connectionId: identity.connectionId, details });
  }
  await moveStatements(
    tx,
    merging,
    sources.map(({ id }) => id),
  );
  await setAccountStatus(tx, organization.id, merged.id, 'deleted', now);
  await endAllSessions(tx, organization.id, merged.id, now);
  await note({ action: 'account.merged', ...concerned, details: { from: merged.id, identities: identities.length } });
  const details = { before: merged.status, after: 'deleted', mergedInto: survivor.id };
  const gone = { contactId: merged.contactId, accountId: merged.id };
  await note({ action: 'account.status_changed', ...gone, fields: ['status'], details });
}

/** Through the door, which also settles what the moved sources say. */
async function giveGroups(
  { tx, now }: Island,
  { actor, requestId }: Caller,
  door: Door,
  { contactId }: AccountView,
  groups: readonly string[],
): Promise<void> {
  const form = { contactId, attributes: {}, emailVerified: false, access: { groups } };
  const [outcome] = await provision(tx, door, [recordFromForm(door.sourceId, form)], { actor, requestId, now });
  const decision = outcome?.decision;
  if (decision?.action === 'refuse' || decision?.action === 'wait') throw refusedBy(decision);
}
