import type { PersonState, Statement } from '../domain/account';
import type { Change } from '../domain/decision';
import type { PersonRecord } from '../domain/desired-record';
import { takeBack, type Free, type TakenBack } from '../domain/take-back';
import { usernameKey } from '../domain/username';
import { lockFreeSeats } from '../storage/directory';
import { holdersOfEmails, usernamesBeginningWith } from '../storage/matching';
import { lockKeys } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { deleteStatement, thatExist } from '../storage/taking-back';
import { applyDecision } from './apply';
import type { Door, Occasion } from './door';
import { contactLock, emailLock } from './lock-keys';
import { lookAt } from './look';
import { nothingToWrite, write } from './writes';

/** What a source had done to somebody, and what it had said before: all it takes to put them back. */
export interface Done {
  contactId: string;
  changes: readonly Change[];
  statement: Statement | null;
}

/**
 * Puts somebody back to how they were before a source spoke: what it said is what it had said before, and each value it
 * changed is as it was, unless somebody has changed it since. Yields why something stays; undefined: all is put back.
 */
export async function putBack(
  tx: Transaction,
  door: Door,
  { contactId, changes, statement }: Done,
  occasion: Occasion,
): Promise<TakenBack['kept'] | 'gone'> {
  const emails = formerOf(changes, isEmail).map(emailLock);
  await lockKeys(tx, door.organizationId, [contactLock(contactId), ...emails]);
  const [look] = await lookAt(tx, door, [recordOf(door, contactId)]);
  const person = look?.found.person;
  if (!look || !person) return 'gone';
  const back = takeBack(changes, person, await freeIn(tx, door, changes, person));
  const said = statement ?? person.statements.find(({ sourceId }) => sourceId === door.sourceId);
  if (!said) return back.kept;
  const writes = nothingToWrite();
  const decision = { action: 'apply', target: contactId, changes: back.changes, statement: said } as const;
  applyDecision(door, look, decision, occasion, writes);
  await write(tx, door, writes, occasion.now);
  if (!statement) await deleteStatement(tx, door.organizationId, contactId, door.sourceId);
  return back.kept;
}

/** Holds people against every other decision until the end of the transaction. */
export const lockPeople = (tx: Transaction, { organizationId }: Door, contactIds: readonly string[]): Promise<void> =>
  lockKeys(tx, organizationId, contactIds.map(contactLock));

const recordOf = ({ sourceId }: Door, contactId: string): PersonRecord => ({
  kind: 'person',
  origin: { sourceId },
  contactId,
  wants: 'contact',
  attributes: {},
  emailVerified: false,
  access: {},
  presence: 'present',
});

/** Looks up, under lock, whether what would be given back is still there to be given. */
async function freeIn(tx: Transaction, door: Door, changes: readonly Change[], person: PersonState): Promise<Free> {
  const { organizationId } = door;
  const emails = formerOf(changes, isEmail);
  const usernames = formerOf(changes, isUsername);
  const licences = [...formerOf(changes, isLicence), ...(person.account?.licence ? [person.account.licence] : [])];
  const holders = await holdersOfEmails(tx, organizationId, emails);
  const taken = await usernamesBeginningWith(tx, organizationId, usernames.map(usernameKey));
  const seats = await lockFreeSeats(tx, organizationId, licences);
  const existing = await thatExist(tx, organizationId, referencesIn(changes));
  return {
    email: (address) => (holders.get(address) ?? person.contactId) === person.contactId,
    username: (username) => !taken.includes(usernameKey(username)),
    seat: (licence) => (seats.get(licence) ?? 1) > 0,
    exists: (id) => existing.has(id),
  };
}

const isEmail = (change: Change): boolean => change.kind === 'set_attribute' && change.attribute === 'email';
const isUsername = (change: Change): boolean => change.kind === 'set_access' && change.field === 'username';
const isLicence = (change: Change): boolean => change.kind === 'set_access' && change.field === 'licence';

/** What was there before these changes. */
const formerOf = (changes: readonly Change[], isMeant: (change: Change) => boolean): string[] =>
  changes.flatMap((change) =>
    isMeant(change) && 'before' in change && typeof change.before === 'string' ? change.before : [],
  );

/** What would come back that could have been deleted: groups, and a licence or permission profile. */
const referencesIn = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => {
    if (change.kind === 'set_groups') return change.removed;
    const isReference = change.kind === 'set_access' && ['licence', 'permissionProfile'].includes(change.field);
    return isReference && typeof change.before === 'string' ? change.before : [];
  });
