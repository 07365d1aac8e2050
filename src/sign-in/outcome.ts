import type { BrowserStep, Wishes } from '../connections/connection';
import type { StandardAttribute } from '../domain/attributes';
import type { ErrorCode } from '../domain/errors';
import type { AccountId, AttemptId, SessionId } from '../domain/ids';

/** Whether somebody was let in who proved who they are without a provider. */
export type EntryOutcome = Exclude<SignInOutcome, { kind: 'restart' | 'used' }>;

/** What signing in with a password came to: it may not be enough. */
export type LocalOutcome = EntryOutcome | SecondFactorOutcome;

/** A second factor is asked for. No session begins until it is shown. */
export interface SecondFactorOutcome {
  kind: 'second_factor';
  /** For this browser alone: 256 random bits by which it comes back. */
  handle: string;
  expiresAt: Date;
}

/** How an attempt begins. */
export type BeginOutcome = { kind: 'step'; step: BrowserStep } | RefusedOutcome;

export interface RefusedOutcome {
  kind: 'refused';
  code: ErrorCode;
  attemptId?: AttemptId;
  attemptCode?: string;
  email?: string;
  missing?: readonly StandardAttribute[];
  /** Where the attempt was to lead: trying again leads there too. */
  returnTo?: string | null;
  /** This browser may prove by the old way of signing in that the account is the person's. */
  mayProve?: true;
  /** For the log only. */
  detail?: string;
}

/** What signing in came to. */
export type SignInOutcome =
  | {
      kind: 'signed_in';
      sessionId: SessionId;
      accountId: AccountId;
      attemptId?: AttemptId;
      expiresAt: Date;
      returnTo: string | null;
      /** By password past the identity provider. */
      isBreakGlass?: boolean;
    }
  | RefusedOutcome
  | ({ kind: 'restart'; because: 'attempt_expired' | 'unsolicited'; returnTo: string | null } & Wishes)
  /** This browser's own attempt, which signed this account in before. */
  | { kind: 'used'; accountId: AccountId; attemptCode: string; returnTo: string | null };
