import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { createSamlKey } from '../../src/demo/saml-key';
import { startSampleIdp, type SampleIdp } from '../../src/demo/sample-idp';
import { ensureBuilt } from '../support/built';
import { commandInstallation, type CommandInstallation } from '../support/command';
import { temporaryDirectories } from '../support/program';
import { describeWith } from '../support/requires';

jest.setTimeout(120_000);

const directories = temporaryDirectories();

beforeAll(ensureBuilt);
afterAll(directories.remove);

describeWith('postgres', 'drawbridge apply', () => {
  let installation: CommandInstallation;
  let { run, json } = {} as CommandInstallation;
  beforeEach(async () => {
    installation = await commandInstallation();
    ({ run, json } = installation);
  });
  afterEach(() => installation.drop());

  let certificate: string;
  beforeAll(async () => {
    certificate = (await createSamlKey('Acme IdP')).certificate;
  });
  const acme = () => ({
    slug: 'acme',
    name: 'Acme Inc.',
    technicalContacts: ['it@acme.example'],
    branding: { color: '#0B5D4E' },
    domains: ['acme.example', { domain: 'acme.test', verified: false }],
    groups: ['Engineering', { name: 'Sales', description: 'Customers' }],
    permissionProfiles: ['Employee'],
    licences: [{ name: 'Full', seats: 50 }],
    connections: [
      {
        kind: 'saml',
        name: 'Acme IdP',
        state: 'active',
        ...{
          entityId: 'https://idp.acme.example',
          ssoUrl: 'https://idp.acme.example/sso',
          certificates: [certificate],
        },
        groupMapping: [{ value: 'admins', group: 'Administrators' }],
        requestedAuthnContext: { classRefs: ['https://refeds.org/profile/mfa'], comparison: 'exact' },
      },
    ],
    policy: { defaultGroups: ['engineering'], defaultPermissionProfile: 'Employee', defaultLicence: 'full' },
    accounts: [{ email: 'pat@acme.example', givenName: 'Pat', familyName: "O'Leary", groups: ['Sales'] }],
  });
  const apply = async (content: object, ...args: string[]) =>
    run(['apply', '-', ...args], { input: JSON.stringify(content) });
  const outcomes = async (content: object) => {
    const { stdout } = await apply(content, '--json');
    const all = JSON.parse(stdout) as { what: string; outcome: string }[];
    return Object.fromEntries(all.map(({ what, outcome }) => [what, outcome]));
  };

  test('brings everything about, changes nothing the second time, and says so', async () => {
    const file = join(await directories.make(), 'acme.json');
    await writeFile(file, JSON.stringify({ organizations: [acme()] }));
    const first = await run(['apply', file]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('created    acme: connection Acme IdP\n');
    expect(first.stdout).toMatch(/\n\n9 created, 2 changed, 0 unchanged\.\n$/);

    const before = await json('org', 'show', 'acme');
    const second = await run(['apply', file]);
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\n\nNothing to change: 11 unchanged\.\n$/),
    });
    expect(second.stdout).not.toMatch(/^(created|changed)/m);
    expect(await json('org', 'show', 'acme')).toEqual(before);
  });

  test('changes what differs, and only that; what the file does not speak of stays', async () => {
    await apply({ organizations: [acme()] });
    const [connection] = acme().connections;
    const changed = {
      slug: 'acme',
      name: 'Acme AG',
      licences: [{ name: 'FULL', seats: 60 }],
      domains: ['acme.test'],
      connections: [{ ...connection, state: 'required' }],
      policy: { defaultLicence: 'Full', sessionHours: 8 },
    };
    expect(await outcomes({ organizations: [changed] })).toEqual({
      organization: 'changed',
      'domain acme.test': 'changed',
      'licence FULL': 'changed',
      'connection Acme IdP': 'changed',
      policy: 'changed',
    });
    expect(await outcomes({ organizations: [changed] })).toEqual({
      organization: 'unchanged',
      'domain acme.test': 'unchanged',
      'licence FULL': 'unchanged',
      'connection Acme IdP': 'unchanged',
      policy: 'unchanged',
    });
    expect(await json('org', 'show', 'acme')).toMatchObject({
      name: 'Acme AG',
      technicalContacts: ['it@acme.example'],
      domains: [
        { domain: 'acme.example', verified: true },
        { domain: 'acme.test', verified: true },
      ],
      connections: [{ state: 'required' }],
    });
    // Only what the shorter file left out is to be done again.
    expect(await outcomes({ organizations: [acme()] })).toMatchObject({
      'group Sales': 'unchanged',
      policy: 'unchanged',
    });
  });

  test('an organization that was renamed is found by its old slug and not renamed back', async () => {
    await apply({ organizations: [{ slug: 'acme', name: 'Acme' }] });
    await run(['org', 'rename', 'acme', 'acme-inc']);
    expect(await apply({ organizations: [{ slug: 'acme', name: 'Acme', groups: ['Sales'] }] })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('created    acme-inc: group Sales'),
    });
    expect(await json<{ slug: string }[]>('org', 'list')).toMatchObject([{ slug: 'acme-inc' }]);
  });

  test('every problem is named by its path before anything is written', async () => {
    const broken = {
      organizations: [
        { slug: 'acme', name: 'Acme', colour: 'green', licences: [{ name: 'Full', seats: -1 }] },
        { slug: 'acme', name: 'Again', domains: ['co.uk'], connections: [{ kind: 'oidc', name: 'Okta' }] },
        { slug: 'oidc', name: 'Reserved', policy: { usernameFormat: '{nickname}' }, groups: ['Sales', 'SALES'] },
      ],
    };
    const { code, stdout, stderr } = await apply(broken);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const paths = [...stderr.matchAll(/^ {2}(\S+): /gm)].map(([, path]) => path);
    expect(paths.sort()).toEqual([
      'organizations.0.colour',
      'organizations.0.licences.0.seats',
      'organizations.1.connections.0.clientId',
      'organizations.1.connections.0.issuer',
      'organizations.1.domains.0.domain',
      'organizations.2.groups.1',
      'organizations.2.policy.usernameFormat',
      'organizations.2.slug',
    ]);
    expect(await json('org', 'list')).toEqual([]);
    const twice = {
      organizations: [
        { slug: 'acme', name: 'A' },
        { slug: 'acme', name: 'B' },
      ],
    };
    expect((await apply(twice)).stderr).toContain('  organizations.1: acme stands here twice.\n');
  });

  test('what is met on the way names its place; the steps before it stay done', async () => {
    const content = {
      organizations: [{ slug: 'acme', name: 'Acme', groups: ['Sales'], policy: { defaultGroups: ['Nobody'] } }],
    };
    expect(await apply(content)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('2 created, 0 changed, 0 unchanged.'),
      stderr: expect.stringContaining('organizations.0.policy.defaultGroups.0: There is no such group.'),
    });
  });

  test('applications are brought about by their client id, and a second time nothing changes', async () => {
    const timesheets = {
      clientId: 'timesheets',
      clientSecret: 'a secret of at least thirty-two characters'.replaceAll(' ', '-'),
      name: 'Timesheets',
      redirectUris: ['https://timesheets.example/callback'],
      organizations: ['acme'],
      access: { groups: ['Staff'] },
    };
    const content = { organizations: [{ slug: 'acme', name: 'Acme' }], applications: [timesheets] };
    expect((await apply(content)).stdout).toContain('created    application timesheets');
    expect((await apply(content)).stdout).toContain('unchanged  application timesheets');
    const changed = { ...timesheets, name: 'Time', clientSecret: `${timesheets.clientSecret}-2` };
    expect((await apply({ organizations: [], applications: [changed] })).stdout).toContain('changed    application');
    expect((await apply({ organizations: [], applications: [changed] })).stdout).toContain('unchanged');
  });

  test('an application whose secret nobody would know is refused', async () => {
    const application = { clientId: 'wiki', name: 'Wiki', redirectUris: ['https://wiki.example/callback'] };
    expect(await apply({ organizations: [], applications: [application] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('applications.0.clientSecret: A secret that is made here'),
    });
  });

  test.each([
    ['a file that is not there', ['apply', '/no/such/file.json'], '', /cannot be read: ENOENT/],
    ['what is not JSON', ['apply', '-'], 'organizations:\n  - slug: acme', /standard input is not JSON/],
    ['another shape', ['apply', '-'], '[]', /invalid_form/],
  ])('%s is refused', async (_name, args, input, message) => {
    expect(await run(args, { input })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
  });

  describe('against a provider', () => {
    let idp: SampleIdp;
    beforeAll(async () => {
      const dataDir = await directories.make();
      const log = pino({ level: 'silent' });
      idp = await startSampleIdp({ port: 0, serviceOrigin: 'https://login.example.com', dataDir, log });
    });
    afterAll(() => idp.close());

    test('metadata and discovery are asked; a new client secret is a change, the same one is none', async () => {
      const { issuer, clientId } = idp.oidc;
      const content = (clientSecret: string) => ({
        organizations: [
          {
            ...{ slug: 'acme', name: 'Acme' },
            connections: [
              { kind: 'saml', name: 'By metadata', metadataUrl: idp.saml.metadataUrl },
              { kind: 'oidc', name: 'By discovery', issuer, clientId, clientSecret },
            ],
          },
        ],
      });
      const connections = (saml: string, oidc: string) =>
        expect.objectContaining({ 'connection By metadata': saml, 'connection By discovery': oidc });
      expect(await outcomes(content('first secret'))).toEqual(connections('created', 'created'));
      expect(await outcomes(content('first secret'))).toEqual(connections('unchanged', 'unchanged'));
      expect(await outcomes(content('second secret'))).toEqual(connections('unchanged', 'changed'));
      expect(await outcomes(content('second secret'))).toEqual(connections('unchanged', 'unchanged'));
    });

    test('private_key_jwt and authentication contexts; the second time they are so already', async () => {
      const { issuer, clientId } = idp.oidc;
      const asked = { tokenEndpointAuthMethod: 'private_key_jwt', acrValues: ['phr'], forceAuthn: true };
      const connections = [{ kind: 'oidc', name: 'OP', issuer, clientId, ...asked }];
      const content = { organizations: [{ slug: 'acme', name: 'Acme', connections }] };
      expect(await outcomes(content)).toMatchObject({ 'connection OP': 'created' });
      expect(await outcomes(content)).toMatchObject({ 'connection OP': 'unchanged' });
    });

    test('another kind under the same name is refused', async () => {
      const organization = (connection: object) => ({
        organizations: [{ slug: 'acme', name: 'Acme', connections: [connection] }],
      });
      await apply(organization({ kind: 'saml', name: 'IdP', metadataUrl: idp.saml.metadataUrl }));
      const { issuer, clientId, clientSecret } = idp.oidc;
      expect(await apply(organization({ kind: 'oidc', name: 'IdP', issuer, clientId, clientSecret }))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('The connection IdP is of kind saml, which cannot change.'),
      });
    });
  });
});
