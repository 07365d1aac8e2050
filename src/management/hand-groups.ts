import { AppError } from '../domain/errors';
import type { AccountId, GroupId } from '../domain/ids';
import { recordFromForm } from '../sources/form';
import type { AccountView } from '../storage/account-views';
import { changeThroughDoor } from './accounts';
import type { Caller, ManagementDeps } from './deps';
import { accountIn, holdPerson } from './person';
import { resolveReferences } from './references';

/**
 * Puts an account into one group, or takes it out; of the groups given by hand, the others stay.
 * @throws AppError field_owned when another source gives the group that is to be taken, invalid_form when there is no such group
 */
export const changeHandGroups = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  change: { added: GroupId } | { removed: GroupId },
): Promise<AccountView> =>
  changeThroughDoor(deps, caller, organization, async (island, door) => {
    const { added, removed } = { added: undefined, removed: undefined, ...change };
    const { contactId, ...account } = await accountIn(island, id);
    const { memberships } = (await holdPerson(island, door, { contactId, ...account })).account;
    if (removed && memberships.some(({ groupId, sourceId }) => groupId === removed && sourceId !== door.sourceId))
      throw new AppError('field_owned', { detail: 'Another source gives this group.' });
    const byHand = memberships.filter(({ sourceId }) => sourceId === door.sourceId).map(({ groupId }) => groupId);
    const wanted = added ? [...byHand, added] : byHand.filter((groupId) => groupId !== removed);
    const fields = { groups: 'groups', permissionProfile: 'permissionProfile', licence: 'licence' };
    const { groups } = await resolveReferences(island.tx, island.organization.id, { groups: wanted }, fields);
    const form = { contactId, attributes: {}, emailVerified: false, access: { groups } };
    return { record: recordFromForm(door.sourceId, form) };
  });
