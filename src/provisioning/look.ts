import { isLive } from '../domain/account';
import type { AttributeValues } from '../domain/attributes';
import { expectedAttributes } from '../domain/decide-profile';
import type { PersonRecord } from '../domain/desired-record';
import { matchPeople, type PersonMatch, type PersonQuery } from '../storage/matching';
import type { Transaction } from '../storage/rows';
import type { Door } from './door';

/** A record, whom it means, and what the person would come to be. */
export interface Look {
  record: PersonRecord;
  found: PersonMatch;
  expected: AttributeValues;
}

/** Finds whom records mean. Yields a look per record, in order; under the records' locks it holds until the transaction ends. */
export async function lookAt(tx: Transaction, door: Door, records: readonly PersonRecord[]): Promise<Look[]> {
  if (!records.length) return [];
  const queries = records.map((record) => queryOf(record, door));
  const matches = await matchPeople(tx, door.organizationId, queries);
  return records.map((record, index) => {
    const found = matches[index] ?? { by: null };
    return { record, found, expected: expectedAttributes(record, knownOf(door), found.person) };
  });
}

const queryOf = (record: PersonRecord, door: Door): PersonQuery => ({
  identity: record.identity,
  origin: record.origin,
  contactId: record.contactId,
  externalId: record.attributes.externalId,
  email: record.attributes.email,
  // Whoever types an address into a form, or whose provider does not vouch for it, is not yet who is known by it.
  matchContactByEmail: record.emailVerified || (!record.identity && door.sourceKind !== 'self_signup'),
});

/** What the door knows before it looks at anybody. */
export const knownOf = ({ policy, sourceId, sourceKind }: Door) => ({
  policy,
  source: { id: sourceId, kind: sourceKind },
});

export const hasLiveAccount = ({ found: { person } }: Look): boolean =>
  person?.account !== undefined && isLive(person.account.status);
