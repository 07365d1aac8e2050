import type { AccountId, AttemptId, ConnectionId, ContactId, OrganizationId, SourceId } from './ids';
import type { ErrorCode } from './errors';

/** Who did it. Never a name or an address: ids only. */
export type Actor =
  | { kind: 'person'; accountId?: AccountId; connectionId?: ConnectionId }
  | { kind: 'api_key'; id: string }
  | { kind: 'account'; id: AccountId }
  /** An identity provider, by itself. */
  | { kind: 'connection'; id: ConnectionId }
  | { kind: 'command' }
  | { kind: 'system' };

export const ACTOR_KINDS = [
  'person',
  'account',
  'api_key',
  'connection',
  'command',
  'system',
] as const satisfies readonly Actor['kind'][];

/** One line of the ledger: ids and field names, no personal values and no secrets (security 27). */
export interface LedgerEntry {
  organizationId: OrganizationId | null;
  actor: Actor;
  /** `account.created`, `signin.refused`, `connection.changed` … */
  action: string;
  outcome?: ErrorCode;
  contactId?: ContactId;
  accountId?: AccountId;
  connectionId?: ConnectionId;
  sourceId?: SourceId;
  attemptId?: AttemptId;
  /** Any other resource, `group:…`. */
  resource?: string;
  /** Names of the fields that changed. */
  fields?: readonly string[];
  /** Technical facts: states, counts. Never personal. */
  details?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  requestId?: string;
}

/** A personal value that changed; kept beside the ledger, keyed by contact, emptied by an erasure. */
export interface LedgerValue {
  contactId: ContactId;
  field: string;
  before: string | null;
  after: string | null;
}
