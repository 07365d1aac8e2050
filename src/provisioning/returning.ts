import { decide } from '../domain/decide';
import type { PersonRecord } from '../domain/desired-record';
import type { AccountId, ContactId } from '../domain/ids';
import { countFreeSeats } from '../storage/directory';
import type { Transaction } from '../storage/rows';
import { statementStands } from './apply';
import type { Door } from './door';
import { gatherFacts } from './gather';
import { lookAt } from './look';
import { newStock } from './stock';

/** Somebody who is known, about whom nothing has changed. */
export interface Returning {
  contactId: ContactId;
  accountId: AccountId;
  sessionEpoch: number;
}

/**
 * Recognises, without lock and without a trace, a record that would change nothing: most sign-ins. Whoever acts on it
 * must make sure that the account is still active at this epoch. Undefined: take the door.
 */
export async function recogniseReturning(
  tx: Transaction,
  door: Door,
  record: PersonRecord,
  now: Date,
): Promise<Returning | undefined> {
  const looks = await lookAt(tx, door, [record]);
  const [facts] = await gatherFacts(tx, door, looks, newStock(), countFreeSeats, now);
  const { person, sessionEpoch } = looks[0]?.found ?? {};
  if (!facts || !person) return undefined;
  const decision = decide(record, facts);
  if (
    decision.action !== 'unchanged' ||
    !person.account ||
    sessionEpoch === undefined ||
    !statementStands(person, decision.statement)
  )
    return undefined;
  return { contactId: person.contactId, accountId: person.account.id, sessionEpoch };
}
