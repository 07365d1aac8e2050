import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Caller } from '../../../management/deps';
import { findApiKey, touchApiKey } from '../../../storage/api-keys';
import type { Database } from '../../../storage/rows';
import { bearerOf, type Bearer, type BearerThrottle } from '../../bearer';
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
  throttle: BearerThrottle;
  now: () => Date;
}

const TOUCH_MS = 60_000;

/** Bearer keys, before anything of the body is read. */
export function authenticate(deps: AuthenticateDeps): RequestHandler {
  const find = async (key: string) => bootstrapCaller(deps, key) ?? (await knownKey(deps, key));
  return async (req, res, next) => {
    const caller = await bearerOf(deps.throttle, req, res, find);
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

const bearer = (id: string, scope: Pick<Caller, 'organizationId' | 'scopes'>): Bearer<Caller> => ({
  id,
  who: { actor: { kind: 'api_key', id }, ...scope },
});

function bootstrapCaller({ bootstrapApiKey }: AuthenticateDeps, key: string): Bearer<Caller> | undefined {
  if (!bootstrapApiKey || !timingSafeEqual(digest(bootstrapApiKey), digest(key))) return undefined;
  return bearer('bootstrap', { organizationId: null, scopes: ['*'] });
}

async function knownKey({ db, now }: AuthenticateDeps, key: string): Promise<Bearer<Caller> | undefined> {
  const at = now();
  const found = await findApiKey(db.manager, key, at);
  if (!found) return undefined;
  const { id, organizationId, scopes, lastUsedAt } = found;
  if (!lastUsedAt || at.getTime() - lastUsedAt.getTime() > TOUCH_MS) await touchApiKey(db.manager, id, at);
  return bearer(id, { organizationId, scopes });
}
