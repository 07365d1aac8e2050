import type { PersonState, Statement } from './account';
import { existingAccount, leavingAccount, newAccount } from './decide-account';
import { linkingRefusal, ownershipRefusal } from './decide-linking';
import { attributeChanges, expectedAttributes, isEmailTaken, keepEmail, statementsAfter } from './decide-profile';
import type { Change, Decision, Facts, Settled } from './decision';
import type { PersonRecord } from './desired-record';
import type { ContactId } from './ids';
import { previousStatement } from './statement';

/**
 * Settles what happens to one record under the organization's policy. Pure: the same record and facts give the same
 * decision, in a preview as under lock.
 */
export function decide(record: PersonRecord, facts: Facts): Decision {
  const person = facts.match.by === 'nothing' ? undefined : facts.match.person;
  if (record.presence !== 'present') return decideLeaving(record, facts, person);
  return (
    linkingRefusal(record, facts) ?? ownershipRefusal(record, facts, person) ?? decidePresent(record, facts, person)
  );
}

/** Whoever leaves takes only its own. */
function decideLeaving(record: PersonRecord, facts: Facts, person: PersonState | undefined): Decision {
  if (!person) return { action: 'wait', needs: [] };
  const statements = statementsAfter(record, facts, person);
  const kept = keepEmail(expectedAttributes(record, facts, person), record, facts, person);
  const changes = attributeChanges(kept, statements, facts, person);
  const account = person.account;
  if (account && account.status !== 'deleted')
    changes.push(...leavingAccount(record, facts, account, statements, previousStatement(person, facts)));
  return settle(person.contactId, changes, statements[0], person, facts);
}

function decidePresent(record: PersonRecord, facts: Facts, person: PersonState | undefined): Decision {
  const statements = statementsAfter(record, facts, person);
  const expected = expectedAttributes(record, facts, person);
  const attributes = keepEmail(expected, record, facts, person);
  const profile = attributeChanges(attributes, statements, facts, person);

  const account = person?.account;
  const live = account && account.status !== 'deleted' ? account : undefined;
  if (record.wants === 'contact' && !live) return settle(person?.contactId, profile, statements[0], person, facts);

  // Who signs in keeps the old address and comes in; who was told by a source or by hand has to hear of it.
  if (live && !record.identity && isEmailTaken(expected, record, facts, person))
    return { action: 'refuse', reason: 'email_taken' };
  const access = live
    ? existingAccount(record, facts, live, statements, attributes)
    : newAccount(record, facts, attributes, statements, account);
  if ('action' in access) return access.action === 'wait' ? waiting(access, record, facts, person) : access;
  return settle(person?.contactId, [...profile, ...access.changes], statements[0], person, facts);
}

/** Nobody without an account loses what is said of them while they wait for one. */
function waiting(
  wait: Extract<Decision, { action: 'wait' }>,
  record: PersonRecord,
  facts: Facts,
  person: PersonState | undefined,
): Decision {
  if (!record.keepWaiting) return wait;
  const kept = decidePresent({ ...record, wants: 'contact' }, facts, person);
  return kept.action === 'apply' || kept.action === 'unchanged' ? { ...wait, kept } : wait;
}

function settle(
  target: ContactId | undefined,
  changes: readonly Change[],
  statement: Statement,
  person: PersonState | undefined,
  facts: Facts,
): Settled {
  const previous = previousStatement(person, facts);
  if (target && !changes.length && previous?.presence === statement.presence)
    return { action: 'unchanged', target, statement };
  return { action: 'apply', target: target ?? 'new', changes, statement };
}
