import type { Logger } from 'pino';
import { loadLibrary } from './bridge/load-library';
import { createNotifier, type Notifier } from './bridge/notifier';
import type { Config } from './config';
import type { Resources } from './resources';

/** What tells applications of sign-outs, for whoever runs jobs. */
export const openNotifier = (
  { baseUrl }: Config,
  { db, box, outbound }: Resources,
  log: Logger,
  now: () => Date,
): Notifier => createNotifier({ db, box, baseUrl, now, fetch: outbound.fetch, loadLibrary: () => loadLibrary(log) });
