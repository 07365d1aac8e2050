import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { Browser } from 'playwright-core';
import { root } from '../../src/config';
import { openDevMail, type DevMail } from '../../src/demo/dev-mail';
import { createLetterRenderer } from '../../src/mail/render';
import { securityHeaders } from '../../src/web/security-headers';
import { launchBrowser, screenshot, violationsOf } from '../support/browser';
import { createClient, type HttpClient } from '../support/http-client';
import { describeWith } from '../support/requires';

const render = createLetterRenderer(root, 'http://localhost:3000');
const LINK = 'http://localhost:3000/initech/link/token?a=1&b=2';

let dataDir: string;
let mail: DevMail;
let client: HttpClient;
let origin: string;
let close: () => Promise<void>;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-dev-mail-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<void> {
  mail = await openDevMail(dataDir);
  const app = express().use(securityHeaders(false)).use(mail.pages);
  app.use((_req, res) => void res.status(404).send('elsewhere'));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  client = createClient(origin);
  close = () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
}

let minutes = 0;
const send = (id: string, to: string, name = 'Initech') =>
  mail.transport.send({
    ...render(
      { organization: { id: 'initech', name, color: '#6d3bd1' }, name: 'Peter' },
      { kind: 'confirm_signup', url: LINK },
    ),
    ...{ messageId: `<${id}@localhost>`, from: name, to, date: new Date(Date.UTC(2026, 10, 20, 9, ++minutes)) },
  });

test('lists what was sent, newest first, and narrows it down to an address', async () => {
  expect((await client.get('/dev/mail')).text).toContain('No mail yet');
  await send('a1', 'peter@initech.example');
  await send('a2', 'milton@initech.example', '<b>Initech</b>');
  const { text, headers } = await client.get('/dev/mail');
  expect(text.indexOf('milton@initech.example')).toBeLessThan(text.indexOf('peter@initech.example'));
  expect(text).toContain('Confirm your e-mail address for Initech');
  expect(text).toContain('&lt;b&gt;Initech&lt;/b&gt;');
  expect(headers.get('cache-control')).toBe('no-store');
  const narrowed = (await client.get('/dev/mail?to=Peter@initech.example')).text;
  expect(narrowed).toContain('/dev/mail/a1"');
  expect(narrowed).not.toContain('/dev/mail/a2"');
});

test('shows one mail: the letter in a frame of its own policy, the text with its links', async () => {
  await send('a1', 'peter@initech.example');
  const shown = await client.get('/dev/mail/a1');
  const inHtml = LINK.replaceAll('&', '&amp;');
  expect(shown.text).toContain(`<a href="${inHtml}">${inHtml}</a>`);
  expect(shown.text).toContain('<iframe src="/dev/mail/a1/html"');
  expect(shown.headers.get('content-security-policy')).toContain("frame-src 'self'");

  const letter = await client.get('/dev/mail/a1/html');
  expect(letter.text).toContain('<base target="_top">');
  expect(letter.text).toContain(`<a class="button" href="${inHtml}"`);
  const policy = letter.headers.get('content-security-policy');
  expect(policy).toMatch(/^sandbox .*default-src 'none'.*frame-ancestors 'self'$/);
  expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/);
  for (const path of ['/dev/mail/nobody', '/dev/mail/nobody/html']) expect((await client.get(path)).status).toBe(404);
});

test('gives programs the same as JSON', async () => {
  await send('a1', 'peter@initech.example');
  await send('a2', 'milton@initech.example');
  const reply = await client.get('/dev/mail.json?to=peter@initech.example');
  expect(reply.json()).toEqual([
    {
      ...{ id: 'a1', from: 'Initech', to: 'peter@initech.example', at: expect.stringMatching(/^2026-11-20T09:/) },
      subject: 'Confirm your e-mail address for Initech',
      text: expect.stringContaining(LINK),
      html: expect.stringContaining('<!doctype html>'),
    },
  ]);
  expect((await client.get('/dev/mail.json')).json()).toHaveLength(2);
});

test('keeps the newest 200 over a restart, for the owner alone; a mail that comes twice once', async () => {
  await Promise.all(Array.from({ length: 205 }, (_, index) => send(`m${index}`, 'peter@initech.example')));
  await send('m204', 'peter@initech.example');
  const file = join(dataDir, 'dev-mail.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(200);
  await close();
  await open();
  const mails = (await client.get('/dev/mail.json')).json<{ id: string }[]>();
  expect(mails).toHaveLength(200);
  expect(mails[0]?.id).toBe('m204');
  expect(mails.at(-1)?.id).toBe('m5');
});

test('deletes all on POST only', async () => {
  await send('a1', 'peter@initech.example');
  expect((await client.get('/dev/mail/delete')).status).toBe(404);
  const page = await client.get('/dev/mail');
  const reply = await client.submit({ ...page, form: () => page.form(1) } as typeof page);
  expect({ status: reply.status, location: reply.location }).toEqual({ status: 303, location: '/dev/mail' });
  expect((await client.get('/dev/mail.json')).json()).toEqual([]);
  expect(await readFile(join(dataDir, 'dev-mail.json'), 'utf8')).toBe('[]');
});

test('whatever is not its own goes on to the service', async () => {
  for (const path of ['/dev', '/dev/other', '/acme']) expect((await client.get(path)).text).toBe('elsewhere');
});

describeWith('chromium', 'in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(['--no-sandbox']);
  });
  afterAll(() => browser.close());

  test.each(['light', 'dark'] as const)('every page is accessible and fits a phone, %s', async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 800 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    await page.goto(`${origin}/dev/mail`);
    expect(await violationsOf(page)).toEqual([]);
    await send('a1', 'peter@initech.example');
    for (const path of ['/dev/mail', '/dev/mail?to=peter@initech.example', '/dev/mail/a1', '/dev/mail/nobody']) {
      await page.goto(origin + path);
      expect(await violationsOf(page)).toEqual([]);
      expect(await overflow()).toBe(0);
      await screenshot(page, `dev-mail-${path.replace(/\W+/g, '-')}-${colorScheme}`);
    }
    const [shown] = (await client.get('/dev/mail.json')).json<{ html: string }[]>();
    // Frames are not looked into.
    await page.goto('about:blank');
    await page.setContent(shown?.html ?? '');
    expect(await violationsOf(page)).toEqual([]);
    expect(await overflow()).toBe(0);
    await screenshot(page, `letter-${colorScheme}`);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await context.close();
  });

  test('the button in the letter leads out of the frame', async () => {
    await send('a1', 'peter@initech.example');
    const page = await (await browser.newContext()).newPage();
    await page.route('**/initech/link/**', (route) => route.fulfill({ contentType: 'text/html', body: 'the link' }));
    await page.goto(`${origin}/dev/mail/a1`);
    await page.frameLocator('iframe').getByRole('link', { name: 'Confirm e-mail address' }).click();
    await page.waitForURL(LINK);
    expect(page.mainFrame().url()).toBe(LINK);
    await page.context().close();
  });
});
