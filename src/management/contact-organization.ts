import { z } from 'zod';
import { invalidForm } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import { findContact, setPartOf, type ContactLine } from '../storage/contacts';
import type { Island } from './island';

export const partOfField = z
  .uuid()
  .toLowerCase()
  .nullable()
  .optional()
  .meta({ description: 'Of a person: the organization, itself a contact, that they belong to.' });

/** Puts a person into an organization of the catalog, or takes them out of theirs. @throws AppError invalid_form */
export async function putInto(
  island: Island,
  { id, kind, partOf: before }: Pick<ContactLine, 'id' | 'kind' | 'partOf'>,
  organizationId: ContactId | null,
): Promise<void> {
  const { tx, organization, note } = island;
  if (organizationId) await requireOrganization(island, kind, organizationId);
  if (organizationId === (before?.id ?? null)) return;
  await setPartOf(tx, organization.id, id, organizationId);
  const details = { before: before?.id ?? null, after: organizationId };
  await note({ action: 'contact.placed', contactId: id, fields: ['partOf'], details });
}

async function requireOrganization(
  { tx, organization }: Island,
  kind: ContactLine['kind'],
  organizationId: ContactId,
): Promise<void> {
  const refuse = (code: string, message: string): never => {
    throw invalidForm({ field: 'partOf', code, message });
  };
  if (kind !== 'person') refuse('conflict', 'Only people belong to an organization.');
  const found = await findContact(tx, organization.id, organizationId);
  if (found?.kind !== 'organization') refuse('unknown_contact', 'There is no such organization in the catalog.');
}
