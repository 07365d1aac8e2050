import type { SecondFactorChange } from '../domain/second-factor';

/** Everything the service ever writes to people. Texts are in `views/mail`; a kind without its texts does not compile or fails a test. */
export type Letter =
  // Links; each counts 48 hours.
  | { kind: 'confirm_signup'; url: string }
  | { kind: 'set_password'; url: string }
  | { kind: 'reset_password'; url: string }
  | { kind: 'confirm_email'; url: string; newEmail: string }
  | { kind: 'owner_invite'; url: string }
  // Answers to somebody who may have forgotten what they have.
  | { kind: 'already_registered'; signInUrl: string; forgotUrl?: string }
  | { kind: 'sign_in_elsewhere'; signInUrl: string; connection?: string }
  | { kind: 'ask_admin'; contacts: readonly string[] }
  // Notices.
  | { kind: 'password_changed'; forgotUrl?: string; contacts: readonly string[] }
  | { kind: 'second_factor_changed'; change: SecondFactorChange; contacts: readonly string[] }
  | { kind: 'email_changed'; newEmail: string; contacts: readonly string[] }
  /** To owners with the page where another is named; to technical contacts without. */
  | { kind: 'no_admin_left'; url?: string }
  /** Somebody came in by password past the identity provider. @see no_admin_left for the page */
  | { kind: 'break_glass_used'; person: string; url?: string }
  | { kind: 'test' };

export type LetterKind = Letter['kind'];
