import type { Check, Completion } from '../connections/connection';
import { completeAt, type AnyOpenConnection } from '../connections/registry';
import { findAttempt, type PendingAttempt } from '../storage/attempts';
import { hashOf, openAttempt, relayOf } from './attempt';
import { admit } from './admit';
import type { SignInDeps } from './deps';
import { noteRefusal } from './note-refusal';
import type { SignInOutcome } from './outcome';
import type { CompleteRequest } from './request';
import { stopAttempt } from './stop-attempt';

/**
 * Ends an attempt: who it is, by the connection; what follows, by the door. Yields a session to begin, a refusal to
 * show, or the wish to start afresh. Nothing that a stranger sends uses a pending attempt up.
 */
export async function completeSignIn(deps: SignInDeps, request: CompleteRequest): Promise<SignInOutcome> {
  const { connection, reply } = request;
  const opened = deps.openConnection(connection);
  const relay = relayOf(opened.kind, reply);
  const attempt = relay
    ? await findAttempt(deps.db.manager, connection.organizationId, connection.id, hashOf(relay))
    : undefined;
  if (!attempt) return completeUnsolicited(deps, request, opened);

  const stopped = stopAttempt(deps, connection, attempt, request.browser);
  if (stopped) return stopped;
  const secrets = openAttempt(deps.box, connection.organizationId, attempt.secrets ?? '');
  const completion = await completeAt(deps.connections, opened, { attempt: secrets, reply, now: deps.now() });
  return conclude(deps, request, completion, attempt);
}

/** Security 11: off, it is discarded unread and answered by a request of our own; on, an assertion is accepted once. */
async function completeUnsolicited(
  deps: SignInDeps,
  request: CompleteRequest,
  opened: AnyOpenConnection,
): Promise<SignInOutcome> {
  const allowed = opened.kind === 'saml' && opened.context.settings.allowIdpInitiated;
  if (!allowed) return { kind: 'restart', because: 'unsolicited', returnTo: null };
  const completion = await completeAt(deps.connections, opened, { reply: request.reply, now: deps.now() });
  return conclude(deps, request, completion, undefined);
}

async function conclude(
  deps: SignInDeps,
  request: CompleteRequest,
  completion: Completion,
  attempt: PendingAttempt | undefined,
): Promise<SignInOutcome> {
  if ('identity' in completion) return admit(deps, request, completion, attempt);
  const { refusal } = completion;
  const steps: readonly Check[] = completion.steps;
  return noteRefusal(deps, request, { code: refusal.code, rule: refusal.rule, detail: refusal.detail, steps }, attempt);
}
