import { acceptPassword, setPassword } from '../credentials/password';
import { envelopeFor } from '../credentials/recipient';
import { purposeFor, sendLink } from '../credentials/send-link';
import { mayChoosePassword } from '../domain/break-glass';
import { AppError, invalidForm } from '../domain/errors';
import type { AccountId } from '../domain/ids';
import { linksOf } from '../domain/links';
import { openDoor, type Door, type Occasion } from '../provisioning/door';
import { provision } from '../provisioning/provision';
import { recordFromForm } from '../sources/form';
import type { AccountView } from '../storage/account-views';
import { findLocalPerson, type LocalPerson } from '../storage/local-people';
import { adminSource } from '../storage/sources';
import { readSsoStanding } from '../storage/sso-standing';
import type { NewAccountForm } from './account-forms';
import type { Caller, ManagementDeps } from './deps';
import { changing, type Island } from './island';
import { accountIn, accountToChange } from './person';
import { refusedBy } from './refused';
import { requireScope } from './scopes';

/** By what a new account is to be signed in to, done once it is there; undefined: by SSO, or not yet. */
export async function firstCredential(
  deps: ManagementDeps,
  caller: Caller,
  form: NewAccountForm,
): Promise<((island: Island, account: AccountView) => Promise<void>) | undefined> {
  const { password, sendLink: isAsked } = form;
  if (password !== undefined) {
    const hash = await hashOfAccepted(password, [form.email, form.givenName, form.familyName, form.username]);
    return ({ tx, organization, now }, { id, contactId }) =>
      setPassword(tx, organization.id, { accountId: id, contactId }, hash, occasionOf(caller, now));
  }
  if (!isAsked) return undefined;
  return async (island, { id }) => mailLink(deps, caller, island, await personIn(island, id));
}

/** @throws AppError invalid_form where a password or link is not how this account is signed in to */
export function requireCredentialFits(form: NewAccountForm, { isSsoOrganization }: Door): void {
  const { password, sendLink: isAsked, adminManaged } = form;
  const refuse = (field: string, code: string, message: string): never => {
    throw invalidForm({ field, code, message });
  };
  if (password !== undefined && isAsked) refuse('sendLink', 'conflict', 'Set a password or send a link, not both.');
  const field = password === undefined ? 'sendLink' : 'password';
  if (isSsoOrganization && (password !== undefined || isAsked))
    refuse(field, 'password_not_permitted', 'People of this organization sign in with its identity provider.');
  if (isAsked && adminManaged) refuse('sendLink', 'admin_managed', 'An admin-managed account is sent no links.');
}

/**
 * Mails the link with which a person comes to have a password, or confirms their sign-up; the one before counts no more.
 * @throws AppError admin_managed, password_not_permitted, invalid_state_change
 */
export const sendAccountLink = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
): Promise<AccountView> =>
  changing(deps, caller, organization, 'accounts:write', async (island) => {
    const account = await accountToChange(island, caller, id);
    const person = await personIn(island, id);
    await requireLinkFits(island, person);
    await mailLink(deps, caller, island, person);
    return account;
  });

/**
 * Sets an account's password by hand: its sessions end, and whoever was only invited is active.
 * @throws AppError weak_password, invalid_form, password_not_permitted
 */
export async function setAccountPassword(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
  { password }: { password: string },
): Promise<AccountView> {
  requireScope(caller, 'accounts:write');
  const hash = await hashOfAccepted(password, []);
  const result = await changing(deps, caller, organization, 'accounts:write', async (island) => {
    const { tx, organization: own, now } = island;
    const { contactId } = await accountToChange(island, caller, id);
    const person = await personIn(island, id);
    await requirePasswordsFit(island, person);
    const occasion = occasionOf(caller, now);
    const refused = await makeReady(island, person, occasion);
    if (refused) return { refused };
    await setPassword(tx, own.id, { accountId: id, contactId }, hash, occasion);
    const { forgot, absolute } = linksOf(deps.baseUrl, own);
    const contacts = own.technicalContacts;
    const letter = {
      kind: 'password_changed',
      ...(!person.adminManaged && { forgotUrl: absolute(forgot) }),
      contacts,
    } as const;
    await deps.mailroom.post(tx, now, envelopeFor(own, person), letter);
    return { account: await accountIn(island, id) };
  });
  if ('refused' in result) throw result.refused;
  return result.account;
}

/** Who was only waited for passes the door. */
async function makeReady(
  { tx, organization }: Island,
  { status, contactId }: LocalPerson,
  occasion: Occasion,
): Promise<AppError | undefined> {
  if (status !== 'invited' && status !== 'unconfirmed') return undefined;
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  const form = { contactId, attributes: {}, emailVerified: false, access: {} };
  const record = { ...recordFromForm(door.sourceId, form), readyBy: 'password' as const };
  const [outcome] = await provision(tx, door, [record], occasion);
  const decision = outcome?.decision;
  return decision?.action === 'refuse' || decision?.action === 'wait' ? refusedBy(decision) : undefined;
}

async function requireLinkFits(island: Island, person: LocalPerson): Promise<void> {
  if (person.adminManaged) throw new AppError('admin_managed');
  if (person.status === 'suspended' || person.status === 'deactivated')
    throw new AppError('invalid_state_change', { detail: `An account that is ${person.status} is sent no link.` });
  await requirePasswordsFit(island, person);
}

/** Where there is SSO, passwords that exist go on; new ones are not made. */
async function requirePasswordsFit({ tx, organization }: Island, person: LocalPerson): Promise<void> {
  if (!mayChoosePassword(await readSsoStanding(tx, organization.id), person))
    throw new AppError('password_not_permitted');
}

async function mailLink(
  deps: ManagementDeps,
  caller: Caller,
  { tx, organization, now }: Island,
  person: LocalPerson,
): Promise<void> {
  const { accountId, contactId } = person;
  const purpose = purposeFor(person);
  const order = { organization, purpose, person: { accountId, contactId }, occasion: occasionOf(caller, now) };
  await sendLink(tx, deps, { ...order, to: person });
}

async function personIn({ tx, organization }: Island, id: AccountId): Promise<LocalPerson> {
  const person = await findLocalPerson(tx, organization.id, id);
  if (!person) throw new AppError('not_found');
  return person;
}

const occasionOf = ({ actor, requestId }: Caller, now: Date): Occasion => ({ actor, now, requestId });

async function hashOfAccepted(password: string, personal: readonly (string | undefined)[]): Promise<string> {
  const accepted = await acceptPassword(password, personal);
  if ('hash' in accepted) return accepted.hash;
  const { code } = accepted.refusal;
  const message = MESSAGES[code];
  const field = { field: 'password', code, message };
  if (code !== 'weak_password') throw invalidForm(field);
  throw new AppError(code, { fields: [field] });
}

const MESSAGES = {
  required: 'This field is required.',
  too_short: 'A password has at least 12 characters.',
  too_long: 'A password has at most 256 characters.',
  control_characters: 'Control characters are not taken here.',
  weak_password: 'The password is too easy to guess; a few unrelated words are best.',
} as const;
