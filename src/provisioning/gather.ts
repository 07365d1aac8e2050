import type { PersonRecord } from '../domain/desired-record';
import type { Facts, Match } from '../domain/decision';
import { isLive } from '../domain/account';
import type { LicenceId } from '../domain/ids';
import { usernameBase, usernameKey } from '../domain/username';
import { lockFreeSeats } from '../storage/directory';
import { matchPerson, usernamesBeginningWith, type PersonMatch } from '../storage/people';
import type { Transaction } from '../storage/rows';
import type { Door } from './door';

const LOCK_PREFIX = 32;

/** What must not be decided twice at once: the identity, the address, the source's own id, the username and its numbers. */
export function lockKeysOf(record: PersonRecord, door: Door): string[] {
  const { identity, origin, attributes, access } = record;
  const base = access.username ?? usernameBase(door.policy.usernameFormat, attributes);
  // anna.lee, anna.lee2 and anna.lee27 are one key: a number may be what another's base ends with.
  const root = usernameKey(base).replace(/\d+$/, '').slice(0, LOCK_PREFIX);
  const keys = [`username|${root}`];
  if (identity) keys.push(`identity|${identity.connectionId}|${identity.issuer}|${identity.subject}`);
  if (attributes.email) keys.push(`email|${attributes.email}`);
  if (origin.externalId) keys.push(`origin|${origin.sourceId}|${origin.externalId}`);
  return keys;
}

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
    matchContactByEmail: !record.identity || record.emailVerified,
  });
  return {
    policy: door.policy,
    source: { id: door.sourceId, kind: door.sourceKind },
    adminSourceId: door.adminSourceId,
    isSsoOrganization: door.isSsoOrganization,
    match: toMatch(found),
    takenUsernames: await takenUsernames(tx, door, record, found),
    emailHolder: found.emailHolder,
    freeSeats: await lockFreeSeats(tx, door.organizationId, licencesInPlay(door, record, found)),
    now,
    sessionEpoch: found.sessionEpoch,
  };
}

const toMatch = ({ by, person }: PersonMatch): Match => (by && person ? { by, person } : { by: 'nothing' });

const hasLiveAccount = ({ person }: PersonMatch): boolean =>
  person?.account !== undefined && person.account.status !== 'deleted';

async function takenUsernames(
  tx: Transaction,
  door: Door,
  record: PersonRecord,
  found: PersonMatch,
): Promise<ReadonlySet<string>> {
  const { username } = record.access;
  if (hasLiveAccount(found) && username === undefined) return new Set();
  if (record.wants === 'contact') return new Set();
  const attributes = { ...found.person?.attributes, ...record.attributes };
  const base = username ?? usernameBase(door.policy.usernameFormat, attributes);
  return usernamesBeginningWith(tx, door.organizationId, usernameKey(base).slice(0, LOCK_PREFIX));
}

/** Licences whose seats this record could take; none for somebody who only comes back. */
function licencesInPlay(door: Door, record: PersonRecord, found: PersonMatch): LicenceId[] {
  const account = found.person?.account;
  const asked = record.access.licence === undefined ? door.policy.defaultLicence : record.access.licence;
  if (!account || !isLive(account.status)) {
    const said = found.person?.statements.map((statement) => statement.access.licence) ?? [];
    return record.wants === 'account' ? [asked, ...said].filter((id) => id != null) : [];
  }
  const returns = account.status === 'deactivated';
  return [record.access.licence, returns ? account.licence : null].filter(
    (id) => id != null && (returns || id !== account.licence),
  ) as LicenceId[];
}
