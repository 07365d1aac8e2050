import { join } from 'node:path';
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import { handle, LanguageDetector } from 'i18next-http-middleware';
import { loadCatalogues, type Spoken } from '../language/catalogues';
import { FALLBACK_LANGUAGE, isLanguage, type Language } from '../language/languages';

export type { Spoken, Translate } from '../language/catalogues';
export { LANGUAGES, LANGUAGE_CODES, type Language } from '../language/languages';

const COOKIE = 'lang';
const YEAR_IN_MS = 365 * 24 * 3600 * 1000;

export interface Languages {
  /** Remembers a language chosen by `?lang=`. */
  readonly middleware: RequestHandler;
  /** A request's language: `?lang=`, then the cookie `lang`, then Accept-Language, then English. Found when it is asked for. */
  of(req: Request, res: Response): Spoken;
  /** For tests: a language without a request. */
  in(language: Language): Spoken;
}

const DETECTION = {
  order: ['querystring', 'cookie', 'header'],
  lookupQuerystring: 'lang',
  lookupCookie: COOKIE,
  caches: false,
  // 'de-AT, en' asks for German: an exact English further down must not win.
  convertDetectedLanguage: (code: string) => code.split('-', 1)[0] ?? code,
} as const;

/**
 * Loads every catalogue of `views/locales` under `root`.
 * @param secure whether the cookie may only travel by https
 * @throws when a catalogue is missing or not JSON
 */
export function createLanguages({ root, secure }: { root: string; secure: boolean }): Languages {
  const catalogues = loadCatalogues(join(root, 'views', 'locales'), {
    detector: LanguageDetector,
    options: DETECTION,
  });
  const detect = handle(catalogues.i18next);
  return {
    middleware: rememberChoice({ httpOnly: true, sameSite: 'lax', secure, maxAge: YEAR_IN_MS, path: '/' }),
    of: (req, res) => {
      if (req.resolvedLanguage === undefined) detect(req, res, () => undefined);
      return catalogues.in(isLanguage(req.resolvedLanguage) ? req.resolvedLanguage : FALLBACK_LANGUAGE);
    },
    in: (language) => catalogues.in(language),
  };
}

/** A cookie only for who asked for a language by the link, not for every visitor. */
const rememberChoice =
  (options: CookieOptions): RequestHandler =>
  (req, res, next) => {
    const { lang } = req.query;
    if (req.method === 'GET' && isLanguage(lang)) res.cookie(COOKIE, lang, options);
    next();
  };

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by i18next-http-middleware. */
    resolvedLanguage?: string;
  }
}
