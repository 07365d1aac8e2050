import type { PersonRecord } from '../domain/desired-record';
import type { EmailLink } from '../domain/email-link';
import type { Door } from '../provisioning/door';
import { lockKeysOf, lockKeysOfMatch } from '../provisioning/lock-keys';
import { lookAt } from '../provisioning/look';
import { holdEmailLink } from '../storage/email-links';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';

/**
 * Waits until nobody else decides about the person or does anything with the link, and keeps others waiting until the end of
 * the transaction. The door's locks come first, as wherever the door is passed before rows are written.
 */
export async function holdLink(tx: Transaction, door: Door, record: PersonRecord, link: EmailLink): Promise<void> {
  const { organizationId } = door;
  await lockKeys(tx, organizationId, lockKeysOf(record, door));
  const looks = await lookAt(tx, door, [record]);
  await lockKeys(
    tx,
    organizationId,
    looks.flatMap((look) => lockKeysOfMatch(look, door)),
  );
  await holdEmailLink(tx, link);
}
