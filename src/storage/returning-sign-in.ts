import { v7 as uuid } from 'uuid';
import type { AccountId, AttemptId, ContactId } from '../domain/ids';
import type { IdentityKey } from '../domain/proof';
import { preparedRow, type Transaction } from './rows';
import type { NewSession } from './sessions';

export interface ReturningSignIn {
  attemptId: AttemptId;
  contactId: ContactId;
  accountId: AccountId;
  /** The account must still be active at this epoch, or nothing happens. */
  sessionEpoch: number;
  identity: IdentityKey;
  session: NewSession;
  steps: readonly object[];
  email: string | null;
  requestId: string | null;
}

/**
 * Everything that a sign-in writes when it changes nothing else, in one statement and therefore all or nothing: the
 * attempt is used up, the session begins, the ledger knows. Yields false, and writes nothing, when the attempt is used
 * or the account is not what it was.
 */
export async function recordReturningSignIn(
  tx: Transaction,
  { session, identity, ...signIn }: ReturningSignIn,
): Promise<boolean> {
  const begun = await preparedRow(
    tx,
    'returning_sign_in',
    `WITH account AS (
       UPDATE accounts SET last_sign_in_at = $4
        WHERE organization_id = $1 AND id = $2 AND status = 'active' AND session_epoch = $3
          AND EXISTS (SELECT 1 FROM sign_in_attempts WHERE organization_id = $1 AND id = $5 AND state = 'started' AND expires_at > $4 FOR UPDATE)
       RETURNING id),
     attempt AS (
       UPDATE sign_in_attempts SET state = 'succeeded', secrets = NULL, refusal_code = NULL, steps = $6, account_id = $2, contact_id = $7,
              email = $8, subject = $9, finished_at = $4
        WHERE organization_id = $1 AND id = $5 AND state = 'started' AND EXISTS (SELECT 1 FROM account) RETURNING id),
     used AS (
       UPDATE identities SET last_used_at = $4 FROM attempt
        WHERE organization_id = $1 AND connection_id = $10 AND issuer = $11 AND subject = $9),
     logged AS (
       INSERT INTO ledger_entries (id, organization_id, at, actor, action, contact_id, account_id, connection_id, attempt_id, request_id)
       SELECT $12, $1, $4, jsonb_build_object('kind', 'person', 'accountId', $2::uuid, 'connectionId', $10::uuid), 'signin.succeeded',
              $7, $2, $10, $5, $13 FROM attempt)
     INSERT INTO sessions (organization_id, id, account_id, epoch, connection_id, session_index, amr, authenticated_at, created_at,
                           last_seen_at, expires_at, idle_seconds, user_agent, principal, acr)
     SELECT $1, $14, $2, $3, $10, $15, $16, $17, $4, $4, $18, $19, $20, $21, $22 FROM attempt RETURNING id`,
    [
      session.organizationId,
      signIn.accountId,
      signIn.sessionEpoch,
      session.createdAt,
      signIn.attemptId,
      JSON.stringify(signIn.steps),
      signIn.contactId,
      signIn.email,
      identity.subject,
      identity.connectionId,
      identity.issuer,
      uuid(),
      signIn.requestId,
      session.id,
      session.sessionIndex,
      session.amr,
      session.authenticatedAt,
      session.expiresAt,
      session.idleSeconds,
      session.userAgent,
      session.principal && JSON.stringify(session.principal),
      session.acr,
    ],
  );
  return begun !== undefined;
}
