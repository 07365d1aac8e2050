import type { PersonRecord } from '../domain/desired-record';
import { decide } from '../domain/decide';
import type { Decision, Facts } from '../domain/decision';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { applyDecision } from './apply';
import type { Applied, Door, Occasion } from './door';
import { gatherFacts, lockKeysOf, lockKeysOfMatch } from './gather';

/** A decision and whom it came to concern. */
export interface Outcome extends Applied {
  decision: Decision;
}

/**
 * The one door. Decides every record under lock, writes what follows and the ledger, in the caller's transaction.
 * Yields an outcome per record, in order; a refusal is a value and leaves a line in the ledger.
 */
export async function provision(
  tx: Transaction,
  door: Door,
  records: readonly PersonRecord[],
  occasion: Occasion,
): Promise<readonly Outcome[]> {
  await lockKeys(
    tx,
    door.organizationId,
    records.flatMap((record) => lockKeysOf(record, door)),
  );
  const outcomes: Outcome[] = [];
  for (const record of records) outcomes.push(await provisionOne(tx, door, record, occasion));
  return outcomes;
}

async function provisionOne(tx: Transaction, door: Door, record: PersonRecord, occasion: Occasion): Promise<Outcome> {
  const facts = await factsUnderLock(tx, door, record, occasion.now);
  const decision = decide(record, facts);
  return { decision, ...(await applyDecision(tx, door, facts, decision, occasion)) };
}

/** Whom a record means is known only after a first look; two records may reach one person by different keys. */
async function factsUnderLock(tx: Transaction, door: Door, record: PersonRecord, now: Date): Promise<Facts> {
  const facts = await gatherFacts(tx, door, record, now);
  const keys = lockKeysOfMatch(record, door, facts);
  if (!keys.length) return facts;
  await lockKeys(tx, door.organizationId, keys);
  return gatherFacts(tx, door, record, now);
}

/** What `provision` would decide now, without lock and without a trace. */
export async function preview(tx: Transaction, door: Door, record: PersonRecord, now: Date): Promise<Decision> {
  return decide(record, await gatherFacts(tx, door, record, now));
}
