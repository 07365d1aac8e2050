import express from 'express';
import fc from 'fast-check';
import request from 'supertest';
import { root } from '../../src/config';
import { assetUrls, brandStylesheet, brandStylesheetUrl, serveAssets } from '../../src/web/assets';
import { createLanguages } from '../../src/web/languages';

const app = express().use('/assets', serveAssets(root));

/** WCAG contrast, written apart from the code under test. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe('brand stylesheet', () => {
  test('any colour gets an ink that can be read on it, hovered or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const css = brandStylesheet(value.toString(16).padStart(6, '0')) ?? '';
        const [, org, ink, ...hover] =
          /^:root\{--org:(#[0-9a-f]{6});--org-ink:(#[0-9a-f]{6});--org-hover:rgb\((\d+) (\d+) (\d+)\)\}\n$/.exec(css) ??
          [];
        const hovered = `#${hover.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
        expect(contrast(org!, ink!)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(hovered, ink!)).toBeGreaterThanOrEqual(4.5);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['', 'fff', '0b5d4', '0b5d4e0', 'gggggg', '0b5d4e}', '0b5d4e\n', '../etc'])('%j is no colour', (hex) => {
    expect(brandStylesheet(hex)).toBeUndefined();
    expect(brandStylesheetUrl(`#${hex}`)).toBeUndefined();
  });
});

describe('/assets', () => {
  test.each([
    ['/assets/brand/0B5D4E.css', 'text/css', 'immutable'],
    [assetUrls(root)('drawbridge.css'), 'text/css', 'immutable'],
    ['/assets/drawbridge.css', 'text/css', 'max-age=3600'],
    ['/assets/mark.svg', 'image/svg+xml', 'max-age=3600'],
    ['/assets/submit.js', 'text/javascript', 'max-age=3600'],
    ['/assets/fonts/inter-latin.woff2', 'font/woff2', 'immutable'],
    ['/assets/fonts/inter-latin-extended-a.woff2', 'font/woff2', 'max-age=3600'],
  ])('%s is served and kept', async (path, type, caching) => {
    const response = await request(app).get(path).expect(200);
    expect(response.headers['content-type']).toContain(type);
    expect(response.headers['cache-control']).toContain(caching);
  });

  test.each([
    '/assets/brand/red.css',
    '/assets/',
    '/assets/fonts',
    '/assets/..%2flayout.eta',
    '/assets/fonts/..%2f..%2fpackage.json',
  ])('%s is not there', async (path) => {
    await request(app).get(path).expect(404);
  });
});

describe('language of a request', () => {
  const languages = createLanguages({ root, secure: false });
  const spoken = express()
    .use(languages.middleware)
    .get('/', (req, res) => void res.send(languages.of(req, res).t('signed-out.title')));
  const [english, german] = ['You are signed out', 'Sie sind abgemeldet'];

  test.each([
    ['nothing', '/', {}, english],
    ['Accept-Language', '/', { 'Accept-Language': 'fr;q=0.9, de-AT, en;q=0.4' }, german],
    ['the cookie before the header', '/', { Cookie: 'lang=de', 'Accept-Language': 'en' }, german],
    ['the link before the cookie', '/?lang=en', { Cookie: 'lang=de' }, english],
    ['an unknown language', '/?lang=xx', { 'Accept-Language': 'de' }, german],
    ['a list', '/?lang=de&lang=en', {}, german],
    ['an object', '/?lang[a]=de', {}, english],
    ['a prototype', '/?lang=__proto__', { Cookie: 'lang=constructor' }, english],
    ['a broken header', '/', { 'Accept-Language': ';;q=,%00' }, english],
  ])('%s', async (_name, path, headers, expected) => {
    const response = await request(spoken).get(path).set(headers).expect(200);
    expect(response.text).toBe(expected);
  });

  test('only a choice sets a cookie', async () => {
    expect((await request(spoken).get('/').set('Accept-Language', 'de')).headers['set-cookie']).toBeUndefined();
    expect((await request(spoken).get('/?lang=xx')).headers['set-cookie']).toBeUndefined();
    const [cookie] = (await request(spoken).get('/?lang=de')).headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^lang=de; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  });
});
