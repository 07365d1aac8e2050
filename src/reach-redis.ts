import { createClient } from 'redis';

const TIMEOUT_MS = 5_000;

/**
 * Asks Redis once. The client of a running service goes on trying for ever, which is right for it and
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
