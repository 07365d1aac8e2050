import type { Request } from 'express';
import { AppError } from '../../../domain/errors';
import type { Caller, ManagementDeps } from '../../../management/deps';
import {
  forgetIdempotencyKey,
  rememberAnswer,
  reserveIdempotencyKey,
  type RememberedAnswer,
} from '../../../storage/idempotency';
import type { Answer } from './route';

const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * Does a POST with an `Idempotency-Key` once: whoever sends it again gets the first answer. An answer that is our own
 * failure is not kept.
 * @param produce yields refusals as answers and throws our own failures
 * @throws AppError idempotency_mismatch, idempotency_in_progress, invalid_request
 */
export async function answerOnce(
  deps: ManagementDeps,
  caller: Caller,
  req: Request,
  produce: () => Promise<Answer>,
): Promise<Answer> {
  const key = req.method === 'POST' ? req.get('idempotency-key') : undefined;
  if (key === undefined) return produce();
  if (!KEY.test(key))
    throw new AppError('invalid_request', { detail: 'Idempotency-Key holds 1 to 255 printable characters.' });
  const by = caller.actor.kind === 'api_key' ? `api_key:${caller.actor.id}` : caller.actor.kind;
  // A request may hold a password: nobody who reads the table may guess at it.
  const hash = deps.box.fingerprint(JSON.stringify([req.method, req.originalUrl, req.body ?? null]));
  const earlier = await reserveIdempotencyKey(deps.db.manager, by, key, hash);
  if (earlier) return replay(deps, caller, earlier, hash);
  const answer = await produce().catch(async (error: unknown) => {
    await forgetIdempotencyKey(deps.db.manager, by, key);
    throw error;
  });
  const sealed = deps.box.seal(JSON.stringify(answer), placeOf(caller));
  await rememberAnswer(deps.db.manager, by, key, answer.status, sealed);
  return answer;
}

function replay(deps: ManagementDeps, caller: Caller, earlier: RememberedAnswer, hash: Buffer): Answer {
  if (!earlier.requestHash.equals(hash)) throw new AppError('idempotency_mismatch');
  if (earlier.response === null) throw new AppError('idempotency_in_progress');
  const answer = JSON.parse(deps.box.open(earlier.response, placeOf(caller))) as Answer;
  return { ...answer, headers: { ...answer.headers, 'Idempotency-Replayed': 'true' } };
}

/** An answer may hold a secret that is shown once. */
const placeOf = ({ organizationId }: Caller) => ({ organizationId, column: 'idempotency_keys.response' });
