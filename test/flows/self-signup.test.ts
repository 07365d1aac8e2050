import { sessionOf } from '../support/acme';
import { createInitech, linkIn, logIn, PASSWORD, peter, register, signUp } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { startService, type TestService } from '../support/service';

let service: TestService;
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await startMailbox();
  service = await startService({ smtpUrl: mailbox.url, jobs: true });
});
afterAll(async () => {
  await service.stop();
  await mailbox.stop();
});

test('from the form by the mail to a session', async () => {
  await createInitech(service);
  const browser = service.browser();
  const asked = await signUp(browser, peter);
  expect(asked.status).toBe(200);
  const mail = await mailbox.next(peter.email);
  const link = linkIn(mail);
  const button = await browser.get(link);
  expect(button.status).toBe(200);
  const form = await browser.submit(button);
  expect(form.status).toBe(200);
  const done = await browser.submit(form, { password: PASSWORD });
  expect(done).toMatchObject({ status: 303, location: '/initech/account' });
  expect(await sessionOf(browser, 'initech')).toMatchObject({
    connection: null,
    account: { email: peter.email, emailVerified: true, status: 'active', username: 'peter.gibbons' },
  });
  const again = service.browser();
  expect(await logIn(again, 'PETER@initech.example')).toMatchObject({ status: 303, location: '/initech/account' });
  expect(await logIn(service.browser(), 'peter.gibbons')).toMatchObject({ status: 303 });
  expect((await logIn(service.browser(), 'peter.gibbons', 'wrong password here')).status).toBe(401);
});

test('a person changes password and address', async () => {
  await createInitech(service, { slug: 'second' });
  const browser = await register(service, mailbox, peter, { slug: 'second' });
  expect((await browser.get('/second/account')).status).toBe(200);
  const form = await browser.get('/second/account/password');
  expect(form.status).toBe(200);
});
