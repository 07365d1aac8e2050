import { parseCookie } from 'cookie';
import type { CookieOptions, Request, RequestHandler } from 'express';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const COOKIE = 'theme';
const YEAR_IN_MS = 365 * 24 * 3600 * 1000;

/** Remembers a theme chosen by `?theme=`; any other value goes back to what the browser prefers. */
export function rememberTheme(secure: boolean): RequestHandler {
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  return (req, res, next) => {
    if (req.method === 'GET' && req.query.theme !== undefined) {
      const chosen = themeIn(req.query.theme);
      if (chosen) res.cookie(COOKIE, chosen, { ...options, maxAge: YEAR_IN_MS });
      else res.clearCookie(COOKIE, options);
    }
    next();
  };
}

/** The theme somebody chose; undefined: the browser's preference. */
export const themeOf = (req: Request): Theme | undefined =>
  themeIn(req.query.theme ?? parseCookie(req.headers.cookie ?? '')[COOKIE]);

const themeIn = (value: unknown): Theme | undefined => THEMES.find((theme) => theme === value);
