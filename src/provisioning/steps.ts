import type { AccessValues, Change } from '../domain/decision';
import type { AccountId } from '../domain/ids';
import { restoreAccount, setAccountStatus, updateAccess, updateAccountEmail } from '../storage/accounts';
import { revokeEmailLinks } from '../storage/email-links';
import { linkIdentity } from '../storage/identities';
import { withdrawLinkRequests } from '../storage/link-requests';
import { removeMemberships } from '../storage/saving-people';
import type { Transaction } from '../storage/rows';
import { endAllSessions } from '../storage/sessions';
import { only } from './changes';
import type { Door } from './door';
import { endLostAccess } from './lost-access';

/** Changes of one account that are written one by one. */
export interface Steps {
  accountId: AccountId;
  email: string | null | undefined;
  changes: readonly Change[];
}

/** Writes what is rare: who comes back, another address, links, what is taken away, another state. */
export async function takeSteps(
  tx: Transaction,
  { organizationId, sourceId }: Door,
  { accountId, email, changes }: Steps,
  now: Date,
): Promise<void> {
  const grant = only(changes, 'grant_account')[0];
  if (grant?.restores && email)
    await restoreAccount(tx, grant.restores, { organizationId, sourceId, email, account: grant.account });
  if (!grant && email && only(changes, 'set_attribute').some(({ attribute }) => attribute === 'email')) {
    await updateAccountEmail(tx, organizationId, accountId, email);
    // A link counts for the address it was sent to.
    await revokeEmailLinks(tx, organizationId, { accountId }, now);
  }
  for (const { identity, by } of only(changes, 'link_identity')) {
    await linkIdentity(tx, organizationId, accountId, identity, by, now);
    await withdrawLinkRequests(tx, organizationId, identity, now);
  }
  const removed = only(changes, 'set_groups').flatMap((change) =>
    change.removed.map((groupId) => ({ accountId, groupId, sourceId: change.sourceId })),
  );
  await removeMemberships(tx, organizationId, removed);
  await updateAccess(tx, organizationId, accountId, accessOf(changes));
  await endLostAccess(tx, organizationId, accountId, changes, now);
  for (const change of only(changes, 'set_presence')) {
    await setAccountStatus(tx, organizationId, accountId, change.after, now);
    if (change.after !== 'active') await endAllSessions(tx, organizationId, accountId, now);
  }
}

const accessOf = (changes: readonly Change[]): Partial<AccessValues> =>
  Object.fromEntries(only(changes, 'set_access').map((change) => [change.field, change.after]));
