import { parseCookie } from 'cookie';
import { randomBytes } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import { ATTEMPT_MINUTES } from '../sign-in/attempt';

const RESTART_SECONDS = 60;

const hostCookie = (name: string, secure: boolean): string => `${secure ? '__Host-' : ''}${name}`;
const browserName = (secure: boolean): string => hostCookie('drawbridge-browser', secure);
const restartName = (secure: boolean): string => hostCookie('drawbridge-restarted', secure);

/**
 * The cookie that binds attempts to this browser (security 10). It must survive the identity provider's cross-site POST:
 * SameSite=None on https. Plain http allows no such cookie; there the reply is held for a same-site GET.
 */
const bindingCookie = (secure: boolean): CookieOptions => ({
  httpOnly: true,
  secure,
  sameSite: secure ? 'none' : 'lax',
  path: '/',
  maxAge: ATTEMPT_MINUTES * 60_000,
});

/** The browser's random id of 256 bits, made at its first attempt and shared by its tabs. */
export function bindBrowser(req: Request, res: Response, secure: boolean): string {
  const id = browserOf(req, secure) ?? randomBytes(32).toString('base64url');
  res.cookie(browserName(secure), id, bindingCookie(secure));
  return id;
}

export const browserOf = (req: Request, secure: boolean): string | undefined => {
  const value = cookiesOf(req)[browserName(secure)];
  return value && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
};

/** Starting afresh by itself is done at most once per browser and minute, so that nobody goes round in circles. */
export function mayRestart(req: Request, res: Response, secure: boolean): boolean {
  if (cookiesOf(req)[restartName(secure)]) return false;
  res.cookie(restartName(secure), '1', { ...bindingCookie(secure), maxAge: RESTART_SECONDS * 1000 });
  return true;
}

function cookiesOf(req: Request): Readonly<Record<string, string>> {
  return parseCookie(req.headers.cookie ?? '') as Record<string, string>;
}
