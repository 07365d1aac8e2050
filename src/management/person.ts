import type { AccountState, PersonState } from '../domain/account';
import { AppError } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import type { Door } from '../provisioning/door';
import { lockKeysOf } from '../provisioning/lock-keys';
import { recordFromForm } from '../sources/form';
import { findAccount, type AccountView } from '../storage/account-views';
import { matchPerson } from '../storage/matching';
import { lockKeys } from '../storage/people';
import { adminSource } from '../storage/sources';
import type { Caller } from './deps';
import type { Island } from './island';
import { requireNotAbove } from './portal-roles';

/** An account that is not deleted. @throws AppError not_found */
export async function accountIn({ tx, organization }: Island, id: AccountId): Promise<AccountView> {
  const found = await findAccount(tx, organization.id, id);
  if (!found || found.status === 'deleted') throw new AppError('not_found');
  return found;
}

/** As `accountIn`, for a change. @throws AppError not_found; insufficient_scope for an account that may do more than the caller */
export async function accountToChange(island: Island, caller: Caller, id: AccountId): Promise<AccountView> {
  const account = await accountIn(island, id);
  await requireNotAbove(island, caller, id);
  return account;
}

export interface KnownPerson extends PersonState {
  account: AccountState;
}

/** The person whose account this is, as the door sees them. */
export async function personOf({ tx, organization }: Island, { contactId }: AccountView): Promise<KnownPerson> {
  const sourceId = await adminSource(tx, organization.id);
  const { person } = await matchPerson(tx, organization.id, {
    origin: { sourceId },
    contactId,
    matchContactByEmail: false,
  });
  if (!person?.account) throw new Error(`the account of contact ${contactId} is gone`);
  return { ...person, account: person.account };
}

/**
 * Waits until no sign-in of this person is being decided, and keeps others waiting until the end of the transaction.
 * Yields the person as they are then.
 */
export async function holdPerson(island: Island, door: Door, account: AccountView): Promise<KnownPerson> {
  const { identities } = (await personOf(island, account)).account;
  const record = recordFromForm(door.sourceId, {
    attributes: { email: account.email },
    emailVerified: false,
    access: { username: account.username },
  });
  const records = [record, ...identities.map((identity) => ({ ...record, identity }))];
  await lockKeys(
    island.tx,
    island.organization.id,
    records.flatMap((one) => lockKeysOf(one, door)),
  );
  return personOf(island, await accountIn(island, account.id));
}
