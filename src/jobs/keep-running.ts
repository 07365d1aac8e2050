import { setTimeout as delay } from 'node:timers/promises';
import type { Runner } from 'graphile-worker';

const PAUSE_MS = 2_000;

/** What runs until it is told to stop. */
export interface Kept {
  /** The job under way is finished first. */
  stop(): Promise<void>;
}

/**
 * Keeps a worker running: one that gives up because its database went away is replaced as soon as there is one again.
 * @param note hears why one gave up
 */
export async function keepRunning(start: () => Promise<Runner>, note: (error: unknown) => void): Promise<Kept> {
  const stopping = new AbortController();
  let runner = await start();
  const ended = (async () => {
    for (;;) {
      await runner.promise.catch(note);
      const next = await startAgain(start, note, stopping.signal);
      if (!next) return;
      runner = next;
    }
  })();
  return {
    async stop() {
      stopping.abort();
      // One that has given up already cannot be stopped.
      await runner.stop().catch(note);
      await ended;
    },
  };
}

/** The next worker, as soon as one comes up; none when all is stopping. */
async function startAgain(
  start: () => Promise<Runner>,
  note: (error: unknown) => void,
  signal: AbortSignal,
): Promise<Runner | undefined> {
  while (!signal.aborted) {
    await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    const next = await start().catch(note);
    if (next && !signal.aborted) return next;
    await next?.stop();
  }
  return undefined;
}
