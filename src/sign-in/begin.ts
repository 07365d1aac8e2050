import type { BrowserStep } from '../connections/connection';
import { beginAt } from '../connections/registry';
import { insertAttempt } from '../storage/attempts';
import { ATTEMPT_MINUTES, hashOf, newAttemptCode, newAttemptSecrets, sealAttempt } from './attempt';
import type { SignInDeps } from './deps';
import type { BeginRequest } from './request';

/**
 * Starts an attempt bound to this browser; yields where the browser goes.
 * @throws ConnectionUnavailable when the provider cannot be asked
 */
export async function beginSignIn(deps: SignInDeps, request: BeginRequest): Promise<BrowserStep> {
  const { connection } = request;
  const now = deps.now();
  const secrets = newAttemptSecrets();
  const step = await beginAt(deps.connections, deps.openConnection(connection), {
    attempt: secrets,
    loginHint: request.loginHint,
    now,
  });
  await insertAttempt(deps.db.manager, {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    code: newAttemptCode(),
    relayHash: hashOf(secrets.relay),
    browserHash: hashOf(request.browser),
    secrets: sealAttempt(deps.box, connection.organizationId, { ...secrets, loginHint: request.loginHint }),
    returnTo: request.returnTo ?? null,
    startedAt: now,
    expiresAt: new Date(now.getTime() + ATTEMPT_MINUTES * 60_000),
    userAgent: request.userAgent?.slice(0, 256) ?? null,
    requestId: request.requestId ?? null,
  });
  return step;
}
