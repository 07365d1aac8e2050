import type { Statement } from '../domain/account';
import { STANDARD_ATTRIBUTES, type Attribute } from '../domain/attributes';
import type { AccountId, SourceId } from '../domain/ids';
import type { AccessField, SourceKind } from '../domain/policy';
import { accessProvenanceOf, provenanceOf, type Because, type Provenance } from '../domain/provenance';
import { listStatements, type StatementLine } from '../storage/contacts';
import { listMemberships, type MembershipLine } from '../storage/memberships';
import { listSources } from '../storage/sources';
import type { Caller, ManagementDeps } from './deps';
import { reading, type Island } from './island';
import { readNames, type Names } from './names';
import { accountIn, personOf, type KnownPerson } from './person';

interface SourceRef {
  id: SourceId;
  kind: SourceKind;
  name: string;
}

/** A value with who says so, and what the others say. */
export interface FieldProvenance {
  field: string;
  value: string | null;
  because: Because;
  /** The source that owns the field; null when none speaks of it. */
  source: SourceRef | null;
  saidAt: Date | null;
  others: readonly { source: SourceRef; value: string | null; saidAt: Date }[];
}

export interface GroupProvenance {
  id: string;
  name: string;
  /** `default`: the policy gives it to everybody who comes; `hand`: an admin gave it. */
  because: readonly { why: 'source' | 'hand' | 'default'; source: SourceRef; since: Date }[];
}

export interface AccountProvenance {
  attributes: readonly FieldProvenance[];
  access: readonly FieldProvenance[];
  groups: readonly GroupProvenance[];
}

/** For each value of an account, which source said it, when, and what the others say; for each group, why. */
export const readProvenance = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: AccountId,
): Promise<AccountProvenance> =>
  reading(deps, caller, organization, 'accounts:read', async (island) => {
    const { tx, organization: own } = island;
    const account = await accountIn(island, id);
    const person = await personOf(island, account);
    const said = (await listStatements(tx, own.id, account.contactId)).map(toSaid);
    const names = await readNames(tx, own.id);
    return {
      attributes: attributesOf(island, person, said),
      access: accessOf(island, person, said, names),
      groups: await groupsOf(island, id),
    };
  });

interface Said extends Statement {
  source: SourceRef;
  saidAt: Date;
}

const toSaid = ({ sourceName, updatedAt, externalId, ...line }: StatementLine): Said => ({
  ...line,
  externalId: externalId ?? undefined,
  source: { id: line.sourceId, kind: line.sourceKind, name: sourceName },
  saidAt: updatedAt,
});

function attributesOf({ policy }: Island, { attributes }: KnownPerson, said: readonly Said[]): FieldProvenance[] {
  const spoken = said.flatMap((statement) => Object.keys(statement.attributes));
  const fields = new Set([...STANDARD_ATTRIBUTES, ...Object.keys(attributes), ...spoken]) as Set<Attribute>;
  return [...fields]
    .map((field) => fieldOf(field, provenanceOf(said, policy, attributes, field)))
    .filter(({ value, source }) => value !== null || source !== null);
}

function accessOf(
  { policy }: Island,
  { account }: KnownPerson,
  said: readonly Said[],
  names: Names,
): FieldProvenance[] {
  const nameOf: Record<AccessField, (id: string) => string> = {
    userType: (type) => type,
    permissionProfile: (id) => names.permission_profiles.get(id) ?? id,
    licence: (id) => names.licences.get(id) ?? id,
  };
  return (Object.keys(nameOf) as AccessField[]).map((field) =>
    fieldOf(field, accessProvenanceOf(said, policy, field, account[field]), nameOf[field]),
  );
}

function fieldOf(field: string, found: Provenance<Said, string>, nameOf = (value: string) => value): FieldProvenance {
  const shown = (value: string | null) => (value === null ? null : nameOf(value));
  const others = found.said.filter(({ by }) => by !== found.owner);
  return {
    field,
    value: shown(found.value),
    because: found.because,
    source: found.owner?.source ?? null,
    saidAt: found.owner?.saidAt ?? null,
    others: others.map(({ by, value }) => ({ source: by.source, value: shown(value), saidAt: by.saidAt })),
  };
}

async function groupsOf({ tx, organization, policy }: Island, id: AccountId): Promise<GroupProvenance[]> {
  const sources = new Map((await listSources(tx, organization.id)).map((source) => [source.id, source]));
  const groups = new Map<string, MembershipLine[]>();
  for (const line of await listMemberships(tx, organization.id, id))
    groups.set(line.groupId, [...(groups.get(line.groupId) ?? []), line]);
  const whyOf = (groupId: string, kind: SourceKind) => {
    if (kind !== 'admin') return 'source';
    return policy.defaultGroups.includes(groupId) ? 'default' : 'hand';
  };
  return [...groups].map(([groupId, lines]) => ({
    id: groupId,
    name: lines[0]?.groupName ?? '',
    because: lines.flatMap(({ sourceId, since }) => {
      const source = sources.get(sourceId);
      if (!source) return [];
      const { id: known, kind, name } = source;
      return [{ why: whyOf(groupId, kind), source: { id: known, kind, name }, since }];
    }),
  }));
}
