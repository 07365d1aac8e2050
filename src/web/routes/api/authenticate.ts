import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../../domain/errors';
import type { Caller } from '../../../management/deps';
import { findApiKey, touchApiKey } from '../../../storage/api-keys';
import type { Database } from '../../../storage/rows';
import { requestIdOf } from '../../problem';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by `authenticate` on everything below the API. */
    caller?: Caller;
  }
}

export interface AuthenticateDeps {
  db: Database;
  bootstrapApiKey?: string;
  now: () => Date;
}

const TOUCH_MS = 60_000;

/** Bearer keys (RFC 6750, 2.1), before anything of the body is read. */
export function authenticate(deps: AuthenticateDeps): RequestHandler {
  return async (req, _res, next) => {
    const key = /^Bearer +([\x21-\x7e]+)$/i.exec(req.get('authorization') ?? '')?.[1];
    const caller = key && (bootstrapCaller(deps, key) ?? (await knownKey(deps, key)));
    if (!caller) throw new AppError('unauthorized');
    req.caller = { ...caller, requestId: requestIdOf(req) };
    next();
  };
}

/** Whoever called, behind `authenticate`. */
export function callerOf(req: Request): Caller {
  if (!req.caller) throw new Error('this route is not behind authenticate');
  return req.caller;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function bootstrapCaller({ bootstrapApiKey }: AuthenticateDeps, key: string): Caller | undefined {
  if (!bootstrapApiKey || !timingSafeEqual(digest(bootstrapApiKey), digest(key))) return undefined;
  return { actor: { kind: 'api_key', id: 'bootstrap' }, organizationId: null, scopes: ['*'] };
}

async function knownKey({ db, now }: AuthenticateDeps, key: string): Promise<Caller | undefined> {
  const at = now();
  const found = await findApiKey(db.manager, key, at);
  if (!found) return undefined;
  const { id, organizationId, scopes, lastUsedAt } = found;
  if (!lastUsedAt || at.getTime() - lastUsedAt.getTime() > TOUCH_MS) await touchApiKey(db.manager, id, at);
  return { actor: { kind: 'api_key', id }, organizationId, scopes };
}
