import { z } from 'zod';
import { AppError } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import { openDoor } from '../provisioning/door';
import { contactLock, emailLock } from '../provisioning/lock-keys';
import { findAccount, findAccountOfContact } from '../storage/account-views';
import { setAccountStatus } from '../storage/accounts';
import { findContact } from '../storage/contacts';
import { findErasure, insertErasure, listErasures as readErasures, type Erasure } from '../storage/erasures';
import { holdersOfEmails } from '../storage/matching';
import { lockKeys } from '../storage/people';
import { erasePersonData, readPersonData, type PersonData, type StoredPerson } from '../storage/person-data';
import { endAllSessions } from '../storage/sessions';
import { adminSource } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { partWithAdmin } from './leaving-admin';
import { pageOf, type Page, type PageQuery } from './page';
import { holdPerson } from './person';
import { requireNotAbove } from './portal-roles';
import { requireScope } from './scopes';

export const erasureForm = z.strictObject({ contactId: z.uuid().toLowerCase() });
export type ErasureForm = z.output<typeof erasureForm>;

/**
 * Everything stored about a person, for their own request (GDPR 15); the ledger says that it was handed out.
 * @throws AppError not_found
 */
export const exportPerson = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: ContactId,
): Promise<PersonData> => {
  requireScope(caller, 'accounts:read');
  requireScope(caller, 'audit-events:read');
  return changing(deps, caller, organization, 'contacts:read', async (island) => {
    const person = await storedPerson(island, id);
    if (!person) throw new AppError('not_found');
    const data = await readPersonData(island.tx, person);
    await island.note({ action: 'person.exported', ...idsOf(person) });
    return data;
  });
};

/**
 * Erases a person (GDPR 17): the account ends as by deletion, and with the contact goes everything personal. Ids stay, in
 * the ledger and in the list of erasures; the account's id is never given again. Somebody erased before stays so.
 * @throws AppError not_found
 */
export const erasePerson = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { contactId }: ErasureForm,
): Promise<Erasure> => {
  requireScope(caller, 'accounts:write');
  return changing(deps, caller, organization, 'contacts:write', async (island) => {
    const { tx, organization: own, now } = island;
    const person = await heldPerson(island, contactId);
    if (person?.accountId) await requireNotAbove(island, caller, person.accountId);
    if (person) await eraseHeld(deps, island, person, now);
    const erasure = await findErasure(tx, own.id, contactId);
    if (!erasure) throw new AppError('not_found');
    return erasure;
  });
};

async function eraseHeld(deps: ManagementDeps, island: Island, person: StoredPerson, now: Date): Promise<void> {
  const { tx, organization, note } = island;
  const { contactId, accountId } = person;
  if (accountId) {
    const account = await findAccount(tx, organization.id, accountId);
    if (account) await partWithAdmin(deps, island, account);
    await setAccountStatus(tx, organization.id, accountId, 'deleted', now);
    await endAllSessions(tx, organization.id, accountId, now);
  }
  await erasePersonData(tx, person);
  await insertErasure(tx, organization.id, { contactId, accountId, erasedAt: now });
  await note({ action: 'person.erased', ...idsOf(person) });
}

/** Oldest first; to be kept beside backups and repeated after a restore. */
export const listErasures = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { limit, cursor }: PageQuery,
): Promise<Page<Erasure>> =>
  reading(deps, caller, organization, 'contacts:read', async ({ tx, organization: { id } }) =>
    pageOf(await readErasures(tx, { organizationId: id, limit: limit + 1, after: cursor }), limit),
  );

async function storedPerson({ tx, organization }: Island, id: ContactId): Promise<StoredPerson | undefined> {
  const contact = await findContact(tx, organization.id, id);
  if (!contact) return undefined;
  const account = await findAccountOfContact(tx, organization.id, id);
  const last = account?.email ?? contact.email;
  // An address that was freed may be somebody else's by now, and what is stored under it theirs.
  const holder = last ? (await holdersOfEmails(tx, organization.id, [last])).get(last) : undefined;
  const email = holder === undefined || holder === id ? last : null;
  return { organizationId: organization.id, contactId: id, accountId: account?.id ?? null, email };
}

/** Waits until nothing about the person is being decided. */
async function heldPerson(island: Island, id: ContactId): Promise<StoredPerson | undefined> {
  const { tx, organization } = island;
  const person = await storedPerson(island, id);
  if (!person) return undefined;
  const account = await findAccountOfContact(tx, organization.id, id);
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  if (account && account.status !== 'deleted') await holdPerson(island, door, account);
  await lockKeys(tx, organization.id, [...(person.email ? [emailLock(person.email)] : []), contactLock(id)]);
  return storedPerson(island, id);
}

const idsOf = ({ contactId, accountId }: StoredPerson) => ({ contactId, ...(accountId && { accountId }) });
