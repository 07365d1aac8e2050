import { AppError } from '../domain/errors';
import type { ContactId } from '../domain/ids';
import type { Chosen } from '../storage/bulk-actions';
import { selectContacts } from '../storage/contact-listing';
import { countSelected } from '../storage/listing';
import { beginBulkAction, type BulkActionView } from './bulk-actions';
import type { GiveAccountsForm } from './bulk-forms';
import { contactSelector, type ContactFilter } from './contact-list';
import type { Caller, ManagementDeps } from './deps';
import type { Gift } from './give-account';
import { requirePasswords } from './imports';
import { changing, reading, type Island } from './island';
import { resolveReferences } from './references';
import { requireScope } from './scopes';

/**
 * Starts giving accounts to contacts, by the source `catalog`. Who is meant is settled now; each is decided by itself in the
 * background, and whoever lacks an e-mail address has none afterwards either.
 * @throws AppError identity_not_permitted where the policy does not let the catalog bring people in; invalid_form
 */
export const startGivingAccounts = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { action, selection, sendInvitations, ...asked }: GiveAccountsForm,
): Promise<BulkActionView> => {
  requireScope(caller, 'contacts:read');
  return changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, policy, organization: own } = island;
    if (!policy.allowedSources.includes('catalog'))
      throw new AppError('identity_not_permitted', { detail: 'The policy does not let the catalog give accounts.' });
    if (sendInvitations) await requirePasswords(island);
    const fields = { groups: 'groups', permissionProfile: 'permissionProfile', licence: 'licence' };
    const options: Gift = { ...(await resolveReferences(tx, own.id, asked, fields)), sendInvitations };
    const bulk = { action, subject: 'contact' as const, value: null, options: { ...options } };
    return beginBulkAction(island, caller, bulk, await chosenBy(island, selection));
  });
};

/** Whoever matches and has an account already is not meant. */
async function chosenBy(
  island: Island,
  { ids, matching, except = [] }: GiveAccountsForm['selection'],
): Promise<Chosen> {
  if (ids) return { ids };
  return { matching: (await contactSelector(island, { ...matching, hasAccount: false }))(), except };
}

/** What is known of a selection before anybody is given an account. */
export interface ForeseenGiving {
  count: number;
  /** They get none: they wait until an address is filled in. */
  withoutEmail: number;
  /** Of those who are named one by one. */
  withAccount: number;
  /** The policy lets the catalog bring people in. */
  isAllowed: boolean;
}

export const foreseeGivingAccounts = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { ids, matching = {} }: { ids?: readonly ContactId[]; matching?: ContactFilter },
): Promise<ForeseenGiving> =>
  reading(deps, caller, organization, 'contacts:read', async (island) => {
    const { tx, policy, organization: own } = island;
    const count = async (traits: { hasAccount: boolean; hasEmail?: boolean }): Promise<number> =>
      countSelected(
        tx,
        ids ? selectContacts(own.id, { ids }, traits) : (await contactSelector(island, { ...matching, ...traits }))(),
      );
    const withoutAccount = await count({ hasAccount: false });
    const withAccount = ids ? await count({ hasAccount: true }) : 0;
    return {
      ...{ count: withoutAccount + withAccount, withAccount },
      withoutEmail: await count({ hasAccount: false, hasEmail: false }),
      isAllowed: policy.allowedSources.includes('catalog'),
    };
  });
