import { join } from 'node:path';
import { Eta } from 'eta';
import { loadCatalogues, type Spoken } from '../language/catalogues';
import { nearestLanguage } from '../language/languages';
import { colorsOf } from './colors';
import type { Letter } from './letter';
import type { Envelope } from './mailroom';
import { oneLine } from './one-line';
import { outlineOf } from './outline';

/** A letter in words. */
export interface RenderedLetter {
  language: string;
  subject: string;
  text: string;
  html: string;
}

export type LetterRenderer = (envelope: Omit<Envelope, 'to' | 'linkId'>, letter: Letter) => RenderedLetter;

/**
 * Renders letters from `views/mail` under `root`, in the recipient's language.
 * @param baseUrl whose host the last line names
 * @throws when a catalogue is missing or not JSON
 */
export function createLetterRenderer(root: string, baseUrl: string): LetterRenderer {
  const views = join(root, 'views', 'mail');
  const catalogues = loadCatalogues(views);
  const html = new Eta({ views, cache: true, autoEscape: true, defaultExtension: '.html' });
  const text = new Eta({ views, cache: true, autoEscape: false, defaultExtension: '.txt' });
  const { host } = new URL(baseUrl);

  return (envelope, letter) => {
    const spoken = catalogues.in(nearestLanguage(envelope.language));
    const model = modelOf(spoken, envelope, letter, host);
    const { language, subject } = model;
    return { language, subject, text: text.render('letter', model), html: html.render('letter', model) };
  };
}

function modelOf(
  { t, language }: Spoken,
  { organization, name }: Parameters<LetterRenderer>[0],
  letter: Letter,
  host: string,
) {
  const outline = outlineOf(letter);
  const values = { ...outline.values, organization: organization.name, host };
  const lines = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, oneLine(value)]));
  const say = (key: string): string => t(key.startsWith('.') ? key.slice(1) : `letters.${letter.kind}.${key}`, lines);
  const linked = (link: { words: string; url: string } | undefined) =>
    link && { label: say(link.words), url: link.url };
  return {
    language,
    ...colorsOf(organization.color),
    organization: lines.organization,
    subject: say('subject'),
    title: say('title'),
    greeting: greeting(t, name),
    before: outline.before.map(say),
    contacts: outline.contacts?.length ? { label: t('contacts'), list: outline.contacts.map(contact) } : undefined,
    action: linked(outline.action),
    addressNote: t('link.address'),
    also: linked(outline.also),
    after: outline.after.map(say),
    footer: t('footer', lines),
  };
}

/** RFC 6068 2. */
const contact = (address: string) => ({
  address,
  url: `mailto:${encodeURIComponent(address).replaceAll('%40', '@')}`,
});

/** Mail programs make links of what looks like one: nobody signs somebody else up under the name of their website. */
const LOOKS_LIKE_A_LINK = /[@/\\]|\bwww\.|[^\s.]\.[\p{L}\p{N}-]{2,}/iu;
const LONGEST_NAME = 80;

function greeting(t: Spoken['t'], name = ''): string {
  const line = oneLine(name);
  const isFit = line && line.length <= LONGEST_NAME && !LOOKS_LIKE_A_LINK.test(line);
  return isFit ? t('greeting.named', { name: line }) : t('greeting.plain');
}
