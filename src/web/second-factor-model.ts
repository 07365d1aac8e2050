import type { FieldError } from './page-context';
import type { QrCode } from './qr-code';

/** The second step of a sign-in: a code of the app, or one for recovery. */
interface SecondStepModel {
  /** Takes a POST of `code` and what is hidden. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  by: 'app' | 'recovery_code';
  /** The same page, asking for the other. */
  otherUrl: string;
  /** Back to name and password. */
  startOverUrl: string;
  /** Of `code`: `required`, `invalid_code`, `rate_limited`. */
  errors: readonly FieldError[];
}

/** An authenticator app is set up: a code shows that it has the secret. */
interface EnrolSecondFactorModel {
  /** Takes a POST of `code`, `proof` where one is asked for, and what is hidden. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  qrCode: QrCode;
  /** Base32, to be typed in. */
  secret: string;
  /** As the app will name it. */
  account: string;
  /** Why: signing in asks for it; or the person wants it, or another app in the place of theirs. */
  reason: 'required' | 'wanted' | 'replaced';
  /** What a signed-in person shows besides: their password, or a code of the app they have. */
  proof?: 'password' | 'code';
  /** For the browser's password manager. */
  username?: string;
  /** Where one goes instead. */
  cancelUrl?: string;
  /** Of `code` and `proof`: `required`, `invalid_code`, `invalid_credentials`, `rate_limited`. */
  errors: readonly FieldError[];
}

/** Shown once. */
interface RecoveryCodesModel {
  codes: readonly string[];
  reason: 'enrolled' | 'renewed';
  /** Where one goes who has kept them. */
  nextUrl: string;
}

/** What a signed-in person does about their second factor, by a code of it. */
interface ChangeSecondFactorModel {
  what: 'renew' | 'remove';
  /** Takes a POST of `proof` and what is hidden. */
  action: string;
  csrf: Readonly<Record<string, string>>;
  /** Of `proof`: `required`, `invalid_code`, `rate_limited`. */
  errors: readonly FieldError[];
  accountUrl: string;
}

/** What the account page says of it. */
export interface OwnSecondFactorModel {
  /** Undefined: there is none. */
  enrolledAt?: Date;
  codesLeft: number;
  setUpUrl: string;
  renewUrl: string;
  /** Absent where a second factor is needed. */
  removeUrl?: string;
}

/** Pages about the second factor. */
export interface SecondFactorPages {
  'second-step': SecondStepModel;
  'enrol-second-factor': EnrolSecondFactorModel;
  'recovery-codes': RecoveryCodesModel;
  'change-second-factor': ChangeSecondFactorModel;
}
