import type { Request, Response } from 'express';
import { beginLogout, logoutOrigin } from '../sign-in/begin-logout';
import { endOwnSessions } from '../sign-in/end-sessions';
import { bindBrowser } from './browser';
import type { WebDeps } from './deps';
import { organizationOf } from './organization';
import type { SignedIn } from './request';
import { allowFormTo } from './security-headers';
import { destroySession, sessionCookieName } from './session';
import { unmarkSession } from './session-mark';

/** Ends the session that the browser has here; whatever becomes of the provider's, nobody stays signed in. */
export async function leave(deps: WebDeps, req: Request, res: Response): Promise<void> {
  const { user } = req;
  if (user) await endOwnSessions(deps.signIn, user, { id: user.session.id }, String(req.id));
  await destroySession(req);
  res.clearCookie(sessionCookieName(organizationOf(req).organization.id, deps.secure), {
    secure: deps.secure,
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
  });
  unmarkSession(deps, req, res);
}

const sessionOf = ({ organizationId, session }: SignedIn) => ({ organizationId, id: session.id });

/**
 * How the browser asks the identity provider of a session that has ended to end its own, to go to `returnTo` then;
 * undefined where it has none.
 */
export const askProvider = async (
  deps: WebDeps,
  req: Request,
  res: Response,
  user: SignedIn,
  returnTo?: string,
): ReturnType<typeof beginLogout> =>
  user.session.connectionId
    ? beginLogout(deps.signIn, sessionOf(user), { browser: bindBrowser(req, res, deps.secure), returnTo })
    : undefined;

/** The origin that signing this person out may lead to: a form that does it must be let through. */
export const signOutOrigin = async (deps: WebDeps, user: SignedIn): Promise<string | undefined> =>
  user.session.connectionId ? logoutOrigin(deps.signIn, sessionOf(user)) : undefined;

/** For a page whose form signs out: that may end at the identity provider. */
export async function allowSignOut(deps: WebDeps, res: Response, user: SignedIn): Promise<void> {
  const origin = await signOutOrigin(deps, user);
  if (origin) allowFormTo(res, origin);
}
