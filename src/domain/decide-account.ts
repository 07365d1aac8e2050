import type { AccountState, AccountStatus, Statement } from './account';
import { holdsSeat, isLive } from './account';
import type { AttributeValues } from './attributes';
import {
  accessChanges,
  accessWithout,
  gain,
  grantGroups,
  groupChange,
  incompleteAccess,
  instant,
  seated,
  wantedAccess,
} from './decide-access';
import type { Change, Decision, Facts, GrantedAccount } from './decision';
import type { PersonRecord } from './desired-record';
import { effectiveAccess } from './effective';
import { linkOf } from './decide-linking';
import { firstStatus, signupRefusal, sourceRefusal, statusAfter } from './decide-status';
import { deactivates, lifts } from './presence';
import type { AccessField } from './policy';
import type { IdentityKey } from './proof';
import { otherStatements, previousStatement } from './statement';
import { numberedUsername, usernameBase, usernameKey } from './username';

/** A suspension is an admin's and stays theirs; a sign-up that is not confirmed vanishes by itself. */
const LEAVABLE: ReadonlySet<AccountStatus> = new Set(['invited', 'active']);

type AccessDecision = { changes: Change[] } | Extract<Decision, { action: 'refuse' | 'wait' }>;

/** What changes for somebody who has an account: state, identity, groups, access; or why they are refused. */
export function existingAccount(
  record: PersonRecord,
  facts: Facts,
  account: AccountState,
  statements: readonly Statement[],
  attributes: AttributeValues,
): AccessDecision {
  const changes: Change[] = [];
  // A sign-up that is not confirmed passes the door again: SSO may have been switched on meanwhile.
  const confirms = account.status === 'unconfirmed' && facts.source.kind === 'self_signup';
  const reason = confirms ? signupRefusal(facts, attributes) : undefined;
  if (reason) return { action: 'refuse', reason };
  const status = statusAfter(record, account, facts);
  if (typeof status === 'object') return status;
  const after = account.status === 'deactivated' && comesBack(facts) ? 'active' : status;
  if (after !== account.status) changes.push({ kind: 'set_presence', before: account.status, after });

  const enters = !isLive(account.status) && isLive(after);
  const barred = enters && addressRefusal(record, facts, attributes);
  if (barred) return barred;

  const wanted = wantedAccess(account, record, facts, statements);
  // A username is held from the confirmation on: what an earlier sign-up would have been called does not count.
  if (enters && record.access.username === undefined) wanted.username = ownUsername(facts, attributes);
  const needsSeat = holdsSeat(after) && (wanted.licence !== account.licence || !holdsSeat(account.status));
  const licence = needsSeat ? seated(wanted.licence, facts) : wanted.licence;
  if (licence === 'none free') return { action: 'refuse', reason: 'licence_seats_exhausted' };

  if (record.identity && !account.identities.some((known) => sameIdentity(known, record.identity)))
    changes.push(linkOf(record.identity, facts));
  const groups = groupChange(record.access.groups, facts.source.id, account);
  if (groups) changes.push(groups);
  changes.push(...accessChanges(account, { ...wanted, licence }));

  if (wanted.username !== account.username && isTaken(wanted.username, account, facts))
    return { action: 'refuse', reason: 'username_taken' };
  return (
    incompleteAccess(record, facts, account.memberships.length + gain(groups), wanted.permissionProfile) ?? { changes }
  );
}

/** A source that leaves, or says inactive: it deactivates where it owns presence, and takes back what only it gave. */
export function leavingAccount(
  record: PersonRecord,
  facts: Facts,
  account: AccountState,
  [leaving, ...others]: readonly [Statement, ...Statement[]],
  previous: Statement | undefined,
): Change[] {
  const { status, licence, username } = account;
  const isGone = record.presence === 'gone';
  const changes: Change[] = [];
  if (LEAVABLE.has(status) && deactivates(leaving, others, facts.policy))
    changes.push({ kind: 'set_presence', before: status, after: 'deactivated' });
  const groups = groupChange(isGone ? [] : record.access.groups, facts.source.id, account);
  if (groups) changes.push(groups);
  const wanted = isGone
    ? accessWithout(account, previous?.access ?? {}, facts, others)
    : { ...wantedAccess(account, record, facts, [leaving, ...others]), licence, username };
  return [...changes, ...accessChanges(account, wanted)];
}

