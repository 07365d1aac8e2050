import type { PersonState } from '../domain/account';
import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import type { PersonRecord } from '../domain/desired-record';
import { lockFreeSeats } from '../storage/directory';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { applyDecision } from './apply';
import type { Applied, Door, Occasion } from './door';
import { gatherFacts } from './gather';
import { lockKeysOf, lockKeysOfMatch } from './lock-keys';
import { lookAt, type Look } from './look';
import { handOut, newStock } from './stock';
import { nextWave } from './waves';
import { nothingToWrite, write } from './writes';

/**
 * How many records to hand to `provision` in one transaction. Each takes at most nine advisory locks, a new one from a file
 * three or four; Postgres has room for 6,400 by default, which two imports and those who sign in share.
 */
export const BATCH = 250;

/** A decision and whom it came to concern. */
export interface Outcome extends Applied {
  decision: Decision;
  /** The person as they were; nobody for a newcomer. */
  before?: PersonState;
}

interface Waiting {
  index: number;
  look: Look;
  /** Nothing was written since it was looked at. */
  isFresh: boolean;
}

/**
 * The one door. Decides every record under lock, writes what follows and the ledger, in the caller's transaction, as if each
 * were written before the next is decided. Yields an outcome per record, in order; a refusal is a value and leaves a line
 * in the ledger.
 */
export async function provision(
  tx: Transaction,
  door: Door,
  records: readonly PersonRecord[],
  occasion: Occasion,
): Promise<readonly Outcome[]> {
  const keys = records.flatMap((record) => lockKeysOf(record, door));
  await lockKeys(tx, door.organizationId, keys);
  const outcomes: Outcome[] = [];
  let waiting = freshly([...records.keys()], await lookUnderLock(tx, door, records));
  while (waiting.length) {
    const wave = nextWave(waiting, door, ({ isFresh }) => isFresh);
    const settled = await settle(tx, door, wave, occasion);
    wave.forEach(({ index }, at) => (outcomes[index] = settled[at] as Outcome));
    const gone = new Set(wave);
    waiting = await lookAgain(
      tx,
      door,
      waiting.filter((one) => !gone.has(one)),
    );
  }
  return outcomes;
}

const freshly = (indexes: readonly number[], looks: readonly Look[]): Waiting[] =>
  looks.map((look, at) => ({ index: indexes[at] as number, look, isFresh: true }));

/** Whom a record means is known only after a first look; two records may reach one person by different keys. */
async function lookUnderLock(tx: Transaction, door: Door, records: readonly PersonRecord[]): Promise<Look[]> {
  const looks = await lookAt(tx, door, records);
  const known = looks.filter(({ found }) => found.person);
  if (!known.length) return looks;
  await lockKeys(
    tx,
    door.organizationId,
    known.flatMap((look) => lockKeysOfMatch(look, door)),
  );
  const again = await lookAt(
    tx,
    door,
    known.map(({ record }) => record),
  );
  const renewed = new Map(known.map((look, at) => [look, again[at] as Look]));
  return looks.map((look) => renewed.get(look) ?? look);
}

/** Whom those mean who can be next may have come, or changed, with the wave before. */
async function lookAgain(tx: Transaction, door: Door, waiting: readonly Waiting[]): Promise<Waiting[]> {
  const next = nextWave(waiting, door);
  const looks = await lookUnderLock(
    tx,
    door,
    next.map(({ look }) => look.record),
  );
  const indexes = next.map(({ index }) => index);
  const fresh = new Map(freshly(indexes, looks).map((one) => [one.index, one]));
  return waiting.map((one) => fresh.get(one.index) ?? { ...one, isFresh: false });
}

/** Decides in turn about people of whom no two are the same, and writes all of it. */
async function settle(tx: Transaction, door: Door, wave: readonly Waiting[], occasion: Occasion): Promise<Outcome[]> {
  const stock = newStock();
  const looks = wave.map(({ look }) => look);
  const facts = await gatherFacts(tx, door, looks, stock, lockFreeSeats, occasion.now);
  const writes = nothingToWrite();
  const outcomes = facts.map((known, at) => {
    const look = looks[at] as Look;
    const decision = decide(look.record, known);
    handOut(stock, look.found.person?.account, decision);
    return { decision, before: look.found.person, ...applyDecision(door, look, decision, occasion, writes) };
  });
  await write(tx, door, writes, occasion.now);
  return outcomes;
}
