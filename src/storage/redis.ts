const CONNECT_MS = 5_000;

/** The library is loaded where there is a Redis: it takes as long as a fifth of everything else together. */
async function clientOf(url: string) {
  const { createClient } = await import('redis');
  return createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: CONNECT_MS } });
}

/** The one client of a process. While Redis is away its commands reject at once, and it goes on trying to connect. */
export type Redis = Awaited<ReturnType<typeof clientOf>>;

/** Connects. @param onError told of every loss of the connection */
export async function openRedis(url: string, onError: (error: unknown) => void): Promise<Redis> {
  const client = await clientOf(url);
  client.on('error', onError);
  await client.connect();
  return client;
}
