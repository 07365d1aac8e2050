import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { root } from '../../src/config';
import { launchBrowser, violationsOf } from '../support/browser';
import { samples, serveGallery } from '../support/pages-gallery';
import { describeWith } from '../support/requires';

const SHOTS = join(root, 'test-output', 'screenshots');

// Colours do not depend on the width, nor sizes on the colours: two looks see all four.
const LOOKS = [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 360 },
] as const;

/** Every page in both looks; its further states in one, in turns. */
const looksOf = ((seen: Map<string, number>) => (page: string) => {
  const before = seen.get(page) ?? 0;
  seen.set(page, before + 1);
  return before === 0 ? LOOKS : LOOKS.filter((_, at) => at === before % LOOKS.length);
})(new Map());

// Words alone tell these apart from one that axe looks at.
const SEEN_IN_FULL =
  /missing_attribute|seats_exhausted|unknown_organization|internal_error|nameless|self_signup|may-prove|in-application/;
const wordsOnly = (id: string): boolean =>
  (id.startsWith('refused-') && !SEEN_IN_FULL.test(id)) ||
  /^(link|choose)-(set|reset)_password|^link-(confirm_email|first_owner)|^link-over-(email|owner|elsewhere)/.test(id) ||
  /^check-email-(forgot|link_again|confirm_email)/.test(id) ||
  // A list without lines is the part that /dev/parts shows too.
  /^(portal|owners)-.*-(none|empty|nobody|nobody-fits|read-only)$/.test(id);

describeWith('chromium', 'pages in Chromium', () => {
  jest.setTimeout(60_000);
  let gallery: Awaited<ReturnType<typeof serveGallery>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    gallery = await serveGallery();
    browser = await launchBrowser();
    // Without motion, colours do not change over time and a picture is the same every time.
    context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en' });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await gallery?.close();
  });
  beforeEach(() => void (complaints = []));
  // One page for all: opening one takes longer than most tests.
  afterEach(async () => {
    await Promise.all([page.unrouteAll(), context.clearCookies()]);
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  const open = async (path: string): Promise<void> => {
    await page.goto(gallery.url + path);
    await page.evaluate('document.fonts.ready');
  };
  const overflow = (): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  /** Pictures are for people. */
  const shoot = async (name: string): Promise<void> => {
    if (process.env.CI !== 'true') await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  };
  /** So that a posting page can be looked at. */
  const holdForms = (): Promise<void> =>
    page
      .route('**/submit.js*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
      .then(() => undefined);

  const inFull = samples.filter(({ id }) => !wordsOnly(id));
  test.each(inFull.map(({ id, page: name }) => ({ id, looks: looksOf(name) })))(
    '$id is accessible, in light or dark, narrow or wide',
    async ({ id, looks }) => {
      await holdForms();
      await open(`/${id}`);
      for (const details of await page.locator('details').all())
        await details.evaluate((element) => element.setAttribute('open', ''));
      for (const { colorScheme, width } of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        expect({ colorScheme, width, violations: await violationsOf(page) }).toEqual({
          colorScheme,
          width,
          violations: [],
        });
        await shoot(`${id}-${width}-${colorScheme}`);
      }
      expect(complaints).toEqual([]);
    },
  );

  test.each(samples)('$id holds at 320 pixels in German', async ({ id }) => {
    await holdForms();
    await page.setViewportSize({ width: 320, height: 640 });
    await open(`/${id}?lang=de`);
    expect(await overflow()).toBe(0);
    await page.setViewportSize({ width: 760, height: 640 });
    await shoot(`${id}-de`);
    expect(complaints).toEqual([]);
  });

  test('data-theme overrides the preference of the browser', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open('/sign-in-one?theme=dark');
    const background = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(background).toBe('rgb(16, 18, 22)');
  });

  test("the main button has the organization's colour", async () => {
    await open('/sign-in-one');
    const color = await page.evaluate("getComputedStyle(document.querySelector('.btn.primary')).backgroundColor");
    expect(color).toBe('rgb(11, 93, 78)');
  });

  test('the skip link is the first stop and leads to the content', async () => {
    await open('/sign-in-one');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Continue with Okta');
  });

  test('the error summary leads to its field', async () => {
    await open('/discover-unknown');
    await page.locator('.banner a').click();
    expect(await page.evaluate('document.activeElement.id')).toBe('organization');
  });

  test('a problem with a name leads to its field', async () => {
    await open('/signup-errors');
    await page.getByRole('link', { name: 'First name: nothing was entered.' }).click();
    expect(await page.evaluate('document.activeElement.id')).toBe('givenName');
  });

  test('a typed password can be looked at, by keyboard too, and is sent as a password', async () => {
    await open('/choose-first_owner');
    const [password, show] = [page.locator('#password'), page.getByRole('button', { name: 'Show what was typed' })];
    await password.fill('four unrelated words here');
    expect(await password.getAttribute('type')).toBe('password');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await password.getAttribute('type')).toBe('text');
    expect(await show.getAttribute('aria-pressed')).toBe('true');
    await page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())");
    await page.getByRole('button', { name: 'Create account' }).click();
    expect(await password.getAttribute('type')).toBe('password');
  });

  test('signing in with a password works without scripts', async () => {
    const silent = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
    const plain = await silent.newPage();
    await plain.goto(`${gallery.url}/sign-in-password`);
    expect(await plain.getByRole('button').count()).toBe(1);
    await plain.getByLabel('E-mail or username').fill('peter');
    await plain.getByLabel('Password').fill('a secret');
    await plain.keyboard.press('Enter');
    await plain.waitForURL('**/initech/login');
    expect(gallery.posted.at(-1)).toEqual({ return_to: '/initech/account', login: 'peter', password: 'a secret' });
    await silent.close();
  });

  test('the language link stays on the page and is remembered', async () => {
    await open('/sign-in-one');
    await page.getByRole('link', { name: 'Deutsch' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await open('/signed-out');
    expect(await page.locator('h1').textContent()).toBe('Sie sind abgemeldet');
  });

  test('a posting page sends its form by itself', async () => {
    await page.goto(`${gallery.url}/posting`);
    await page.waitForURL('**/idp');
    expect(gallery.posted.at(-1)).toEqual({ SAMLRequest: 'PHNhbWw+', RelayState: '"<r>"' });
  });

  test('a posting page works without scripts', async () => {
    const silent = await browser.newContext({ javaScriptEnabled: false });
    const plain = await silent.newPage();
    await plain.goto(`${gallery.url}/posting`);
    await plain.getByRole('button', { name: 'Continue' }).click();
    await plain.waitForURL('**/idp');
    await silent.close();
  });

  test.each(['account', 'sign-in-long', 'change-password', 'api-docs'])(
    '%s weighs under 100 kB compressed',
    async (id) => {
      const sizes: Promise<number>[] = [];
      const first = await browser.newContext();
      const visit = await first.newPage();
      visit.on('response', (response) => {
        const packed = /font\/|\.woff2/.test(response.url());
        sizes.push(response.body().then((body) => (packed ? body.length : gzipSync(body).length)));
      });
      await visit.goto(`${gallery.url}/${id}`, { waitUntil: 'networkidle' });
      const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(total).toBeGreaterThan(40_000);
      expect(total).toBeLessThan(100_000);
      await first.close();
    },
  );
});
