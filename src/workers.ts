import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import type { Config } from './config';
import { StartError, type Resources } from './resources';
import type { Service } from './serve';

const RESPAWN_MS = 1_000;

/**
 * Starts WORKERS processes that serve, on the database this one holds; one that dies is replaced.
 * @throws StartError when one does not come up; none is left then
 */
export async function superviseWorkers(config: Config, resources: Resources, log: Logger): Promise<Service> {
  const environment = {
    DATABASE_URL: resources.databaseUrl,
    SECRET_KEYS: resources.secretKeys.map((key) => key.toString('hex')).join(','),
    MIGRATIONS: 'off',
  };
  let stopping = false;
  const start = (): Worker => cluster.fork(environment);
  const drain = async (): Promise<void> => {
    stopping = true;
    await Promise.all(living().map(stop));
  };

  const workers = Array.from({ length: config.workers }, start);
  try {
    await Promise.all(workers.map(listening));
  } catch (error) {
    await drain();
    throw error;
  }
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    log.error({ pid: worker.process.pid, code, signal }, 'a worker died; starting another');
    setTimeout(() => stopping || start(), RESPAWN_MS);
  });
  return { port: config.port, drain };
}

const living = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

async function listening(worker: Worker): Promise<void> {
  const failed = once(worker, 'exit').then(([code, signal]) => {
    throw new StartError(`WORKERS: a worker ended while starting (${String(code ?? signal)}); its reason stands above`);
  });
  failed.catch(() => undefined);
  await Promise.race([once(worker, 'listening'), failed]);
}

async function stop(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const gone = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  await gone;
}
