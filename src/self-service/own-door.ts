import { openDoor, type Door } from '../provisioning/door';
import type { Transaction } from '../storage/rows';
import { selfServiceSource } from '../storage/sources';

/** The organization's door as people themselves stand at it. */
export const openOwnDoor = async (tx: Transaction, organizationId: string): Promise<Door> =>
  openDoor(tx, organizationId, await selfServiceSource(tx, organizationId));
