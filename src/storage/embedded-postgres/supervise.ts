import { setTimeout as delay } from 'node:timers/promises';
import { acquire, type Claim, type Held, lockServer } from './acquire';

/** A Postgres that is kept running until `stop`. */
export interface Supervised {
  readonly port: number;
  stop(): Promise<void>;
}

const MAX_FAILURES = 5;
const WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 50;

/**
 * Keeps Postgres running on its port and the lock held, until `stop`. Gives up, with an error in the log, when it
 * failed five times within a minute or somebody else took the directory meanwhile.
 * @param onRestart called when Postgres takes connections again after all of them were lost
 */
export function supervise(first: Held, claim: Claim, onRestart: () => void): Supervised {
  const { port } = first.server;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const again: Claim = { ...claim, port, signal: stopping.signal };
  let current = first;
  let failures: number[] = [];
  let ending: Promise<void> | undefined;

  // Whoever ends the process without stop() leaves no Postgres behind either.
  const atExit = () => current.server.interrupt();
  process.on('exit', atExit);
  const watching = watch();
  return { port, stop: () => (ending ??= end()) };

  async function watch(): Promise<void> {
    do {
      await Promise.race([current.server.exited, current.lock.lost, stopped]);
    } while (!stopping.signal.aborted && (await recover()));
  }

  /** Yields whether Postgres is there again. */
  async function recover(): Promise<boolean> {
    failures = [...failures, Date.now()].filter((at) => at > Date.now() - WINDOW_MS);
    if (failures.length >= MAX_FAILURES) return giveUp(`it failed ${MAX_FAILURES} times within a minute`);
    claim.log('warn', 'Postgres ended its connections unexpectedly and is being brought back');
    try {
      await delay(FIRST_PAUSE_MS * 2 ** failures.length, undefined, { signal: stopping.signal });
      const regained = await lockServer(current.server, again);
      const step = regained === 'again' ? await acquire(again) : regained;
      if (!('lock' in step)) return giveUp(`${step.holder?.owner ?? 'another process'} holds the directory now`);
      current = step;
    } catch (error) {
      if (stopping.signal.aborted) return false;
      claim.log('warn', (error as Error).message);
      return recover();
    }
    onRestart();
    return true;
  }

  function giveUp(reason: string): false {
    claim.log('error', `Postgres is not restarted any more: ${reason}. Restart the service.`);
    return false;
  }

  async function end(): Promise<void> {
    stopping.abort();
    await watching;
    await current.server.stop();
    await current.lock.release();
    process.off('exit', atExit);
  }
}
