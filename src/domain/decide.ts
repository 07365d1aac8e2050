import type { PersonState, Statement } from './account';
import type { Attribute, AttributeValues } from './attributes';
import { existingAccount, newAccount } from './decide-account';
import { linkingRefusal, ownershipRefusal } from './decide-linking';
import type { Change, Decision, Facts } from './decision';
import type { PersonRecord } from './desired-record';
import { effectiveAttributes, ownerOf } from './effective';
import type { ContactId } from './ids';
import type { Policy } from './policy';
import { previousStatement, statementOf } from './statement';

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

function decideLeaving(record: PersonRecord, facts: Facts, person: PersonState | undefined): Decision {
  if (!person) return { action: 'wait', needs: [] };
  const statement = statementOf(record, facts.source, previousStatement(person, facts));
  const account = person.account;
  const leaves =
    account &&
    ['invited', 'unconfirmed', 'active'].includes(account.status) &&
    ownsPresence(statement, person, facts.policy);
  const changes: Change[] = leaves ? [{ kind: 'set_presence', before: account.status, after: 'deactivated' }] : [];
  return settle(person.contactId, changes, statement, person, facts);
}

/** One source's `inactive` deactivates only where no better source says the person is present. */
function ownsPresence(statement: Statement, person: PersonState, policy: Policy): boolean {
  const present = person.statements.filter(
    (other) => other.sourceId !== statement.sourceId && other.presence === 'present',
  );
  const asField = (one: Statement): Statement => ({
    ...one,
    presence: 'present',
    attributes: { externalId: one.presence },
  });
  return ownerOf([asField(statement), ...present.map(asField)], policy, 'externalId')?.sourceId === statement.sourceId;
}

function decidePresent(record: PersonRecord, facts: Facts, person: PersonState | undefined): Decision {
  const statement = statementOf(record, facts.source, person && previousStatement(person, facts));
  const statements = [
    statement,
    ...(person?.statements ?? []).filter((other) => other.sourceId !== statement.sourceId),
  ];
  const attributes = effectiveAttributes(statements, facts.policy);
  if (!attributes.site && record.wants === 'account')
    attributes.site = person?.attributes.site ?? facts.policy.defaultSite;
  const kept = keepEmail(attributes, facts, person);
  const profile = attributeChanges(kept, statements, facts, person);

  if (record.wants === 'contact' && !person?.account)
    return settle(person?.contactId, profile, statement, person, facts);

  const account = person?.account;
  const access =
    account && account.status !== 'deleted'
      ? existingAccount(record, facts, account, statements)
      : newAccount(record, facts, kept, statements, account);
  if ('action' in access) return access;
  return settle(person?.contactId, [...profile, ...access.changes], statement, person, facts);
}

/** Another live account has the new address: the person keeps the old one (one live account per e-mail and organization). */
function keepEmail(attributes: AttributeValues, facts: Facts, person: PersonState | undefined): AttributeValues {
  const taken = facts.emailHolder !== undefined && facts.emailHolder !== person?.contactId;
  return taken && person?.account ? { ...attributes, email: person.attributes.email ?? null } : attributes;
}

function attributeChanges(
  attributes: AttributeValues,
  statements: readonly Statement[],
  facts: Facts,
  person: PersonState | undefined,
): Change[] {
  const changes: Change[] = [];
  for (const [attribute, after] of Object.entries(attributes) as [Attribute, string | null][]) {
    const before = person?.attributes[attribute] ?? null;
    if (before !== after) changes.push({ kind: 'set_attribute', attribute, before, after });
  }
  const before = person?.emailVerified ?? false;
  const speaker = ownerOf(statements, facts.policy, 'email');
  const sameAddress = attributes.email === speaker?.attributes.email;
  const after = statements.some(
    (statement) => sameAddress && statement.emailVerified && statement.attributes.email === attributes.email,
  );
  if (sameAddress && before !== after) changes.push({ kind: 'set_email_verified', before, after });
  return changes;
}

function settle(
  target: ContactId | undefined,
  changes: Change[],
  statement: Statement,
  person: PersonState | undefined,
  facts: Facts,
): Decision {
  const previous = person && previousStatement(person, facts);
  if (target && !changes.length && previous?.presence === statement.presence)
    return { action: 'unchanged', target, statement };
  return { action: 'apply', target: target ?? 'new', changes, statement };
}
