import type { AccountId } from '../domain/ids';
import { readAccountNames } from '../storage/account-views';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';

/** What these accounts' people are called, by id; those of other organizations, and the erased, are left out. */
export const accountNames = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, string>> =>
  reading(deps, caller, organization, 'accounts:read', ({ tx, organization: { id } }) =>
    readAccountNames(tx, id, [...new Set(ids)]),
  );
