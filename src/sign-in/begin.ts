import type { BrowserStep } from '../connections/connection';
import { ConnectionUnavailable } from '../connections/connection-unavailable';
import { beginAt } from '../connections/registry';
import { insertAttempt } from '../storage/attempts';
import { ATTEMPT_MINUTES, hashOf, newAttemptCode, newAttemptSecrets, sealAttempt } from './attempt';
import type { SignInDeps } from './deps';
import { noteCheapRefusal } from './note-refusal';
import type { BeginOutcome } from './outcome';
import type { BeginRequest } from './request';

/** Starts an attempt bound to this browser; yields where the browser goes, or that the provider cannot be asked. */
export async function beginSignIn(deps: SignInDeps, request: BeginRequest): Promise<BeginOutcome> {
  try {
    return { kind: 'step', step: await begin(deps, request) };
  } catch (error) {
    if (!(error instanceof ConnectionUnavailable)) throw error;
    const { rule, detail, code } = error;
    const steps = [{ rule, ok: false, expected: 'an answer of the provider', received: detail }];
    const refused = await noteCheapRefusal(deps, request, { code, rule, detail, steps });
    return { ...refused, returnTo: request.returnTo };
  }
}

async function begin(deps: SignInDeps, request: BeginRequest): Promise<BrowserStep> {
  const { connection, loginHint, acrValues } = request;
  const now = deps.now();
  const secrets = newAttemptSecrets();
  const step = await beginAt(deps.connections, deps.openConnection(connection), {
    attempt: secrets,
    ...{ loginHint, acrValues },
    now,
  });
  await insertAttempt(deps.db.manager, {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    code: newAttemptCode(),
    relayHash: hashOf(secrets.relay),
    browserHash: hashOf(request.browser),
    secrets: sealAttempt(deps.box, connection.organizationId, { ...secrets, loginHint, acrValues }),
    returnTo: request.returnTo ?? null,
    startedAt: now,
    expiresAt: new Date(now.getTime() + ATTEMPT_MINUTES * 60_000),
    userAgent: request.userAgent?.slice(0, 256) ?? null,
    requestId: request.requestId ?? null,
  });
  return step;
}
