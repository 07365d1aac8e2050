import type { StandardAttribute } from '../domain/attributes';
import type { ErrorCode } from '../domain/errors';
import type { AccountId, SessionId } from '../domain/ids';

/** What signing in without a provider came to. */
export type LocalOutcome = Exclude<SignInOutcome, { kind: 'restart' }>;

/** What signing in came to. */
export type SignInOutcome =
  | { kind: 'signed_in'; sessionId: SessionId; accountId: AccountId; expiresAt: Date; returnTo: string | null }
  | {
      kind: 'refused';
      code: ErrorCode;
      attemptCode?: string;
      email?: string;
      missing?: readonly StandardAttribute[];
      /** For the log only. */ detail?: string;
    }
  | { kind: 'restart'; because: 'attempt_expired' | 'unsolicited'; returnTo: string | null };
