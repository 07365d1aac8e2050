import { createAcme, createTestIdp, maria, sessionOf, signIn, type TestIdp } from '../support/acme';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD, peter } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { until } from '../support/processes';
import { startService, type TestService } from '../support/service';

let service: TestService;
let mailbox: Mailbox;
let idp: TestIdp;

beforeAll(async () => {
  mailbox = await startMailbox();
  service = await startService({ smtpUrl: mailbox.url, jobs: true });
  idp = await createTestIdp();
});
afterAll(async () => {
  await service.stop();
  await mailbox.stop();
});

interface Account {
  id: string;
  status: string;
  contactId: string;
  [field: string]: unknown;
}
let counter = 0;
const organization = (policy?: Record<string, unknown>) =>
  createInitech(service, { slug: `initech-${++counter}`, ...(policy && { policy }) });
const create = (slug: string, more: Record<string, unknown> = {}) =>
  service.api<Account>('POST', `/organizations/${slug}/accounts`, { ...peter, ...more });
const refused = async (slug: string, more: Record<string, unknown>) => {
  const reply = await service.request('POST', `/organizations/${slug}/accounts`, { ...peter, ...more });
  return { status: reply.status, ...reply.json<{ code: string; errors?: { field: string; code: string }[] }>() };
};
const step = (slug: string, { id }: Account, action: string, body?: unknown) =>
  service.request('POST', `/organizations/${slug}/accounts/${id}/${action}`, body);
const links = async (slug: string, { id }: Account) =>
  (
    await service.api<{ items: { id: string; state: string; purpose: string }[] }>(
      'GET',
      `/organizations/${slug}/email-links?accountId=${id}`,
    )
  ).items;

