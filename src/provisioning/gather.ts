import { isLive } from '../domain/account';
import type { Facts, Match } from '../domain/decision';
import type { ContactId, LicenceId } from '../domain/ids';
import { usernameBase } from '../domain/username';
import type { FreeSeats } from '../storage/directory';
import { holdersOfEmails, usernamesBeginningWith, type PersonMatch } from '../storage/matching';
import type { Transaction } from '../storage/rows';
import type { Door } from './door';
import { usernamePrefix } from './lock-keys';
import { hasLiveAccount, knownOf, type Look } from './look';
import type { Stock } from './stock';

/**
 * Everything `decide` needs to know about each of these people, in order. Usernames and seats are those of the stock, which
 * is filled up here: who decides in turn keeps it true. Under the records' locks the rest holds until the transaction ends.
 */
export async function gatherFacts(
  tx: Transaction,
  door: Door,
  looks: readonly Look[],
  stock: Stock,
  countSeats: FreeSeats,
  now: Date,
): Promise<Facts[]> {
  const { organizationId } = door;
  const prefixes = new Set(looks.flatMap((look) => usernameInPlay(door, look) ?? []));
  for (const key of await usernamesBeginningWith(tx, organizationId, [...prefixes])) stock.takenUsernames.add(key);
  const holders = await holdersOfEmails(tx, organizationId, looks.flatMap(addressToLookUp));
  const licences = new Set(looks.flatMap((look) => licencesInPlay(door, look)));
  for (const [licence, free] of await countSeats(tx, organizationId, [...licences]))
    if (!stock.freeSeats.has(licence)) stock.freeSeats.set(licence, free);
  const { adminSourceId, isSsoOrganization } = door;
  return looks.map((look) => ({
    ...{ ...knownOf(door), adminSourceId, isSsoOrganization, match: toMatch(look.found), now },
    ...{ ...stock, emailHolder: emailHolder(look, holders) },
  }));
}

const toMatch = ({ by, person }: PersonMatch): Match => (by && person ? { by, person } : { by: 'nothing' });

/** Who comes to hold an address may hold one that another source, or an earlier time, brought. */
function addressToLookUp(look: Look): string[] {
  const { email } = look.expected;
  return hasLiveAccount(look) || !email || email === look.record.attributes.email ? [] : [email];
}

function emailHolder(look: Look, holders: ReadonlyMap<string, ContactId>): ContactId | undefined {
  const [email] = addressToLookUp(look);
  return email === undefined ? look.found.emailHolder : holders.get(email);
}

/** What usernames begin with that the person could come to be called. */
function usernameInPlay(door: Door, look: Look): string | undefined {
  const { record, expected } = look;
  const { username } = record.access;
  if (username === undefined && (hasLiveAccount(look) || record.wants === 'contact')) return undefined;
  return usernamePrefix(username ?? usernameBase(door.policy.usernameFormat, expected));
}

/** Licences whose seats this record could take; none for somebody who only comes back. */
export function licencesInPlay(door: Door, { record, found: { person } }: Look): LicenceId[] {
  const account = person?.account;
  const asked = record.access.licence === undefined ? door.policy.defaultLicence : record.access.licence;
  if (!account || !isLive(account.status)) {
    const said = person?.statements.map((statement) => statement.access.licence) ?? [];
    return record.wants === 'account' ? [asked, account?.licence, ...said].filter((id) => id != null) : [];
  }
  const returns = account.status === 'deactivated';
  return [record.access.licence, returns ? account.licence : null].filter(
    (id) => id != null && (returns || id !== account.licence),
  ) as LicenceId[];
}
