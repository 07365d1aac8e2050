import type { PersonRecord } from '../domain/desired-record';
import type { ContactId } from '../domain/ids';

/**
 * People who may do more in the portal than who saves the run (security 26): no line of it may reach them, by whatever it
 * is that the door would recognise them.
 */
export interface Untouchable {
  contactIds: ReadonlySet<ContactId>;
  emails: ReadonlySet<string>;
  externalIds: ReadonlySet<string>;
  /** Their ids at the run's source. */
  originIds: ReadonlySet<string>;
}

export const isUntouchable = ({ contactId, attributes, origin }: PersonRecord, untouchable: Untouchable): boolean =>
  untouchable.contactIds.has(contactId ?? '') ||
  untouchable.emails.has(attributes.email ?? '') ||
  untouchable.externalIds.has(attributes.externalId ?? '') ||
  untouchable.originIds.has(origin.externalId ?? '');
