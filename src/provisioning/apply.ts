import { isDeepStrictEqual } from 'node:util';
import { v7 as uuid } from 'uuid';
import type { PersonState, Statement } from '../domain/account';
import type { AttributeValues } from '../domain/attributes';
import type { Change, Decision, Settled } from '../domain/decision';
import type { AccountId, ContactId } from '../domain/ids';
import { only } from './changes';
import type { Applied, Door, Occasion } from './door';
import { ledgerOf } from './ledger-of';
import type { Look } from './look';
import type { Writes } from './writes';

/** Adds what a decision says, and its lines in the ledger, to what is to be written. Yields whom it concerns. */
export function applyDecision(
  door: Door,
  { found: { person } }: Look,
  decision: Decision,
  occasion: Occasion,
  writes: Writes,
): Applied {
  const concerned = { contactId: person?.contactId, accountId: person?.account?.id };
  if (decision.action === 'wait')
    return decision.kept ? applySettled(door, person, decision.kept, occasion, writes) : concerned;
  if (decision.action === 'refuse') {
    const refused = { ...concerned, contactId: decision.person ?? concerned.contactId };
    writes.lines.push(ledgerOf.refusal(door, decision, refused, occasion));
    return refused;
  }
  return applySettled(door, person, decision, occasion, writes);
}

function applySettled(
  door: Door,
  person: PersonState | undefined,
  decision: Settled,
  occasion: Occasion,
  writes: Writes,
): Applied {
  const isNew = decision.target === 'new';
  const contactId = isNew ? uuid() : decision.target;
  const changes = decision.action === 'apply' ? decision.changes : [];
  const attributes = addContact(writes, contactId, person, changes);
  // Of two sources of one kind the newer statement counts: one that changed something is newer, even when it says the same.
  if (changes.length || !person || !statementStands(person, decision.statement))
    writes.statements.push({ ...decision.statement, contactId });
  const accountId = addAccount(writes, door, contactId, attributes, person?.account?.id, changes);
  const concerned = { contactId, accountId };
  writes.lines.push(...ledgerOf.changes(door, concerned, changes, isNew, occasion));
  return concerned;
}

function addContact(
  writes: Writes,
  id: ContactId,
  person: PersonState | undefined,
  changes: readonly Change[],
): AttributeValues {
  const attributes = { ...person?.attributes };
  for (const change of only(changes, 'set_attribute')) attributes[change.attribute] = change.after;
  const verified = only(changes, 'set_email_verified')[0];
  const speaksOfContact = verified ?? changes.some(({ kind }) => kind === 'set_attribute');
  if (!person || speaksOfContact)
    writes.contacts.push({ id, attributes, emailVerified: verified?.after ?? person?.emailVerified ?? false });
  return attributes;
}

/** True when the source said exactly this before. */
export function statementStands(person: PersonState, statement: Statement): boolean {
  const previous = person.statements.find((other) => other.sourceId === statement.sourceId);
  return previous !== undefined && isDeepStrictEqual(asStored(previous), asStored(statement));
}

/** As it looks after a journey through JSON: what is undefined is absent. */
const asStored = (statement: Statement): unknown => JSON.parse(JSON.stringify(statement));

function addAccount(
  writes: Writes,
  { sourceId }: Door,
  contactId: ContactId,
  attributes: AttributeValues,
  present: AccountId | undefined,
  changes: readonly Change[],
): AccountId | undefined {
  const grant = only(changes, 'grant_account')[0];
  const { email } = attributes;
  if (grant && !email) throw new Error('an account is granted with an e-mail address');
  const accountId = grant ? (grant.restores ?? uuid()) : present;
  if (!accountId) return undefined;
  if (grant && email && !grant.restores)
    writes.accounts.push({ ...grant.account, id: accountId, contactId, sourceId, email });
  for (const { sourceId: givenBy, added } of only(changes, 'set_groups'))
    for (const groupId of added) writes.memberships.push({ accountId, groupId, sourceId: givenBy });
  if (changes.some((change) => isStep(change))) writes.steps.push({ accountId, email, changes });
  return accountId;
}

/** What is rare enough to be written person by person. */
const isStep = (change: Change): boolean => {
  switch (change.kind) {
    case 'grant_account':
      return change.restores !== undefined;
    case 'set_attribute':
      return change.attribute === 'email';
    case 'set_groups':
      return change.removed.length > 0;
    case 'set_access':
    case 'set_presence':
    case 'link_identity':
      return true;
    default:
      return false;
  }
};
