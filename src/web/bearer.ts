import type { Request, Response } from 'express';
import { AppError } from '../domain/errors';
import { REQUESTS_PER_MINUTE, type Throttle } from '../sign-in/throttle';

export type BearerThrottle = Pick<Throttle, 'guessed' | 'requested'>;

/** Whose token it is; their requests are counted by the id. */
export interface Bearer<T> {
  id: string;
  who: T;
}

/**
 * Whoever shows a bearer token (RFC 6750, 2.1), under the limits of security 20. A right token is looked up first: whoever
 * has one is not held up by wrong ones from the same address.
 * @param find yields whose token it is; for every kind of token the one thing that differs
 * @throws AppError unauthorized; rate_limited, with `Retry-After`
 */
export async function bearerOf<T>(
  throttle: BearerThrottle,
  req: Request,
  res: Response,
  find: (token: string) => Promise<Bearer<T> | undefined>,
): Promise<T> {
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(req.get('authorization') ?? '')?.[1];
  if (!token) throw new AppError('unauthorized');
  const bearer = await find(token);
  if (!bearer) {
    refuseFor(res, await throttle.guessed('bearer', req.ip ?? ''));
    throw new AppError('unauthorized');
  }
  const wait = await throttle.requested(bearer.id);
  if (wait !== undefined) tellLimit(res, wait);
  refuseFor(res, wait);
  return bearer.who;
}

/** draft-ietf-httpapi-ratelimit-headers. */
function tellLimit(res: Response, seconds: number): void {
  res.set('RateLimit-Policy', `"key";q=${REQUESTS_PER_MINUTE};w=60`).set('RateLimit', `"key";r=0;t=${seconds}`);
}

function refuseFor(res: Response, seconds: number | undefined): void {
  if (seconds === undefined) return;
  res.set('Retry-After', String(seconds));
  throw new AppError('rate_limited');
}
