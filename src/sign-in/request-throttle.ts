import type { Counter } from '../storage/counters';
import { keyOf } from './throttle-keys';

/** Requests that a process counts by itself before it tells the others: a program that asks now and then writes nothing. */
const PORTION = 60;
/** Keys that are kept in mind at once. */
const MOST_KEYS = 10_000;

interface Tally {
  /** Not told to the others yet. */
  untold: number;
  isOver: boolean;
}

/**
 * Counts requests by key over all processes, in portions: one write for every sixty, and a limit that is exact to a
 * portion per process. Yields the seconds to wait once there were more than `most` in the counter's time.
 */
export function createRequestThrottle(counter: Counter, most: number): (key: string) => Promise<number | undefined> {
  const tallies = new Map<string, Tally>();

  function tallyOf(key: string): Tally {
    const tally = tallies.get(key) ?? { untold: 0, isOver: false };
    if (tallies.size >= MOST_KEYS && !tallies.has(key)) tallies.delete(tallies.keys().next().value ?? '');
    tallies.set(key, tally);
    return tally;
  }

  return async (name) => {
    const key = keyOf(name);
    const tally = tallyOf(key);
    if (!tally.isOver) {
      tally.untold += 1;
      if (tally.untold < PORTION) return undefined;
      const told = tally.untold;
      tally.untold = 0;
      tally.isOver = (await counter.add(key, { points: told })) > most;
      if (!tally.isOver) return undefined;
    }
    // What is turned away does not count: the wait ends when the time does.
    const { count, secondsLeft } = await counter.read(key);
    tally.isOver = count > most;
    return tally.isOver ? secondsLeft : undefined;
  };
}
