import type { OrganizationId } from '../domain/ids';
import type { Actor } from '../domain/ledger-entry';
import type { Mailroom } from '../mail/mailroom';
import type { Outbound } from '../outbound/outbound';
import type { Database, Transaction } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';

/** What administration works with; wired in the composition roots. */
export interface ManagementDeps {
  db: Database;
  box: SecretBox;
  /** Public origin without a trailing slash. */
  baseUrl: string;
  outbound: Outbound;
  mailroom: Mailroom;
  /** The texts of a name's TXT records, each in its parts; the system's resolver when absent. */
  resolveTxt?: (name: string) => Promise<readonly (readonly string[])[]>;
  now: () => Date;
  /** How the transaction of a change runs, where more than the change belongs into it. */
  transact?: <T>(db: Database, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

/** On whose behalf something is done, and how far that goes. */
export interface Caller {
  actor: Actor;
  /** The only organization it sees; null: every one. */
  organizationId: OrganizationId | null;
  /** `*`, or `<resource>:read` and `<resource>:write`; write includes read. */
  scopes: readonly string[];
  requestId?: string;
}

/** The operator at the shell: every right. */
export const commandCaller: Caller = { actor: { kind: 'command' }, organizationId: null, scopes: ['*'] };
