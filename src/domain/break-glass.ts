/**
 * What SSO means for passwords: `none` decides nothing; where it is `active`, passwords that exist go on working; where a
 * connection is `required`, none does but a break-glass account's (contract, Connection states).
 */
export type SsoStanding = 'none' | 'active' | 'required';

/** An account as far as its password is concerned. */
interface BreakGlass {
  /** An Organization admin who may come in by password when the identity provider fails. */
  isBreakGlass: boolean;
}

/** More would be a second way in beside SSO. */
export const MOST_BREAK_GLASS = 2;

/** Whether an account's password signs in. */
export const takesPassword = (sso: SsoStanding, { isBreakGlass }: BreakGlass): boolean =>
  sso !== 'required' || isBreakGlass;

/** Whether a password may be chosen for an account: where there is SSO, those that exist go on and no other is made. */
export const mayChoosePassword = (
  sso: SsoStanding,
  { isBreakGlass, hasPassword }: BreakGlass & { hasPassword: boolean },
): boolean => isBreakGlass || sso === 'none' || (sso === 'active' && hasPassword);

/** Whether a sign-in by password is one past the identity provider: it is told to others, and serves the portal only. */
export const breaksGlass = (sso: SsoStanding, { isBreakGlass }: BreakGlass): boolean => isBreakGlass && sso !== 'none';
