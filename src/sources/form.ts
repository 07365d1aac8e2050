import type { AttributeValues } from '../domain/attributes';
import type { DesiredAccess, PersonRecord } from '../domain/desired-record';
import type { ContactId, SourceId } from '../domain/ids';

/** What an admin filled in, with references resolved to ids. Absent: not spoken of. Null: cleared. */
export interface PersonForm {
  /** The contact that is meant: one that is changed, or one of the catalog that gets an account. */
  contactId?: ContactId;
  attributes: AttributeValues;
  /** The organization has proved the domain of the e-mail address: an admin's word vouches for it then. */
  emailVerified: boolean;
  access: DesiredAccess;
}

/** What was typed in by hand as a record for the door: a living person who is to have an account. */
export function recordFromForm(sourceId: SourceId, form: PersonForm): PersonRecord {
  return {
    kind: 'person',
    origin: { sourceId },
    ...(form.contactId && { contactId: form.contactId }),
    wants: 'account',
    attributes: { ...form.attributes },
    emailVerified: form.emailVerified,
    access: form.access,
    presence: 'present',
  };
}

/** Given and family name, as the display name of who has none of their own. */
export const defaultDisplayName = (
  given: string | null | undefined,
  family: string | null | undefined,
): string | undefined => [given, family].filter(Boolean).join(' ') || undefined;
