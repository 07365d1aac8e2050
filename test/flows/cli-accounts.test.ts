import { ensureBuilt } from '../support/built';
import { createTestIdp, sessionOf } from '../support/acme';
import { CLI, commandInstallation, type CommandInstallation } from '../support/command';
import { choose, linkIn, logIn, OTHER_PASSWORD, PASSWORD } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { runProgram } from '../support/program';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(120_000);

interface Account {
  id: string;
  email: string;
  username: string;
  displayName: string;
  status: string;
  groups: string[];
  adminManaged: boolean;
  accessUntil: string | null;
  contactId: string;
  emailLinks: { purpose: string; state: string }[];
  identities: unknown[];
}

const PETER = 'peter.gibbons@initech.example';
const peter = ['--email', PETER, '--given', 'Peter', '--family', 'Gibbons'];
const NINA = 'nina@initech.example';
const nina = ['--email', NINA, '--given', 'Nina', '--family', 'Neibel'];
const michael = ['--email', 'michael@initech.example', '--given', 'Michael', '--family', 'Bolton'];

beforeAll(ensureBuilt);

describe('what cannot be understood', () => {
  test.each([
    ['neither an address nor an id', ['account', 'show', 'initech', 'peter']],
    ['an unknown state', ['account', 'list', 'initech', '--status', 'happy']],
    ['a password and a link', ['account', 'create', 'initech', ...peter, '--password-stdin', '--send-link']],
    ['a password as an argument', ['account', 'set-password', 'initech', PETER, PASSWORD]],
    ['no name', ['account', 'create', 'initech', '--email', PETER]],
    ['an owner without an address', ['owner', 'invite']],
  ])('%s ends with code 2', async (_name, args) => {
    const { code, stdout, stderr } = await runProgram(CLI, { args });
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.not.stringMatching(/\n\s+at /) });
  });
});

