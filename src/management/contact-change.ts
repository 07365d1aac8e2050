import { AppError } from '../domain/errors';
import type { z } from 'zod';
import type { ContactId } from '../domain/ids';
import { openDoor } from '../provisioning/door';
import { contactLock, lockKeysOf } from '../provisioning/lock-keys';
import { provision } from '../provisioning/provision';
import { recordFromForm } from '../sources/form';
import { findContact, findContactByExternalId } from '../storage/contacts';
import { lockKeys } from '../storage/people';
import { adminSource } from '../storage/sources';
import { accountChangeForm } from './account-forms';
import { refusal } from './conflicts';
import { partOfField, putInto } from './contact-organization';
import { readContact, type ContactView } from './contacts';
import type { Caller, ManagementDeps } from './deps';
import { changing } from './island';
import { personForm } from './person-form';
import { refusedBy } from './refused';
import { requireScope } from './scopes';

export const contactChangeForm = accountChangeForm
  .omit({
    ...{ userType: true, username: true, groups: true, permissionProfile: true },
    ...{ licence: true, adminManaged: true, accessUntil: true },
  })
  .extend({ partOf: partOfField })
  .strict();
export type ContactChangeForm = z.output<typeof contactChangeForm>;

/**
 * Fills in or corrects by hand what is known of a contact, through the door; whoever has no account gets none by it.
 * @throws AppError field_owned, email_taken, conflict
 */
export async function changeContact(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: ContactId,
  { partOf, ...form }: ContactChangeForm,
): Promise<ContactView> {
  const refused = await changing(deps, caller, organization, 'contacts:write', async (island) => {
    const { tx, organization: own, now } = island;
    const door = await openDoor(tx, own.id, await adminSource(tx, own.id));
    const wanted = await personForm(island, form);
    const record = { ...recordFromForm(door.sourceId, { ...wanted, contactId: id }), wants: 'contact' as const };
    await lockKeys(tx, own.id, [...lockKeysOf(record, door), contactLock(id)]);
    const known = await findContact(tx, own.id, id);
    if (!known) throw new AppError('not_found');
    // What an account is signed in to by must not change with the right to the catalog alone (security 26).
    if (known.accountId) requireScope(caller, 'accounts:write');
    if (partOf !== undefined) await putInto(island, known, partOf);
    const other = form.externalId ? await findContactByExternalId(tx, own.id, form.externalId) : undefined;
    if (other && other.id !== id) throw refusal('conflict', 'externalId', 'Another contact has this external id.');
    const occasion = { actor: caller.actor, now, requestId: caller.requestId };
    const [outcome] = await provision(tx, door, [record], occasion);
    const decision = outcome?.decision;
    return decision?.action === 'refuse' || decision?.action === 'wait' ? { refused: refusedBy(decision) } : {};
  });
  if (refused.refused) throw refused.refused;
  return readContact(deps, caller, organization, id);
}
