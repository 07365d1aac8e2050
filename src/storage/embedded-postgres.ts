import { setTimeout as delay } from 'node:timers/promises';
import { acquire, type Claim } from './embedded-postgres/acquire';
import { locatePackage, prepareBinaries } from './embedded-postgres/binaries';
import { openCluster } from './embedded-postgres/cluster';
import { DataDirInUseError } from './embedded-postgres/errors';
import { databaseUrl } from './embedded-postgres/lock';
import type { Log } from './embedded-postgres/server';
import { supervise } from './embedded-postgres/supervise';

export { DataDirInUseError, EmbeddedPostgresError } from './embedded-postgres/errors';

/** A running database. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Clean stop: waits until no process is left. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** Who holds the directory, in words for a refusal: 'service', 'drawbridge org'. */
  readonly owner: string;
  /** Called when Postgres takes connections again after it ended unexpectedly. */
  readonly onRestart?: () => void;
  readonly log: Log;
}

/** How long a command waits for another command to be done. */
const COMMAND_MS = 30_000;

/**
 * Starts the Postgres of `dataDir` (initialising it when fresh), keeps it running and holds the directory until
 * `stop`. Killed at any moment, the next start works.
 * @throws DataDirInUseError when another process holds the directory
 * @throws EmbeddedPostgresError when Postgres cannot run here; the message is one line that says why
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const claim = await claimOf(options, true);
  const outcome = await acquire(claim);
  if (!('lock' in outcome)) throw new DataDirInUseError(options.dataDir, outcome.holder);
  return kept(supervise(outcome, claim, options.onRestart ?? (() => undefined)), claim);
}

/**
 * For commands: joins the Postgres of a running service, which then is not stopped by `stop`, or else starts it for
 * the time of the command. Waits for other commands, up to half a minute.
 * @throws as startEmbeddedPostgres
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const claim = await claimOf(options, false);
  for (const deadline = Date.now() + COMMAND_MS; ; await delay(100)) {
    const outcome = await acquire(claim);
    if ('lock' in outcome) return kept(supervise(outcome, claim, options.onRestart ?? (() => undefined)), claim);
    if (outcome.holder?.lasting && outcome.port !== undefined)
      return { url: databaseUrl(outcome.port, claim.cluster.password), stop: async () => undefined };
    if (Date.now() > deadline) throw new DataDirInUseError(options.dataDir, outcome.holder);
  }
}

async function claimOf({ dataDir, owner, log }: EmbeddedPostgresOptions, lasting: boolean): Promise<Claim> {
  const cluster = await openCluster(dataDir, await prepareBinaries(locatePackage()));
  return { cluster, log, holder: { owner, pid: process.pid, lasting } };
}

function kept(postgres: { port: number; stop(): Promise<void> }, { cluster }: Claim): EmbeddedPostgres {
  return { url: databaseUrl(postgres.port, cluster.password), stop: postgres.stop };
}
