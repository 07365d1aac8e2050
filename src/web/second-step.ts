import type { CookieOptions, Request, Response } from 'express';
import type { OrganizationId } from '../domain/ids';
import { linksOf } from '../domain/links';
import type { SecondFactorOutcome } from '../sign-in/outcome';
import { cookiesOf } from './browser';
import type { WebDeps } from './deps';
import { organizationOf } from './organization';

const cookieName = (id: OrganizationId, secure: boolean): string =>
  `${secure ? '__Host-' : ''}drawbridge-second-step-${id}`;
const options = (secure: boolean): CookieOptions => ({ httpOnly: true, secure, sameSite: 'lax', path: '/' });
const HANDLE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Sends the browser to the second step of its sign-in. The handle is made for this sign-in and stands in a cookie of the
 * organization: whoever planted a cookie before knows nothing of it.
 */
export function goToSecondStep(
  deps: WebDeps,
  req: Request,
  res: Response,
  { handle, expiresAt }: SecondFactorOutcome,
  returnTo: string | undefined,
): void {
  const { organization } = organizationOf(req);
  const maxAge = expiresAt.getTime() - deps.signIn.now().getTime();
  res.cookie(cookieName(organization.id, deps.secure), handle, { ...options(deps.secure), maxAge });
  const query = returnTo ? `?${new URLSearchParams({ return_to: returnTo })}` : '';
  res.redirect(303, linksOf(deps.baseUrl, organization).secondStep + query);
}

/** What this browser's sign-in here goes on by. */
export function handleOf({ secure }: WebDeps, req: Request): string | undefined {
  const value = cookiesOf(req)[cookieName(organizationOf(req).organization.id, secure)];
  return value && HANDLE.test(value) ? value : undefined;
}

export function forgetHandle({ secure }: WebDeps, req: Request, res: Response): void {
  res.clearCookie(cookieName(organizationOf(req).organization.id, secure), options(secure));
}
