import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { standardOutput } from '../../src/cli/output';
import { createProgram } from '../../src/cli/program';
import { runCli } from '../../src/cli/run';
import { ensureBuilt, ROOT } from '../support/built';
import { CLI, commandInstallation, type CommandInstallation } from '../support/command';
import { processesIn, runProgram, startServiceProcess, temporaryDirectories } from '../support/program';
import { describeWith } from '../support/requires';

jest.setTimeout(120_000);

const directories = temporaryDirectories();

beforeAll(ensureBuilt);
afterAll(directories.remove);

describe('--help', () => {
  const everyCommand = ({ commands }: Command): Command[] => commands.flatMap((one) => [one, ...everyCommand(one)]);
  const commands = everyCommand(createProgram(standardOutput));

  test.each(commands.map((command) => [fullName(command), command] as const))(
    '%s says in one line what it is for',
    (_name, command) => {
      expect(command.description()).toMatch(/^\S[^\n]{5,80}$/);
      for (const { description } of [...command.options, ...command.registeredArguments])
        expect(description).toMatch(/^\S[^\n]{3,}$/);
    },
  );

  test.each(commands.filter((one) => !one.commands.length).map((one) => [fullName(one)]))(
    '%s --help shows an example and ends with code 0',
    async (name) => {
      const shown: string[] = [];
      const code = await runCli([...name.split(' '), '--help'], { ...standardOutput, raw: (text) => shown.push(text) });
      expect({ code, shown: shown.join('') }).toEqual({
        code: 0,
        shown: expect.stringMatching(/Examples?:\n {2}\$ \S/),
      });
    },
  );
});

function fullName(command: Command): string {
  const parent = command.parent?.parent ? `${fullName(command.parent)} ` : '';
  return `${parent}${command.name()}`;
}

describe('what cannot be understood', () => {
  test.each([
    ['nothing', []],
    ['an unknown command', ['fly']],
    ['an unknown option', ['org', 'list', '--fast']],
    ['a missing argument', ['org', 'show']],
    ['a missing option', ['org', 'create', 'acme']],
    ['a number that is none', ['api-key', 'create', '--name', 'x', '--expires', 'soon']],
    ['an id that is none', ['api-key', 'revoke', 'mine']],
  ])('%s ends with code 2 and touches nothing', async (_name, args) => {
    const dataDir = join(await directories.make(), 'data');
    const { code, stdout, stderr } = await runProgram(CLI, { args, env: { DATA_DIR: dataDir } });
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.not.stringMatching(/\n\s+at /) });
    expect(processesIn(dataDir)).toEqual([]);
  });

  test('a wrong environment ends with code 1 and names every variable', async () => {
    const env = { DATABASE_URL: 'mysql://x', PORT: 'x' };
    const { code, stderr } = await runProgram(CLI, { args: ['org', 'list'], env });
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({
      code: 1,
      lines: [
        'drawbridge: PORT: takes a port number from 1 to 65535',
        'drawbridge: DATABASE_URL: takes a postgres:// address',
      ],
    });
  });
});

