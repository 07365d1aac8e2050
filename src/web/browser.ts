import { parseCookie } from 'cookie';
import { randomBytes } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
const RESTART_SECONDS = 60;
/** Longer than an attempt lives: one that took too long is still known as this browser's, and starts again. */
const BINDING_HOURS = 24;

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
  maxAge: BINDING_HOURS * 3_600_000,
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
  if (hasRestarted(req, secure)) return false;
  res.cookie(restartName(secure), '1', { ...bindingCookie(secure), maxAge: RESTART_SECONDS * 1000 });
  return true;
}

/** True within a minute of a restart; never in a browser that keeps no cookies. */
export const hasRestarted = (req: Request, secure: boolean): boolean =>
  cookiesOf(req)[restartName(secure)] !== undefined;

export function cookiesOf(req: Request): Readonly<Record<string, string>> {
  return parseCookie(req.headers.cookie ?? '') as Record<string, string>;
}
