import { createClient } from 'redis';

const CONNECT_MS = 5_000;

const clientOf = (url: string) =>
  createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: CONNECT_MS } });

/** The one client of a process. While Redis is away its commands reject at once, and it goes on trying to connect. */
export type Redis = ReturnType<typeof clientOf>;

/** Connects. @param onError told of every loss of the connection */
export async function openRedis(url: string, onError: (error: unknown) => void): Promise<Redis> {
  const client = clientOf(url);
  client.on('error', onError);
  await client.connect();
  return client;
}
