import { createClient } from 'redis';

const TIMEOUT_MS = 5_000;

/**
 * Asks Redis once. The session store's own client goes on trying for ever, which is right for a running service and
 * wrong for one that starts with a mistyped address.
 * @throws Error of the connection
 */
export async function reachRedis(url: string): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: TIMEOUT_MS, reconnectStrategy: false } });
  // The failure is what connect() rejects with.
  client.on('error', () => undefined);
  await client.connect();
  await client.ping().finally(() => client.destroy());
}
