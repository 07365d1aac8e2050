import { z } from 'zod';
import { AppError } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import { openDoor } from '../provisioning/door';
import { contactLock, lockKeysOf } from '../provisioning/lock-keys';
import { provision } from '../provisioning/provision';
import { defaultDisplayName, recordFromForm } from '../sources/form';
import {
  deleteContact,
  findContact,
  findContactByEmail,
  findContactByExternalId,
  makeOrganization,
} from '../storage/contacts';
import { lockKeys } from '../storage/people';
import { adminSource } from '../storage/sources';
import { accountChangeForm } from './account-forms';
import { inUse, refusal } from './conflicts';
import { partOfField, putInto } from './contact-organization';
import { readContact, type ContactView } from './contacts';
import type { Caller, ManagementDeps } from './deps';
import { line } from './fields';
import { changing, type Island } from './island';
import { personForm } from './person-form';
import { refusedBy } from './refused';

const { shape } = accountChangeForm;

const newPersonForm = z
  .strictObject({
    ...{ kind: z.literal('person').optional(), email: shape.email },
    ...{ givenName: shape.givenName, familyName: shape.familyName, displayName: shape.displayName },
    ...{ phone: shape.phone, extension: shape.extension, department: shape.department, title: shape.title },
    ...{ site: shape.site, locale: shape.locale, externalId: shape.externalId, attributes: shape.attributes },
    partOf: partOfField,
  })
  .refine(({ displayName, givenName, familyName, email }) => displayName ?? givenName ?? familyName ?? email, {
    error: 'Give a name or an e-mail address.',
    path: ['displayName'],
    params: { code: 'required' },
  });
const newOrganizationForm = z.strictObject({
  kind: z.literal('organization'),
  name: line(200),
  email: shape.email.meta({ description: 'Of its own, such as office@…; it takes one to be given an account.' }),
  externalId: shape.externalId,
});

/** Somebody, or an organization, that is to be known without an account. */
export const newContactForm = z.discriminatedUnion('kind', [newOrganizationForm, newPersonForm]);
export type NewContactForm = z.output<typeof newContactForm>;

/**
 * Adds a contact by hand, through the door.
 * @throws AppError email_taken, conflict where the address or the external id is another's
 */
export async function createContact(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: NewContactForm,
): Promise<ContactView> {
  const made = await changing(deps, caller, organization, 'contacts:write', async (island) => {
    const { tx, now, organization: own } = island;
    const door = await openDoor(tx, own.id, await adminSource(tx, own.id));
    const wanted = await personForm(island, fieldsOf(form));
    const record = { ...recordFromForm(door.sourceId, wanted), wants: 'contact' as const };
    await lockKeys(tx, own.id, lockKeysOf(record, door));
    await requireNew(island, form);
    const occasion = { actor: caller.actor, now, requestId: caller.requestId };
    const [outcome] = await provision(tx, door, [record], occasion);
    if (!outcome) throw new Error('the door yields an outcome per record');
    const { decision, contactId: id = '' } = outcome;
    if (decision.action === 'refuse' || decision.action === 'wait') return { refused: refusedBy(decision) };
    if (form.kind === 'organization') await makeOrganization(tx, own.id, id);
    else if (form.partOf) await putInto(island, { id, kind: 'person', partOf: null }, form.partOf);
    return { id };
  });
  if ('refused' in made) throw made.refused;
  return readContact(deps, caller, organization, made.id);
}

/** An organization's name is what it is called; nothing is cleared that was never there. */
function fieldsOf(form: NewContactForm) {
  if (form.kind === 'organization') {
    const { name: displayName, email, externalId } = form;
    return { displayName, email, ...(externalId && { externalId }) };
  }
  const { kind: _person, partOf: _organization, ...fields } = form;
  const displayName = fields.displayName ?? defaultDisplayName(fields.givenName, fields.familyName);
  const given = Object.entries({ ...fields, displayName }).filter(([, value]) => value !== null);
  return Object.fromEntries(given) as typeof fields;
}

/** The door would take whom it recognises for meant; whoever adds by hand means somebody new. */
async function requireNew({ tx, organization }: Island, { email, externalId }: NewContactForm): Promise<void> {
  if (email && (await findContactByEmail(tx, organization.id, email)))
    throw refusal('email_taken', 'email', 'A contact with this e-mail address exists already.');
  if (externalId && (await findContactByExternalId(tx, organization.id, externalId)))
    throw refusal('conflict', 'externalId', 'Another contact has this external id.');
}

/**
 * Deletes a contact that has no account; the people of an organization stay. A source that names it again brings it back.
 * @throws AppError not_found; in_use for whoever has an account, or had one: that person is erased instead
 */
export const removeContact = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: ContactId,
): Promise<void> =>
  changing(deps, caller, organization, 'contacts:write', async ({ tx, organization: own, note }) => {
    await lockKeys(tx, own.id, [contactLock(id)]);
    const found = await findContact(tx, own.id, id);
    if (!found) throw new AppError('not_found');
    if (!(await deleteContact(tx, own.id, id)))
      throw inUse('The contact has an account, or had one: delete the account and erase the person.');
    await note({ action: 'contact.deleted', contactId: id });
  });
