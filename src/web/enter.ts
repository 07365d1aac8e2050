import type { Request } from 'express';
import { endOwnSessions } from '../sign-in/end-sessions';
import type { WebDeps } from './deps';
import { logIn } from './passport';
import type { SignedIn } from './request';

/** The browser has one session here at a time: the one before ends in Postgres too, where a late save cannot revive it. */
export async function enter(deps: WebDeps, req: Request, user: SignedIn): Promise<void> {
  if (req.user) await endOwnSessions(deps.signIn, req.user, { id: req.user.session.id }, String(req.id));
  await logIn(req, user);
}
