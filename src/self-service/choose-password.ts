import { acceptPassword, setPassword, type PasswordRefusal } from '../credentials/password';
import type { OverLink } from '../credentials/find-link';
import type { ErrorCode } from '../domain/errors';
import type { ContactId, AccountId } from '../domain/ids';
import { openDoor, type Occasion } from '../provisioning/door';
import { provision } from '../provisioning/provision';
import type { LocalOutcome } from '../sign-in/outcome';
import { admitAccount } from '../sign-in/admit-locally';
import { recordFromForm } from '../sources/form';
import { recordFromMailbox } from '../sources/self-service';
import { consumeEmailLink, holdEmailLink } from '../storage/email-links';
import { setRoles } from '../storage/portal-roles';
import type { Transaction } from '../storage/rows';
import { adminSource } from '../storage/sources';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { holdLink } from './hold';
import { readLink, type OpenLink } from './open-link';
import { openOwnDoor } from './own-door';
import type { Visit } from './visit';

/** What the form behind a link holds; name and address are the first owner's. */
export interface ChosenPassword {
  password: string;
  name?: string;
  email?: string;
}

export type ChooseOutcome =
  | { kind: 'chosen'; outcome: Exclude<LocalOutcome, { kind: 'refused' }> }
  | { kind: 'weak'; open: OpenLink; refusal: PasswordRefusal }
  | { kind: 'over'; found: OverLink }
  | { kind: 'refused'; code: ErrorCode };

/**
 * Uses a link up: the address is proved, the password set, the person signed in or asked for their second factor, all or
 * nothing. Of two tabs at once one
 * does; a refusal leaves the link as it was, unless the account only lacks what an admin has yet to give it.
 */
export async function choosePassword(
  deps: SelfServiceDeps,
  visit: Visit,
  token: string,
  chosen: ChosenPassword,
): Promise<ChooseOutcome> {
  const before = await readLink(deps.db.manager, visit, token, deps.now());
  if (before.kind !== 'open') return before;
  const { person, link } = before;
  const { displayName, givenName, familyName, username } = person ?? {};
  const personal = [link.email, chosen.email, chosen.name, displayName, givenName, familyName, username];
  const accepted = await acceptPassword(chosen.password, [...personal, visit.organization.name]);
  if ('refusal' in accepted) return { kind: 'weak', open: before, refusal: accepted.refusal };
  return inTransaction(deps.db, async (tx) => {
    await hold(tx, visit, before);
    const now = deps.now();
    const present = await readLink(tx, visit, token, now);
    if (present.kind !== 'open') return present;
    return useLink(tx, deps, visit, present, chosen, accepted.hash, now);
  });
}

async function hold(tx: Transaction, { organization }: Visit, { link, person }: OpenLink): Promise<void> {
  if (!person) return holdEmailLink(tx, link);
  const door = await openOwnDoor(tx, organization.id);
  await holdLink(tx, door, recordFromMailbox(door.sourceId, person.contactId, link.email ?? person.email), link);
}

async function useLink(
  tx: Transaction,
  deps: SelfServiceDeps,
  visit: Visit,
  open: OpenLink,
  chosen: ChosenPassword,
  hash: string,
  now: Date,
): Promise<ChooseOutcome> {
  const { organization, requestId } = visit;
  const { link, person } = open;
  const actor = { kind: 'person', ...(person && { accountId: person.accountId }) } as const;
  const occasion = { actor, now, requestId };
  const came = person
    ? await comeIn(tx, visit, person.contactId, link.email ?? person.email, occasion)
    : await becomeOwner(tx, visit, chosen, occasion);
  if ('code' in came) return { kind: 'refused', code: came.code };
  if (!(await consumeEmailLink(tx, link, now))) throw new Error('an open link that is held is used once');
  await setPassword(tx, organization.id, came, hash, occasion);
  const outcome = await admitAccount(tx, deps, visit, came.accountId, now);
  return outcome.kind === 'refused' ? { kind: 'refused', code: outcome.code } : { kind: 'chosen', outcome };
}

type Came = { accountId: AccountId; contactId: ContactId } | { code: ErrorCode };

/** The person of the link, through the door: who was awaited or unconfirmed is active from now on. */
async function comeIn(
  tx: Transaction,
  { organization }: Visit,
  contactId: ContactId,
  email: string,
  occasion: Occasion,
): Promise<Came> {
  const door = await openOwnDoor(tx, organization.id);
  return cameOf(await provision(tx, door, [recordFromMailbox(door.sourceId, contactId, email)], occasion));
}

/** The first owner comes into being with the password. */
async function becomeOwner(
  tx: Transaction,
  { organization }: Visit,
  { name, email }: ChosenPassword,
  occasion: Occasion,
): Promise<Came> {
  const door = await openDoor(tx, organization.id, await adminSource(tx, organization.id));
  const form = { attributes: { displayName: name ?? null, email: email ?? null }, emailVerified: false, access: {} };
  const record = { ...recordFromForm(door.sourceId, form), readyBy: 'password' as const };
  const came = cameOf(await provision(tx, door, [record], occasion));
  if ('accountId' in came) await setRoles(tx, organization.id, came.accountId, ['owner'], occasion.now);
  return came;
}

function cameOf([outcome]: Awaited<ReturnType<typeof provision>>): Came {
  if (!outcome) throw new Error('the door yields an outcome per record');
  const { decision, accountId, contactId } = outcome;
  if (decision.action === 'refuse') return { code: decision.reason };
  if (decision.action === 'wait' || !accountId || !contactId) return { code: 'missing_attribute' };
  return { accountId, contactId };
}
