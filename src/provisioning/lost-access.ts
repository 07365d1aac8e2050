import type { Change } from '../domain/decision';
import type { AccountId, OrganizationId } from '../domain/ids';
import { endLostApplications } from '../storage/lost-applications';
import type { Transaction } from '../storage/rows';
import { endAllSessions } from '../storage/sessions';

/** What a change of access takes away ends at once: every session after the last day, else the applications that are for others. */
export async function endLostAccess(
  tx: Transaction,
  organizationId: OrganizationId,
  accountId: AccountId,
  changes: readonly Change[],
  now: Date,
): Promise<void> {
  if (changes.some((change) => endsAccess(change, now))) await endAllSessions(tx, organizationId, accountId, now);
  else if (changes.some(mayClose)) await endLostApplications(tx, { organizationId, accountId }, now);
}

const endsAccess = (change: Change, now: Date): boolean =>
  change.kind === 'set_access' &&
  change.field === 'accessUntil' &&
  typeof change.after === 'string' &&
  new Date(change.after) <= now;

/** Applications are for groups and licences. */
const mayClose = (change: Change): boolean =>
  (change.kind === 'set_groups' && change.removed.length > 0) ||
  (change.kind === 'set_access' && change.field === 'licence');
