import type { AccountState, AccountStatus, Statement } from './account';
import { holdsSeat } from './account';
import type { AttributeValues } from './attributes';
import { accessChanges, gain, grantGroups, groupChange, incompleteAccess, seated, wantedAccess } from './decide-access';
import type { Change, Decision, Facts, GrantedAccount, RefusalReason } from './decision';
import type { PersonRecord } from './desired-record';
import { effectiveAccess } from './effective';
import type { IdentityKey } from './proof';
import { previousStatement } from './statement';
import { numberedUsername, usernameBase, usernameKey } from './username';

type AccessDecision = { changes: Change[] } | Extract<Decision, { action: 'refuse' | 'wait' }>;

export function existingAccount(
  record: PersonRecord,
  facts: Facts,
  account: AccountState,
  statements: readonly Statement[],
): AccessDecision {
  const changes: Change[] = [];
  const status = record.identity ? statusAtTheDoor(account, facts) : account.status;
  if (typeof status === 'object') return status;
  const returning =
    account.status === 'deactivated' && record.presence === 'present' && liftsDeactivation(record, facts);
  const after = returning ? 'active' : status;
  if (after !== account.status) changes.push({ kind: 'set_presence', before: account.status, after });

  const wanted = wantedAccess(account, record, facts, statements);
  const needsSeat =
    wanted.licence !== null && (wanted.licence !== account.licence || (holdsSeat(after) && !holdsSeat(account.status)));
  const licence = needsSeat ? seated(wanted.licence, facts) : wanted.licence;
  if (licence === 'none free') return { action: 'refuse', reason: 'licence_seats_exhausted' };

  if (record.identity && !account.identities.some((known) => sameIdentity(known, record.identity)))
    changes.push({ kind: 'link_identity', identity: record.identity });
  const groups = groupChange(record.access.groups, facts.source.id, account);
  if (groups) changes.push(groups);
  changes.push(...accessChanges(account, { ...wanted, licence }));

  if (wanted.username !== account.username && isTaken(wanted.username, account, facts))
    return { action: 'refuse', reason: 'username_taken' };
  const email = record.attributes.email;
  if (
    !record.identity &&
    email &&
    facts.emailHolder &&
    facts.match.by !== 'nothing' &&
    facts.emailHolder !== facts.match.person.contactId
  )
    return { action: 'refuse', reason: 'email_taken' };
  return (
    incompleteAccess(record, facts, account.memberships.length + gain(groups), wanted.permissionProfile) ?? { changes }
  );
}

export function newAccount(
  record: PersonRecord,
  facts: Facts,
  attributes: AttributeValues,
  statements: readonly Statement[],
  deleted: AccountState | undefined,
): AccessDecision {
  const barred = sourceRefusal(facts);
  if (barred) return { action: 'refuse', reason: barred };
  if (!attributes.email)
    return record.identity
      ? { action: 'refuse', reason: 'missing_attribute', attributes: ['email'] }
      : { action: 'wait', needs: ['email'] };
  if (facts.emailHolder)
    return {
      action: 'refuse',
      reason: record.identity ? 'link_requires_proof' : 'email_taken',
      person: facts.emailHolder,
    };

  const { policy } = facts;
  const asked = effectiveAccess(statements, policy, 'licence');
  const licence = seated(asked === undefined ? policy.defaultLicence : asked, facts);
  if (licence === 'none free') return { action: 'refuse', reason: 'licence_seats_exhausted' };
  const permissionProfile = effectiveAccess(statements, policy, 'permissionProfile') ?? policy.defaultPermissionProfile;
  const groups = record.access.groups ?? [];
  const defaults = policy.defaultGroups.filter((group) => !groups.includes(group));
  const incomplete = incompleteAccess(record, facts, groups.length + defaults.length, permissionProfile);
  if (incomplete) return incomplete;

  const username =
    record.access.username ?? numberedUsername(usernameBase(policy.usernameFormat, attributes), facts.takenUsernames);
  if (facts.takenUsernames.has(usernameKey(username))) return { action: 'refuse', reason: 'username_taken' };
  const account: GrantedAccount = {
    status: firstStatus(record, facts),
    username,
    licence,
    permissionProfile,
    userType: effectiveAccess(statements, policy, 'userType') ?? policy.defaultUserType,
    adminManaged: record.access.adminManaged ?? false,
    accessUntil: record.access.accessUntil ?? null,
  };
  const changes: Change[] = [{ kind: 'grant_account', account, ...(deleted && { restores: deleted.id }) }];
  if (record.identity) changes.push({ kind: 'link_identity', identity: record.identity });
  changes.push(...grantGroups(groups, facts.source.id), ...grantGroups(defaults, facts.adminSourceId));
  return { changes };
}

function sourceRefusal({ policy, source, isSsoOrganization }: Facts): RefusalReason | undefined {
  if (source.kind === 'self_signup' && isSsoOrganization) return 'self_signup_forbidden';
  if (policy.allowedSources.includes(source.kind)) return undefined;
  return source.kind === 'self_signup' ? 'self_signup_forbidden' : 'identity_not_permitted';
}

function firstStatus(record: PersonRecord, { source, isSsoOrganization }: Facts): AccountStatus {
  if (record.identity) return 'active';
  if (source.kind === 'self_signup') return 'unconfirmed';
  return isSsoOrganization ? 'active' : 'invited';
}

function statusAtTheDoor(
  account: AccountState,
  { policy, now }: Facts,
): AccountStatus | Extract<Decision, { action: 'refuse' }> {
  if (account.status === 'suspended') return { action: 'refuse', reason: 'account_suspended' };
  if (account.status === 'deactivated' && !policy.signInReactivates)
    return { action: 'refuse', reason: 'account_deactivated' };
  if (account.accessUntil && account.accessUntil <= now) return { action: 'refuse', reason: 'access_ended' };
  return 'active';
}

/** The source that deactivated an account lifts it by saying the person is present again. */
function liftsDeactivation(record: PersonRecord, facts: Facts): boolean {
  if (record.identity || facts.match.by === 'nothing') return false;
  const previous = previousStatement(facts.match.person, facts);
  return previous !== undefined && previous.presence !== 'present';
}

const isTaken = (username: string, account: AccountState, facts: Facts): boolean =>
  usernameKey(username) !== usernameKey(account.username) && facts.takenUsernames.has(usernameKey(username));

const sameIdentity = (a: IdentityKey, b: IdentityKey | undefined): boolean =>
  a.connectionId === b?.connectionId && a.issuer === b.issuer && a.subject === b.subject;
