import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/** The port that many beside the service's, or another free one, for a first start. */
export async function choosePort(servicePort: number, distance = 1): Promise<number> {
  const beside = servicePort + distance;
  return (beside <= 65_535 && (await probe(beside))) || (await probe(0)) || beside;
}

/** The port when it is free; for 0, some free one. */
async function probe(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    await once(server.listen(port, HOST), 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
