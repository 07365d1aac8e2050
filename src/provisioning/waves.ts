import type { Door } from './door';
import { licencesInPlay } from './gather';
import { emailLock, externalLock, lockKeysOf, lockKeysOfMatch, usernameLock } from './lock-keys';
import type { Look } from './look';

/** What a record may touch: by what it could mean a person that another record means, and what is handed out in turn. */
interface Claims {
  alone: readonly string[];
  inTurn: readonly string[];
}

/**
 * Those who can be decided about by what is known now, each as if it came after the ones before: nobody whom another record
 * before may mean too, and nobody who would be handed a username or a seat before somebody who has to wait.
 */
export function nextWave<W extends { look: Look }>(
  waiting: readonly W[],
  door: Door,
  isKnown: (one: W) => boolean = () => true,
): W[] {
  const taken = new Set<string>();
  const shared = new Set<string>();
  const reserved = new Set<string>();
  return waiting.filter((one) => {
    const { alone, inTurn } = claimsOf(one.look, door);
    const meets =
      alone.some((key) => taken.has(key) || shared.has(key) || reserved.has(key)) ||
      inTurn.some((key) => taken.has(key) || reserved.has(key));
    const goes = !meets && isKnown(one);
    for (const key of alone) (goes ? taken : reserved).add(key);
    for (const key of inTurn) (goes ? shared : reserved).add(key);
    return goes;
  });
}

function claimsOf(look: Look, door: Door): Claims {
  const { record, found, expected } = look;
  const { account, attributes: present } = found.person ?? {};
  const addresses = [expected.email, present?.email].filter((email) => email != null).map(emailLock);
  const numbers = [expected.externalId, present?.externalId].filter((id) => id != null).map(externalLock);
  const keys = [...lockKeysOf(record, door), ...lockKeysOfMatch(look, door), ...addresses, ...numbers];
  const usernames = keys.filter(isUsername);
  const people = keys.filter((key) => !isUsername(key));
  const licences = licencesInPlay(door, look).map((id) => `licence|${id}`);
  // Who is called otherwise lets go of a name: that is written before anybody else can have it.
  if (account && record.access.username !== undefined)
    return { alone: [...people, ...usernames, usernameLock(account.username)], inTurn: licences };
  return { alone: people, inTurn: [...usernames, ...licences] };
}

const isUsername = (key: string): boolean => key.startsWith('username|');
