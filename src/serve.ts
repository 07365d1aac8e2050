import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createApp, type AppParts } from './app';
import type { Config } from './config';
import { reachRedis } from './reach-redis';
import { reasonOf, StartError, type Resources } from './resources';
import { createThrottle, noThrottle } from './sign-in/throttle';
import { createCounters } from './storage/counters';
import { openRedis, type Redis } from './storage/redis';
import { openSessionStore } from './web/session-store';

const DRAIN_MS = 10_000;

export interface Service {
  port: number;
  /** Takes no new requests, finishes those under way (10 s at most), lets go of the session store and Redis. */
  drain(): Promise<void>;
}

/** Listens. @throws StartError when the port is taken or the session store does not answer */
export async function serve(
  config: Config,
  resources: Resources,
  log: Logger,
  now: () => Date = () => new Date(),
  extra?: AppParts['extra'],
): Promise<Service> {
  const redis = await connectRedis(config, log);
  const sessions = openSessionStore(redis, resources.db, (error) => log.error({ err: error }, 'session store'));
  const letGo = async () => {
    await sessions.close();
    await redis?.close();
  };
  const throttle = config.rateLimit ? createThrottle(createCounters(resources.db, redis)) : noThrottle;
  const server = createServer(createApp({ config, resources, sessions, throttle, log, now, extra }));
  try {
    await listen(server, config);
  } catch (error) {
    await letGo();
    throw error;
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : config.port,
    async drain() {
      await closeServer(server);
      await letGo();
    },
  };
}

/** One client for all that is kept there: sessions and counters. */
async function connectRedis({ redisUrl }: Config, log: Logger): Promise<Redis | undefined> {
  if (!redisUrl) return undefined;
  await reachRedis(redisUrl).catch((error: unknown) => {
    throw new StartError(`REDIS_URL: cannot connect: ${reasonOf(error)}`);
  });
  return openRedis(redisUrl, (error) => log.error({ err: error }, 'Redis'));
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : error.message;
      reject(new StartError(`PORT: ${host}:${port} ${reason}`));
    });
    server.listen(port, host, resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
