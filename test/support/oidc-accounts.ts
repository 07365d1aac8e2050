import type { Person } from './people';

/** Somebody the OP knows; `sub` defaults to the username, `claims` add to the usual ones or replace them. */
export interface OidcAccount extends Person {
  sub?: string;
  claims?: Readonly<Record<string, unknown>>;
}

/** By username. */
export type OidcAccounts = Map<string, OidcAccount>;

export const subjectOf = (account: OidcAccount): string => account.sub ?? account.username;

/** Claims besides `sub` (OIDC Core 5.1, and `groups`). */
export const claimsOf = (account: OidcAccount): Record<string, unknown> => ({
  email: account.mail,
  email_verified: true,
  name: account.displayName,
  given_name: account.givenName,
  family_name: account.familyName,
  preferred_username: account.username,
  groups: account.groups,
  ...account.claims,
});
