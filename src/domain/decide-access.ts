import type { AccountState, Statement } from './account';
import type { AccessValues, Change, Decision, Facts } from './decision';
import type { PersonRecord } from './desired-record';
import { effectiveAccess } from './effective';
import type { GroupId, LicenceId, PermissionProfileId, SourceId } from './ids';

export function wantedAccess(
  account: AccountState,
  record: PersonRecord,
  facts: Facts,
  statements: readonly Statement[],
): AccessValues {
  const { policy } = facts;
  const pick = <T>(said: T | undefined, present: T): T => (said === undefined ? present : said);
  return {
    userType: pick(effectiveAccess(statements, policy, 'userType'), account.userType),
    permissionProfile: pick(effectiveAccess(statements, policy, 'permissionProfile'), account.permissionProfile),
    licence: pick(effectiveAccess(statements, policy, 'licence'), account.licence),
    adminManaged: pick(record.access.adminManaged, account.adminManaged),
    accessUntil: pick(record.access.accessUntil, account.accessUntil?.toISOString() ?? null),
    username: pick(record.access.username, account.username),
  };
}

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
  const added = wanted.filter((group) => !given.includes(group));
  const removed = given.filter((group) => !wanted.includes(group));
  return added.length || removed.length ? { kind: 'set_groups', sourceId, added, removed } : undefined;
}

export const gain = (change: Extract<Change, { kind: 'set_groups' }> | undefined): number =>
  change ? change.added.length - change.removed.length : 0;

export const grantGroups = (groups: readonly GroupId[], sourceId: SourceId): Change[] =>
  groups.length ? [{ kind: 'set_groups', sourceId, added: groups, removed: [] }] : [];

export function incompleteAccess(
  record: PersonRecord,
  { policy }: Facts,
  groups: number,
  profile: PermissionProfileId | null,
): Extract<Decision, { action: 'refuse' }> | undefined {
  const incomplete = policy.requireGroupAndProfile && record.identity && (groups < 1 || profile === null);
  return incomplete ? { action: 'refuse', reason: 'access_incomplete' } : undefined;
}
