import type { CookieOptions, Request, Response } from 'express';
import { isResumePath, pendingAt } from './application-forms';
import { cookiesOf } from './browser';
import type { WebDeps } from './deps';
import { organizationOf } from './organization';
import { allowFormTo } from './security-headers';

/** As long as the request itself waits. */
const KEPT_MS = 3_600_000;
const keptName = (secure: boolean): string => `${secure ? '__Host-' : ''}drawbridge-request`;
const options = (secure: boolean): CookieOptions => ({ httpOnly: true, secure, sameSite: 'lax', path: '/' });

/**
 * Remembers the application's request that waits at `returnTo` while the person goes a way that leaves the address:
 * by mail, or by proving that an account is theirs. Nothing else is remembered.
 */
export function keepRequest({ secure }: WebDeps, res: Response, returnTo: string | null | undefined): void {
  if (isResumePath(returnTo)) res.cookie(keptName(secure), returnTo, { ...options(secure), maxAge: KEPT_MS });
}

/**
 * Where this browser's remembered request goes on, when it still waits and is about this organization. With `res`, the
 * policy of the page lets its form through to the application.
 */
export async function keptRequest(deps: WebDeps, req: Request, res?: Response): Promise<string | undefined> {
  const kept = cookiesOf(req)[keptName(deps.secure)];
  const pending = await pendingAt(deps, kept);
  if (pending?.organization !== organizationOf(req).organization.slug) return undefined;
  if (res) allowFormTo(res, new URL(pending.redirectUri).origin);
  return pending.resumePath;
}
