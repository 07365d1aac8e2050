import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import type { AccountId, OrganizationId, SessionId } from '../domain/ids';
import { findLiveSession } from '../storage/sessions';
import type { WebDeps } from './deps';
import { organizationOf } from './organization';

/** The mark's place, as the box binds it (security 24). */
const COLUMN = 'cookie.session_mark';

const markName = (id: OrganizationId): string => `__Host-drawbridge-browser-${id}`;
const MARK: CookieOptions = { httpOnly: true, secure: true, sameSite: 'none', path: '/' };

/** The session a browser has at the request's organization. */
export interface SessionHere {
  accountId: AccountId;
  sessionId: SessionId;
}

/**
 * Which session this browser has here. On https an identity provider's cross-site POST leaves the session's own cookie
 * behind (SameSite=Lax); the mark says which session it would have named. It opens nothing: it tells which session a new
 * one replaces (security 12), and to whom an answer that came twice was given.
 */
export async function sessionHere(deps: WebDeps, req: Request): Promise<SessionHere | undefined> {
  if (req.user) return { accountId: req.user.accountId, sessionId: req.user.session.id };
  const { id } = organizationOf(req).organization;
  const marked = deps.secure ? markOf(deps, req, id) : undefined;
  if (!marked) return undefined;
  const live = await findLiveSession(deps.signIn.db.manager, id, marked, deps.signIn.now());
  return live && { accountId: live.accountId, sessionId: live.id };
}

/** Sets the mark beside the session's cookie, where it is needed. */
export function markSession(deps: WebDeps, req: Request, res: Response, sessionId: SessionId): void {
  if (!deps.secure) return;
  const { id: organizationId } = organizationOf(req).organization;
  res.cookie(markName(organizationId), deps.signIn.box.seal(sessionId, { organizationId, column: COLUMN }), MARK);
}

export function unmarkSession(deps: WebDeps, req: Request, res: Response): void {
  if (deps.secure) res.clearCookie(markName(organizationOf(req).organization.id), MARK);
}

function markOf(deps: WebDeps, req: Request, organizationId: OrganizationId): SessionId | undefined {
  const sealed = parseCookie(req.headers.cookie ?? '')[markName(organizationId)];
  try {
    return sealed ? deps.signIn.box.open(sealed, { organizationId, column: COLUMN }) : undefined;
  } catch {
    // Changed, moved, or sealed with a key that is gone.
    return undefined;
  }
}
