import type { PersonState } from './account';
import type { Attribute } from './attributes';
import type { Decision, Facts } from './decision';
import type { PersonRecord } from './desired-record';
import { ownerOf } from './effective';
import { statementOf } from './statement';

/** Security 16, 17: what was found by something weaker than its key is linked only where the policy permits and nothing is doubtful. */
export function linkingRefusal(record: PersonRecord, { match, policy, emailHolder }: Facts): Decision | undefined {
  if (!record.identity || (match.by !== 'email' && match.by !== 'external_id')) return undefined;
  const { account, contactId } = match.person;
  if (!account || account.status === 'unconfirmed') return undefined;
  const permitted =
    match.by === 'external_id'
      ? policy.linkBy.includes('external_id')
      : policy.linkBy.includes('verified_email') && record.emailVerified;
  // Another identity signs in there already, or the address says that it is somebody else.
  const isDoubtful = account.identities.length > 0 || (emailHolder !== undefined && emailHolder !== contactId);
  if (permitted && !isDoubtful) return undefined;
  return { action: 'refuse', reason: 'link_requires_proof', person: contactId };
}

/** What is typed in by hand must not silently lose against a source that owns the field. */
export function ownershipRefusal(
  record: PersonRecord,
  { policy, source }: Facts,
  person: PersonState | undefined,
): Decision | undefined {
  if (source.kind !== 'admin' || !person) return undefined;
  const others = person.statements.filter((statement) => statement.sourceId !== source.id);
  const said = { ...statementOf(record, { id: source.id, kind: source.kind }, undefined) };
  const owned = (Object.keys(record.attributes) as Attribute[]).filter((attribute) => {
    const owner = ownerOf([said, ...others], policy, attribute);
    return owner && owner.sourceId !== source.id && owner.attributes[attribute] !== record.attributes[attribute];
  });
  return owned.length
    ? { action: 'refuse', reason: 'field_owned', person: person.contactId, attributes: owned }
    : undefined;
}
