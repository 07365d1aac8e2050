import type { LinkDeps } from '../credentials/deps';
import type { Throttle } from '../sign-in/throttle';
import type { Database } from '../storage/rows';

/** What people's own doings work with; wired in app.ts. */
export interface SelfServiceDeps extends LinkDeps {
  db: Database;
  throttle: Throttle;
  now: () => Date;
}
