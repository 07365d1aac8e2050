import { isDeepStrictEqual } from 'node:util';
import { v7 as uuid } from 'uuid';
import type { AttributeValues } from '../domain/attributes';
import type { AccessValues, Change, Decision, Facts } from '../domain/decision';
import type { PersonState, Statement } from '../domain/account';
import type { AccountId, ContactId } from '../domain/ids';
import {
  changeGroups,
  insertAccount,
  restoreAccount,
  setAccountStatus,
  updateAccess,
  updateAccountEmail,
} from '../storage/accounts';
import { linkIdentity } from '../storage/identities';
import { revokeEmailLinks } from '../storage/email-links';
import { writeLedger } from '../storage/ledger';
import { withdrawLinkRequests } from '../storage/link-requests';
import { saveContact, saveStatement } from '../storage/people';
import type { Transaction } from '../storage/rows';
import { endAllSessions } from '../storage/sessions';
import type { Applied, Door, Occasion } from './door';
import { ledgerOf } from './ledger-of';
import { endLostAccess } from './lost-access';

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>;

/** Writes what a decision says, and its lines in the ledger. */
export async function applyDecision(
  tx: Transaction,
  door: Door,
  facts: Facts,
  decision: Decision,
  occasion: Occasion,
): Promise<Applied> {
  const person = facts.match.by === 'nothing' ? undefined : facts.match.person;
  if (decision.action === 'wait') return { contactId: person?.contactId, accountId: person?.account?.id };
  if (decision.action === 'refuse') {
    const concerned = { contactId: decision.person ?? person?.contactId, accountId: person?.account?.id };
    await writeLedger(tx, occasion.now, [ledgerOf.refusal(door, decision, concerned, occasion)]);
    return concerned;
  }
  const contactId = decision.target === 'new' ? uuid() : decision.target;
  const changes = decision.action === 'apply' ? decision.changes : [];
  const attributes = await writeContact(tx, door, contactId, person, changes, decision);
  await writeStatement(tx, door, contactId, person, decision.statement, changes.length > 0);
  const accountId = await writeAccount(tx, door, contactId, attributes, person?.account?.id, changes, occasion.now);
  await writeLedger(
    tx,
    occasion.now,
    ledgerOf.changes(
      door,
      { contactId, accountId },
      changes,
      decision.action === 'apply' && decision.target === 'new',
      occasion,
    ),
  );
  return { contactId, accountId };
}

const only = <K extends Change['kind']>(changes: readonly Change[], kind: K): Of<K>[] =>
  changes.filter((change): change is Of<K> => change.kind === kind);

async function writeContact(
  tx: Transaction,
  door: Door,
  contactId: ContactId,
  person: PersonState | undefined,
  changes: readonly Change[],
  decision: Decision,
): Promise<AttributeValues> {
  const set = only(changes, 'set_attribute');
  const verified = only(changes, 'set_email_verified')[0];
  const attributes = {
    ...person?.attributes,
    ...Object.fromEntries(set.map((change) => [change.attribute, change.after])),
  };
  if (set.length || verified || (decision.action === 'apply' && decision.target === 'new'))
    await saveContact(tx, {
      organizationId: door.organizationId,
      id: contactId,
      attributes,
      emailVerified: verified?.after ?? person?.emailVerified ?? false,
    });
  return attributes;
}

async function writeStatement(
  tx: Transaction,
  door: Door,
  contactId: ContactId,
  person: PersonState | undefined,
  statement: Statement,
  changed: boolean,
): Promise<void> {
  // Of two sources of one kind the newer statement counts: one that changed something is newer, even when it says the same.
  if (changed || !person || !statementStands(person, statement))
    await saveStatement(tx, door.organizationId, contactId, statement);
}

/** True when the source said exactly this before. */
export function statementStands(person: PersonState, statement: Statement): boolean {
  const previous = person.statements.find((other) => other.sourceId === statement.sourceId);
  return previous !== undefined && isDeepStrictEqual(asStored(previous), asStored(statement));
}

/** As it looks after a journey through JSON: what is undefined is absent. */
const asStored = (statement: Statement): unknown => JSON.parse(JSON.stringify(statement));

async function writeAccount(
  tx: Transaction,
  door: Door,
  contactId: ContactId,
  attributes: AttributeValues,
  present: AccountId | undefined,
  changes: readonly Change[],
  now: Date,
): Promise<AccountId | undefined> {
  const { organizationId } = door;
  const grant = only(changes, 'grant_account')[0];
  const accountId = grant ? await grantAccount(tx, door, contactId, attributes, grant) : present;
  if (!accountId) return undefined;

  const emailChange = only(changes, 'set_attribute').find((change) => change.attribute === 'email');
  if (!grant && emailChange?.after) {
    await updateAccountEmail(tx, organizationId, accountId, emailChange.after);
    // A link counts for the address it was sent to.
    await revokeEmailLinks(tx, organizationId, { accountId }, now);
  }
  for (const { identity, by } of only(changes, 'link_identity')) {
    await linkIdentity(tx, organizationId, accountId, identity, by, now);
    await withdrawLinkRequests(tx, organizationId, identity, now);
  }
  for (const change of only(changes, 'set_groups')) await changeGroups(tx, organizationId, accountId, change);
  await updateAccess(tx, organizationId, accountId, accessOf(changes));
  await endLostAccess(tx, organizationId, accountId, changes, now);
  for (const change of only(changes, 'set_presence')) {
    await setAccountStatus(tx, organizationId, accountId, change.after, now);
    if (change.after !== 'active') await endAllSessions(tx, organizationId, accountId, now);
  }
  return accountId;
}

async function grantAccount(
  tx: Transaction,
  door: Door,
  contactId: ContactId,
  attributes: AttributeValues,
  { account, restores }: Of<'grant_account'>,
): Promise<AccountId> {
  if (!attributes.email) throw new Error('an account is granted with an e-mail address');
  const write = {
    organizationId: door.organizationId,
    contactId,
    sourceId: door.sourceId,
    email: attributes.email,
    account,
  };
  if (!restores) return insertAccount(tx, write);
  await restoreAccount(tx, restores, write);
  return restores;
}

const accessOf = (changes: readonly Change[]): Partial<AccessValues> =>
  Object.fromEntries(only(changes, 'set_access').map((change) => [change.field, change.after]));
