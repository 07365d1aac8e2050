import { connect } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort } from './free-port';
import { startProcess } from './processes';

export interface TestRedis {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** A real, empty Redis of one's own that keeps nothing on disk. */
export async function startRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'drawbridge-redis-'));
  const { server, port } = await onFreePort(async (port) => ({ port, server: await listen(port, dir) }));
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, pid: server.pid, stop };
}

const listen = (port: number, dir: string) =>
  startProcess({
    command: 'redis-server',
    // A process title of its own would overwrite the environment that marks it as a peer of this run.
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
      ...['--save', '', '--appendonly', 'no', '--set-proc-title', 'no'],
    ],
    ready: () => answersPing(port),
  });

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => resolve(socket.end() && data.toString().startsWith('+PONG')));
    socket.once('error', () => resolve(false));
  });
}
