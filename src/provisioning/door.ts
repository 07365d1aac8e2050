import type { AccountId, ContactId, OrganizationId, SourceId } from '../domain/ids';
import type { Actor } from '../domain/ledger-entry';
import { readDoor, type DoorRow } from '../storage/people';
import type { Transaction } from '../storage/rows';

/** An organization's door as one source stands at it. */
export interface Door extends DoorRow {
  organizationId: OrganizationId;
  sourceId: SourceId;
}

/** Who acts, when, and under which request. */
export interface Occasion {
  actor: Actor;
  now: Date;
  requestId?: string;
  attemptId?: string;
}

/** Whom a decision concerned; nobody for a stranger who was refused. */
export interface Applied {
  contactId?: ContactId;
  accountId?: AccountId;
}

/** Reads the policy in force and what the door needs to know of the source that speaks. */
export async function openDoor(tx: Transaction, organizationId: OrganizationId, sourceId: SourceId): Promise<Door> {
  return { organizationId, sourceId, ...(await readDoor(tx, organizationId, sourceId)) };
}
