import { isLive, type PersonState, type Statement } from './account';
import type { Attribute, AttributeValues } from './attributes';
import type { Change, Facts } from './decision';
import type { PersonRecord } from './desired-record';
import { effectiveAttributes, ownerOf } from './effective';
import { otherStatements, previousStatement, statementOf } from './statement';

type Known = Pick<Facts, 'policy' | 'source'>;

/** What all sources say once this record is taken, newest first: the record's own statement begins. */
export const statementsAfter = (
  record: PersonRecord,
  known: Known,
  person: PersonState | undefined,
): readonly [Statement, ...Statement[]] => [
  statementOf(record, known.source, previousStatement(person, known)),
  ...otherStatements(person, known),
];

/**
 * The values in force once this record is taken, were the e-mail address nobody else's. What no source says any more is gone,
 * but not what a person is called; the display name follows the names, and who has an account has the policy's site.
 */
export function expectedAttributes(
  record: PersonRecord,
  known: Known,
  person: PersonState | undefined,
): AttributeValues {
  const statements = statementsAfter(record, known, person);
  const attributes = effectiveAttributes(statements, known.policy);
  const lastKnown = (field: Attribute): string | null | undefined =>
    ownerOf(statements, known.policy, field) ? undefined : person?.attributes[field];
  for (const field of ['email', 'givenName', 'familyName'] as const) attributes[field] ??= lastKnown(field) ?? null;

  const names = [attributes.givenName, attributes.familyName].filter(Boolean).join(' ');
  attributes.displayName ||= names || lastKnown('displayName') || null;
  const willHaveAccount = (record.wants === 'account' && record.presence === 'present') || hasAccountNow(person);
  if (willHaveAccount) attributes.site ||= lastKnown('site') || known.policy.defaultSite;
  return attributes;
}

/** The record brings the address that would count, and a live account of somebody else has it. */
export const isEmailTaken = (
  { email }: AttributeValues,
  record: PersonRecord,
  { emailHolder }: Facts,
  person: PersonState | undefined,
): boolean =>
  Boolean(email) && email === record.attributes.email && emailHolder !== undefined && emailHolder !== person?.contactId;

/** An account keeps its address unless this very record brings another one, which alone is known to be free. */
export function keepEmail(
  attributes: AttributeValues,
  record: PersonRecord,
  facts: Facts,
  person: PersonState | undefined,
): AttributeValues {
  if (!person?.account || !isLive(person.account.status)) return attributes;
  const isBrought = Boolean(attributes.email) && attributes.email === record.attributes.email;
  const moves = isBrought && !isEmailTaken(attributes, record, facts, person);
  return moves ? attributes : { ...attributes, email: person.attributes.email ?? null };
}

export function attributeChanges(
  attributes: AttributeValues,
  statements: readonly Statement[],
  { policy }: Facts,
  person: PersonState | undefined,
): Change[] {
  const changes: Change[] = [];
  for (const [attribute, after] of Object.entries(attributes) as [Attribute, string | null][]) {
    const before = person?.attributes[attribute] ?? null;
    if (before !== after) changes.push({ kind: 'set_attribute', attribute, before, after });
  }
  const before = person?.emailVerified ?? false;
  const after = isVouchedFor(attributes.email ?? null, statements);
  const owner = ownerOf(statements, policy, 'email');
  if (owner && owner.attributes.email === attributes.email && before !== after)
    changes.push({ kind: 'set_email_verified', before, after });
  return changes;
}

const isVouchedFor = (email: string | null, statements: readonly Statement[]): boolean =>
  email !== null &&
  statements.some(
    (statement) => statement.presence !== 'gone' && statement.emailVerified && statement.attributes.email === email,
  );

const hasAccountNow = (person: PersonState | undefined): boolean =>
  person?.account !== undefined && person.account.status !== 'deleted';
