import type { Completion } from '../connections/connection';
import type { ExternalIdentity } from '../domain/proof';
import { recogniseReturning } from '../provisioning/returning';
import type { PendingAttempt } from '../storage/attempts';
import { recordReturningSignIn } from '../storage/returning-sign-in';
import type { CompleteRequest } from './request';
import type { SignInDeps } from './deps';
import type { SignInOutcome } from './outcome';
import { recordAtTheDoor } from './record-at-the-door';
import { newSession } from './sessions';

/**
 * The way of most sign-ins: somebody known, about whom nothing has changed. Read without locks, written in one
 * statement that holds the account to what was read. Undefined: take the door.
 */
export async function admitReturning(
  deps: SignInDeps,
  request: CompleteRequest,
  { identity, steps }: Extract<Completion, { identity: ExternalIdentity }>,
  attempt: PendingAttempt,
): Promise<SignInOutcome | undefined> {
  const { manager } = deps.db;
  const { connection, door, userAgent } = request;
  const { organizationId, id: connectionId } = connection;
  const now = deps.now();
  if (door.policy.unknownGroups === 'create') return undefined;
  const record = await recordAtTheDoor(manager, door, connection, identity);
  const known = await recogniseReturning(manager, door, record, now);
  if (!known) return undefined;

  const { accountId } = known;
  const session = newSession({
    organizationId,
    accountId,
    connectionId,
    proof: identity,
    policy: door.policy,
    now,
    userAgent,
  });
  const begun = await recordReturningSignIn(manager, {
    ...known,
    attemptId: attempt.id,
    identity,
    session,
    steps,
    email: record.attributes.email ?? null,
    requestId: request.requestId ?? null,
  });
  if (!begun) return undefined;
  return {
    kind: 'signed_in',
    sessionId: session.id,
    accountId,
    attemptId: attempt.id,
    expiresAt: session.expiresAt,
    returnTo: attempt.returnTo,
  };
}
