import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import { createInstance, type i18n } from 'i18next';
import { handle, LanguageDetector } from 'i18next-http-middleware';

/** A language costs its line here and its file in views/locales. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_CODES = Object.keys(LANGUAGES) as readonly Language[];
const FALLBACK: Language = 'en';
const COOKIE = 'lang';
const YEAR_IN_MS = 365 * 24 * 3600 * 1000;

/** The message under `key` with `{{names}}` filled in, as plain text: templates escape it. */
export type Translate = (key: string, values?: Readonly<Record<string, unknown>>) => string;

export interface Spoken {
  t: Translate;
  language: Language;
}

export interface Languages {
  /** Remembers a language chosen by `?lang=`. */
  readonly middleware: RequestHandler;
  /** A request's language: `?lang=`, then the cookie `lang`, then Accept-Language, then English. Found when it is asked for. */
  of(req: Request, res: Response): Spoken;
  /** For mails and tests: a language without a request. */
  in(language: Language): Spoken;
}

const isLanguage = (code: unknown): code is Language => typeof code === 'string' && Object.hasOwn(LANGUAGES, code);

/**
 * Loads every catalogue of `views/locales` under `root`.
 * @param secure whether the cookie may only travel by https
 * @throws when a catalogue is missing or not JSON
 */
export function createLanguages({ root, secure }: { root: string; secure: boolean }): Languages {
  const instance = createInstance();
  instance.use(LanguageDetector);
  void instance.init({
    initAsync: false,
    supportedLngs: [...LANGUAGE_CODES],
    fallbackLng: FALLBACK,
    resources: Object.fromEntries(LANGUAGE_CODES.map((code) => [code, { translation: catalogue(root, code) }])),
    // Eta escapes what it prints; a second time would show as &amp;.
    interpolation: { escapeValue: false },
    detection: {
      order: ['querystring', 'cookie', 'header'],
      lookupQuerystring: 'lang',
      lookupCookie: COOKIE,
      caches: false,
      // 'de-AT, en' asks for German: an exact English further down must not win.
      convertDetectedLanguage: (code: string) => code.split('-', 1)[0] ?? code,
    },
  });
  const spoken = new Map(LANGUAGE_CODES.map((language) => [language, { language, t: translator(instance, language) }]));
  const speak = (code: unknown): Spoken => spoken.get(isLanguage(code) ? code : FALLBACK)!;
  const detect = handle(instance);
  return {
    middleware: rememberChoice({ httpOnly: true, sameSite: 'lax', secure, maxAge: YEAR_IN_MS, path: '/' }),
    of: (req, res) => {
      if (req.resolvedLanguage === undefined) detect(req, res, () => undefined);
      return speak(req.resolvedLanguage);
    },
    in: speak,
  };
}

const catalogue = (root: string, code: Language): object =>
  JSON.parse(readFileSync(join(root, 'views', 'locales', `${code}.json`), 'utf8')) as object;

const translator = (instance: i18n, language: Language): Translate => {
  const fixed = instance.getFixedT(language);
  return (key, values) => fixed(key, { ...values });
};

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
