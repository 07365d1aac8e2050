import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/config';
import { ERRORS } from '../../src/domain/errors';
import { STANDARD_ATTRIBUTES } from '../../src/domain/attributes';
import { createLanguages, LANGUAGE_CODES } from '../../src/web/languages';
import { createPages, type PageContext } from '../../src/web/pages';
import { REFUSAL_PAGES } from '../../src/web/refusals';
import { browserInWords, initials, when } from '../../src/web/wording';
import { samples } from '../support/pages-gallery';

const VIEWS = join(root, 'views');
const catalogue = (code: string): unknown => JSON.parse(readFileSync(join(VIEWS, 'locales', `${code}.json`), 'utf8'));
const messages = (value: unknown, path = ''): [string, string][] =>
  typeof value === 'string'
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, inner]) => messages(inner, path ? `${path}.${key}` : key));
const english = new Map(messages(catalogue('en')));
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();

const languages = createLanguages({ root, secure: false });
const pages = createPages({ root, cacheTemplates: true });
const now = new Date('2026-11-12T09:14:00Z');
const context: PageContext = { ...languages.in('en'), now };

const templates = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.eta'))
  .map((name) => ({ name, source: readFileSync(join(VIEWS, name), 'utf8') }));

describe('catalogues', () => {
  test.each(LANGUAGE_CODES)('%s has every message, none empty', (code) => {
    const own = new Map(messages(catalogue(code)));
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
    expect([...own].filter(([, text]) => !text.trim())).toEqual([]);
  });

  test.each(LANGUAGE_CODES)('%s uses only values that English is given', (code) => {
    // A refusal is told organization, connection and person, whichever of them a language needs.
    const refusal = ['connection', 'organization', 'person'];
    const foreign = messages(catalogue(code)).filter(([key, text]) => {
      const given = new Set([...placeholders(english.get(key) ?? ''), ...(key.startsWith('refused.') ? refusal : [])]);
      return placeholders(text).some((name) => !given.has(name));
    });
    expect(foreign).toEqual([]);
  });

  test.each(LANGUAGE_CODES)('%s has words for every refusal and every attribute', (code) => {
    const own = new Map(messages(catalogue(code)));
    const needed = [
      ...Object.values(REFUSAL_PAGES).flatMap(({ words }) =>
        ['title', 'text', 'advice'].map((part) => `refused.${words}.${part}`),
      ),
      ...STANDARD_ATTRIBUTES.map((name) => `attributes.${name}`),
    ];
    expect(needed.filter((key) => !own.has(key))).toEqual([]);
  });

  test('every message that a template or the code names exists', () => {
    const code = ['pages', 'refusals', 'wording'].map((name) =>
      readFileSync(join(root, 'src', 'web', `${name}.ts`), 'utf8'),
    );
    const used = [...templates.map(({ source }) => source), ...code].flatMap((source) =>
      [...source.matchAll(/\bt\('([\w.-]+[\w])'/g)].map((match) => match[1]!),
    );
    expect(used.length).toBeGreaterThan(50);
    expect([...new Set(used)].filter((key) => !english.has(key))).toEqual([]);
  });
});

describe('templates', () => {
  test.each(templates)('$name prints nothing raw but includes and the body', ({ source }) => {
    const raw = [...source.matchAll(/<%~\s*(\S+)/g)].map((match) => match[1]!);
    expect(raw.filter((start) => !start.startsWith('include(') && start !== 'it.body')).toEqual([]);
  });

  test.each(templates)('$name has no inline style, script or handler', ({ source }) => {
    expect(source).not.toMatch(/\sstyle=|<style|\son\w+=|javascript:|<script(?![^>]*\ssrc=)/);
  });

  test('no text stands in a template', () => {
    const said = templates.flatMap(({ name, source }) =>
      [...source.replace(/<%[\s\S]*?%>/g, ' ').matchAll(/>([^<]*[A-Za-zÄÖÜäöü]{2,}[^<]*)</g)].map(
        (match) => `${name}: ${match[1]!.trim()}`,
      ),
    );
    expect(said).toEqual([]);
  });
});

describe('pages', () => {
  test.each(samples.flatMap(({ id, render }) => LANGUAGE_CODES.map((code) => ({ id, code, render }))))(
    '$id in $code says everything it should',
    ({ code, render }) => {
      const html = render(code);
      expect(html).toMatch(new RegExp(`^\\s*<!doctype html>\\s*<html lang="${code}" dir="ltr"`));
      expect(html).toMatch(/<title>[^<]{3,}<\/title>/);
      expect(html.match(/<h1/g)).toHaveLength(1);
      expect(html).not.toMatch(/undefined|\[object |\{\{|NaN|[\uE000\uE001]|&amp;amp;|&amp;#/);
      // An untranslated key shows as itself.
      expect(html).not.toMatch(
        />\s*(?:layout|discover|sign-in|signed-out|posting|account|refused|api|attributes|time)\.[a-z]/,
      );
    },
  );

  test('whatever people are called, it stays text', () => {
    const nasty = `"><script>alert('1')</script>&amp;`;
    const organization = { name: nasty, color: '"onload=x', signInUrl: '/x?a=1&b="' };
    const html =
      pages.render(
        'sign-in',
        { connections: [{ name: nasty, url: '/x' }], contacts: [nasty] },
        { ...context, organization, here: `/x?q=${nasty}` },
      ) +
      pages.render(
        'refused',
        { code: 'account_suspended', email: nasty, connection: nasty, attempt: nasty, contacts: [nasty] },
        { ...context, organization },
      );
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('brand/');
    expect(html).toContain('&lt;script&gt;');
  });

  test('an unknown organization and a known one without account get the same answer on the first page', () => {
    expect(pages.render('discover', { value: 'a@b.example', error: 'unknown' }, context)).not.toMatch(/account/i);
  });

  test('a seat refusal names organization, provider, address, attempt and whom to tell', () => {
    const html = pages.render(
      'refused',
      {
        code: 'licence_seats_exhausted',
        connection: 'Okta',
        email: 'maria@acme.example',
        attempt: '7F3K-92QD',
        contacts: ['it@acme.example'],
      },
      { ...context, organization: { name: 'Acme', signInUrl: '/acme' }, requestId: 'r-1' },
    );
    for (const expected of [
      'Okta let you in, but Acme has no seat left',
      '<b>maria@acme.example</b>',
      '<b>7F3K-92QD</b>',
      'href="mailto:it@acme.example?subject=Signing%20in%20to%20Acme',
      'Tell my IT admin',
      'r-1',
    ])
      expect(html).toContain(expected);
  });

  test('language links keep the query and are absent where the page cannot be fetched again', () => {
    const organization = { name: 'Acme', signInUrl: '/acme' };
    const model = { connections: [] };
    expect(pages.render('sign-in', model, { ...context, organization, here: '/acme?choose=1' })).toContain(
      'href="/acme?choose=1&amp;lang=de"',
    );
    for (const here of [undefined, '', '//', '//evil.example/x', '/\\evil.example', 'http://evil.example/', '*'])
      expect(pages.render('sign-in', model, { ...context, organization, here })).not.toContain('lang=de');
  });
});

describe('wording', () => {
  test.each([
    ['Acme', 1, 'A'],
    ['María Suárez', 2, 'MS'],
    ['Łukasz', 2, 'Ł'],
    ['Pat van der O’Leary', 2, 'PO'],
    ['李 明', 2, '李'],
    ['(élan) Söhne', 1, 'É'],
    ['', 2, ''],
    ['🙂 !', 2, ''],
  ] as const)('initials of %j', (name, most, expected) => {
    expect(initials(name, most)).toBe(expected);
  });

  test.each([
    [0, 'just now', 'gerade eben'],
    [4, '4 minutes ago', 'vor 4 Minuten'],
    [180, '3 hours ago', 'vor 3 Stunden'],
    [1440, 'yesterday', 'gestern'],
    [10 * 1440, '2 Nov 2026', '02.11.2026'],
  ])('%i minutes ago', (minutes, inEnglish, inGerman) => {
    const date = new Date(now.getTime() - minutes * 60_000);
    expect(when(date, now, 'en', languages.in('en').t)).toBe(inEnglish);
    expect(when(date, now, 'de', languages.in('de').t)).toBe(inGerman);
  });

  test.each([
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on Mac',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8', 'Unknown browser'],
    [undefined, 'Unknown browser'],
  ])('%j in words', (userAgent, expected) => {
    expect(browserInWords(userAgent, languages.in('en').t).title).toBe(expected);
  });
});

test('every error code has a page', () => {
  expect(Object.keys(REFUSAL_PAGES).sort()).toEqual(Object.keys(ERRORS).sort());
});
