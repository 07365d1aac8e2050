import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandInstallation, type CommandInstallation } from '../support/command';
import { temporaryDirectories } from '../support/program';
import { describeWith } from '../support/requires';

jest.setTimeout(120_000);

const directories = temporaryDirectories();

describeWith('postgres', 'drawbridge import', () => {
  let installation: CommandInstallation;
  let directory: string;
  beforeAll(async () => {
    installation = await commandInstallation();
    directory = await directories.make();
    await installation.json('org', 'create', 'acme', '--name', 'Acme Inc.', '--json');
  });
  afterAll(async () => {
    await installation.drop();
    await directories.remove();
  });

  async function importing(content: string, ...options: string[]) {
    const path = join(directory, 'people.csv');
    await writeFile(path, content);
    return installation.run(['import', path, '--org', 'acme', ...options]);
  }
  const accounts = async () =>
    (await installation.json<{ email: string }[]>('account', 'list', 'acme')).map(({ email }) => email);

  test('says what would happen and changes nothing', async () => {
    const { code, stdout } = await importing('User name,Email\nAda,ada@acme.example\nBob,bob@acme', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toBe(
      '1 new, 0 changed, 0 leaving, 0 unchanged, 1 with a problem.\n  line 3, email: This is not exactly one e-mail address.\n',
    );
    expect(await accounts()).toEqual([]);
  });

  test('saves nothing while a row has a problem, and the good rows when told so', async () => {
    const file = 'User name,Email\nAda,ada@acme.example\nBob,bob@acme';
    expect(await importing(file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 rows have a problem; nothing was saved'),
    });
    expect(await accounts()).toEqual([]);
    expect((await importing(file, '--good-rows')).stdout).toMatch(/^1 created, 0 changed/m);
    expect(await accounts()).toEqual(['ada@acme.example']);
  });

  test('names what is wrong with a file, or with how it was called', async () => {
    expect(await importing('')).toMatchObject({ code: 1, stderr: expect.stringContaining('invalid_file') });
    expect(await installation.run(['import', join(directory, 'absent.csv'), '--org', 'acme'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be read'),
    });
    expect((await installation.run(['import', 'people.csv'])).code).toBe(2);
  });
});
