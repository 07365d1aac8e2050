import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { pino } from 'pino';
import { examine } from '../../src/cli/doctor/examine';
import type { Finding } from '../../src/cli/doctor/finding';
import { readConfig } from '../../src/config';
import { createSamlKey } from '../../src/demo/saml-key';
import { startSampleIdp } from '../../src/demo/sample-idp';
import { ensureBuilt } from '../support/built';
import { CLI, commandInstallation, newKey, type CommandInstallation } from '../support/command';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { administer, createTestDatabase, databaseUrl } from '../support/postgres';
import { runProgram, startServiceProcess, temporaryDirectories } from '../support/program';
import { describeWith } from '../support/requires';

jest.setTimeout(120_000);

const directories = temporaryDirectories();

beforeAll(ensureBuilt);
afterAll(directories.remove);

describeWith('postgres', 'drawbridge doctor', () => {
  let installation: CommandInstallation;
  let { env, run } = {} as CommandInstallation;
  let mailbox: Mailbox;
  beforeAll(async () => {
    mailbox = await startMailbox();
  });
  afterAll(() => mailbox.stop());
  beforeEach(async () => {
    installation = await commandInstallation();
    ({ env, run } = installation);
  });
  afterEach(() => installation.drop());

  async function doctor(changes: Record<string, string> = {}): Promise<Finding[]> {
    const found: Finding[] = [];
    await examine(readConfig({ DATA_DIR: await directories.make(), ...env, ...changes }), (one) => found.push(one));
    return found;
  }
  const grave = (found: Finding[]) => found.filter(({ level }) => level !== 'ok');
  const finding = (check: string, level: string, message: RegExp) =>
    expect.objectContaining({ check, level, message: expect.stringMatching(message) });

  test('finds nothing wrong with a service that runs', async () => {
    const service = await startServiceProcess('server.js', { env: { ...env, BASE_URL: '' } });
    const BASE_URL = `http://localhost:${service.port}`;
    const mail = { SMTP_URL: mailbox.url, MAIL_FROM: 'Sign-in <sign-in@mail.example.com>' };
    const { code, stdout } = await run(['doctor'], { env: { BASE_URL, ...mail } });
    service.child.kill('SIGTERM');
    await service.exited;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^(ok .*\n)+\nno problems, no warnings\.\n$/),
    });
  });

  test('names the signing keys of the bridge that do not open', async () => {
    const { code, stdout } = await run(['signing-keys', 'rotate', '--alg', 'RS256', '--json']);
    const [{ id }] = JSON.parse(stdout) as [{ id: string }];
    expect({ code, id }).toEqual({ code: 0, id: expect.stringMatching(/^[\w-]{43}$/) });
    const about = (found: Finding[]) => found.filter(({ check }) => check === 'signing keys');
    const SECRET_KEYS = newKey();
    const both = await doctor({ SECRET_KEYS: `${SECRET_KEYS},${env.SECRET_KEYS}` });
    expect(about(both)).toEqual([finding('signing keys', 'ok', /can be signed/)]);
    const closed = about(await doctor({ SECRET_KEYS }));
    expect(closed).toContainEqual(finding('signing keys', 'problem', new RegExp(`RS256 key ${id} .* does not open`)));
    expect(closed[0]?.advice).toContain('SECRET_KEYS');
  });

  test('says what it would take: address, proxy, mail', async () => {
    expect(grave(await doctor({ BASE_URL: 'https://localhost:1' }))).toEqual([
      finding('base URL', 'warning', /does not answer from here/),
      finding('proxy', 'warning', /TRUST_PROXY is not set/),
      finding('mail', 'warning', /SMTP_URL is not set/),
    ]);
    expect(grave(await doctor({ BASE_URL: 'http://login.test', TRUST_PROXY: '1' }))).toContainEqual(
      finding('base URL', 'problem', /not encrypted/),
    );
  });

  describe('mail', () => {
    const about = async (changes: Record<string, string>) =>
      (await doctor(changes)).filter(({ check }) => check === 'mail');

    test('a server that answers is well, with the address that mail comes from', async () => {
      expect(await about({ SMTP_URL: mailbox.url, MAIL_FROM: 'Sign-in <sign-in@mail.example.com>' })).toEqual([
        finding('mail', 'ok', /^127\.0\.0\.1:\d+ lets us in$/),
        finding('mail', 'ok', /^from sign-in@mail\.example\.com$/),
      ]);
    });

    test('without MAIL_FROM it says what is used instead', async () => {
      expect(await about({ SMTP_URL: mailbox.url })).toContainEqual(
        finding('mail', 'ok', /^from no-reply@login\.example\.com, for MAIL_FROM is not set$/),
      );
      expect(await about({ SMTP_URL: mailbox.url, BASE_URL: 'http://localhost:1' })).toContainEqual(
        finding('mail', 'warning', /^from no-reply@localhost, for MAIL_FROM is not set$/),
      );
    });

    test('a server that is not there is a problem, and no password is told', async () => {
      const found = await about({ SMTP_URL: 'smtp://me:secret@127.0.0.1:1' });
      expect(found).toContainEqual(
        finding('mail', 'problem', /at 127\.0\.0\.1:1 cannot be used: nothing listens there/),
      );
      expect(JSON.stringify(found)).not.toContain('secret');
    });

    test('--send-test sends a letter and says whether the server took it', async () => {
      const mail = { SMTP_URL: mailbox.url, MAIL_FROM: 'sign-in@mail.example.com' };
      const taken = await run(['doctor', '--send-test', 'Me@Example.com'], { env: mail });
      expect(taken).toMatchObject({ code: 0, stdout: expect.stringMatching(/ok +test letter: The server took it/) });
      const letter = await mailbox.next('me@example.com');
      expect(taken.stdout).toContain(letter.messageId);
      expect(letter).toMatchObject({ subject: 'Test e-mail from Drawbridge', from: { name: 'Drawbridge' } });

      mailbox.refuse('nobody@example.com', 550);
      const refused = await run(['doctor', '--send-test', 'nobody@example.com'], { env: mail });
      expect(refused).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/did not take it for nobody@example\.com: 550 .*is not for us/),
      });
      expect(await run(['doctor', '--send-test', 'me@example.com'])).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('there is no server to send by'),
      });
      expect(await run(['doctor', '--send-test', 'me'])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('It takes one e-mail address.'),
      });
    });
  });

  test('something else at BASE_URL, or with another clock, is noticed', async () => {
    const server = await listen((path) =>
      path === '/healthz'
        ? { body: '{"status":"ok"}', date: new Date(Date.now() - 60_000).toUTCString() }
        : { body: '' },
    );
    expect(grave(await doctor({ BASE_URL: server.origin }))).toContainEqual(
      finding('base URL', 'warning', /clock there is (59|60|61) s apart/),
    );
    await server.close();
    const other = await listen(() => ({ body: '<h1>It works!</h1>' }));
    expect(grave(await doctor({ BASE_URL: other.origin }))).toContainEqual(
      finding('base URL', 'warning', /^Something else answers/),
    );
    await other.close();
  });

  test('database, encoding, migrations, keys and Redis: each problem ends with code 1', async () => {
    await run(['org', 'list']);
    expect(grave(await doctor({ SECRET_KEYS: newKey() }))).toContainEqual(
      finding('keys', 'problem', /None of the keys/),
    );
    expect(grave(await doctor({ REDIS_URL: 'redis://127.0.0.1:1' }))).toContainEqual(
      finding('sessions', 'problem', /ECONNREFUSED/),
    );
    const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/drawbridge' };
    expect(grave(await doctor(nowhere))).toContainEqual(finding('database', 'problem', /cannot connect/));
    const empty = await createTestDatabase();
    expect(grave(await doctor({ DATABASE_URL: empty.url }))).toContainEqual(
      finding('migrations', 'warning', /not up to date/),
    );
    expect(grave(await doctor({ DATABASE_URL: empty.url, MIGRATIONS: 'off' }))).toContainEqual(
      finding('migrations', 'problem', /not up to date/),
    );
    await empty.drop();
    expect(await run(['doctor', '--json'], { env: nowhere })).toMatchObject({ code: 1, stderr: '' });
    expect(await run(['doctor'], { env: { PORT: 'x' } })).toMatchObject({
      code: 1,
      stdout: 'problem  configuration: PORT: takes a port number from 1 to 65535\n\n1 problem, no warnings.\n',
    });
  });

  test('each connection: expiring certificates, other metadata, silent providers; domains that wait', async () => {
    const day = 86_400_000;
    const until = async (days: number) =>
      (
        await createSamlKey('IdP', {
          notBefore: new Date(Date.now() - 100 * day),
          notAfter: new Date(Date.now() + days * day),
        })
      ).certificate;
    const saml = (name: string, certificate: string, more: object = {}) => ({
      ...{ kind: 'saml', name, state: 'active', entityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso' },
      ...{ certificates: [certificate], ...more },
    });
    const dataDir = await directories.make();
    const log = pino({ level: 'silent' });
    const idp = await startSampleIdp({ port: 0, serviceOrigin: env.BASE_URL ?? '', dataDir, log });
    const { issuer, clientId, clientSecret } = idp.oidc;
    const content = {
      organizations: [
        {
          ...{ slug: 'acme', name: 'Acme', domains: [{ domain: 'acme.test', verified: false }] },
          connections: [
            saml('Expired', await until(-2)),
            saml('Soon', await until(20)),
            saml('Good', await until(90)),
            saml('Off', await until(-2), { state: 'disabled' }),
            { kind: 'saml', name: 'Metadata', state: 'active', metadataUrl: idp.saml.metadataUrl },
            { kind: 'oidc', name: 'Discovery', state: 'active', issuer, clientId, clientSecret },
            { kind: 'oidc', name: 'Draft', issuer, clientId, clientSecret },
          ],
        },
      ],
    };
    expect(await run(['apply', '-'], { input: JSON.stringify(content) })).toMatchObject({ code: 0 });
    const about = async () => (await doctor()).filter(({ check }) => check.startsWith('acme'));
    expect(await about()).toEqual([
      finding('acme: Expired', 'warning', /^Its certificate expired on/),
      finding('acme: Soon', 'warning', /^Its certificate expires on/),
      finding('acme: Good', 'ok', /SAML, active/),
      finding('acme: Metadata', 'ok', /SAML, active/),
      finding('acme: Discovery', 'ok', /OpenID Connect, active/),
      finding('acme: Draft', 'ok', /OpenID Connect, draft/),
      finding('acme: acme.test', 'info', /not verified/),
    ]);

    const { port } = new URL(idp.origin);
    await idp.close();
    expect(await about()).toEqual(
      expect.arrayContaining([
        finding('acme: Metadata', 'warning', /^Its metadata cannot be read: .*ECONNREFUSED/),
        finding('acme: Discovery', 'problem', /ECONNREFUSED/),
        finding('acme: Draft', 'warning', /ECONNREFUSED/),
      ]),
    );
    // The same address with another key: the provider was made anew.
    const other = await startSampleIdp({
      ...{ port: Number(port), serviceOrigin: env.BASE_URL ?? '', dataDir: await directories.make(), log },
    });
    expect(await about()).toContainEqual(finding('acme: Metadata', 'problem', /^None of the certificates/));
    await other.close();
  });

  test('on a machine where nothing was started yet it says so and makes nothing', async () => {
    const dataDir = join(await directories.make(), 'data');
    const { code, stdout } = await runProgram(CLI, { args: ['doctor'], env: { DATA_DIR: dataDir } });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`info     database: There is none yet in ${dataDir}`),
    });
    await expect(mkdir(dataDir)).resolves.toBeUndefined();
  });

  test('a database in another encoding', async () => {
    const server = process.env.DRAWBRIDGE_TEST_POSTGRES ?? '';
    const name = `test_latin_${randomBytes(6).toString('hex')}`;
    await administer(
      server,
      `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0`,
    );
    expect(grave(await doctor({ DATABASE_URL: databaseUrl(server, name) }))).toContainEqual(
      finding('encoding', 'problem', /LATIN1/),
    );
    await administer(server, `DROP DATABASE ${name}`);
  });
});

interface Answer {
  body: string;
  date?: string;
}

async function listen(answer: (path: string) => Answer): Promise<{ origin: string; close(): Promise<void> }> {
  const server: Server = createServer((req, res) => {
    const { body, date } = answer(req.url ?? '');
    if (date) res.setHeader('date', date);
    res.setHeader('connection', 'close').end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
