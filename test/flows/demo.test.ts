import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as client from 'openid-client';
import { ensureBuilt, ROOT } from '../support/built';
import { CLI } from '../support/command';
import { freePort } from '../support/free-port';
import { createClient, type HttpClient } from '../support/http-client';
import { choose, linkIn, logIn, PASSWORD, signUp } from '../support/initech';
import { until } from '../support/processes';
import {
  processesIn,
  runProgram,
  startServiceProcess,
  temporaryDirectories,
  type ProgramOptions,
  type RunningService,
} from '../support/program';
import { enrol } from '../support/second-factor';

jest.setTimeout(120_000);

const DEMO = join(ROOT, 'dist/src/demo.js');
const directories = temporaryDirectories();
const running: RunningService[] = [];

beforeAll(ensureBuilt);
afterEach(async () => {
  for (const demo of running.splice(0)) await stop(demo);
});
afterAll(directories.remove);

interface Demo extends RunningService {
  /** As browsers know it; the sample identity provider is another site. */
  site: string;
  idp: string;
  apiKey: string;
}

/** Starts the demo and reads where to go off what it prints. */
async function start(options: ProgramOptions & { port?: number } = {}): Promise<Demo> {
  const demo = await startServiceProcess('demo.js', options);
  running.push(demo);
  await until(() => demo.stdout().includes('API key'), 10_000, 'the demo does not say where to go');
  const printed = (pattern: RegExp) => pattern.exec(demo.stdout())?.[1] ?? '';
  return {
    ...demo,
    site: `http://localhost:${demo.port}`,
    idp: printed(/Sample identity provider +(http:\/\/127\.0\.0\.1:\d+)\//),
    apiKey: printed(/API key +(\S+)/),
  };
}

async function stop({ child, exited }: RunningService, signal: NodeJS.Signals = 'SIGINT'): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return exited;
}

const api = async ({ site, apiKey }: Demo, path: string, change?: object): Promise<Response> =>
  fetch(`${site}/api/v1${path}`, {
    method: change ? 'PATCH' : 'GET',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(change && { body: JSON.stringify(change) }),
  });

interface Session {
  account: {
    id: string;
    username: string;
    email: string;
    groups: string[];
    licence: string | null;
    permissionProfile: string | null;
  };
}

/** Signs somebody in as an application's CI does: by hint, without a click. */
async function signIn(demo: Demo, slug: string, email: string): Promise<Session> {
  const browser = createClient(demo.site);
  const atSignIn = await browser.get(`/${slug}`);
  const begun = await browser.get(`${atSignIn.location}?login_hint=${encodeURIComponent(email)}`);
  const answered = await browser.follow(begun, `${demo.site}/`);
  const returned = answered.location ? answered : await postAnswer(browser, answered, demo);
  await browser.follow(returned);
  const session = await browser.get(`/${slug}/session`);
  if (session.status !== 200) throw new Error(`${email} is not signed in: ${session.status} ${session.text}`);
  return session.json<Session>();
}

const postAnswer = (browser: HttpClient, page: Parameters<HttpClient['submit']>[0], { idp }: Demo) =>
  browser.submit(page, {}, { from: idp });

/** As an application on this machine does it, whatever its port. */
async function signInToMyApp(demo: Demo, config: client.Configuration, hint: string) {
  const redirect_uri = 'http://localhost:3001/callback';
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    ...{ redirect_uri, scope: 'openid email', login_hint: hint, code_challenge_method: 'S256' },
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  });
  const browser = createClient(demo.site);
  const begun = await browser.follow(await browser.get(url.href), redirect_uri);
  const { location = '' } = begun.location
    ? begun
    : await browser.follow(await postAnswer(browser, begun, demo), redirect_uri);
  return (await client.authorizationCodeGrant(config, new URL(location), { pkceCodeVerifier })).claims();
}

interface Mail {
  id: string;
  subject: string;
  text: string;
}

const mailsTo = async ({ site }: Demo, address: string): Promise<Mail[]> =>
  (await fetch(`${site}/dev/mail.json?to=${encodeURIComponent(address)}`)).json() as Promise<Mail[]>;

