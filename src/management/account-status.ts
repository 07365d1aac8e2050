import { holdsSeat, type AccountStatus } from '../domain/account';
import { AppError } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { OWNERS_SLUG } from '../domain/organization';
import { openDoor } from '../provisioning/door';
import { setAccountStatus, updateAccess } from '../storage/accounts';
import type { AccountView } from '../storage/account-views';
import { lockFreeSeats } from '../storage/directory';
import { endAllSessions } from '../storage/sessions';
import { adminSource } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { changing, type Island } from './island';
import { partWithAdmin } from './leaving-admin';
import { lockOwners, requireAnotherOwner } from './last-owner';
import { accountIn, accountToChange, holdPerson, type KnownPerson } from './person';
import { refusedBy } from './refused';

interface Step {
  from: readonly AccountStatus[];
  to: AccountStatus;
}

/** Product, life of an account: what an admin may do to it. */
const STEPS = {
  suspend: { from: ['invited', 'active'], to: 'suspended' },
  reactivate: { from: ['suspended', 'deactivated'], to: 'active' },
  deactivate: { from: ['invited', 'active', 'suspended'], to: 'deactivated' },
  delete: { from: ['invited', 'unconfirmed', 'active', 'suspended', 'deactivated'], to: 'deleted' },
} as const satisfies Record<string, Step>;
export type StatusAction = keyof typeof STEPS;

type Result = { account?: AccountView } | { refused: AppError };

/**
 * Takes an account one step on. Every step ends its sessions at once, also one that is being begun right now.
 * Reactivating takes a seat again.
 * @throws AppError invalid_state_change, licence_seats_exhausted
 */
export async function takeStep(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  action: StatusAction,
): Promise<AccountView | undefined> {
  const result = await changing(deps, caller, organization, 'accounts:write', async (island): Promise<Result> => {
    const { tx, organization: own, now, note } = island;
    const person = await heldPerson(island, caller, id);
    const { from, to }: Step = STEPS[action];
    const before = person.account.status;
    if (!from.includes(before))
      throw new AppError('invalid_state_change', { detail: `An account that is ${before} cannot be made ${to}.` });
    if (own.slug === OWNERS_SLUG && to !== 'active') {
      await lockOwners(island);
      await requireAnotherOwner(island, id);
    }
    const concerned = { contactId: person.contactId, accountId: id };
    if (to !== 'active') await partWithAdmin(deps, island, { id, contactId: person.contactId, status: before });
    const refused = holdsSeat(to) && !holdsSeat(before) ? await takeSeat(island, person) : undefined;
    if (refused) {
      await note({ ...concerned, action: 'provisioning.refused', outcome: refused.code });
      return { refused };
    }
    await setAccountStatus(tx, own.id, id, to, now);
    await endAllSessions(tx, own.id, id, now);
    await note({ ...concerned, action: 'account.status_changed', fields: ['status'], details: { before, after: to } });
    return { account: to === 'deleted' ? undefined : await accountIn(island, id) };
  });
  if ('refused' in result) throw result.refused;
  return result.account;
}

/** Ends every session of an account. */
export const endAccountSessions = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
): Promise<AccountView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const account = await accountIn(island, id);
    await endAllSessions(island.tx, island.organization.id, id, island.now);
    await island.note({ action: 'account.sessions_ended', contactId: account.contactId, accountId: id });
    return account;
  });

async function heldPerson(island: Island, caller: Caller, id: AccountId): Promise<KnownPerson> {
  const { tx, organization } = island;
  const account = await accountToChange(island, caller, id);
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  return holdPerson(island, door, account);
}

/** A deactivated account let its seat go: it needs one again, or goes on without where the policy says so. */
async function takeSeat({ tx, organization, policy }: Island, { account }: KnownPerson): Promise<AppError | undefined> {
  if (account.licence === null) return undefined;
  const free = (await lockFreeSeats(tx, organization.id, [account.licence])).get(account.licence) ?? Infinity;
  if (free > 0) return undefined;
  if (policy.whenNoSeat === 'refuse') return refusedBy({ action: 'refuse', reason: 'licence_seats_exhausted' });
  await updateAccess(tx, organization.id, account.id, { licence: null });
  return undefined;
}
