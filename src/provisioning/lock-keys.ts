import type { PersonRecord } from '../domain/desired-record';
import type { ContactId } from '../domain/ids';
import type { IdentityKey } from '../domain/proof';
import { usernameBase, usernameKey } from '../domain/username';
import type { Door } from './door';
import type { Look } from './look';

/** As much of a username as is locked, and looked up. */
const LOCK_PREFIX = 32;

/** What must not be decided twice at once: the identity, the address, the source's own id, the username and its numbers. */
export function lockKeysOf(record: PersonRecord, door: Door): string[] {
  const { identity, origin, attributes, access } = record;
  const keys = [usernameLock(access.username ?? usernameBase(door.policy.usernameFormat, attributes))];
  if (identity) keys.push(identityLock(identity));
  if (attributes.email) keys.push(emailLock(attributes.email));
  if (attributes.externalId) keys.push(externalLock(attributes.externalId));
  if (origin.externalId) keys.push(`origin|${origin.sourceId}|${origin.externalId}`);
  return keys;
}

/** What else must not be decided twice once it is known whom a record means: the contact, and what it comes to be called. */
export function lockKeysOfMatch({ record, found: { person }, expected }: Look, door: Door): string[] {
  if (!person) return [];
  const keys = [contactLock(person.contactId)];
  if (expected.email && expected.email !== record.attributes.email) keys.push(emailLock(expected.email));
  if (!record.access.username) keys.push(usernameLock(usernameBase(door.policy.usernameFormat, expected)));
  return keys;
}

export const identityLock = ({ connectionId, issuer, subject }: IdentityKey): string =>
  `identity|${connectionId}|${issuer}|${subject}`;
export const emailLock = (email: string): string => `email|${email}`;
export const externalLock = (externalId: string): string => `external|${externalId}`;
export const contactLock = (contactId: ContactId): string => `contact|${contactId}`;

/** anna.lee, anna.lee2 and anna.lee27 are one key: a number may be what another's base ends with. */
export const usernameLock = (username: string): string =>
  `username|${usernameKey(username).replace(/\d+$/, '').slice(0, LOCK_PREFIX)}`;

/** What all usernames begin with that a base may be numbered to. */
export const usernamePrefix = (base: string): string => usernameKey(base).slice(0, LOCK_PREFIX);
