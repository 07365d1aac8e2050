import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { source as axe, type AxeResults } from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { peerEnvironment } from './leftovers';

const QUIET = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCREENSHOTS = join(__dirname, '../../test-output/screenshots');

/** Debian's Chromium without all that is for a screen, in a profile of its own that is gone when the browser is closed. */
export const launchBrowser = (args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    chromiumSandbox: false,
    args: [...QUIET, ...args],
    env: peerEnvironment(),
  });

/** Chromium with a profile in this empty directory, whose preferences say this. */
export async function launchProfile(dir: string, preferences: object): Promise<BrowserContext> {
  await mkdir(join(dir, 'Default'));
  await writeFile(join(dir, 'Default/Preferences'), JSON.stringify(preferences));
  return chromium.launchPersistentContext(dir, {
    executablePath: '/usr/bin/chromium',
    chromiumSandbox: false,
    args: QUIET,
    env: peerEnvironment(),
    ignoreHTTPSErrors: true,
    locale: 'en-GB',
  });
}

/**
 * What axe finds wrong with a page: `rule: element`, one for each. It does not look into frames.
 * Axe stays in a page that is looked at again, and names violations only: both cost more than the looking.
 */
export async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  const options = JSON.stringify({ runOnly: AXE_RULES, resultTypes: ['violations'], iframes: false });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** @throws Error that names each violated rule and the elements */
export async function expectAccessible(page: Page): Promise<void> {
  const violations = await violationsOf(page);
  if (violations.length) throw new Error(`${page.url()} is not accessible:\n  ${violations.join('\n  ')}`);
}

/** Keeps a picture of the whole page; yields its file. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
