import { managementDeps } from '../../src/cli/open';
import { firstOwnerLine } from '../../src/first-owner';
import { commandCaller } from '../../src/management/deps';
import { firstOwnerUrl, inviteOwner, listOwners, removeOwner } from '../../src/management/owners';
import { createTestIdp, sessionOf } from '../support/acme';
import { ensureBuilt } from '../support/built';
import { commandInstallation, type CommandInstallation } from '../support/command';
import { createClient, type HttpClient, type Reply } from '../support/http-client';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD, peter, register } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { until } from '../support/processes';
import { startServiceProcess, type RunningService } from '../support/program';
import { describeWith } from '../support/requires';
import { enrol, showCode, type Authenticator } from '../support/second-factor';
import { startService, type TestService } from '../support/service';

jest.setTimeout(120_000);

const DANA = { name: 'Dana Weber', email: 'dana@example.com' };
const LINE =
  /^First owner: (http\S+\/admin\/link\/[\w-]{43}) {2}\(counts once, 48 hours; a later start prints a new one\)$/m;
const HOUR = 3_600_000;

/** Presses the link's button and fills in the first owner's form. */
async function become(browser: HttpClient, link: string, owner = DANA, password = PASSWORD): Promise<Reply> {
  const form = await browser.submit(await browser.get(link));
  return form.status === 200 ? browser.submit(form, { ...owner, password }) : form;
}

const pathOf = (url: string): string => new URL(url).pathname;

describeWith('postgres', 'starts of the program', () => {
  let installation: CommandInstallation;
  const services: RunningService[] = [];

  beforeAll(ensureBuilt);
  beforeEach(async () => (installation = await commandInstallation()));
  afterEach(async () => {
    for (const service of services.splice(0)) await stop(service);
    await installation.drop();
  });

  async function start(env: Record<string, string> = {}): Promise<RunningService> {
    const service = await startServiceProcess('server.js', { env: { ...installation.env, ...env } });
    services.push(service);
    await until(() => service.stdout().includes('Drawbridge is ready'), 10_000, 'no word');
    return service;
  }
  const stop = async ({ child, exited }: RunningService): Promise<number | string> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return exited;
  };
  async function linkOf(service: RunningService): Promise<string> {
    await until(() => LINE.test(service.stdout()), 10_000, 'no link was printed');
    return pathOf(LINE.exec(service.stdout())?.[1] ?? '');
  }

  test('print a link as long as nobody is an owner, each a new one, and log it nowhere', async () => {
    const first = await start({ WORKERS: '2' });
    const replaced = await linkOf(first);
    const lines = first.stdout().split('\n');
    const token = replaced.split('/').at(-1) ?? '';
    expect(lines.filter((line) => line.includes(token))).toEqual([expect.stringMatching(LINE)]);
    expect(first.stdout()).toContain(`${installation.env.BASE_URL}/admin/link/`);
    await stop(first);

    const second = await start();
    const browser = createClient(second.origin);
    expect((await browser.get(replaced)).status).toBe(410);
    const link = await linkOf(second);
    for (const method of ['HEAD', 'GET', 'GET']) expect((await browser.send(method, link)).status).toBe(200);
    const sent = await become(browser, link);
    expect([sent.location, await sessionOf(browser, 'admin')]).toEqual(['/admin/login/second-factor', undefined]);
    expect((await enrol(browser, sent)).next).toBe('/admin');
    expect(await sessionOf(browser, 'admin')).toMatchObject({ account: { email: DANA.email, displayName: DANA.name } });
    const other = createClient(second.origin);
    expect([(await other.get(link)).status, (await other.post(link)).status]).toEqual([410, 410]);
    const again = await other.post(link, { ...DANA, email: 'eve@example.com', password: PASSWORD });
    expect([again.status, again.text]).toEqual([410, expect.stringContaining('<h1')]);
    await stop(second);

    const third = await start();
    // The next thing it prints, after everything that a start prints.
    await fetch(`${third.origin}/admin/login`);
    await until(() => third.stdout().includes('"path":"/admin/login"'), 5_000, 'no line for the request');
    expect(third.stdout()).not.toContain('First owner');
    expect(third.stdout()).not.toMatch(/admin\/link/);
  });

  test('two at once on one database both come up; one of the links counts', async () => {
    const both = await Promise.all([start(), start()]);
    const links = await Promise.all(both.map(linkOf));
    const { origin } = both[0] as RunningService;
    const seen = await Promise.all(links.map(async (link) => (await createClient(origin).get(link)).status));
    expect(seen.sort()).toEqual([200, 410]);
  });

  test('the command prints it anew, until there is an owner', async () => {
    const { run } = installation;
    const printed = await run(['owner', 'link']);
    expect(printed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^https:\S+\n.*48 hours/) });
    const replaced = await run(['owner', 'link']);
    const service = await start();
    const links = [printed, replaced].map(({ stdout }) => pathOf(stdout.split('\n')[0] ?? ''));
    for (const link of links) expect((await createClient(service.origin).get(link)).status).toBe(410);
    const link = await linkOf(service);

    const invited = await run(['owner', 'invite', DANA.email, '--name', DANA.name]);
    expect(invited).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('SMTP_URL is not set') });
    expect(await run(['owner', 'link'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('there is an owner already'),
    });
    // Who was invited comes instead of whoever reads the output of the start.
    expect((await createClient(service.origin).get(link)).status).toBe(410);
    const url = /^https:\S+$/m.exec(invited.stdout)?.[0] ?? '';
    const browser = createClient(service.origin);
    expect((await enrol(browser, await choose(browser, pathOf(url)))).next).toBe('/admin');
  });
});

