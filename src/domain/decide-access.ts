import type { AccountState, Statement } from './account';
import type { AccessValues, Change, Decision, Facts } from './decision';
import type { DesiredAccess, PersonRecord } from './desired-record';
import { effectiveAccess } from './effective';
import type { GroupId, LicenceId, PermissionProfileId, SourceId } from './ids';
import type { AccessField } from './policy';

/**
 * What the account is to have. A licence changes only with a record that asks for that very licence: its seats are the ones
 * that were counted, and who merely signs in again needs none.
 */
export function wantedAccess(
  account: AccountState,
  record: PersonRecord,
  { policy }: Facts,
  statements: readonly Statement[],
): AccessValues {
  const pick = <T>(said: T | undefined, present: T): T => (said === undefined ? present : said);
  const licence = effectiveAccess(statements, policy, 'licence');
  return {
    userType: pick(effectiveAccess(statements, policy, 'userType'), account.userType),
    permissionProfile: pick(effectiveAccess(statements, policy, 'permissionProfile'), account.permissionProfile),
    licence: licence === record.access.licence ? pick(licence, account.licence) : account.licence,
    adminManaged: pick(record.access.adminManaged, account.adminManaged),
    accessUntil: instant(pick(record.access.accessUntil, account.accessUntil?.toISOString() ?? null)),
    username: pick(record.access.username, account.username),
  };
}

/** What stays of an account's access when a source takes back what it gave: what others give, or what everybody gets. */
export function accessWithout(
  { userType, permissionProfile, licence, adminManaged, accessUntil, username }: AccountState,
  given: DesiredAccess,
  { policy }: Facts,
  others: readonly Statement[],
): AccessValues {
  const left = <F extends AccessField>(field: F, present: AccessValues[F], otherwise: AccessValues[F]) => {
    if (given[field] === undefined) return present;
    const said = effectiveAccess(others, policy, field) as AccessValues[F] | undefined;
    return said === undefined ? otherwise : said;
  };
  const isGiven = given.licence === licence && effectiveAccess(others, policy, 'licence') !== licence;
  return {
    userType: left('userType', userType, policy.defaultUserType),
    permissionProfile: left('permissionProfile', permissionProfile, policy.defaultPermissionProfile),
    licence: isGiven ? null : licence,
    adminManaged,
    accessUntil: accessUntil?.toISOString() ?? null,
    username,
  };
}

/** One way to write an instant, so that the same one is never a change. */
export const instant = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString());

export function accessChanges(account: AccountState, wanted: AccessValues): Change[] {
  const present: AccessValues = { ...account, accessUntil: account.accessUntil?.toISOString() ?? null };
  const fields = Object.keys(wanted) as (keyof AccessValues)[];
  return fields
    .filter((field) => present[field] !== wanted[field])
    .map((field) => ({ kind: 'set_access', field, before: present[field], after: wanted[field] }));
}

/** The licence to hold: itself, none (where the policy goes on without), or a refusal. */
export function seated(licence: LicenceId | null, { freeSeats, policy }: Facts): LicenceId | null | 'none free' {
  if (licence === null || (freeSeats.get(licence) ?? Infinity) > 0) return licence;
  return policy.whenNoSeat === 'without_licence' ? null : 'none free';
}

export function groupChange(
  wanted: readonly GroupId[] | undefined,
  sourceId: SourceId,
  account: AccountState,
): Extract<Change, { kind: 'set_groups' }> | undefined {
  if (!wanted) return undefined;
  const given = account.memberships
    .filter((membership) => membership.sourceId === sourceId)
    .map((membership) => membership.groupId);
  const added = [...new Set(wanted)].filter((group) => !given.includes(group));
  const removed = given.filter((group) => !wanted.includes(group));
  return added.length || removed.length ? { kind: 'set_groups', sourceId, added, removed } : undefined;
}

export const gain = (change: Extract<Change, { kind: 'set_groups' }> | undefined): number =>
  change ? change.added.length - change.removed.length : 0;

export const grantGroups = (groups: readonly GroupId[], sourceId: SourceId): Change[] =>
  groups.length ? [{ kind: 'set_groups', sourceId, added: [...new Set(groups)], removed: [] }] : [];

export function incompleteAccess(
  record: PersonRecord,
  { policy }: Facts,
  groups: number,
  profile: PermissionProfileId | null,
): Extract<Decision, { action: 'refuse' }> | undefined {
  const incomplete = policy.requireGroupAndProfile && record.identity && (groups < 1 || profile === null);
  return incomplete ? { action: 'refuse', reason: 'access_incomplete' } : undefined;
}
