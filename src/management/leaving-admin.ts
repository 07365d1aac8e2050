import { rolesOf } from '../storage/portal-roles';
import type { AccountView } from '../storage/account-views';
import { withdraw } from './break-glass';
import type { ManagementDeps } from './deps';
import type { Island } from './island';
import { tellOfLastAdmin } from './last-admin';

/** What follows for the portal from an account that may not sign in any more; to be called before its status changes. */
export async function partWithAdmin(
  deps: ManagementDeps,
  island: Island,
  account: Pick<AccountView, 'id' | 'contactId' | 'status'>,
): Promise<void> {
  await withdraw(island, account);
  if (account.status !== 'active' && account.status !== 'invited') return;
  const before = await rolesOf(island.tx, island.organization.id, account.id);
  await tellOfLastAdmin(deps, island, { id: account.id, before, after: [] });
}
