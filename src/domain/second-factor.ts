import { OWNERS_SLUG, type Organization } from './organization';
import type { Policy } from './policy';
import type { ConnectionId } from './ids';

/** How somebody signed in without a provider, in the words of RFC 8176. A recovery code is none of those that RFC 6238 makes. */
export const AMR = {
  password: ['pwd'],
  totp: ['pwd', 'otp', 'mfa'],
  recovery_code: ['pwd', 'mfa'],
} as const satisfies Record<string, readonly string[]>;

/** What can become of a person's second factor. */
export type SecondFactorChange = 'enrolled' | 'removed' | 'codes_renewed' | 'reset';

/** More than one factor was shown. */
export const isMultiFactor = (amr: readonly string[]): boolean => amr.includes('mfa');

/** Whoever signs in with a password needs a second factor here: by policy, and owners always. */
export const isSecondFactorRequired = (
  { slug }: Pick<Organization, 'slug'>,
  { requireSecondFactor }: Pick<Policy, 'requireSecondFactor'>,
): boolean => slug === OWNERS_SLUG || requireSecondFactor;

/** A session that a password alone began is none where more is required. What a provider asks for is its own matter. */
export const isStrongEnough = (
  { connectionId, amr }: { connectionId: ConnectionId | null; amr: readonly string[] },
  organization: Pick<Organization, 'slug'>,
  policy: Pick<Policy, 'requireSecondFactor'>,
): boolean => connectionId !== null || isMultiFactor(amr) || !isSecondFactorRequired(organization, policy);
