import type { LinkDeps } from '../credentials/deps';
import type { LocalDeps } from '../sign-in/deps';
import type { Throttle } from '../sign-in/throttle';
import type { Database } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';

/** What people's own doings work with; wired in app.ts. */
export interface SelfServiceDeps extends LinkDeps, LocalDeps {
  db: Database;
  box: SecretBox;
  throttle: Throttle;
  now: () => Date;
}
