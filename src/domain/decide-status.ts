import type { AccountState, AccountStatus } from './account';
import type { AttributeValues } from './attributes';
import type { Decision, Facts, RefusalReason } from './decision';
import type { PersonRecord } from './desired-record';
import { domainOf } from './email-address';
import type { Policy } from './policy';
import { isSignupDomain } from './policy';

/** The policy does not let this source bring anybody in. */
export function sourceRefusal(facts: Facts, attributes: AttributeValues): RefusalReason | undefined {
  const { policy, source } = facts;
  if (source.kind === 'self_signup') return signupRefusal(facts, attributes);
  return policy.allowedSources.includes(source.kind) ? undefined : 'identity_not_permitted';
}

/** Who may make an account for themselves: nobody where SSO is how people come in; elsewhere whom the policy lets. */
export function signupRefusal(
  { policy, isSsoOrganization }: Pick<Facts, 'policy' | 'isSsoOrganization'>,
  { email }: AttributeValues,
): RefusalReason | undefined {
  if (isSsoOrganization || !policy.allowedSources.includes('self_signup')) return 'self_signup_forbidden';
  return email && !isSignupDomain(policy, domainOf(email)) ? 'email_domain_not_allowed' : undefined;
}

/** As what a new account begins. */
export function firstStatus(record: PersonRecord, { source, isSsoOrganization }: Facts): AccountStatus {
  if (record.identity || record.readyBy) return 'active';
  if (source.kind === 'self_signup') return 'unconfirmed';
  return isSsoOrganization ? 'active' : 'invited';
}

/** Who stands at the door comes in, or is refused; a password set by hand readies whoever was only waited for. */
export function statusAfter(
  record: PersonRecord,
  account: AccountState,
  facts: Facts,
): AccountStatus | Extract<Decision, { action: 'refuse' }> {
  if (record.identity || record.readyBy === 'email_link') return statusAtTheDoor(account, facts);
  const isAwaited = account.status === 'invited' || account.status === 'unconfirmed';
  return record.readyBy === 'password' && isAwaited ? 'active' : account.status;
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

/**
 * Why somebody who showed a password may not come in all the same: there is no door for who is known already, but the
 * same rules hold.
 */
export function entryRefusal(
  account: Pick<AccountState, 'status' | 'accessUntil' | 'permissionProfile'> & { groups: number },
  policy: Policy,
  now: Date,
): RefusalReason | undefined {
  if (account.status === 'suspended') return 'account_suspended';
  if (account.status !== 'active') return 'account_deactivated';
  if (account.accessUntil && account.accessUntil <= now) return 'access_ended';
  const isIncomplete = account.groups < 1 || account.permissionProfile === null;
  return policy.requireGroupAndProfile && isIncomplete ? 'access_incomplete' : undefined;
}