/** What somebody is given who has no account yet, or whose account was deleted: it comes back with its id. */
export function newAccount(
  record: PersonRecord,
  facts: Facts,
  attributes: AttributeValues,
  statements: readonly Statement[],
  deleted: AccountState | undefined,
): AccessDecision {
  const { policy, source, adminSourceId, takenUsernames } = facts;
  const reason = sourceRefusal(facts, attributes);
  const barred = reason ? ({ action: 'refuse', reason } as const) : addressRefusal(record, facts, attributes);
  if (barred) return barred;

  const access = firstAccess(record, facts, statements);
  if (access.licence === 'none free') return { action: 'refuse', reason: 'licence_seats_exhausted' };
  const { licence } = access;
  // Given by default and by the source: the one stays when the other is taken back.
  const given = record.access.groups ?? [];
  const defaults = policy.defaultGroups.filter((group) => source.id !== adminSourceId || !given.includes(group));
  const incomplete = incompleteAccess(record, facts, given.length + defaults.length, access.permissionProfile);
  if (incomplete) return incomplete;

  const username = record.access.username ?? ownUsername(facts, attributes);
  if (takenUsernames.has(usernameKey(username))) return { action: 'refuse', reason: 'username_taken' };
  const account: GrantedAccount = { ...access, licence, username };
  const changes: Change[] = [{ kind: 'grant_account', account, ...(deleted && { restores: deleted.id }) }];
  if (record.identity) changes.push(linkOf(record.identity, facts));
  changes.push(...grantGroups(given, source.id), ...grantGroups(defaults, adminSourceId));
  return { changes };
}

/** What sources say, and where none speaks, what the policy gives everybody. */
function firstAccess(record: PersonRecord, facts: Facts, statements: readonly Statement[]) {
  const { policy } = facts;
  const said = <F extends AccessField>(field: F) => effectiveAccess(statements, policy, field);
  const or = <T>(value: T | undefined, otherwise: T): T => (value === undefined ? otherwise : value);
  const status = firstStatus(record, facts);
  const licence = or(said('licence'), policy.defaultLicence);
  return {
    status,
    // Who is not confirmed yet holds no seat, and needs none.
    licence: holdsSeat(status) ? seated(licence, facts) : licence,
    permissionProfile: or(said('permissionProfile'), policy.defaultPermissionProfile),
    userType: or(said('userType'), policy.defaultUserType),
    adminManaged: record.access.adminManaged ?? false,
    accessUntil: instant(record.access.accessUntil ?? null),
  };
}

/** Whoever comes to hold an e-mail address needs one that no live account has. */
function addressRefusal(
  record: PersonRecord,
  facts: Facts,
  attributes: AttributeValues,
): Extract<Decision, { action: 'refuse' | 'wait' }> | undefined {
  if (!attributes.email)
    return record.identity
      ? { action: 'refuse', reason: 'missing_attribute', attributes: ['email'] }
      : { action: 'wait', needs: ['email'] };
  const { emailHolder: person } = facts;
  if (person === undefined) return undefined;
  return record.identity
    ? { action: 'refuse', reason: 'link_requires_proof', person, because: 'address_of_another_account' }
    : { action: 'refuse', reason: 'email_taken', person };
}

const ownUsername = ({ policy, takenUsernames }: Facts, attributes: AttributeValues): string =>
  numberedUsername(usernameBase(policy.usernameFormat, attributes), takenUsernames);

/** A source that said otherwise before says that the person is present. */
function comesBack({ match, policy, source }: Facts): boolean {
  if (match.by === 'nothing') return false;
  const { person } = match;
  return lifts(previousStatement(person, { source }), otherStatements(person, { source }), policy);
}

const isTaken = (username: string, account: AccountState, facts: Facts): boolean =>
  usernameKey(username) !== usernameKey(account.username) && facts.takenUsernames.has(usernameKey(username));

const sameIdentity = (a: IdentityKey, b: IdentityKey | undefined): boolean =>
  a.connectionId === b?.connectionId && a.issuer === b.issuer && a.subject === b.subject;
