import type { PersonRecord } from '../domain/desired-record';
import type { Facts, Match } from '../domain/decision';
import { isLive } from '../domain/account';
import type { AttributeValues } from '../domain/attributes';
import { expectedAttributes } from '../domain/decide-profile';
import type { ContactId, LicenceId } from '../domain/ids';
import type { IdentityKey } from '../domain/proof';
import { usernameBase, usernameKey } from '../domain/username';
import { lockFreeSeats } from '../storage/directory';
import { holderOfEmail, matchPerson, usernamesBeginningWith, type PersonMatch } from '../storage/people';
import type { Transaction } from '../storage/rows';
import type { Door } from './door';

const LOCK_PREFIX = 32;

/** What must not be decided twice at once: the identity, the address, the source's own id, the username and its numbers. */
export function lockKeysOf(record: PersonRecord, door: Door): string[] {
  const { identity, origin, attributes, access } = record;
  const keys = [usernameLock(access.username ?? usernameBase(door.policy.usernameFormat, attributes))];
  if (identity) keys.push(identityLock(identity));
  if (attributes.email) keys.push(emailLock(attributes.email));
  if (attributes.externalId) keys.push(`external|${attributes.externalId}`);
  if (origin.externalId) keys.push(`origin|${origin.sourceId}|${origin.externalId}`);
  return keys;
}

/** What else must not be decided twice once it is known whom a record means: the contact, and what it comes to be called. */
export function lockKeysOfMatch(record: PersonRecord, door: Door, { match, source, policy }: Facts): string[] {
  if (match.by === 'nothing') return [];
  const expected = expectedAttributes(record, { policy, source }, match.person);
  const keys = [contactLock(match.person.contactId)];
  if (expected.email && expected.email !== record.attributes.email) keys.push(emailLock(expected.email));
  if (!record.access.username) keys.push(usernameLock(usernameBase(door.policy.usernameFormat, expected)));
  return keys;
}

export const identityLock = ({ connectionId, issuer, subject }: IdentityKey): string =>
  `identity|${connectionId}|${issuer}|${subject}`;
export const emailLock = (email: string): string => `email|${email}`;
export const contactLock = (contactId: ContactId): string => `contact|${contactId}`;

/** anna.lee, anna.lee2 and anna.lee27 are one key: a number may be what another's base ends with. */
const usernameLock = (username: string): string =>
  `username|${usernameKey(username).replace(/\d+$/, '').slice(0, LOCK_PREFIX)}`;

/** Everything `decide` needs to know about one record. Under the record's locks these facts hold until the transaction ends. */
export async function gatherFacts(
  tx: Transaction,
  door: Door,
  record: PersonRecord,
  now: Date,
): Promise<Facts & { sessionEpoch?: number }> {
  const found = await matchPerson(tx, {
    organizationId: door.organizationId,
    identity: record.identity,
    origin: record.origin,
    contactId: record.contactId,
    externalId: record.attributes.externalId,
    email: record.attributes.email,
    // Whoever types an address into a form, or whose provider does not vouch for it, is not yet who is known by it.
    matchContactByEmail: record.emailVerified || (!record.identity && door.sourceKind !== 'self_signup'),
  });
  const known = { policy: door.policy, source: { id: door.sourceId, kind: door.sourceKind } };
  const expected = expectedAttributes(record, known, found.person);
  return {
    ...known,
    adminSourceId: door.adminSourceId,
    isSsoOrganization: door.isSsoOrganization,
    match: toMatch(found),
    takenUsernames: await takenUsernames(tx, door, record, found, expected),
    emailHolder: await emailHolder(tx, door, record, found, expected.email),
    freeSeats: await lockFreeSeats(tx, door.organizationId, licencesInPlay(door, record, found)),
    now,
    sessionEpoch: found.sessionEpoch,
  };
}

const toMatch = ({ by, person }: PersonMatch): Match => (by && person ? { by, person } : { by: 'nothing' });

const hasLiveAccount = ({ person }: PersonMatch): boolean =>
  person?.account !== undefined && isLive(person.account.status);

/** Who comes to hold an address may hold one that another source, or an earlier time, brought. */
async function emailHolder(
  tx: Transaction,
  door: Door,
  record: PersonRecord,
  found: PersonMatch,
  email: string | null | undefined,
): Promise<ContactId | undefined> {
  if (hasLiveAccount(found) || !email || email === record.attributes.email) return found.emailHolder;
  return holderOfEmail(tx, door.organizationId, email);
}

async function takenUsernames(
  tx: Transaction,
  door: Door,
  record: PersonRecord,
  found: PersonMatch,
  expected: AttributeValues,
): Promise<ReadonlySet<string>> {
  const { username } = record.access;
  if (username === undefined && (hasLiveAccount(found) || record.wants === 'contact')) return new Set();
  const base = username ?? usernameBase(door.policy.usernameFormat, expected);
  return usernamesBeginningWith(tx, door.organizationId, usernameKey(base).slice(0, LOCK_PREFIX));
}

/** Licences whose seats this record could take; none for somebody who only comes back. */
function licencesInPlay(door: Door, record: PersonRecord, found: PersonMatch): LicenceId[] {
  const account = found.person?.account;
  const asked = record.access.licence === undefined ? door.policy.defaultLicence : record.access.licence;
  if (!account || !isLive(account.status)) {
    const said = found.person?.statements.map((statement) => statement.access.licence) ?? [];
    return record.wants === 'account' ? [asked, account?.licence, ...said].filter((id) => id != null) : [];
  }
  const returns = account.status === 'deactivated';
  return [record.access.licence, returns ? account.licence : null].filter(
    (id) => id != null && (returns || id !== account.licence),
  ) as LicenceId[];
}