/** The newest mail to somebody, as soon as there is one. */
async function mailTo(demo: Demo, address: string): Promise<Mail> {
  await until(async () => (await mailsTo(demo, address)).length > 0, 10_000, `no mail to ${address}`);
  return (await mailsTo(demo, address))[0] as Mail;
}

describe('npm run demo', () => {
  test('says where to go; people sign in by SAML and by OpenID Connect; Ctrl-C leaves nothing', async () => {
    const temporary = await directories.make();
    const demo = await start({ args: ['--ephemeral'], env: { TMPDIR: temporary } });
    for (const path of ['/acme', '/globex', '/initech', '/initech/signup', '/dev/mail', '/', '/api/docs'])
      expect(demo.stdout()).toMatch(new RegExp(` ${demo.site}${path} `));
    expect(demo.stdout()).not.toMatch(/^\{/m);

    expect(await signIn(demo, 'acme', 'pat.oleary@acme.example')).toMatchObject({
      account: {
        username: 'pat.oleary',
        groups: ['Administrators', 'Engineering'],
        licence: 'Full',
        permissionProfile: 'Employee',
      },
    });
    expect(await signIn(demo, 'globex', 'amara.okafor@globex.example')).toMatchObject({
      account: { username: 'amara.okafor', groups: ['Administrators'] },
    });
    expect((await api(demo, '/organizations')).status).toBe(200);

    expect(await readdir(temporary)).toHaveLength(1);
    expect(await stop(demo)).toBe(0);
    expect([demo.stderr(), await readdir(temporary), processesIn(temporary)]).toEqual(['', [], []]);
    await expect(fetch(`${demo.idp}/`)).rejects.toThrow();
  });

  test('says how to become its owner', async () => {
    const dataDir = await directories.make();
    const env = { DATA_DIR: dataDir };
    const first = await start({ env });
    const link = (demo: Demo): string => /^ {2}First owner: http:\/\/[^/]+(\S+) {2}/m.exec(demo.stdout())?.[1] ?? '';
    const browser = createClient(first.site);
    const form = await browser.submit(await browser.get(link(first)));
    const done = await browser.submit(form, { name: 'Dana Weber', email: 'dana@example.com', password: PASSWORD });
    expect((await enrol(browser, done)).next).toBe('/admin');
    await stop(first);
    const second = await start({ env });
    expect([
      link(second),
      (await logIn(createClient(second.site), 'dana@example.com', PASSWORD, 'admin')).status,
    ]).toEqual(['', 303]);
  });

  test('later starts keep what people did, on another port too', async () => {
    const dataDir = await directories.make();
    const env = { DATA_DIR: dataDir };
    const first = await start({ env });
    expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600);
    const { account } = await signIn(first, 'acme', 'zoe.orsted@acme.example');
    const bill = 'bill.lumbergh@initech.example';
    const change = { args: ['account', 'set-password', 'initech', bill], env, input: PASSWORD };
    expect(await runProgram(CLI, change)).toMatchObject({ code: 0, stdout: expect.stringContaining('/dev/mail') });
    const remove = ['account', 'delete', 'initech', 'peter.gibbons@initech.example', '--yes'];
    expect(await runProgram(CLI, { args: remove, env })).toMatchObject({ code: 0 });
    expect(await mailTo(first, bill)).toMatchObject({ subject: expect.stringMatching(/password/i) });
    expect((await api(first, '/organizations/acme', { name: 'Acme AG' })).status).toBe(200);
    expect((await api(first, '/organizations/globex', { slug: 'globex-corp' })).status).toBe(200);
    expect(await stop(first, 'SIGTERM')).toBe(0);

    const second = await start({ env });
    expect(second.port).not.toBe(first.port);
    expect([second.idp, second.apiKey]).toEqual([first.idp, first.apiKey]);
    expect(second.stdout()).toMatch(/Acme AG .*\/acme .*SAML/);
    expect(second.stdout()).toContain(`${second.site}/globex-corp `);
    expect(second.stdout()).not.toContain('peter.gibbons');
    expect((await logIn(createClient(second.site), bill)).status).toBe(303);
    expect((await mailsTo(second, bill)).length).toBe(1);
    expect((await signIn(second, 'acme', 'zoe.orsted@acme.example')).account.id).toBe(account.id);
    await signIn(second, 'globex-corp', 'nour.haddad@globex.example');
    expect(await stop(second)).toBe(0);

    expect(await runProgram(CLI, { args: ['org', 'delete', 'initech', '--yes'], env })).toMatchObject({ code: 0 });
    const third = await start({ env });
    expect(third.stdout()).not.toMatch(/initech/i);
  });

  test('--seed applies a file on top', async () => {
    const file = join(await directories.make(), 'more.json');
    const organization = { slug: 'hooli', name: 'Hooli', domains: ['hooli.example'] };
    await writeFile(file, JSON.stringify({ organizations: [organization, { slug: 'acme', name: 'Acme GmbH' }] }));
    const demo = await start({ args: ['--ephemeral', '--seed', file] });
    expect(demo.stdout()).toMatch(/Hooli +http:\/\/localhost:\d+\/hooli +passwords and self-signup/);
    expect(demo.stdout()).toContain('Acme GmbH');
    await signIn(demo, 'acme', 'pat.oleary@acme.example');
  });

  test('BOOTSTRAP_API_KEY is used and not printed', async () => {
    const key = 'a-key-that-the-environment-brings-0123456789';
    const dataDir = await directories.make();
    const demo = await start({ env: { BOOTSTRAP_API_KEY: key, DATA_DIR: dataDir } });
    expect(demo.stdout()).toContain('the one in BOOTSTRAP_API_KEY');
    expect(demo.stdout()).not.toContain(key);
    expect((await api({ ...demo, apiKey: key }, '/organizations')).status).toBe(200);
    expect(JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8'))).not.toHaveProperty('apiKey');
  });
});

describe('a running demo', () => {
  let dataDir: string;
  let demo: Demo;
  beforeAll(async () => {
    dataDir = await directories.make();
    demo = await start({ env: { DATA_DIR: dataDir } });
    // Not one of those that end with their test.
    running.pop();
  });
  afterAll(() => demo && stop(demo));

  test('Initech: its people have passwords, others create accounts, and mail is at /dev/mail', async () => {
    const seeded = [...demo.stdout().matchAll(/ (\S+@initech\.example) {3}(\S.*)$/gm)];
    expect(seeded).toHaveLength(2);
    for (const [, login = '', password = ''] of seeded) {
      const browser = createClient(demo.site);
      expect((await logIn(browser, login, password)).location).toBe('/initech/applications?start=1');
      expect((await browser.get('/initech/session')).json()).toMatchObject({ account: { email: login } });
    }
    await mailTo(demo, 'milton.waddams@initech.example');

    const browser = createClient(demo.site);
    const joanna = { givenName: 'Joanna', familyName: 'Chotchkie', email: 'joanna@chotchkies.example' };
    const asked = await signUp(browser, joanna);
    const inbox = '/dev/mail?to=joanna%40chotchkies.example';
    expect(asked.text).toContain(`href="${inbox}"`);
    const mail = await mailTo(demo, joanna.email);
    expect((await browser.get(inbox)).text).toContain(`href="/dev/mail/${mail.id}"`);
    expect((await choose(browser, linkIn(mail))).location).toBe('/initech/applications?start=1');
    expect((await browser.get('/initech/session')).json()).toMatchObject({
      account: { email: joanna.email, status: 'active', source: 'self_signup' },
    });
  });

  test('the provider starts sign-ins too: its tile for Acme', async () => {
    const browser = createClient(demo.site);
    const home = await browser.get(`${demo.idp}/`);
    const tile = await browser.get(`${demo.idp}${/href="(\/saml\/tiles\/\d+)"/.exec(home.text)?.[1]}`);
    const person = /name="person" value="([^"]+)"/.exec(tile.text)?.[1] ?? '';
    const submitted = await browser.submit(tile, { person }, { from: demo.idp });
    await browser.follow(await postAnswer(browser, submitted, demo));
    expect((await browser.get('/acme/session')).json()).toMatchObject({ account: { username: 'pat.oleary' } });
  });

  test('an application’s CI: whom docs/applications/ci.md names, a hint signs in to one’s own without a click', async () => {
    const [issuer = '', id = '', secret = ''] = /issuer (\S+)\n.*client id (\S+) +secret (\S+)/
      .exec(demo.stdout())!
      .slice(1);
    const config = await client.discovery(new URL(issuer), id, secret, undefined, {
      execute: [client.allowInsecureRequests],
    });
    const page = await readFile(join(ROOT, 'docs/applications/ci.md'), 'utf8');
    const named = new Set([...page.matchAll(/`(\S+@\S+\.example)`/g)].map(([, email = '']) => email));
    for (const email of named) expect(await signInToMyApp(demo, config, email)).toMatchObject({ email });
    expect(named.size).toBe(3);
  });

  test('commands beside it reach its provider', async () => {
    const { code, stdout } = await runProgram(CLI, {
      args: ['doctor'],
      env: { DATA_DIR: dataDir, PORT: String(demo.port) },
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('ok       acme: Sample IdP: SAML, active'),
    });
    expect(stdout).toContain('ok       globex: Sample IdP: OpenID Connect, active');
  });
});

