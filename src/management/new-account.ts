import { openDoor, type Door } from '../provisioning/door';
import { preview } from '../provisioning/preview';
import { adminSource } from '../storage/sources';
import type { NewAccountForm } from './account-forms';
import { newRecord, obstacle } from './accounts';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { refusedBy } from './refused';

/** Whether people of the organization sign in with its identity provider, so that a new account needs nothing else. */
export const signsInBySso = (deps: ManagementDeps, caller: Caller, organization: string): Promise<boolean> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => (await doorOf(island)).isSsoOrganization);

/**
 * The username that a new account would get, without making it.
 * @throws AppError whatever would refuse the account
 */
export const foreseeUsername = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: NewAccountForm,
): Promise<string> =>
  // A transaction, because the preview holds the licences it counts.
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const door = await doorOf(island);
    const record = await newRecord(island, door, form);
    const refused = await obstacle(island, form);
    if (refused) throw refused;
    const decision = await preview(island.tx, door, record, island.now);
    if (decision.action === 'refuse' || decision.action === 'wait') throw refusedBy(decision);
    const granted = decision.action === 'apply' && decision.changes.find(({ kind }) => kind === 'grant_account');
    return granted && granted.kind === 'grant_account' ? granted.account.username : (form.username ?? '');
  });

const doorOf = async ({ tx, organization }: Island): Promise<Door> =>
  openDoor(tx, organization.id, await adminSource(tx, organization.id));
