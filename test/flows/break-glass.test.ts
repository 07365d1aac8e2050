import { createAcme, createTestIdp, sessionOf } from '../support/acme';
import { answerAt, createApplication } from '../support/application';
import type { HttpClient, Reply } from '../support/http-client';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { adminOf, ownerOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { enrol, showCode, type Enrolled } from '../support/second-factor';
import { asProgram, lettersTo, refusalOf, type TestAccount } from '../support/self-service';
import { startService, type TestService } from '../support/service';

const SECOND_STEP = '/acme/login/second-factor';

describeWith('postgres', 'break-glass: an admin comes in although SSO is required', () => {
  let service: TestService;
  let mailbox: Mailbox;
  let people = 0;

  beforeAll(async () => {
    mailbox = await startMailbox();
    service = await startService({ smtpUrl: mailbox.url, jobs: true, env: { RATE_LIMIT: 'off' } });
    const { id } = await createAcme(service, await createTestIdp());
    await service.api('PATCH', `/organizations/acme/connections/${id}`, { state: 'required' });
    await service.api('PATCH', '/organizations/acme', { technicalContacts: ['it@acme.example'] });
    await createInitech(service);
    await ownerOf(service);
  });
  afterAll(async () => {
    await service?.stop();
    await mailbox?.stop();
  });
  beforeEach(async () => {
    await service.resources.db.query('UPDATE portal_roles SET break_glass_since = NULL');
  });

  const put = (id: string, body: object, slug = 'acme') =>
    service.api('PUT', `/organizations/${slug}/admins/${id}`, body);
  const designate = (id: string, breakGlass = true) => put(id, { roles: ['organization_admin'], breakGlass });
  const person = (slug = 'acme', more = {}): Promise<TestAccount> =>
    service.api('POST', `/organizations/${slug}/accounts`, {
      ...{ email: `person${++people}@${slug}.example`, givenName: 'Per', familyName: 'Son', ...more },
    });
  const codeOf = (refused: Promise<unknown>): Promise<unknown> =>
    refused.then(
      () => 'accepted',
      (error: Error) => /"code":"(\w+)"/.exec(error.message)?.[1] ?? error.message,
    );
  const actionsOf = async ({ id }: TestAccount): Promise<string[]> => {
    const path = `/organizations/acme/audit-events?account=${id}&limit=100`;
    return (await service.api<{ items: { action: string }[] }>('GET', path)).items.map(({ action }) => action);
  };
  const isSignedIn = async (browser: HttpClient): Promise<boolean> => (await sessionOf(browser)) !== undefined;

  /** An admin who has set the way in up, by the mailed link. */
  async function breakGlassAdmin(): Promise<Enrolled & { admin: TestAccount; browser: HttpClient; chosen: Reply }> {
    const admin = await person();
    await designate(admin.id);
    const browser = service.browser();
    const chosen = await choose(browser, linkIn(await mailbox.next(admin.email)));
    return { ...(await enrol(browser, chosen, service.clock)), admin, browser, chosen };
  }

  test('security 20: by a mailed link to a password, never without a second factor; it is in the ledger, and others are told', async () => {
    const { admin, app, chosen, next, browser } = await breakGlassAdmin();
    expect([chosen.location, next]).toEqual([SECOND_STEP, '/acme/admin']);
    expect((await browser.get('/acme/admin/admins')).text).toContain('Emergency access');
    const again = service.browser();
    const sent = await logIn(again, admin.email, PASSWORD, 'acme');
    expect([sent.location, await isSignedIn(again)]).toEqual([SECOND_STEP, false]);
    const done = await showCode(again, sent, app.code());
    expect([done.location, await isSignedIn(again)]).toEqual(['/acme/admin', true]);
    const used = (await actionsOf(admin)).filter((action) => action === 'break_glass.used');
    expect(used).toHaveLength(2);
    const told = await service.resources.db.query<{ recipient: string }[]>(
      `SELECT recipient FROM mails WHERE kind = 'break_glass_used' ORDER BY id DESC LIMIT 3`,
    );
    const owner = expect.stringMatching(/^owner\.\d+@example\.com$/) as string;
    expect(new Set(told.map(({ recipient }) => recipient))).toEqual(new Set([admin.email, owner, 'it@acme.example']));
    // Not removable: it is what makes this way in a safe one.
    const remove = await again.get('/acme/account/second-factor/remove');
    expect((await again.submit(remove, { proof: app.code() })).status).toBe(409);
  });

  test('security 26: the session serves the portal, and no application', async () => {
    const { browser } = await breakGlassAdmin();
    const application = await createApplication(service);
    const begun = await application.start(browser, { organization: 'acme' });
    expect(begun.at).toContain('/interaction/');
    expect((await browser.get(begun.at)).status).toBe(403);
    const silent = await application.start(browser, { organization: 'acme', prompt: 'none' });
    expect(answerAt(silent).error).toBe('access_denied');
  });

  test('security 20: nobody else: passwords of others are refused, and who is whose is not told', async () => {
    const other = await person();
    const attempt = (login: string, password: string) =>
      service.browser().post('/acme/login', { login, password }, asProgram).then(refusalOf);
    // Nobody may: no password is looked at, and the form is not shown.
    expect(await attempt(other.email, PASSWORD)).toBe('403 password_not_permitted');
    expect((await service.browser().get('/acme/login', asProgram)).status).toBe(403);
    expect((await service.browser().get('/acme?choose=1')).text).not.toContain('emergency access');
    const { admin } = await breakGlassAdmin();
    expect((await service.browser().get('/acme?choose=1')).text).toContain('Administrator emergency access');
    expect((await service.browser().get('/acme/login')).status).toBe(200);
    expect(await attempt(admin.email, OTHER_PASSWORD)).toBe('401 invalid_credentials');
    expect(await attempt(other.email, OTHER_PASSWORD)).toBe('401 invalid_credentials');
    // Their own password, which is right, is that of the admin here.
    await service.resources.db.query(
      `INSERT INTO passwords (organization_id, account_id, hash, set_at) SELECT organization_id, $1, hash, now() FROM passwords WHERE account_id = $2`,
      [other.id, admin.id],
    );
    expect(await attempt(other.email, PASSWORD)).toBe('403 password_not_permitted');
    expect(await attempt('nobody@acme.example', OTHER_PASSWORD)).toBe('401 invalid_credentials');
    expect(await codeOf(service.api('POST', `/organizations/acme/accounts/${other.id}/send-link`))).toBe(
      'password_not_permitted',
    );
    await service.browser().post('/acme/forgot', { email: other.email });
    await service.browser().post('/acme/forgot', { email: admin.email });
    expect(await lettersTo(service, other.email)).toEqual(['sign_in_elsewhere']);
    expect(await lettersTo(service, admin.email)).toEqual(expect.arrayContaining(['reset_password']));
  });

  test('security 26: only Organization admins, at most two of them, and none of another organization', async () => {
    const [first, second, third] = [await person(), await person(), await person()];
    expect(await codeOf(put(first.id, { roles: ['user_admin'], breakGlass: true }))).toBe('invalid_form');
    await designate(first.id);
    await designate(second.id);
    expect(await codeOf(designate(third.id))).toBe('in_use');
    const foreign = await person('initech', { password: PASSWORD });
    expect(await codeOf(designate(foreign.id))).toBe('not_found');
    const managed = await person('acme', { adminManaged: true });
    await designate(second.id, false);
    expect(await codeOf(designate(managed.id))).toBe('admin_managed');
  });

  const ENDS: readonly [what: string, end: (id: string) => Promise<unknown>][] = [
    ['is withdrawn', (id) => designate(id, false)],
    ['loses the role', (id) => put(id, { roles: ['auditor'] })],
    ['is suspended', (id) => service.api('POST', `/organizations/acme/accounts/${id}/suspend`)],
    ['is deleted', (id) => service.api('DELETE', `/organizations/acme/accounts/${id}`)],
  ];
  test.each(ENDS)(
    'security 26: the right ends at once with its session when it %s, also for whoever is between the steps',
    async (_, end) => {
      const { admin, app, browser } = await breakGlassAdmin();
      await designate((await person()).id);
      const waiting = service.browser();
      const sent = await logIn(waiting, admin.email, PASSWORD, 'acme');
      const page = await waiting.get(sent.location ?? '');
      await end(admin.id);
      expect(await isSignedIn(browser)).toBe(false);
      await waiting.submit(page, { code: app.code() });
      expect(await isSignedIn(waiting)).toBe(false);
      // A role that is given back, and an account that comes back, does not bring it back.
      await service.api('POST', `/organizations/acme/accounts/${admin.id}/reactivate`).catch(() => undefined);
      await put(admin.id, { roles: ['organization_admin'] }).catch(() => undefined);
      const reply = await service.browser().post('/acme/login', { login: admin.email, password: PASSWORD }, asProgram);
      expect(refusalOf(reply)).toBe('401 invalid_credentials');
      expect(await actionsOf(admin)).toContain('break_glass.withdrawn');
    },
  );

  test('an admin sets it up and withdraws it in the portal, which says whether there is a way in', async () => {
    const { browser } = await breakGlassAdmin();
    const other = await person();
    await put(other.id, { roles: ['organization_admin'] });
    const path = `/acme/admin/admins/${other.id}/emergency`;
    const confirm = async (): Promise<Reply> => {
      const { text } = await browser.get(path);
      const fields = [...text.matchAll(/name="(_csrf|set)" value="([^"]+)"/g)].map(([, name, value]) => [name, value]);
      return browser.post(path, Object.fromEntries(fields) as Record<string, string>);
    };
    const done = await confirm();
    expect(done.location).toBe('/acme/admin/admins?notice=admins.notice.emergency');
    expect(await lettersTo(service, other.email)).toContain('set_password');
    expect((await confirm()).location).toContain('noEmergency');
    const owner = await ownerOf(service);
    await service.resources.db.query('UPDATE portal_roles SET break_glass_since = NULL');
    expect((await owner.get('/admin/organizations/acme/admins')).text).toContain('No emergency access');
    const userAdmin = await adminOf(service, 'initech', ['user_admin']);
    expect((await userAdmin.get(`/initech/admin/admins/${other.id}/emergency`)).status).toBe(403);
  });
});