describeWith('postgres', 'owners', () => {
  let installation: CommandInstallation;
  let mailbox: Mailbox;
  let service: TestService;
  /** The first owner's. */
  let app: Authenticator;

  beforeAll(ensureBuilt);
  beforeEach(async () => {
    installation = await commandInstallation();
    mailbox = await startMailbox();
    const { DATABASE_URL: databaseUrl, SECRET_KEYS: secretKeys } = installation.env;
    service = await startService({ databaseUrl, secretKeys, smtpUrl: mailbox.url, jobs: true });
  });
  afterEach(async () => {
    await service.stop();
    await mailbox.stop();
    await installation.drop();
  });

  const deps = () => managementDeps(service.config, service.resources);
  const firstLink = async (): Promise<string> => pathOf((await firstOwnerUrl(deps(), commandCaller)) ?? '');
  const owners = async () => (await listOwners(deps(), commandCaller)).map(({ email, status }) => [email, status]);
  async function firstOwner(): Promise<HttpClient> {
    const browser = service.browser();
    ({ app } = await enrol(browser, await become(browser, await firstLink()), service.clock));
    return browser;
  }
  async function atAdmin(browser: HttpClient, password = PASSWORD): Promise<Reply> {
    const sent = await logIn(browser, DANA.email, password, 'admin');
    return sent.status === 303 ? showCode(browser, sent, app.code()) : sent;
  }

  test('the first one’s link counts for 48 hours, not a moment longer', async () => {
    const made = Date.now();
    const link = await firstLink();
    const late = Date.now();
    const at = (instant: number) => (service.clock.offsetMs = instant - Date.now());
    at(made + 48 * HOUR - 10_000);
    const browser = service.browser();
    const form = await browser.submit(await browser.get(link));
    expect(form.status).toBe(200);
    at(late + 48 * HOUR);
    expect((await browser.submit(form, { ...DANA, password: PASSWORD })).status).toBe(410);
    const page = await browser.get(link);
    expect([page.status, page.text]).toEqual([410, expect.not.stringContaining('/again')]);
    expect(await owners()).toEqual([]);
  });

  test('a start goes on when the link cannot be made', async () => {
    const logged: unknown[] = [];
    const now = () => {
      throw new Error('no clock');
    };
    expect(await firstOwnerLine({ ...deps(), now }, { error: (...line: unknown[]) => void logged.push(line) })).toBe(
      undefined,
    );
    expect(logged).toEqual([[expect.anything(), expect.stringContaining('drawbridge owner link')]]);
  });

  test('two tabs at once make one owner', async () => {
    const link = await firstLink();
    const tabs = [service.browser(), service.browser(), service.browser()];
    const forms = await Promise.all(tabs.map(async (tab) => tab.submit(await tab.get(link))));
    const done = await Promise.all(
      tabs.map((tab, index) =>
        tab.submit(forms[index] as Reply, { ...DANA, email: `dana${index}@example.com`, password: PASSWORD }),
      ),
    );
    expect(done.map(({ status }) => status).sort()).toEqual([303, 410, 410]);
    expect(await owners()).toHaveLength(1);
  });

  test('a weak password, no name or a wrong address leave the link as it was', async () => {
    const link = await firstLink();
    const browser = service.browser();
    for (const wrong of [
      { ...DANA, email: 'nobody' },
      { ...DANA, name: ' ' },
    ])
      expect((await become(browser, link, wrong)).status).toBe(422);
    expect((await become(browser, link, DANA, 'dana weber dana')).status).toBe(422);
    expect(await owners()).toEqual([]);
    expect((await become(browser, link)).status).toBe(303);
    expect(await owners()).toEqual([[DANA.email, 'active']]);
  });

  test('the pages of /admin', async () => {
    const visitor = service.browser();
    expect(await sessionOf(visitor, 'admin')).toBeUndefined();
    const page = await visitor.get('/admin');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('action="/admin/login"')]);
    expect(page.text).not.toContain('/admin/signup');
    expect((await visitor.get('/admin/account')).location).toMatch(/^\/admin\?return_to=/);
    const missing = ['/signup', '/sso/0199f6d2-0000-7000-8000-000000000000', '/scim/v2/Users', '/nothing'];
    for (const path of missing)
      for (const method of ['GET', 'POST']) expect((await visitor.send(method, `/admin${path}`)).status).toBe(404);

    const browser = await firstOwner();
    expect((await browser.get('/admin')).text).toContain('Organizations');
    expect((await browser.get('/admin/login')).location).toBe('/admin');
    const account = await browser.get('/admin/account');
    expect([account.status, account.text]).toEqual([200, expect.stringContaining(DANA.name)]);
    expect((await browser.get('/admin/account/password')).status).toBe(200);
    expect((await browser.post('/admin/logout')).status).toBe(303);
    expect(await sessionOf(browser, 'admin')).toBeUndefined();
    expect((await atAdmin(browser, OTHER_PASSWORD)).status).toBe(401);
    expect(await atAdmin(browser)).toMatchObject({ status: 303, location: '/admin' });

    expect((await visitor.get('/admin/forgot')).status).toBe(200);
    expect((await visitor.post('/admin/forgot', { email: DANA.email })).status).toBe(200);
    const mail = await mailbox.next(DANA.email, { holding: '/link/' });
    expect(mail.from.name).toBe('Drawbridge');
    const chosen = await choose(visitor, linkIn(mail), OTHER_PASSWORD);
    expect(await showCode(visitor, chosen, app.code())).toMatchObject({ location: '/admin' });
    expect(await sessionOf(browser, 'admin')).toBeUndefined();
  });

  test('a second one is invited by mail, and one who cannot get in is helped the same way', async () => {
    await firstOwner();
    const { run, json } = installation;
    const env = { SMTP_URL: mailbox.url };
    const invited = await run(['owner', 'invite', 'ERIN@example.com', '--name', 'Erin Ott'], { env });
    expect(invited).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('the running service delivers'),
    });
    expect(invited.stdout).not.toContain('/link/');
    const mail = await mailbox.next('erin@example.com');
    expect(mail.text).toContain('Erin Ott');
    const browser = service.browser();
    expect((await enrol(browser, await choose(browser, linkIn(mail)))).next).toBe('/admin');
    expect(await json('owner', 'list')).toMatchObject([
      { email: DANA.email, status: 'active' },
      { email: 'erin@example.com', displayName: 'Erin Ott', status: 'active' },
    ]);

    const helped = await run(['owner', 'invite', 'erin@example.com', '--print-link'], { env });
    expect(helped).toMatchObject({ code: 0, stdout: expect.stringContaining('erin@example.com is an owner already.') });
    expect(helped.stdout).not.toContain('SMTP_URL');
    const url = /^https:\S+$/m.exec(helped.stdout)?.[0] ?? '';
    expect((await choose(service.browser(), pathOf(url), OTHER_PASSWORD)).status).toBe(303);
    expect(await sessionOf(browser, 'admin')).toBeUndefined();
    expect(mailbox.mails.filter(({ text }) => text.includes(url))).toEqual([]);

    await run(['account', 'suspend', 'admin', 'erin@example.com']);
    expect(await run(['owner', 'invite', 'erin@example.com'], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('reactivate the account first. (invalid_state_change)'),
    });
  });

  test('who lost app and recovery codes is helped from the shell, and sets up another', async () => {
    const browser = await firstOwner();
    const { run } = installation;
    const reset = (...more: string[]) => run(['owner', 'reset-second-factor', ...more]);
    expect(await reset(DANA.email)).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
    expect(await reset('nobody@example.com', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(not_found)'),
    });
    expect(await sessionOf(browser, 'admin')).toBeDefined();
    expect(await reset(DANA.email, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(await sessionOf(browser, 'admin')).toBeUndefined();
    const sent = await logIn(browser, DANA.email, PASSWORD, 'admin');
    expect((await enrol(browser, sent)).next).toBe('/admin');
    expect(await sessionOf(browser, 'admin')).toBeDefined();
  });

  test('one is removed, the last who can sign in is not', async () => {
    const browser = await firstOwner();
    const { run } = installation;
    const remove = (email: string, ...more: string[]) => run(['owner', 'remove', email, ...more]);
    const inUse = { code: 1, stdout: '', stderr: expect.stringContaining('(in_use)') };
    expect(await remove(DANA.email, '--yes')).toEqual(inUse);
    const { url = '' } = await inviteOwner(deps(), commandCaller, { email: 'erin@example.com' }, 'print');
    expect(await remove(DANA.email, '--yes')).toEqual(inUse);
    expect((await choose(service.browser(), pathOf(url))).status).toBe(303);

    expect(await remove(DANA.email)).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
    expect(await remove('nobody@example.com', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no owner with the address nobody@example.com. (not_found)'),
    });
    expect(await run(['account', 'delete', 'admin', 'erin@example.com', '--yes'])).toMatchObject({ code: 1 });
    expect(await remove(DANA.email, '--yes')).toMatchObject({
      code: 0,
      stdout: `${DANA.email} is an owner no more.\n`,
    });
    expect(await sessionOf(browser, 'admin')).toBeUndefined();
    expect((await atAdmin(browser)).status).toBe(401);
    expect(await owners()).toEqual([['erin@example.com', 'active']]);
  });

  test('of two who remove each other at once one stays', async () => {
    await firstOwner();
    const { url = '' } = await inviteOwner(deps(), commandCaller, { email: 'erin@example.com' }, 'print');
    await choose(service.browser(), pathOf(url));
    const removals = [DANA.email, 'erin@example.com'].map((email) => removeOwner(deps(), commandCaller, { email }));
    const outcomes = await Promise.allSettled(removals);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await owners()).toHaveLength(1);
  });

  describe('their organization', () => {
    test('is neither seen nor touched by the API', async () => {
      await firstOwner();
      await createInitech(service);
      const all = await service.api<{ items: { slug: string }[] }>('GET', '/organizations');
      expect(all.items.map(({ slug }) => slug)).toEqual(['initech']);
      const [row] = await service.resources.db.query<{ id: string }[]>('SELECT id FROM organizations WHERE is_system');
      const { metadataXml } = await createTestIdp();
      const tries: [string, string, unknown?][] = [
        ['GET', ''],
        ['PATCH', '', { name: 'Mine' }],
        ['PATCH', '', { slug: 'mine' }],
        ['DELETE', ''],
        ['GET', '/accounts'],
        ['POST', '/accounts', { email: 'eve@example.com', givenName: 'E', familyName: 'Ve', password: PASSWORD }],
        ['PUT', '/policy', { allowedSources: ['self_signup'] }],
        ['PUT', '/branding', { color: '#000000' }],
        ['POST', '/domains', { domain: 'example.com', verified: true }],
        ['POST', '/connections', { kind: 'saml', name: 'IdP', metadataXml, state: 'active' }],
        ['GET', '/email-links'],
        ['GET', '/sign-in-attempts'],
        ['GET', '/audit-events'],
      ];
      for (const asked of ['admin', row?.id])
        for (const [method, path, body] of tries) {
          const reply = await service.request(method, `/organizations/${asked}${path}`, body);
          expect([method, path, reply.status]).toEqual([method, path, 404]);
        }
      expect((await service.request('POST', '/organizations', { slug: 'admin', name: 'A' })).status).toBe(409);
      const key = { name: 'k', organization: 'admin', scopes: ['accounts:read'] };
      expect((await service.request('POST', '/api-keys', key)).status).toBe(404);
      expect(await owners()).toEqual([[DANA.email, 'active']]);
    });

    test.each(['admin', 'Drawbridge', DANA.email])('is not found from / by %s', async (organization) => {
      await firstOwner();
      expect((await service.browser().post('/', { organization })).status).toBe(404);
    });

    test('is kept by the shell too', async () => {
      const { run } = installation;
      for (const args of [
        ['rename', 'admin', 'mine'],
        ['delete', 'admin', '--yes'],
        ['create', 'admin', '--name', 'A'],
      ])
        expect(await run(['org', ...args])).toMatchObject({ code: 1, stderr: expect.stringContaining('reserved') });
      const file = JSON.stringify({ organizations: [{ slug: 'admin', name: 'Mine' }] });
      expect(await run(['apply', '-'], { input: file })).toMatchObject({ code: 1 });
      expect(await installation.json('org', 'list')).toEqual([]);
    });

    test('is an island: its sessions are not those of others, nor theirs its own', async () => {
      const owner = await firstOwner();
      await createInitech(service);
      expect(await sessionOf(owner, 'initech')).toBeUndefined();
      expect((await owner.get('/initech/account')).status).toBe(303);
      const person = await register(service, mailbox, peter);
      expect(await sessionOf(person, 'admin')).toBeUndefined();

      // The cookie's value under the other's name, as somebody with both could have it.
      const [ours = ''] = owner.jar.names().filter((name) => name.startsWith('drawbridge-'));
      const [theirs = ''] = person.jar.names().filter((name) => name.startsWith('drawbridge-'));
      const forged = service.browser();
      forged.jar.set(ours, person.jar.get(theirs) ?? '', { host: 'localhost' });
      forged.jar.set(theirs, owner.jar.get(ours) ?? '', { host: 'localhost' });
      expect([await sessionOf(forged, 'admin'), await sessionOf(forged, 'initech')]).toEqual([undefined, undefined]);

      await logIn(owner, peter.email);
      expect(await sessionOf(owner, 'admin')).toMatchObject({ account: { email: DANA.email } });
      expect(await sessionOf(owner, 'initech')).toMatchObject({ account: { email: peter.email } });
      expect((await logIn(service.browser(), DANA.email)).status).toBe(401);
      expect((await logIn(service.browser(), peter.email, PASSWORD, 'admin')).status).toBe(401);
      const link = await service.browser().get((await inviteLink()).replace('/admin/', '/initech/'));
      expect(link.status).toBe(404);
    });

    const inviteLink = async (): Promise<string> =>
      pathOf((await inviteOwner(deps(), commandCaller, { email: 'erin@example.com' }, 'print')).url ?? '');
  });
});
