import { mapAttributes } from '../connections/attribute-mapping';
import type { PersonRecord } from '../domain/desired-record';
import type { GroupId } from '../domain/ids';
import type { ExternalIdentity } from '../domain/proof';
import type { Door } from '../provisioning/door';
import { countsAsVerified, groupNames, recordFromIdentity } from '../sources/jit';
import type { SignInConnection } from '../storage/connections';
import { ensureGroups, groupIdsByName } from '../storage/directory';
import type { Transaction } from '../storage/rows';

/** The identity as a record: attributes mapped, groups resolved, the address weighed. */
export async function recordAtTheDoor(
  tx: Transaction,
  door: Door,
  connection: SignInConnection,
  identity: ExternalIdentity,
): Promise<PersonRecord> {
  const profile = mapAttributes(identity, connection.attributeMapping);
  return recordFromIdentity(connection.sourceId, identity, profile, {
    emailVerified: countsAsVerified(identity, profile, connection.trustEmail, new Set(door.verifiedDomains)),
    groups: profile.groups && (await resolveGroups(tx, door, connection, profile.groups)),
  });
}

/** A group nobody knows is ignored or created, as the policy says. */
async function resolveGroups(
  tx: Transaction,
  door: Door,
  connection: SignInConnection,
  values: readonly string[],
): Promise<readonly GroupId[]> {
  const names = groupNames(values, connection.groupMapping);
  const lookUp = door.policy.unknownGroups === 'create' ? ensureGroups : groupIdsByName;
  return [...(await lookUp(tx, door.organizationId, names)).values()];
}
