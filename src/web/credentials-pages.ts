import type { PasswordAdvice } from '../connections/password/strength';
import type { LinkPurpose, LinkStanding } from '../domain/email-link';
import type { FieldError } from './page-context';

interface SignupModel {
  /** Takes a POST of `givenName`, `familyName`, `email`. */
  action: string;
  values: { givenName?: string; familyName?: string; email?: string };
  /** `required`, `too_long`, `control_characters`, `invalid_email`, `email_domain_not_allowed`. */
  errors: readonly FieldError[];
  /** The only e-mail domains that are taken; empty: any. */
  domains: readonly string[];
}

interface CheckEmailModel {
  /** The same page whether or not the address is known. */
  reason: 'signup' | 'forgot' | 'confirm_email' | 'link_again';
  email?: string;
  /** Where mail is shown in the browser, in the demo. */
  inboxUrl?: string;
  /** Where who is signed in goes back to; without one, to the sign-in page. */
  accountUrl?: string;
}

interface ForgotModel {
  /** Takes a POST of `email`. */
  action: string;
  email?: string;
  error?: 'empty' | 'invalid_email';
}

/** What a GET of an e-mail link shows: what it is for, and one button. */
interface LinkModel {
  purpose: LinkPurpose;
  /** Takes a POST without fields. */
  action: string;
  email?: string;
}

/** After the button, where the link is for choosing a password. */
interface ChoosePasswordModel {
  purpose: Exclude<LinkPurpose, 'confirm_email'>;
  /** Takes a POST of `password`, and `name` and `email` too for the first owner. */
  action: string;
  /** For the browser's password manager; for the first owner the field's value. */
  email?: string;
  /** The first owner's. */
  name?: string;
  errors: readonly FieldError[];
  advice: readonly PasswordAdvice[];
}

/** A link that does not count, with the way to a new one. */
interface LinkOverModel {
  why: Exclude<LinkStanding, 'open'> | 'unknown' | 'elsewhere';
  purpose?: LinkPurpose;
  /** Takes a POST without fields: sends a new link to the address the old one went to. */
  againAction?: string;
  /** Where one creates an account, or asks for a link to choose a password. */
  signupUrl?: string;
  forgotUrl?: string;
  contacts?: readonly string[];
}

interface ChangePasswordModel {
  /** Takes a POST of `current`, `password` and what is hidden. */
  action: string;
  csrf: Readonly<Record<string, string>>;
  /** For the browser's password manager. */
  username: string;
  /** Of `current`: `required`, `invalid_credentials`, `rate_limited`; of `password`: as in choosing one. */
  errors: readonly FieldError[];
  advice: readonly PasswordAdvice[];
  accountUrl: string;
}

interface ChangeEmailModel {
  /** Takes a POST of `email`, `current` where a password is asked for, and what is hidden. */
  action: string;
  asksPassword: boolean;
  csrf: Readonly<Record<string, string>>;
  current: string;
  value?: string;
  /** Of `email`: `required`, `invalid_email`, `same`, `field_owned`, `rate_limited`; of `current`: as in changing it. */
  errors: readonly FieldError[];
  accountUrl: string;
}

/** Pages by which people come to an account, a password or another e-mail address. */
export interface CredentialsPages {
  signup: SignupModel;
  'check-email': CheckEmailModel;
  forgot: ForgotModel;
  link: LinkModel;
  'choose-password': ChoosePasswordModel;
  'link-over': LinkOverModel;
  'change-password': ChangePasswordModel;
  'change-email': ChangeEmailModel;
}