describe('the launcher that npx runs', () => {
  test('compiles the program when it is missing, and again when a source is newer', async () => {
    const copy = await directories.make();
    for (const part of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'migrations', 'src'])
      await cp(join(ROOT, part), join(copy, part), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const launch = (args: string[]) => runProgram(join(copy, 'src/cli/launch.mjs'), { args, cwd: copy });

    expect(await launch(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const program = join(copy, 'src/cli/program.ts');
    await writeFile(
      program,
      (await readFile(program, 'utf8')).replace('Operates a Drawbridge', 'Changed: a Drawbridge'),
    );
    expect(await launch(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Changed: a Drawbridge'),
    });
    expect(await launch(['fly'])).toMatchObject({ code: 2 });
  });
});

describe('with the embedded database', () => {
  test('works alone, beside a running service, and again alone; leaves no Postgres behind', async () => {
    const dataDir = await directories.make();
    const env = { DATA_DIR: dataDir };
    const run = (...args: string[]) => runProgram(CLI, { args, env });
    expect(await run('org', 'create', 'acme', '--name', 'Acme Inc.')).toMatchObject({ code: 0 });
    expect(processesIn(dataDir)).toEqual([]);

    const service = await startServiceProcess('server.js', { env });
    const [made, listed] = await Promise.all([run('org', 'create', 'globex', '--name', 'Globex'), run('org', 'list')]);
    expect([made.code, listed.code]).toEqual([0, 0]);
    expect((await fetch(`${service.origin}/globex`)).status).toBe(200);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);

    const { stdout } = await run('org', 'list', '--json');
    expect((JSON.parse(stdout) as { slug: string }[]).map(({ slug }) => slug)).toEqual(['acme', 'globex']);
    expect(processesIn(dataDir)).toEqual([]);
  });
});

describeWith('postgres', 'on a database', () => {
  let installation: CommandInstallation;
  let { env, run, json } = {} as CommandInstallation;
  beforeEach(async () => {
    installation = await commandInstallation();
    ({ env, run, json } = installation);
  });
  afterEach(() => installation.drop());

  describe('org', () => {
    test('creates, shows, renames and deletes', async () => {
      expect(await run(['org', 'list'])).toMatchObject({
        stdout: expect.stringContaining('There is no organization yet'),
      });
      const args = [
        'org',
        'create',
        'acme',
        '--name',
        'Łódź & Søns',
        '--contact',
        'it@acme.example',
        '--external-id',
        'C-1',
      ];
      expect(await run(args)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('https://login.example.com/acme'),
      });
      expect(await run(['org', 'rename', 'acme', 'lodz'])).toMatchObject({
        code: 0,
        stdout: 'acme is lodz now: https://login.example.com/lodz\n',
      });
      expect(await json('org', 'show', 'acme')).toMatchObject({
        ...{ slug: 'lodz', name: 'Łódź & Søns', externalId: 'C-1' },
        ...{ technicalContacts: ['it@acme.example'], domains: [], connections: [] },
      });
      expect(await run(['org', 'delete', 'lodz'])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^drawbridge: this deletes lodz .*add --yes/),
      });
      expect(await json('org', 'list')).toHaveLength(1);
      expect(await run(['org', 'delete', 'lodz', '--yes'])).toMatchObject({ code: 0, stdout: 'lodz is deleted.\n' });
      expect(await json('org', 'list')).toEqual([]);
    });

    test.each([
      ['a reserved custom URL', ['org', 'create', 'admin', '--name', 'A'], 'This custom URL is reserved. (slug_taken)'],
      [
        'an organization that is not there',
        ['org', 'show', 'nobody'],
        'There is no such organization. (unknown_organization)',
      ],
      [
        'an unknown one to delete',
        ['org', 'delete', 'nobody', '--yes'],
        'There is no such organization. (unknown_organization)',
      ],
    ])('%s is refused in one line, with code 1', async (_name, args, message) => {
      expect(await run(args)).toEqual({ code: 1, stdout: '', stderr: `drawbridge: ${message}\n` });
    });

    test('several wrong fields are listed', async () => {
      expect(await run(['org', 'create', 'A!', '--name', ' ', '--contact', 'nobody'])).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^drawbridge: Some fields are not valid. \(invalid_form\)\n {2}slug: .*\n {2}name: .*\n {2}technicalContacts\.0: .*\n$/,
        ),
      });
    });
  });

  describe('api-key', () => {
    interface Key {
      id: string;
      key?: string;
      name: string;
      organization: string | null;
      scopes: string[];
      expiresAt: string | null;
      revokedAt: string | null;
    }

    test('is printed once, carries what was asked for, and ends when it is revoked', async () => {
      await run(['org', 'create', 'acme', '--name', 'Acme']);
      const ci = await json<Key>('api-key', 'create', '--name', 'CI');
      const hr = await json<Key>(
        ...[
          'api-key',
          'create',
          '--name',
          'HR',
          '--org',
          'acme',
          '--scope',
          'accounts:write',
          'groups:read',
          '--expires',
          '30',
        ],
      );
      expect(ci).toMatchObject({ name: 'CI', organization: null, scopes: ['*'], expiresAt: null });
      expect(hr).toMatchObject({ organization: 'acme', scopes: ['accounts:write', 'groups:read'] });
      expect(Date.parse(hr.expiresAt ?? '') - Date.now()).toBeGreaterThan(29.9 * 86_400_000);

      const service = await startServiceProcess('server.js', { env });
      const asks = async (key = '') =>
        (await fetch(`${service.origin}/api/v1/organizations`, { headers: { authorization: `Bearer ${key}` } })).status;
      expect([await asks(ci.key), await asks(hr.key), await asks('dbk_wrong')]).toEqual([200, 403, 401]);
      expect(await run(['api-key', 'revoke', ci.id])).toMatchObject({ code: 0, stdout: `${ci.id} is revoked.\n` });
      expect(await asks(ci.key)).toBe(401);
      service.child.kill('SIGTERM');
      await service.exited;

      const { stdout } = await run(['api-key', 'list']);
      expect(stdout).toContain(hr.id);
      for (const { key = '?' } of [ci, hr]) expect(stdout).not.toContain(key);
      const listed = await json<Key[]>('api-key', 'list');
      expect(listed.map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
        ['HR', false],
        ['CI', true],
      ]);
    });

    test.each([
      ['an unknown scope', ['--scope', 'everything']],
      ['a narrow scope for every organization', ['--scope', 'accounts:read']],
      ['an unknown organization', ['--org', 'nobody']],
    ])('%s is refused', async (_name, args) => {
      expect(await run(['api-key', 'create', '--name', 'x', ...args])).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^drawbridge: /),
      });
      expect(await json('api-key', 'list')).toEqual([]);
    });
  });

  test('application: registers, shows its secret once, makes another, and deletes', async () => {
    interface Registered {
      id: string;
      clientId: string;
      clientSecret?: string;
      secrets: unknown[];
    }
    const redirect = ['--redirect', 'https://app.example/callback', 'https://app.example/again'];
    const about = ['--name', 'Timesheets', '--group', 'Staff', '--client-id', 'timesheets'];
    const made = await json<Registered>('application', 'create', ...about, ...redirect);
    expect(made).toMatchObject({
      ...{ clientId: 'timesheets', organizations: 'all', access: { groups: ['Staff'] } },
      ...{ redirectUris: redirect.slice(1), clientSecret: expect.stringMatching(/^\S{40,}$/) },
      issuer: 'https://login.example.com/oidc',
    });
    const rotated = await run(['application', 'rotate-secret', 'timesheets', '--overlap', '1']);
    expect(rotated.stdout).toMatch(/client secret +\S{40,}\n\nThe secret is shown this once; keep it now\.\n$/);
    const [shown, list, unsure, nobody] = await Promise.all([
      run(['application', 'show', made.id, '--json']),
      run(['application', 'list']),
      run(['application', 'delete', 'timesheets']),
      run(['application', 'show', 'wiki']),
    ]);
    expect((JSON.parse(shown.stdout) as Registered).secrets).toHaveLength(2);
    expect(shown.stdout).not.toContain(made.clientSecret);
    expect(list.stdout).toMatch(/\ntimesheets +Timesheets +every one +-\n$/);
    expect([unsure.code, unsure.stderr]).toEqual([1, expect.stringContaining('add --yes to do it')]);
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('there is no application wiki')]);
    expect(await run(['application', 'delete', 'timesheets', '--yes'])).toMatchObject({
      ...{ code: 0, stdout: 'timesheets is deleted.\n' },
    });
  });
});
