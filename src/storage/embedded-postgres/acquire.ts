import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Cluster } from './cluster';
import { EmbeddedPostgresError, type Holder } from './errors';
import { connect, findHolder, findStarter, hangUp, type OwnerLock, tryLock } from './lock';
import { findPostmaster, type Postmaster, removeStalePidFile, stopPostmaster } from './postmaster';
import { isAlive, killLeftBehind } from './processes';
import { freePort, launchServer, type Log, type Server } from './server';

/** A running Postgres of ours, and the lock that shows it. */
export interface Held {
  readonly server: Server;
  readonly lock: OwnerLock;
}

/** Somebody else holds the cluster; unknown who, when their Postgres does not answer. */
export interface Occupied {
  readonly holder: Holder | undefined;
  readonly port: number | undefined;
}

export interface Claim {
  readonly cluster: Cluster;
  readonly holder: Holder;
  readonly log: Log;
  /** Fixed after a restart, so that pools find Postgres again. */
  readonly port?: number;
  readonly signal?: AbortSignal;
}

type Step = Held | Occupied | 'again';

/** Since when one has been waiting: at all, and for a lock on a Postgres whose starter is alive. */
interface Waiting {
  readonly since: number;
  unlockedSince?: number;
}

const POLL_MS = 50;
/** How long to put up with a Postgres that does not answer, or does not start. */
const PATIENCE_MS = 60_000;
/** How long the process that started a Postgres may take to lock it. */
const LOCKING_MS = 5_000;
/** How long the children of a killed Postgres may take to leave by themselves. */
const LEAVING_MS = 1_000;
const PORT_MS = 3_000;

/**
 * Comes to hold the cluster: refuses when its Postgres is somebody's, stops one that nobody holds (its service was
 * killed), starts its own. The lock decides; Postgres' own files see to it that only one runs at a time.
 * @throws EmbeddedPostgresError when Postgres does not start
 */
export async function acquire(claim: Claim): Promise<Held | Occupied> {
  const waiting: Waiting = { since: Date.now() };
  for (;;) {
    claim.signal?.throwIfAborted();
    const occupant = await findPostmaster(claim.cluster.path);
    const step = occupant ? await meet(occupant, claim, waiting) : await launch(claim, Date.now() - waiting.since);
    if (step !== 'again') return step;
    await delay(POLL_MS, undefined, claim.signal && { signal: claim.signal });
  }
}

/** There is a Postgres: somebody's, or left alone. */
async function meet(occupant: Postmaster, claim: Claim, waiting: Waiting): Promise<Step> {
  const unknown = { holder: undefined, port: occupant.port };
  const client = occupant.port === undefined ? undefined : await connectTo(occupant.port, claim);
  if (!client) return Date.now() - waiting.since < PATIENCE_MS ? 'again' : unknown;
  try {
    const holder = await findHolder(client);
    if (holder) return { holder, port: occupant.port };
    // Whoever started it is about to lock it.
    waiting.unlockedSince ??= Date.now();
    const inTime = Date.now() - waiting.unlockedSince < LOCKING_MS;
    if (inTime && (await isAlive(await findStarter(client)))) return 'again';
    if (!(await tryLock(client))) return 'again';
    claim.log('info', `stopping the Postgres that a killed process left behind (process ${occupant.pid})`);
    await stopPostmaster(claim.cluster.path, occupant.pid);
  } catch (error) {
    // The connection ended because its Postgres is being stopped: look again.
    if (!isDisconnect(error)) throw error;
  } finally {
    await hangUp(client);
  }
  return 'again';
}

async function connectTo(port: number, { cluster, holder }: Claim): Promise<Client | undefined> {
  return connect(port, cluster.password, holder).catch((error: Error) => {
    throw new EmbeddedPostgresError(`The running Postgres of this DATA_DIR refuses the connection: ${error.message}.`);
  });
}

async function launch(claim: Claim, waited: number): Promise<Step> {
  const launched = await launchServer(claim.cluster, claim.port ?? (await freePort()), claim.log);
  if ('server' in launched) return lock(launched.server, claim);
  if (launched.failure === 'cluster_taken') await removeStalePidFile(claim.cluster.path);
  if (launched.failure === 'left_behind' && waited > LEAVING_MS) await killLeftBehind(claim.cluster.path);
  const limit = { broken: 0, port_taken: PORT_MS, cluster_taken: PATIENCE_MS, left_behind: PATIENCE_MS };
  if (waited < limit[launched.failure]) return 'again';
  throw new EmbeddedPostgresError(`The embedded Postgres did not start: ${launched.message}`);
}

/** Locks a Postgres of ours; without the lock it may not run. */
async function lock(server: Server, claim: Claim): Promise<Step> {
  let taken: Step = 'again';
  try {
    taken = await lockServer(server, claim);
    return taken;
  } finally {
    if (taken === 'again' || !('lock' in taken)) await server.stop();
  }
}

/** Takes the lock on our running Postgres: at the start, and when the connection was lost. `again`: it ended. */
export async function lockServer(server: Server, claim: Claim): Promise<Step> {
  while (await isAlive(server.pid)) {
    claim.signal?.throwIfAborted();
    const step = await tryLockServer(server, claim);
    if (step !== 'again') return step;
    await delay(POLL_MS, undefined, claim.signal && { signal: claim.signal });
  }
  return 'again';
}

async function tryLockServer(server: Server, claim: Claim): Promise<Step> {
  const client = await connect(server.port, claim.cluster.password, claim.holder);
  if (!client) return 'again';
  try {
    const lock = await tryLock(client);
    if (lock) return { server, lock };
    const holder = await findHolder(client);
    await hangUp(client);
    return holder ? { holder, port: server.port } : 'again';
  } catch (error) {
    await hangUp(client);
    if (isDisconnect(error)) return 'again';
    throw error;
  }
}

function isDisconnect(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    ['57P01', '57P02', '57P03', 'ECONNRESET', 'EPIPE'].includes(code ?? '') ||
    /Connection terminated|not queryable/.test(message ?? '')
  );
}