describeWith('postgres', 'on a database', () => {
  let installation: CommandInstallation;
  let { env, run, json } = {} as CommandInstallation;
  beforeAll(async () => {
    installation = await commandInstallation();
    ({ env, run, json } = installation);
    await run(['org', 'create', 'initech', '--name', 'Initech']);
  });
  afterAll(() => installation.drop());

  const create = (...args: string[]): Promise<Account> => json<Account>('account', 'create', 'initech', ...args);
  const show = (key: string): Promise<Account> => json<Account>('account', 'show', 'initech', key);

  describe('beside a service', () => {
    let service: TestService;
    let mailbox: Mailbox;
    beforeAll(async () => {
      mailbox = await startMailbox();
      const { DATABASE_URL: databaseUrl, SECRET_KEYS: secretKeys } = env;
      service = await startService({ databaseUrl, secretKeys, smtpUrl: mailbox.url, jobs: true });
    });
    afterAll(async () => {
      await service.stop();
      await mailbox.stop();
    });
    const signsIn = async (login: string, password: string): Promise<boolean> =>
      (await logIn(service.browser(), login, password)).status === 303;

    test('a password from standard input is taken to the letter, but for the one newline at its end', async () => {
      const args = ['account', 'create', 'initech', ...peter, '--password-stdin'];
      const made = await run(args, { input: `${PASSWORD} \r\n` });
      expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^status +active$/m) });
      expect(made.stdout).not.toContain(PASSWORD);
      expect([await signsIn(PETER, PASSWORD), await signsIn(PETER, `${PASSWORD} `)]).toEqual([false, true]);
      expect(await signsIn('peter.gibbons', `${PASSWORD} `)).toBe(true);

      const browser = service.browser();
      await logIn(browser, PETER, `${PASSWORD} `);
      expect(await run(['account', 'set-password', 'initech', PETER], { input: OTHER_PASSWORD })).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining(`The password of ${PETER} in initech is set`),
      });
      expect(await sessionOf(browser, 'initech')).toBeUndefined();
      expect([await signsIn(PETER, `${PASSWORD} `), await signsIn(PETER, OTHER_PASSWORD)]).toEqual([false, true]);
      await mailbox.next(PETER);
    });

    test('a link is mailed by the service, sent again, and seen in what show tells', async () => {
      const first = await run(['account', 'create', 'initech', ...nina, '--send-link']);
      expect(first).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^status +invited$/m) });
      expect(first.stdout).toContain('SMTP_URL is not set: it waits there until a service runs that has it');
      const replaced = linkIn(await mailbox.next(NINA));
      const again = await run(['account', 'send-link', 'initech', NINA], { env: { SMTP_URL: mailbox.url } });
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('the running service delivers it') });
      const link = linkIn(await mailbox.next(NINA));

      expect((await service.browser().get(replaced)).status).toBe(410);
      const browser = service.browser();
      expect(await choose(browser, link)).toMatchObject({ status: 303, location: '/initech/account' });
      expect(await sessionOf(browser, 'initech')).toMatchObject({ account: { email: NINA, status: 'active' } });
      expect(await show(NINA)).toMatchObject({
        status: 'active',
        identities: [],
        emailLinks: [
          { purpose: 'set_password', state: 'used' },
          { purpose: 'set_password', state: 'replaced' },
        ],
      });
      const { stdout } = await run(['account', 'show', 'initech', NINA]);
      expect(stdout).toMatch(/set password +replaced +\d{4}-/);
    });

    test('a step ends sessions; suspended, deactivated and deleted people stay out', async () => {
      const { id } = await create('--email', 'bill@initech.example', '--given', 'Bill', '--family', 'Lumbergh');
      await run(['account', 'set-password', 'initech', id], { input: PASSWORD });
      const mayEnter = async () => signsIn('bill@initech.example', PASSWORD);
      const browser = service.browser();
      await logIn(browser, 'bill@initech.example');
      const step = async (...args: string[]) => {
        const { code, stdout, stderr } = await run(['account', ...args]);
        return { code, said: stdout + stderr, mayEnter: await mayEnter() };
      };
      const named = ['initech', 'bill@initech.example'];

      expect(await step('suspend', ...named)).toEqual({
        code: 0,
        said: 'bill@initech.example is suspended in initech.\n',
        mayEnter: false,
      });
      expect(await sessionOf(browser, 'initech')).toBeUndefined();
      expect(await step('reactivate', 'initech', id)).toMatchObject({ code: 0, mayEnter: true });
      expect(await step('deactivate', ...named)).toMatchObject({ code: 0, mayEnter: false });
      expect(await step('suspend', ...named)).toMatchObject({
        code: 1,
        said: expect.stringContaining('(invalid_state_change)'),
      });
      expect(await step('send-link', ...named)).toMatchObject({
        code: 1,
        said: expect.stringContaining('is sent no link'),
      });
      expect(await step('reactivate', ...named)).toMatchObject({ code: 0, mayEnter: true });
      expect(await step('delete', ...named)).toEqual({
        code: 1,
        said: 'drawbridge: this deletes the account of bill@initech.example in initech; add --yes to do it\n',
        mayEnter: true,
      });
      expect(await step('delete', ...named, '--yes')).toMatchObject({ code: 0, mayEnter: false });
      expect(await step('delete', 'initech', id, '--yes')).toMatchObject({
        code: 1,
        said: `drawbridge: initech has no account with the id ${id}; drawbridge account list initech shows them\n`,
      });
    });
  });

  test('create takes groups, an end of access and a contact; list and show find it', async () => {
    const file = { organizations: [{ slug: 'initech', name: 'Initech', groups: ['Engineering', 'Sales'] }] };
    expect(await run(['apply', '-'], { input: JSON.stringify(file) })).toMatchObject({ code: 0 });
    const samir = ['--email', 'SAMIR@initech.example', '--given', 'Samir', '--family', 'Nagheenanajar'];
    const more = ['--group', 'engineering', 'Sales', '--access-until', '2027-03-31T18:00:00+02:00', '--admin-managed'];
    const made = await create(...samir, ...more);
    expect(made).toMatchObject({
      ...{ email: 'samir@initech.example', displayName: 'Samir Nagheenanajar', status: 'invited' },
      ...{ groups: ['Engineering', 'Sales'], accessUntil: '2027-03-31T16:00:00.000Z', adminManaged: true },
    });
    expect(await show('Samir@Initech.example')).toMatchObject({ id: made.id, emailLinks: [] });
    const list = (...args: string[]) => json<Account[]>('account', 'list', 'initech', ...args);
    expect(await list('--email', 'samir@initech.example')).toMatchObject([{ id: made.id }]);
    expect((await list('--status', 'invited')).map(({ id }) => id)).toContain(made.id);
    expect((await list('--status', 'suspended')).map(({ id }) => id)).not.toContain(made.id);
    expect(await run(['account', 'send-link', 'initech', made.id])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(admin_managed)'),
    });

    // Whose account was deleted is still a contact.
    await run(['account', 'delete', 'initech', made.id, '--yes']);
    const again = await create(...samir, '--contact', made.contactId);
    expect(again.contactId).toBe(made.contactId);
  });

  test.each<[string, string[], RegExp, string?, string?]>([
    ['every wrong field', ['--email', 'x', '--given', ' ', '--family', 'Y'], /\n {2}email: .*\n {2}givenName: /],
    ['an unknown group', [...michael, '--group', 'Nobody'], /\n {2}groups\.0: There is no such group/],
    ['an unknown contact', [...michael, '--contact', '0199f6d2-0000-7000-8000-000000000000'], /\n {2}contactId: /],
    ['a day that is no instant', [...michael, '--access-until', '2027-03-31'], /accessUntil: This is not an ISO 8601/],
    ['no password', [...michael, '--password-stdin'], /password: This field is required/],
    ['a short password', [...michael, '--password-stdin'], /password: .*12 characters/, 'short\n'],
    ['a weak password', [...michael, '--password-stdin'], /\(weak_password\)/, 'password1234\n'],
    ['two newlines', [...michael, '--password-stdin'], /password: .*[Cc]ontrol characters/, `${PASSWORD}\n\n`],
    ['a flood', [...michael, '--password-stdin'], /too long for a password/, 'x'.repeat(1_000_000)],
    ['an owner', [...michael], /drawbridge owner invite/, '', 'admin'],
    ['an unknown organization', [...michael], /\(unknown_organization\)/, '', 'nobody'],
  ])('%s is refused, by name', async (_name, args, message, input = '', org = 'initech') => {
    const refused = await run(['account', 'create', org, ...args], { input });
    expect(refused).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });

  test('nothing of what was refused was made', async () => {
    const all = await json<Account[]>('account', 'list', 'initech');
    expect(all.filter(({ email }) => email === 'michael@initech.example')).toEqual([]);
  });

  test('an address that is taken is refused', async () => {
    await create('--email', 'tom@initech.example', '--given', 'Tom', '--family', 'Smykowski');
    const again = ['account', 'create', 'initech', '--email', 'tom@initech.example', '--given', 'T', '--family', 'S'];
    expect(await run(again)).toMatchObject({ code: 1, stderr: expect.stringContaining('(email_taken)') });
  });

  test('in an organization with SSO the account is complete, and neither password nor link is made', async () => {
    const { metadataXml } = await createTestIdp();
    const connections = [{ kind: 'saml', name: 'Acme IdP', metadataXml, state: 'active' }];
    const file = { organizations: [{ slug: 'acme', name: 'Acme', connections }] };
    expect(await run(['apply', '-'], { input: JSON.stringify(file) })).toMatchObject({ code: 0 });
    const ada = ['account', 'create', 'acme', '--email', 'ada@acme.example', '--given', 'Ada', '--family', 'Lovelace'];
    expect(await run([...ada, '--send-link'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/sendLink: /) });
    expect(await run([...ada, '--password-stdin'], { input: PASSWORD })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/password: /),
    });
    const made = await run(ada);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^status +active$/m) });
    expect(made.stdout).not.toContain('no password yet');
    for (const args of [['send-link'], ['set-password']])
      expect(await run(['account', ...args, 'acme', 'ada@acme.example'], { input: PASSWORD })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('(password_not_permitted)'),
      });
  });
});
