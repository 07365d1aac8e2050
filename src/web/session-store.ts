import { RedisStore } from 'connect-redis';
import pgSession from 'connect-pg-simple';
import session, { type Store } from 'express-session';
import type { Pool } from 'pg';
import type { Redis } from '../storage/redis';
import { preparingPool, type Database } from '../storage/rows';

export interface SessionStore {
  store: Store;
  /** Rejects when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const PRUNE_SECONDS = 15 * 60;
/** As long as the longest policy lets a session live. When it really ends, Postgres says. */
const KEPT_SECONDS = 720 * 3600;

/** express-session's store: Redis where there is one, which stays the caller's to close; otherwise a table in Postgres. */
export const openSessionStore = (
  redis: Redis | undefined,
  db: Database,
  onError: (error: unknown) => void,
): SessionStore => (redis ? redisStore(redis) : postgresStore(db, onError));

const redisStore = (client: Redis): SessionStore => ({
  store: new RedisStore({ client, prefix: 'drawbridge:session:', ttl: KEPT_SECONDS, disableTouch: true }),
  ping: async () => void (await client.ping()),
  close: () => Promise.resolve(),
});

function postgresStore(db: Database, onError: (error: unknown) => void): SessionStore {
  const Store = pgSession(session);
  const store = new Store({
    pool: preparingPool(db, 'browser_sessions') as Pool,
    tableName: 'browser_sessions',
    ttl: KEPT_SECONDS,
    disableTouch: true,
    pruneSessionInterval: PRUNE_SECONDS,
    errorLog: onError,
  });
  return { store, ping: async () => void (await db.query('SELECT 1')), close: async () => store.close() };
}
