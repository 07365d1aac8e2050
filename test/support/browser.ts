import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
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
const SCREENSHOTS = join(__dirname, '../../test-output/screenshots');

/** Debian's Chromium, without a screen, in a profile of its own that is gone when the browser is closed. */
export const launchBrowser = (args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
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
 * Looks for what axe finds wrong with a page. The page must come from `browser.newContext()`.
 * @throws Error that names each violated rule and the elements
 */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  if (violations.length === 0) return;
  const lines = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((n) => n.html).join('\n    ')}`,
  );
  throw new Error(`${page.url()} is not accessible:\n  ${lines.join('\n  ')}`);
}

/** Keeps a picture of the whole page; yields its file. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
