import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../domain/errors';

const FIELD = '_csrf';

/** What a browser says of where a request comes from. `unknown`: it says nothing, as programs do and very old browsers. */
function provenance(req: Request, baseUrl: string): 'same-origin' | 'foreign' | 'unknown' {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'same-origin' : 'foreign';
  const { origin } = req.headers;
  if (origin === undefined) return 'unknown';
  return origin === baseUrl ? 'same-origin' : 'foreign';
}

/**
 * Security 23, before sign-in: a form another site posts is refused by what the browser says of it; no session is
 * written for a visitor. `meantForOthers` are the paths that identity providers post to.
 */
export const refuseForeignForms =
  (baseUrl: string, meantForOthers: RegExp): RequestHandler =>
  (req, _res, next) => {
    const harmless = req.method === 'GET' || req.method === 'HEAD' || meantForOthers.test(req.path);
    next(!harmless && provenance(req, baseUrl) === 'foreign' ? new AppError('forbidden') : undefined);
  };

const tokens = csrfSync({
  getTokenFromRequest: (req) => (req.body as Record<string, unknown> | undefined)?.[FIELD] as string | undefined,
  errorConfig: { statusCode: 403, message: 'forbidden', code: 'EBADCSRFTOKEN' },
});

/** After sign-in: the token of this very session. */
export const requireToken: RequestHandler = (req, res, next) =>
  tokens.csrfSynchronisedProtection(req, res, (error?: unknown) =>
    next(error ? new AppError('forbidden', { cause: error }) : undefined),
  );

/** Whether a form carries the token of this very session. */
export const hasToken = (req: Request): boolean => tokens.isRequestValid(req);

/** A form of a page of ours, though perhaps not of this session. */
export const isFromHere = (req: Request, baseUrl: string): boolean => provenance(req, baseUrl) === 'same-origin';

/** Signing out is harmless enough that a browser's word for the same origin does as well as the token. */
export const requireTokenOrSameOrigin =
  (baseUrl: string): RequestHandler =>
  (req, res, next) =>
    provenance(req, baseUrl) === 'same-origin' ? next() : requireToken(req, res, next);

/** Hidden fields for a form of the signed-in person. */
export const csrfFields = (req: Request): Readonly<Record<string, string>> => ({ [FIELD]: tokens.generateToken(req) });
