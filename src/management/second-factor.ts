import { tellOfSecondFactor } from '../credentials/tell-of-second-factor';
import { AppError } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { OWNERS_SLUG } from '../domain/organization';
import type { AccountView } from '../storage/account-views';
import { findByEmail } from '../storage/local-people';
import { removeSecondFactor } from '../storage/second-factors';
import { endAllSessions } from '../storage/sessions';
import type { Caller, ManagementDeps } from './deps';
import { changing, type Island } from './island';
import type { OwnerForm } from './owners';
import { accountIn, accountToChange } from './person';

/**
 * Removes the second factor of somebody who lost it, with their recovery codes, and ends every session. Where one is needed,
 * they set up another with their next sign-in by password.
 */
export const resetSecondFactor = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
): Promise<AccountView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    await reset(deps, island, await accountToChange(island, caller, id));
    return accountIn(island, id);
  });

/** As `resetSecondFactor`, for an owner by their address. @throws AppError not_found */
export const resetOwnersSecondFactor = (deps: ManagementDeps, caller: Caller, { email }: OwnerForm): Promise<void> =>
  changing(deps, caller, OWNERS_SLUG, 'accounts:write', async (island) => {
    const owner = await findByEmail(island.tx, island.organization.id, email);
    if (!owner) throw new AppError('not_found', { detail: `There is no owner with the address ${email}.` });
    await reset(deps, island, { id: owner.accountId, contactId: owner.contactId });
  });

async function reset(deps: ManagementDeps, island: Island, person: Pick<AccountView, 'id' | 'contactId'>) {
  const { tx, organization, now, note } = island;
  const { id: accountId, contactId } = person;
  await endAllSessions(tx, organization.id, accountId, now);
  if (!(await removeSecondFactor(tx, organization.id, accountId))) return;
  await note({ action: 'second_factor.removed', accountId, contactId });
  await tellOfSecondFactor(tx, deps, organization, accountId, 'reset', now);
}