describe('in an organization without SSO', () => {
  test('with a password the admin sets, the person signs in at once', async () => {
    const slug = await organization();
    expect(await create(slug, { password: PASSWORD })).toMatchObject({ status: 'active', source: 'admin' });
    const browser = service.browser();
    expect(await logIn(browser, peter.email, PASSWORD, slug)).toMatchObject({ status: 303 });
    expect(await sessionOf(browser, slug)).toMatchObject({ connection: null, account: { email: peter.email } });
    expect(mailbox.mails.filter(({ text }) => text.includes(PASSWORD))).toEqual([]);
  });

  test('with a link, the person sets one, and the admin sees how far it is', async () => {
    const slug = await organization();
    const account = await create(slug, { sendLink: true, email: 'linked@initech.example' });
    expect(account).toMatchObject({ status: 'invited', emailVerified: false });
    const link = linkIn(await mailbox.next('linked@initech.example'));
    await until(async () => (await links(slug, account))[0]?.state === 'sent', 10_000, 'the link is sent');
    expect(await links(slug, account)).toMatchObject([{ purpose: 'set_password', state: 'sent' }]);
    await service.browser().get(link);
    expect(await links(slug, account)).toMatchObject([{ state: 'opened' }]);
    const browser = service.browser();
    expect(await choose(browser, link)).toMatchObject({ status: 303, location: `/${slug}/account` });
    expect(await links(slug, account)).toMatchObject([{ state: 'used' }]);
    expect((await sessionOf(browser, slug))?.account).toMatchObject({ status: 'active', emailVerified: true });
  });

  test('with neither it is invited, and a link can be sent later, and again', async () => {
    const slug = await organization();
    const account = await create(slug, { email: 'later@initech.example' });
    expect(account.status).toBe('invited');
    expect((await step(slug, account, 'send-link')).status).toBe(200);
    const first = linkIn(await mailbox.next('later@initech.example'));
    expect((await step(slug, account, 'send-link')).status).toBe(200);
    const second = linkIn(await mailbox.next('later@initech.example'));
    expect((await service.browser().get(first)).status).toBe(410);
    await until(async () => (await links(slug, account))[0]?.state === 'sent', 10_000, 'the link is sent');
    expect((await links(slug, account)).map(({ state }) => state)).toEqual(['sent', 'replaced']);
    expect((await choose(service.browser(), second)).status).toBe(303);
    expect((await step(slug, account, 'send-link')).status).toBe(200);
    expect((await links(slug, account))[0]).toMatchObject({ purpose: 'reset_password' });
  });

  test('a revoked link opens nothing, and is revoked once', async () => {
    const slug = await organization();
    const account = await create(slug, { sendLink: true, email: 'revoked@initech.example' });
    const link = linkIn(await mailbox.next('revoked@initech.example'));
    const [sent] = await links(slug, account);
    const revoke = () => service.request('POST', `/organizations/${slug}/email-links/${sent?.id}/revoke`);
    expect((await revoke()).json()).toMatchObject({ state: 'revoked' });
    expect((await service.browser().get(link)).status).toBe(410);
    expect((await revoke()).json()).toMatchObject({ code: 'invalid_state_change' });
  });

  test('an admin sets the password of whoever waits: active, sessions end, the person is told', async () => {
    const slug = await organization();
    const email = 'reset@initech.example';
    const account = await create(slug, { email });
    const browser = service.browser();
    expect((await step(slug, account, 'set-password', { password: PASSWORD })).json()).toMatchObject({
      status: 'active',
    });
    expect((await logIn(browser, email, PASSWORD, slug)).status).toBe(303);
    await step(slug, account, 'set-password', { password: OTHER_PASSWORD });
    expect(await sessionOf(browser, slug)).toBeUndefined();
    expect((await logIn(browser, email, PASSWORD, slug)).status).toBe(401);
    expect((await logIn(browser, email, OTHER_PASSWORD, slug)).status).toBe(303);
    expect((await mailbox.next(email)).text).not.toContain(OTHER_PASSWORD);
  });

  test('from a contact of the catalog', async () => {
    const slug = await organization();
    const first = await create(slug, { password: PASSWORD });
    await service.api('DELETE', `/organizations/${slug}/accounts/${first.id}`);
    const again = await create(slug, { contactId: first.contactId, password: OTHER_PASSWORD });
    // Re-hire: the same account, the same `sub`.
    expect(again).toMatchObject({ id: first.id, status: 'active' });
    expect((await logIn(service.browser(), peter.email, PASSWORD, slug)).status).toBe(401);
    expect((await logIn(service.browser(), peter.email, OTHER_PASSWORD, slug)).status).toBe(303);
  });

  test.each([
    ['weak_password', { password: 'peter@initech.example' }, 'password'],
    ['weak_password', { password: '            ' }, 'password'],
    ['invalid_form', { password: 'short' }, 'password'],
    ['invalid_form', { password: `${PASSWORD}\0` }, 'password'],
    ['invalid_form', { password: '' }, 'password'],
    ['invalid_form', { password: PASSWORD, sendLink: true }, 'sendLink'],
    ['invalid_form', { sendLink: true, adminManaged: true }, 'sendLink'],
  ])('%s: %j', async (code, more, field) => {
    const slug = await organization();
    expect(await refused(slug, more)).toMatchObject({ status: 422, code, errors: [{ field }] });
    const { items } = await service.api<{ items: unknown[] }>('GET', `/organizations/${slug}/accounts`);
    expect(items).toEqual([]);
  });
});

describe('admin-managed', () => {
  test('no links, no forgotten password, no self-service; an admin resets', async () => {
    const slug = await organization();
    const email = 'managed@initech.example';
    const account = await create(slug, { email, adminManaged: true, password: PASSWORD });
    expect((await step(slug, account, 'send-link')).json()).toMatchObject({ status: 403, code: 'admin_managed' });
    const browser = service.browser();
    await browser.post(`/${slug}/forgot`, { email });
    expect((await mailbox.next(email)).text).not.toContain('/link/');
    await logIn(browser, email, PASSWORD, slug);
    expect((await browser.get(`/${slug}/account/password`)).status).toBe(403);
    expect((await browser.get(`/${slug}/account/email`)).status).toBe(403);
    expect((await browser.get(`/${slug}/account`)).text).not.toMatch(/account\/(password|email)/);
    expect((await step(slug, account, 'set-password', { password: OTHER_PASSWORD })).status).toBe(200);
    expect((await logIn(browser, email, OTHER_PASSWORD, slug)).status).toBe(303);
  });
});

