import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import type { PersonRecord } from '../domain/desired-record';
import { countFreeSeats } from '../storage/directory';
import type { Transaction } from '../storage/rows';
import type { Door } from './door';
import { gatherFacts } from './gather';
import { lookAt, type Look } from './look';
import { handOut, newStock, type Stock } from './stock';

/** What earlier batches of one preview would have been handed: the next one counts on from there. */
export type Foreseen = Stock;

export const nothingForeseen = newStock;

/** What `provision` would decide now, without lock and without a trace. */
export async function preview(tx: Transaction, door: Door, record: PersonRecord, now: Date): Promise<Decision> {
  const [decision] = await previewAll(tx, door, [record], now);
  if (!decision) throw new Error('a preview yields a decision per record');
  return decision;
}

/**
 * What `provision` would decide of each if it were handed them now, in this order: usernames are numbered and seats counted
 * as it would. Two records of one person are each decided as if the other were not there.
 */
export async function previewAll(
  tx: Transaction,
  door: Door,
  records: readonly PersonRecord[],
  now: Date,
  foreseen: Foreseen = nothingForeseen(),
): Promise<readonly Decision[]> {
  const looks = await lookAt(tx, door, records);
  const facts = await gatherFacts(tx, door, looks, foreseen, countFreeSeats, now);
  return facts.map((known, at) => {
    const { record, found } = looks[at] as Look;
    const decision = decide(record, known);
    handOut(foreseen, found.person?.account, decision);
    return decision;
  });
}
