import type { AccountState, PersonState } from './account';
import type { Attribute } from './attributes';
import type { Change, Decision, Facts, Match } from './decision';
import type { PersonRecord } from './desired-record';
import { ownerOf } from './effective';
import type { LinkObstacle, LinkReason } from './linking';
import type { IdentityKey } from './proof';
import { statementOf } from './statement';

const byAddress = ({ by }: Match): boolean => by === 'email';
const isPermitted = ({ match, policy }: Facts): boolean =>
  policy.linkBy.includes(byAddress(match) ? 'verified_email' : 'external_id');

type Resembling = PersonState & { account: AccountState };
type Obstacle = (person: Resembling, record: PersonRecord, facts: Facts) => boolean;

/** Security 16, 17: what stands against linking an identity that was recognised by something weaker than its key; the first is told. */
const OBSTACLES: readonly (readonly [LinkObstacle, Obstacle])[] = [
  ['has_other_identity', ({ account }) => account.identities.length > 0],
  ['address_of_another_account', ({ contactId }, _, { emailHolder }) => (emailHolder ?? contactId) !== contactId],
  ['policy', (_, __, facts) => !isPermitted(facts)],
  ['unverified_email', (_, { emailVerified }, { match }) => byAddress(match) && !emailVerified],
];

/** Whoever was found by an address or a number only is linked where nothing stands against it. */
export function linkingRefusal(record: PersonRecord, facts: Facts): Decision | undefined {
  const { match } = facts;
  if (!record.identity || (match.by !== 'email' && match.by !== 'external_id')) return undefined;
  const { account, contactId } = match.person;
  if (!account || account.status === 'unconfirmed') return undefined;
  const found = OBSTACLES.find(([, stands]) => stands({ ...match.person, account }, record, facts));
  return found && { action: 'refuse', reason: 'link_requires_proof', person: contactId, because: found[0] };
}

const LINKED_BY = {
  nothing: 'new_account',
  identity: 'known_person',
  origin: 'known_person',
  contact: 'known_person',
  external_id: 'external_id',
  email: 'verified_email',
} as const satisfies Record<Match['by'], LinkReason>;

/** The link of an identity, with its reason: by what the person was recognised. */
export const linkOf = (identity: IdentityKey, { match }: Facts): Change => ({
  kind: 'link_identity',
  identity,
  by: LINKED_BY[match.by],
});

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
