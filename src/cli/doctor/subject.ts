import type { Config } from '../../config';
import type { Outbound } from '../../outbound/outbound';
import type { Database } from '../../storage/rows';
import type { SecretBox } from '../../storage/secret-box';
import type { Finding } from './finding';

/** What the checks that need no database look at. */
export interface Subject {
  config: Config;
  outbound: Outbound;
  now: () => Date;
}

/** And those that need one. */
export interface DatabaseSubject extends Subject {
  db: Database;
}

/** And those for whom the schema is up to date and secrets can be opened. */
export interface OpenSubject extends DatabaseSubject {
  box: SecretBox;
}

export type Check<S> = (subject: S) => Promise<readonly Finding[]>;