describe('in an SSO organization', () => {
  test('complete at once, and the first SSO sign-in links to it', async () => {
    const connection = await createAcme(service, idp, { slug: 'sso-1' });
    const account = await create('sso-1', { ...{ email: 'maria@sso-1.example' } });
    expect(account).toMatchObject({ status: 'active' });
    const person = { ...maria, email: 'maria@sso-1.example' };
    const { browser } = await signIn(service, idp, connection, person, { slug: 'sso-1' });
    expect((await sessionOf(browser, 'sso-1'))?.account.id).toBe(account.id);
  });

  test('neither a password nor a link is how people come in there', async () => {
    await createAcme(service, idp, { slug: 'sso-2' });
    for (const more of [{ password: PASSWORD }, { sendLink: true }])
      expect(await refused('sso-2', more)).toMatchObject({ status: 422, errors: [{ code: 'password_not_permitted' }] });
    const account = await create('sso-2');
    expect((await step('sso-2', account, 'send-link')).json()).toMatchObject({ code: 'password_not_permitted' });
    expect((await step('sso-2', account, 'set-password', { password: PASSWORD })).json()).toMatchObject({
      code: 'password_not_permitted',
    });
  });

  test('a link mailed before SSO was switched on says how one signs in now', async () => {
    const slug = await organization();
    const email = 'between@initech.example';
    await create(slug, { email, sendLink: true });
    const link = linkIn(await mailbox.next(email));
    await service.api('POST', `/organizations/${slug}/connections`, {
      kind: 'saml',
      name: 'Okta',
      metadataXml: idp.metadataXml,
      state: 'active',
    });
    const reply = await service.browser().get(link);
    expect(reply.status).toBe(403);
    expect(reply.text).toContain(`/${slug}/sso/`);
    expect((await service.browser().post(link, { password: PASSWORD })).status).toBe(403);
  });
});

describe('life of an account', () => {
  test('suspended, deactivated and ended are told to whoever has the password, and to nobody else', async () => {
    const slug = await organization();
    const account = await create(slug, { password: PASSWORD });
    const tell = async (password: string) =>
      (
        await service
          .browser()
          .post(`/${slug}/login`, { login: peter.email, password }, { headers: { accept: 'application/json' } })
      ).json<{ code: string }>().code;
    const browser = service.browser();
    await logIn(browser, peter.email, PASSWORD, slug);
    await step(slug, account, 'suspend');
    expect(await sessionOf(browser, slug)).toBeUndefined();
    expect(await tell(PASSWORD)).toBe('account_suspended');
    expect(await tell('something else entirely')).toBe('invalid_credentials');
    await step(slug, account, 'reactivate');
    expect((await logIn(browser, peter.email, PASSWORD, slug)).status).toBe(303);
    await step(slug, account, 'deactivate');
    expect(await tell(PASSWORD)).toBe('account_deactivated');
    await step(slug, account, 'reactivate');
    await service.api('PATCH', `/organizations/${slug}/accounts/${account.id}`, {
      accessUntil: '2020-01-01T00:00:00Z',
    });
    expect(await tell(PASSWORD)).toBe('access_ended');
    await service.api('PATCH', `/organizations/${slug}/accounts/${account.id}`, { accessUntil: null });
    await service.api('DELETE', `/organizations/${slug}/accounts/${account.id}`);
    expect(await tell(PASSWORD)).toBe('invalid_credentials');
  });

  test('an admin who changes the address voids links to the old one', async () => {
    const slug = await organization();
    const account = await create(slug, { email: 'old@initech.example', sendLink: true });
    const link = linkIn(await mailbox.next('old@initech.example'));
    await service.api('PATCH', `/organizations/${slug}/accounts/${account.id}`, { email: 'new@initech.example' });
    expect((await service.browser().get(link)).status).toBe(410);
  });

  test('every step is in the ledger, and no secret', async () => {
    const slug = await organization();
    const email = 'ledger@initech.example';
    await create(slug, { email, sendLink: true });
    const link = linkIn(await mailbox.next(email));
    await choose(service.browser(), link);
    const { items } = await service.api<{ items: { action: string }[] }>('GET', `/organizations/${slug}/audit-events`);
    const actions = items.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['account.created', 'link.created', 'password.set', 'signin.succeeded']),
    );
    const text = JSON.stringify(items);
    for (const secret of [PASSWORD, link.split('/').at(-1) ?? '', 'argon2']) expect(text).not.toContain(secret);
  });
});
