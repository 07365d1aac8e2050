import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInstance, type i18n, type InitOptions, type Module, type Newable } from 'i18next';
import { FALLBACK_LANGUAGE, LANGUAGE_CODES, type Language } from './languages';

/** The message under `key` with `{{names}}` filled in, as plain text: templates escape it. */
export type Translate = (key: string, values?: Readonly<Record<string, unknown>>) => string;

export interface Spoken {
  t: Translate;
  language: Language;
}

export interface Catalogues {
  in(language: Language): Spoken;
  /** For what stands on i18next itself, such as finding a request's language. */
  readonly i18next: i18n;
}

/** What finds a request's language: a module of i18next and its options. */
export interface Detection {
  detector: Newable<Module>;
  options: InitOptions['detection'];
}

/**
 * Loads the catalogue of every language: `{code}.json` in `folder`, and what stands in files of a folder `{code}`, under
 * their names: `en/portal/users.json` holds `portal.users.…`.
 * @throws when one is missing or not JSON
 */
export function loadCatalogues(folder: string, detection?: Detection): Catalogues {
  const i18next = createInstance();
  if (detection) i18next.use(detection.detector);
  void i18next.init({
    initAsync: false,
    supportedLngs: [...LANGUAGE_CODES],
    fallbackLng: FALLBACK_LANGUAGE,
    resources: Object.fromEntries(LANGUAGE_CODES.map((code) => [code, { translation: readCatalogue(folder, code) }])),
    // Templates escape what they print; a second time would show as &amp;.
    interpolation: { escapeValue: false },
    ...(detection && { detection: detection.options }),
  });
  const spoken = Object.fromEntries(
    LANGUAGE_CODES.map((language) => [language, { language, t: translator(i18next, language) }]),
  ) as Readonly<Record<Language, Spoken>>;
  return { i18next, in: (language) => spoken[language] };
}

/** Every message of a language, as one tree. @throws when its file is missing or not JSON */
export const readCatalogue = (folder: string, code: Language): object => ({
  ...read(join(folder, `${code}.json`)),
  ...readParts(join(folder, code)),
});

const read = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object;

function readParts(folder: string): object {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    return [basename(entry.name, '.json'), entry.isDirectory() ? readParts(path) : read(path)] as const;
  });
  return Object.fromEntries(entries);
}

function translator(instance: i18n, language: Language): Translate {
  const fixed = instance.getFixedT(language);
  return (key, values) => fixed(key, { ...values });
}
