import { RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Redis } from './redis';
import { poolOf, type Database } from './rows';

export interface Count {
  count: number;
  /** Until it is over; of one that nothing is counted in, its whole time. */
  secondsLeft: number;
}

/** Counts by key, each for a while. Every function rejects when the store does not answer. */
export interface Counter {
  /**
   * Adds to a count, in one step. Yields it; below zero when more was taken off than added.
   * @param options `seconds`: the time that the first one begins, when it is not the counter's own
   */
  add(key: string, options?: { points?: number; seconds?: number }): Promise<number>;
  read(key: string): Promise<Count>;
  /** Makes it 1, and its time begin now. */
  mark(key: string): Promise<void>;
  clear(key: string): Promise<void>;
}

/** @param name begins its keys, so that counters do not meet */
export type OpenCounter = (name: string, seconds: number) => Counter;

/** Counters that all processes and machines share: in Redis where there is one, otherwise in Postgres. */
export function createCounters(db: Database, redis?: Redis): OpenCounter {
  return (name, duration) => {
    const store = redis ? inRedis(redis, name, duration) : inPostgres(db, name, duration);
    return {
      async add(key, { points = 1, seconds = duration } = {}) {
        const time = { customDuration: seconds };
        const change = points < 0 ? store.reward(key, -points, time) : store.penalty(key, points, time);
        return (await change).consumedPoints;
      },
      async read(key) {
        const found = await store.get(key);
        if (!found) return { count: 0, secondsLeft: duration };
        // Redis counts in whole seconds, and none would mean for ever.
        return { count: found.consumedPoints, secondsLeft: Math.max(1, Math.floor(found.msBeforeNext / 1000)) };
      },
      mark: async (key) => void (await store.set(key, 1, duration)),
      clear: async (key) => void (await store.delete(key)),
    };
  };
}

/** The library's own limit is not asked: what is too many may depend on more than one count. */
const points = Number.MAX_SAFE_INTEGER;

const inRedis = (redis: Redis, name: string, duration: number) =>
  new RateLimiterRedis({
    storeClient: redis,
    // It knows earlier clients of this package by the name of their class.
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: `drawbridge:count:${name}`,
    points,
    duration,
  });

const inPostgres = (db: Database, name: string, duration: number) =>
  new RateLimiterPostgres({
    storeClient: poolOf(db),
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    // The clean-up job deletes what is over.
    clearExpiredByTimeout: false,
    keyPrefix: name,
    points,
    duration,
  });
