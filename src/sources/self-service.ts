import type { PersonRecord } from '../domain/desired-record';
import type { ContactId, SourceId } from '../domain/ids';

/** What a person fills in to create their own account. */
export interface SignupFields {
  givenName: string;
  familyName: string;
  /** In its normal form. */
  email: string;
  /** Language tag of the page they were on. */
  locale: string;
}

/** Somebody who says who they are; nobody has checked. `contactId`: they said so before and did not confirm. */
export function recordFromSignup(
  sourceId: SourceId,
  { givenName, familyName, email, locale }: SignupFields,
  contactId: ContactId | undefined,
): PersonRecord {
  return {
    kind: 'person',
    origin: { sourceId },
    ...(contactId && { contactId }),
    wants: 'account',
    attributes: { givenName, familyName, displayName: `${givenName} ${familyName}`, email, locale },
    emailVerified: false,
    access: {},
    presence: 'present',
  };
}

/** Somebody who used a link that was sent to `email`: the address is theirs, and they are here. */
export function recordFromMailbox(sourceId: SourceId, contactId: ContactId, email: string): PersonRecord {
  return {
    kind: 'person',
    origin: { sourceId },
    contactId,
    wants: 'account',
    attributes: { email },
    emailVerified: true,
    access: {},
    readyBy: 'email_link',
    presence: 'present',
  };
}