describe('the demo is refused in one line', () => {
  const refusal = async (options: ProgramOptions): Promise<string> => {
    const env = { PORT: String(await freePort()), ...options.env };
    const { code, stdout, stderr } = await runProgram(DEMO, { ...options, env });
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^drawbridge: [^\n]+\n$/)]);
    return stderr;
  };

  test('where an installation is that is not a demo', async () => {
    const dataDir = await directories.make();
    const env = { DATA_DIR: dataDir };
    await runProgram(CLI, { args: ['org', 'create', 'acme', '--name', 'The real one'], env });
    expect(await refusal({ env })).toContain(`DATA_DIR ${dataDir} holds an installation that is not a demo`);
    expect((await runProgram(CLI, { args: ['org', 'show', 'acme'], env })).stdout).toContain('No connections.');
  });

  test('when its provider’s port is taken on a later start, or its own', async () => {
    const dataDir = await directories.make();
    const env = { DATA_DIR: dataDir };
    const first = await start({ env });
    await stop(first);
    const other = createServer().listen(Number(new URL(first.idp).port), '127.0.0.1');
    expect(await refusal({ env })).toContain(`${first.idp.replace('http://', '')} is in use by another program`);
    await new Promise((resolve) => other.close(resolve));

    const second = await start({ env });
    expect(await refusal({ env })).toContain(`in use by the demo with process id ${second.pid}`);
    expect(await refusal({ args: ['--ephemeral'], env: { PORT: String(second.port) } })).toContain(
      `PORT: 127.0.0.1:${second.port} is in use by another program`,
    );
  });

  test.each([
    [
      '--ephemeral with DATABASE_URL',
      ['--ephemeral'],
      { DATABASE_URL: 'postgres://127.0.0.1/x', SECRET_KEYS: 'ab'.repeat(32) },
      /unset DATABASE_URL/,
    ],
    ['a seed that is not there', ['--seed', '/no/such/file'], {}, /cannot be read/],
    ['a wrong variable', [], { PORT: 'x' }, /PORT: takes/],
  ])('%s', async (_name, args, env, message) => {
    expect(await refusal({ args, env: env as Record<string, string> })).toMatch(message);
  });

  test('an unknown option shows how it is used, with code 2', async () => {
    expect(await runProgram(DEMO, { args: ['--emphemeral'] })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown option '--emphemeral'"),
    });
  });
});

test('npm start on the data of a demo warns', async () => {
  const dataDir = await directories.make();
  await stop(await start({ env: { DATA_DIR: dataDir } }));
  const service = await startServiceProcess('server.js', { env: { DATA_DIR: dataDir } });
  running.push(service);
  await until(() => service.stdout().includes('is ready'), 10_000, 'no word');
  expect(service.stdout()).toContain('DATA_DIR is a demo: its sample identity provider signs anyone in');
});
