import { Client } from 'pg';
import type { Holder } from './errors';

const ROLE = 'drawbridge';
const KEY = `hashtextextended('drawbridge: the one who holds DATA_DIR', 0)`;
// Too early, too late, or too many others: the next attempt may go well.
const NOT_NOW = ['57P01', '57P02', '57P03', '53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

/** The connection whose advisory lock says that this process holds the directory. It ends with the process. */
export interface OwnerLock {
  /** Resolves when the connection is gone, and the lock with it. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/** Address of the database for everyone in this program. */
export function databaseUrl(port: number, password: string): string {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${ROLE}`;
}

/**
 * Connects, or yields undefined when the database does not take connections just now.
 * @throws DatabaseError of pg when it refuses for good, as with a wrong password
 */
export async function connect(port: number, password: string, claim?: Holder): Promise<Client | undefined> {
  const client = new Client({
    ...{ host: '127.0.0.1', port, user: ROLE, database: ROLE, password, ssl: false },
    ...{ connectionTimeoutMillis: 5000, keepAlive: true, application_name: claim ? label(claim) : 'drawbridge' },
  });
  // Its end is told by the `end` event; without a listener an `error` would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === undefined || NOT_NOW.includes(code)) return undefined;
    throw error;
  }
}

/** Takes the lock on this connection, or yields undefined when somebody has it. */
export async function tryLock(client: Client): Promise<OwnerLock | undefined> {
  const lost = new Promise<void>((resolve) => client.once('end', () => resolve()));
  const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${KEY}) AS taken`);
  return rows[0]?.taken ? { lost, release: () => hangUp(client) } : undefined;
}

/** Who has the lock. */
export async function findHolder(client: Client): Promise<Holder | undefined> {
  const { rows } = await client.query<{ label: string }>(
    `SELECT application_name AS label FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = ${KEY}`,
  );
  const [, pid, lasting, owner] = /^drawbridge (\d+) (stays|passes) (.*)$/.exec(rows[0]?.label ?? '') ?? [];
  return owner === undefined ? undefined : { owner, pid: Number(pid), lasting: lasting === 'stays' };
}

/** The process that started this Postgres, as its cluster_name tells. */
export async function findStarter(client: Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(`SELECT current_setting('cluster_name') AS name`);
  return Number(/^drawbridge-(\d+)$/.exec(rows[0]?.name ?? '')?.[1] ?? NaN);
}

/** Ends a connection that may have been ended from the other side. */
export async function hangUp(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}

function label({ pid, lasting, owner }: Holder): string {
  return `drawbridge ${pid} ${lasting ? 'stays' : 'passes'} ${owner}`;
}
