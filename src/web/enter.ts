import type { Request, Response } from 'express';
import { replaceSession } from '../sign-in/end-sessions';
import type { WebDeps } from './deps';
import { logIn } from './passport';
import type { SignedIn } from './request';
import { markSession, sessionHere } from './session-mark';

/** The browser has one session here at a time: the one before ends in Postgres too, where a late save cannot revive it. */
export async function enter(deps: WebDeps, req: Request, res: Response, user: SignedIn): Promise<void> {
  const before = await sessionHere(deps, req);
  if (before) {
    const after = { accountId: user.accountId, sessionId: user.session.id };
    await replaceSession(deps.signIn, { organizationId: user.organizationId, before, after }, String(req.id));
  }
  await logIn(req, user);
  markSession(deps, req, res, user.session.id);
}
