import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { contrast, isColor, partsOf } from '../domain/color';

const YEAR = 'public, max-age=31536000, immutable';
const HOUR = 'public, max-age=3600';

const WHITE = '#ffffff';
const INKS = [WHITE, '#16181d', '#000000'];
const AA_TEXT = 4.5;

/**
 * The stylesheet that gives a page its organization's colour, without an inline style.
 * Its ink reaches a contrast of 4.5 (WCAG 2.2, 1.4.3) on the colour, and more on the hovered one.
 * @param hex six hex digits without `#`, any case
 * @returns undefined when `hex` is not a colour
 */
export function brandStylesheet(hex: string): string | undefined {
  if (!isHex(hex)) return undefined;
  const color = `#${hex.toLowerCase()}`;
  const ink = INKS.find((candidate) => contrast(candidate, color) >= AA_TEXT) ?? WHITE;
  const hover = partsOf(color).map((part) => Math.round(part * 0.88 + (ink === WHITE ? 0 : 255 * 0.12)));
  return `:root{--org:${color};--org-ink:${ink};--org-hover:rgb(${hover.join(' ')})}\n`;
}

/** Address of a brand stylesheet for a stored `#rrggbb`; undefined when it is no colour. */
export function brandStylesheetUrl(color: string): string | undefined {
  const hex = color.replace(/^#/, '').toLowerCase();
  return isHex(hex) ? `/assets/brand/${hex}.css` : undefined;
}

/** `/assets/{name}` with a fingerprint of its content, so that browsers keep it until it changes. */
export function assetUrls(root: string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const url = known.get(name) ?? `/assets/${name}?v=${fingerprint(join(assetsDirectory(root), name))}`;
    known.set(name, url);
    return url;
  };
}

/** Everything below `/assets`: our files, the typeface, the organizations' colours. */
export function serveAssets(root: string): Router {
  const router = Router();
  router.get('/brand/:hex.css', (req, res, next) => {
    const stylesheet = brandStylesheet(req.params.hex);
    if (stylesheet === undefined) return next();
    res.set('Cache-Control', YEAR).type('css').send(stylesheet);
  });
  const latin = require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
  router.get('/fonts/inter-latin.woff2', (_req, res) => {
    res.set('Cache-Control', YEAR).sendFile(latin, { cacheControl: false });
  });
  const setHeaders = (res: Response): void => {
    res.set('Cache-Control', 'v' in res.req.query ? YEAR : HOUR);
  };
  router.use(express.static(assetsDirectory(root), { index: false, redirect: false, cacheControl: false, setHeaders }));
  return router;
}

const assetsDirectory = (root: string): string => join(root, 'views', 'assets');
const fingerprint = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 10);

const isHex = (hex: string): boolean => isColor(`#${hex}`);
