import { isLive } from '../domain/account';
import { invalidForm, type AppError } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import type { PersonRecord } from '../domain/desired-record';
import { openDoor, type Door } from '../provisioning/door';
import { lockKeysOf } from '../provisioning/lock-keys';
import { provision } from '../provisioning/provision';
import { defaultDisplayName, recordFromForm, type PersonForm } from '../sources/form';
import { listAccounts, type AccountView } from '../storage/account-views';
import { listIdentities } from '../storage/identities';
import { findContact, findContactByExternalId } from '../storage/contacts';
import { lockKeys } from '../storage/people';
import { adminSource } from '../storage/sources';
import type { AccountChangeForm, NewAccountForm } from './account-forms';
import { refusal } from './conflicts';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { accountIn, accountToChange, personOf, type KnownPerson } from './person';
import { personForm } from './person-form';
import { firstCredential, requireCredentialFits } from './credentials';
import { refusedBy } from './refused';
import { requireScope } from './scopes';

/** A refusal that is kept in the ledger is no exception inside the transaction: it would take its own line with it. */
type Result = { account: AccountView } | { refused: AppError };

/**
 * Creates an account through the door.
 * @throws AppError weak_password, email_taken, username_taken, conflict, licence_seats_exhausted, identity_not_permitted, invalid_form …
 */
export async function createAccount(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: NewAccountForm,
): Promise<AccountView> {
  requireScope(caller, 'accounts:write');
  const credential = await firstCredential(deps, caller, form);
  return changeThroughDoor(deps, caller, organization, async (island, door) => {
    const record = await newRecord(island, door, form);
    await hold(island, door, record);
    return { record, refused: await obstacle(island, form), after: credential };
  });
}

/** Changes what is given, through the door; null clears. @throws AppError field_owned listing the fields, and as above */
export function changeAccount(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  form: AccountChangeForm,
): Promise<AccountView> {
  return changeThroughDoor(deps, caller, organization, async (island, door) => {
    const account = await accountToChange(island, caller, id);
    const wanted = withDisplayName(await personForm(island, form), account, await personOf(island, account), door);
    const record = recordFromForm(door.sourceId, { ...wanted, contactId: account.contactId });
    await hold(island, door, record);
    const other = await holderOf(island, form.externalId ?? undefined);
    return { record, refused: other && other.id !== account.contactId ? externalIdTaken() : undefined };
  });
}

export const readAccount = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
): Promise<AccountView> => reading(deps, caller, organization, 'accounts:read', (island) => accountIn(island, id));

/** How the account signs in. */
export const readIdentities = (deps: ManagementDeps, caller: Caller, organization: string, id: AccountId) =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    await accountIn(island, id);
    return { items: await listIdentities(island.tx, island.organization.id, id) };
  });

/** What goes through the door, what forbids it, and what follows in the same transaction. */
type Prepare = (
  island: Island,
  door: Door,
) => Promise<{
  record: PersonRecord;
  refused?: AppError;
  after?: (island: Island, account: AccountView) => Promise<void>;
}>;

/** Changes one account through the door, as somebody who types it in. */
export async function changeThroughDoor(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  prepare: Prepare,
): Promise<AccountView> {
  const result = await changing(deps, caller, organization, 'accounts:write', async (island): Promise<Result> => {
    const { tx, organization: own, now, note } = island;
    const door = await openDoor(tx, own.id, await adminSource(tx, own.id));
    const { record, refused, after } = await prepare(island, door);
    if (refused) {
      await note({ action: 'provisioning.refused', outcome: refused.code, sourceId: door.sourceId });
      return { refused };
    }
    const occasion = { actor: caller.actor, now, requestId: caller.requestId };
    const [outcome] = await provision(tx, door, [record], occasion);
    if (!outcome) throw new Error('the door yields an outcome per record');
    const { decision, accountId = '' } = outcome;
    if (decision.action === 'refuse' || decision.action === 'wait') return { refused: refusedBy(decision) };
    const account = await accountIn(island, accountId);
    await after?.(island, account);
    return { account };
  });
  if ('refused' in result) throw result.refused;
  return result.account;
}

/** What is filled in for a new account, as the door takes it. @throws AppError invalid_form */
export async function newRecord(island: Island, door: Door, form: NewAccountForm): Promise<PersonRecord> {
  requireCredentialFits(form, door);
  const { contactId, password } = form;
  const wanted = await personForm(island, { ...withoutNulls(form), attributes: withoutNulls(form.attributes ?? {}) });
  wanted.attributes.displayName ??= defaultDisplayName(form.givenName, form.familyName);
  const ready = password === undefined ? {} : { readyBy: 'password' as const };
  return { ...recordFromForm(door.sourceId, { ...wanted, contactId }), ...ready };
}

/** The door's own locks, taken before looking, and one for the external id. */
async function hold({ tx, organization }: Island, door: Door, record: PersonRecord): Promise<void> {
  const { externalId } = record.attributes;
  const keys = externalId ? [`external|${externalId}`] : [];
  await lockKeys(tx, organization.id, [...lockKeysOf(record, door), ...keys]);
}

/** The door would take whom it recognises for meant; whoever creates means somebody new, or a contact without account. */
export async function obstacle(island: Island, form: NewAccountForm): Promise<AppError | undefined> {
  const { tx, organization } = island;
  const { contactId, email } = form;
  if (contactId) {
    const contact = await findContact(tx, organization.id, contactId);
    if (!contact)
      throw invalidForm({ field: 'contactId', code: 'unknown_contact', message: 'There is no such contact.' });
    if (contact.accountId) return refusal('conflict', 'contactId', 'This contact has an account already.');
  }
  const holders = await listAccounts(tx, { organizationId: organization.id, limit: 5, email });
  if (holders.some(({ status }) => isLive(status)))
    return refusal('email_taken', 'email', 'A live account with this e-mail address exists already.');
  const other = await holderOf(island, form.externalId ?? undefined);
  const isMeant = other && (contactId ? other.id === contactId : !other.accountId);
  return other && !isMeant ? externalIdTaken() : undefined;
}

const holderOf = async ({ tx, organization }: Island, externalId: string | undefined) =>
  externalId === undefined ? undefined : findContactByExternalId(tx, organization.id, externalId);

const externalIdTaken = (): AppError => refusal('conflict', 'externalId', 'Another contact has this external id.');

/** A display name that was only the names put together follows them. */
function withDisplayName(form: PersonForm, account: AccountView, person: KnownPerson, door: Door): PersonForm {
  const { givenName = account.givenName, familyName = account.familyName, displayName } = form.attributes;
  const others = person.statements.filter(({ sourceId }) => sourceId !== door.sourceId);
  const isOwn = others.every(({ attributes }) => attributes.displayName === undefined);
  const isDefault = account.displayName === (defaultDisplayName(account.givenName, account.familyName) ?? null);
  if (displayName !== undefined || !isOwn || !isDefault) return form;
  const after = defaultDisplayName(givenName, familyName) ?? null;
  return after === account.displayName ? form : { ...form, attributes: { ...form.attributes, displayName: after } };
}

const withoutNulls = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], null> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never;
