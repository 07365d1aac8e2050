import type { PersonState, Statement } from './account';
import type { Facts } from './decision';
import type { DesiredAccess, PersonRecord } from './desired-record';

type Speaker = Pick<Facts, 'source'>;

export const previousStatement = (person: PersonState | undefined, { source }: Speaker): Statement | undefined =>
  person?.statements.find((statement) => statement.sourceId === source.id);

export const otherStatements = (person: PersonState | undefined, { source }: Speaker): readonly Statement[] =>
  person?.statements.filter((statement) => statement.sourceId !== source.id) ?? [];

/** What the source says now, on top of what it said before: silence changes nothing, leaving takes back all it gave. */
export function statementOf(record: PersonRecord, source: Facts['source'], previous: Statement | undefined): Statement {
  const { username: _chosenOnce, ...access }: DesiredAccess = record.access;
  const speaksOfEmail = record.attributes.email !== undefined;
  return {
    sourceId: source.id,
    sourceKind: source.kind,
    externalId: record.origin.externalId ?? previous?.externalId,
    attributes: { ...previous?.attributes, ...record.attributes },
    emailVerified: speaksOfEmail ? record.emailVerified : (previous?.emailVerified ?? false),
    access: record.presence === 'gone' ? {} : { ...previous?.access, ...access },
    presence: record.presence,
  };
}
