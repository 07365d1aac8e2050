import { addConnection, createTestIdp, sessionOf } from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { choose, createInitech, linkIn, logIn, OTHER_PASSWORD, PASSWORD } from '../support/initech';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { describeWith } from '../support/requires';
import { authenticator, codeAt, codesOn, enrol, secretOn, showCode, type Enrolled } from '../support/second-factor';
import { asProgram, lettersTo, refusalOf, standingAt, tablesHolding, type TestAccount } from '../support/self-service';
import { startService, type TestService } from '../support/service';

const MINUTE = 60_000;
const STEP = 30_000;
const SECOND_STEP = '/initech/login/second-factor';

describeWith('postgres', 'the second factor', () => {
  let service: TestService;
  let mailbox: Mailbox;
  let people = 0;

  beforeAll(async () => {
    mailbox = await startMailbox();
    service = await startService({ smtpUrl: mailbox.url, jobs: true });
    await createInitech(service);
    await createInitech(service, { slug: 'strict', policy: { requireSecondFactor: true } });
  });
  afterAll(async () => {
    await service?.stop();
    await mailbox?.stop();
  });

  async function person(slug = 'initech'): Promise<TestAccount> {
    const email = `person${++people}@${slug}.example`;
    const names = { givenName: 'Per', familyName: 'Son' };
    return service.api('POST', `/organizations/${slug}/accounts`, { email, ...names, password: PASSWORD });
  }

  /** Somebody of Initech with an app, signed in. */
  async function enrolled(): Promise<Enrolled & { email: string; id: string; browser: HttpClient }> {
    const { email, id } = await person();
    const browser = service.browser();
    await logIn(browser, email);
    const page = await browser.get('/initech/account/second-factor');
    const app = authenticator(secretOn(page), service.clock);
    const done = await browser.submit(page, { code: app.code(), proof: PASSWORD });
    expect(done.status).toBe(200);
    return { app, codes: codesOn(done), next: '/initech/account', email, id, browser };
  }

  const ledgerOf = async (slug: string, accountId: string): Promise<string[]> => {
    const path = `/organizations/${slug}/audit-events?account=${accountId}&limit=100`;
    const { items } = await service.api<{ items: { action: string }[] }>('GET', path);
    return items.map(({ action }) => action);
  };
  const isSignedIn = async (browser: HttpClient, slug = 'initech'): Promise<boolean> =>
    (await sessionOf(browser, slug)) !== undefined;
  const step = (): number => Math.floor((Date.now() + service.clock.offsetMs) / STEP);
  const amrOf = async (accountId: string): Promise<string[]> => {
    const [row] = await service.resources.db.query<{ amr: string[] }[]>(
      'SELECT amr FROM sessions WHERE account_id = $1 ORDER BY id DESC LIMIT 1',
      [accountId],
    );
    return row?.amr ?? [];
  };

  describe('is set up', () => {
    test('in the account by whoever wants one, and is asked for from then on', async () => {
      const { app, codes, email, id } = await enrolled();
      expect(codes).toHaveLength(10);
      const browser = service.browser();
      const sent = await logIn(browser, email);
      expect([sent.status, sent.location]).toEqual([303, SECOND_STEP]);
      expect(await isSignedIn(browser)).toBe(false);
      const done = await showCode(browser, sent, app.code());
      expect([done.status, done.location]).toEqual([303, '/initech/account']);
      expect(await isSignedIn(browser)).toBe(true);
      expect(await amrOf(id)).toEqual(['pwd', 'otp', 'mfa']);
      expect((await browser.get('/initech/account')).text).toContain('recovery codes left: 10');
      expect(await lettersTo(service, email)).toEqual(['second_factor_changed']);
      expect(await ledgerOf('initech', id)).toEqual(
        expect.arrayContaining(['second_factor.enrolled', 'signin.second_factor_asked', 'signin.succeeded']),
      );
    });

    test('with a wrong code or password not at all, by the secret shown before', async () => {
      const { email } = await person();
      const browser = service.browser();
      await logIn(browser, email);
      const page = await browser.get('/initech/account/second-factor');
      const { code } = authenticator(secretOn(page), service.clock);
      const right = code();
      const wrong: [Record<string, string>, number][] = [
        [{ code: '', proof: PASSWORD }, 422],
        [{ code: '000000', proof: PASSWORD }, 401],
        [{ code: right, proof: '' }, 422],
        [{ code: right, proof: OTHER_PASSWORD }, 401],
      ];
      for (const [fields, status] of wrong) {
        const again = await browser.submit(page, fields);
        expect([fields, again.status, secretOn(again)]).toEqual([fields, status, secretOn(page)]);
      }
      expect((await browser.submit(page, { code: right, proof: PASSWORD })).status).toBe(200);
      // It is confirmed: the page is another's now.
      expect((await browser.submit(page, { code: right, proof: PASSWORD })).status).toBe(401);
    });

    test('at the first sign-in where the policy needs one, and shown to that browser alone', async () => {
      const { email, id } = await person('strict');
      const [one, other] = [service.browser(), service.browser()];
      const sent = await Promise.all([one, other].map((browser) => logIn(browser, email, PASSWORD, 'strict')));
      expect(await isSignedIn(one, 'strict')).toBe(false);
      const pages = await Promise.all([one, other].map((browser, index) => browser.get(sent[index]?.location ?? '')));
      const [seen, unseen] = pages.map(secretOn);
      expect(seen).not.toBe(unseen);
      expect(await one.get('/strict/login/second-factor').then(secretOn)).toBe(seen);

      const { app, codes, next } = await enrol(one, sent[0] as Reply, service.clock);
      expect([codes.length, next, await isSignedIn(one, 'strict')]).toEqual([10, '/strict/account', true]);
      expect(await amrOf(id)).toEqual(['pwd', 'otp', 'mfa']);
      // Whoever came second is asked for a code of the first one's app.
      const late = await other.submit(pages[1] as Reply, { code: codeAt(unseen ?? '', step()) });
      expect([late.status, late.text.includes('class="qr"')]).toEqual([401, false]);
      expect((await other.submit(late, { code: app.code() })).status).toBe(303);
    });

    test('security 24: with a secret and codes that lie nowhere in the database as they are', async () => {
      const { app, codes } = await enrolled();
      expect(
        await tablesHolding(service, app.secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))),
      ).toEqual([]);
    });

    test('security 12: and the session begins with a new id', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      const [before] = [browser.jar.names()];
      const sent = await logIn(browser, email);
      const handle = browser.jar.names().filter((name) => name.startsWith('drawbridge-second-step'));
      expect([before, handle.length]).toEqual([[], 1]);
      await showCode(browser, sent, app.code());
      expect(browser.jar.names().filter((name) => name.startsWith('drawbridge-second-step'))).toEqual([]);
    });
  });

  describe('security 20: a code', () => {
    test('counts in its own time, one step before and one after, and not beyond', async () => {
      const { email, app } = await enrolled();
      const instant = new Date((step() + 100) * STEP + STEP / 2);
      const own = instant.getTime() / STEP - 0.5;
      await standingAt(service, instant, async () => {
        const browser = service.browser();
        const page = await browser.get((await logIn(browser, email)).location ?? '');
        for (const away of [-2, 2])
          expect((await browser.submit(page, { code: codeAt(app.secret, own + away) })).status).toBe(401);
        for (const away of [-1, 0, 1]) {
          const sent = await logIn(browser, email);
          expect((await showCode(browser, sent, codeAt(app.secret, own + away))).status).toBe(303);
        }
      });
    });

    test('counts once, and none of an earlier step after it', async () => {
      const { email, app } = await enrolled();
      service.clock.offsetMs += 3 * STEP;
      const now = step();
      const browsers = [service.browser(), service.browser()];
      const [used, replayed] = await Promise.all(browsers.map((browser) => logIn(browser, email)));
      expect((await showCode(browsers[0] as HttpClient, used as Reply, codeAt(app.secret, now))).status).toBe(303);
      for (const away of [0, -1]) {
        const again = await showCode(browsers[1] as HttpClient, replayed as Reply, codeAt(app.secret, now + away));
        expect(again.status).toBe(401);
      }
      expect(await isSignedIn(browsers[1] as HttpClient)).toBe(false);
    });

    test('the code that set it up signs nobody in', async () => {
      const { email } = await person();
      const browser = service.browser();
      await logIn(browser, email);
      const page = await browser.get('/initech/account/second-factor');
      const code = authenticator(secretOn(page), service.clock).code();
      await browser.submit(page, { code, proof: PASSWORD });
      const other = service.browser();
      expect((await showCode(other, await logIn(other, email), code)).status).toBe(401);
    });

    test('of eight at once, in one browser or in eight, begins one session', async () => {
      const { email, app, id } = await enrolled();
      const signIns = async () =>
        (await ledgerOf('initech', id)).filter((action) => action === 'signin.succeeded').length;
      const before = await signIns();
      const one = service.browser();
      const page = await one.get((await logIn(one, email)).location ?? '');
      const code = app.code();
      await Promise.all(Array.from({ length: 8 }, () => one.submit(page, { code })));
      expect(await signIns()).toBe(before + 1);

      const many = Array.from({ length: 8 }, () => service.browser());
      const pages = await Promise.all(
        many.map(async (browser) => browser.get((await logIn(browser, email)).location ?? '')),
      );
      const next = app.code();
      const done = await Promise.all(
        many.map((browser, index) => browser.submit(pages[index] as Reply, { code: next })),
      );
      expect(done.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(7).fill(401)]);
      expect(await signIns()).toBe(before + 2);
    });

    test('wrong ones are throttled, and the wait ends', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      const page = await browser.get((await logIn(browser, email)).location ?? '');
      const tried = [];
      for (let index = 0; index < 12; index++) tried.push((await browser.submit(page, { code: '000000' })).status);
      expect(tried).toEqual([...Array<number>(10).fill(401), 429, 429]);
      const right = await browser.post(SECOND_STEP, { code: app.code() }, asProgram);
      expect([refusalOf(right), await isSignedIn(browser)]).toEqual(['429 rate_limited', false]);
      await service.resources.db.query('UPDATE rate_limits SET expire = 0');
      const later = service.browser();
      expect((await showCode(later, await logIn(later, email), app.code())).status).toBe(303);
    });
  });

  describe('security 20: a recovery code', () => {
    test('signs in once, as it is typed, and the ledger knows', async () => {
      const { email, codes, id } = await enrolled();
      const [code = '', another = ''] = codes;
      const browser = service.browser();
      const sent = await logIn(browser, email);
      const page = await browser.get(`${sent.location}?by=recovery_code`);
      expect(page.text).toContain('Recovery code');
      const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
      expect((await browser.submit(page, { code: typed })).status).toBe(303);
      expect(await amrOf(id)).toEqual(['pwd', 'mfa']);
      expect((await browser.get('/initech/account')).text).toContain('recovery codes left: 9');
      const again = service.browser();
      const refused = await showCode(again, await logIn(again, email), code);
      expect([refused.status, await isSignedIn(again)]).toEqual([401, false]);
      expect(await ledgerOf('initech', id)).toContain('second_factor.recovery_used');

      const many = Array.from({ length: 8 }, () => service.browser());
      const asked = await Promise.all(many.map((one) => logIn(one, email)));
      const done = await Promise.all(many.map((one, index) => showCode(one, asked[index] as Reply, another)));
      expect(done.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(7).fill(401)]);
    });

    test('is of one person only', async () => {
      const [one, other] = [await enrolled(), await enrolled()];
      const browser = service.browser();
      expect((await showCode(browser, await logIn(browser, one.email), other.codes[0] ?? '')).status).toBe(401);
    });

    test('is replaced with the others by new ones', async () => {
      const { browser, app, codes, email, id } = await enrolled();
      const page = await browser.get('/initech/account/second-factor/recovery-codes');
      expect((await browser.submit(page, { proof: '000000' })).status).toBe(401);
      const fresh = codesOn(await browser.submit(page, { proof: app.code() }));
      expect(fresh).toHaveLength(10);
      expect(await ledgerOf('initech', id)).toContain('second_factor.codes_renewed');
      const later = service.browser();
      const sent = await logIn(later, email);
      expect((await showCode(later, sent, codes[0] ?? '')).status).toBe(401);
      expect((await showCode(later, sent, fresh[0] ?? '')).status).toBe(303);
    });
  });

  describe('security 10: what waits for a code', () => {
    const over = { status: 303, location: '/initech?notice=attempt_expired' };

    test('is over after ten minutes', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      const page = await browser.get((await logIn(browser, email)).location ?? '');
      service.clock.offsetMs += 10 * MINUTE;
      expect(await browser.submit(page, { code: app.code() })).toMatchObject(over);
      expect(await browser.get(SECOND_STEP)).toMatchObject(over);
    });

    test('is no other browser’s and no other organization’s', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      await logIn(browser, email);
      expect(await service.browser().post(SECOND_STEP, { code: app.code() })).toMatchObject(over);
      const [name = ''] = browser.jar.names().filter((one) => one.startsWith('drawbridge-second-step'));
      const strict = await service.api<{ id: string }>('GET', '/organizations/strict');
      browser.jar.set(`drawbridge-second-step-${strict.id}`, browser.jar.get(name) ?? '', { host: 'localhost' });
      const elsewhere = await browser.post('/strict/login/second-factor', { code: app.code() });
      expect(elsewhere.location).toBe('/strict?notice=attempt_expired');
      expect(await isSignedIn(browser, 'strict')).toBe(false);
      expect((await browser.post(SECOND_STEP, { code: app.code() })).status).toBe(303);
      expect(await isSignedIn(browser)).toBe(true);
    });

    test('counts once: another tab goes on, signed in', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      const page = await browser.get((await logIn(browser, email)).location ?? '');
      await browser.submit(page, { code: app.code() });
      const second = await browser.submit(page, { code: app.code(), return_to: '/initech/account?tab=2' });
      expect([second.status, second.location]).toEqual([303, '/initech/account?tab=2']);
    });

    test('is void when the password or the account changes meanwhile', async () => {
      const { email, app, id } = await enrolled();
      const path = `/organizations/initech/accounts/${id}`;
      const browser = service.browser();
      const page = await browser.get((await logIn(browser, email)).location ?? '');
      await service.api('POST', `${path}/set-password`, { password: OTHER_PASSWORD });
      expect(await browser.submit(page, { code: app.code() })).toMatchObject(over);
      const next = await browser.get((await logIn(browser, email, OTHER_PASSWORD)).location ?? '');
      await service.api('POST', `${path}/suspend`);
      expect(await browser.submit(next, { code: app.code() })).toMatchObject(over);
    });

    test('security 21: leads on to a path of ours, and nowhere else', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      const sent = await logIn(browser, email, PASSWORD, 'initech', { return_to: '/initech/account?x=1' });
      expect(sent.location).toBe(`${SECOND_STEP}?return_to=%2Finitech%2Faccount%3Fx%3D1`);
      expect((await showCode(browser, sent, app.code())).location).toBe('/initech/account?x=1');
      const other = service.browser();
      await logIn(other, email);
      const away = await other.post(SECOND_STEP, { code: app.code(), return_to: '//evil.example' });
      expect([away.status, away.location]).toEqual([303, '/initech/account']);
    });
  });

  describe('security 12: is not got around', () => {
    test('by a link to a new password', async () => {
      const { email, app } = await enrolled();
      const browser = service.browser();
      await browser.post('/initech/forgot', { email });
      const sent = await choose(browser, linkIn(await mailbox.next(email, { holding: '/link/' })), OTHER_PASSWORD);
      expect([sent.location, await isSignedIn(browser)]).toEqual([SECOND_STEP, false]);
      expect((await showCode(browser, sent, app.code())).status).toBe(303);
      expect(await isSignedIn(browser)).toBe(true);
    });

    test('and a changed password takes what was shown along', async () => {
      const { app, email, browser, id } = await enrolled();
      await showCode(browser, await logIn(browser, email), app.code());
      const page = await browser.get('/initech/account/password');
      const done = await browser.submit(page, { current: PASSWORD, password: OTHER_PASSWORD });
      expect(done.location).toBe('/initech/account?notice=password_changed');
      expect(await amrOf(id)).toEqual(['pwd', 'otp', 'mfa']);
    });

    test('and a session of a password alone is asked for it when the password is changed', async () => {
      const { browser, app } = await enrolled();
      const page = await browser.get('/initech/account/password');
      const sent = await browser.submit(page, { current: PASSWORD, password: OTHER_PASSWORD });
      expect(sent.location).toMatch(new RegExp(`^${SECOND_STEP}\\?return_to=`));
      expect((await showCode(browser, sent, app.code())).location).toBe('/initech/account?notice=password_changed');
    });

    test('where a connection is required by the time the code comes', async () => {
      await createInitech(service, { slug: 'sso', policy: { requireSecondFactor: true } });
      const { email } = await person('sso');
      const browser = service.browser();
      const { app } = await enrol(browser, await logIn(browser, email, PASSWORD, 'sso'), service.clock);
      const waiting = service.browser();
      const page = await waiting.get((await logIn(waiting, email, PASSWORD, 'sso')).location ?? '');
      await addConnection(service, 'sso', await createTestIdp(), { state: 'required' });
      expect(refusalOf(await waiting.submit(page, { code: app.code() }, asProgram))).toBe('403 password_not_permitted');
      expect((await browser.get('/sso/account/second-factor')).status).toBe(404);
    });

    test('where the policy begins to need one, sessions of a password alone end', async () => {
      await createInitech(service, { slug: 'later' });
      const { email } = await person('later');
      const browser = service.browser();
      await logIn(browser, email, PASSWORD, 'later');
      expect(await isSignedIn(browser, 'later')).toBe(true);
      const [{ id } = { id: '' }] = await service.resources.db.query<{ id: string }[]>(
        'SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.email = $1',
        [email],
      );
      await service.api('PUT', '/organizations/later/policy', { requireSecondFactor: true });
      // None counts even where it was not ended: a process of the release before may just have begun it.
      const ended = await service.resources.db.query<unknown[]>(
        'UPDATE sessions SET ended_at = NULL WHERE id = $1 AND ended_at IS NOT NULL RETURNING id',
        [id],
      );
      expect([ended[1], await isSignedIn(browser, 'later')]).toEqual([1, false]);
      await enrol(browser, await logIn(browser, email, PASSWORD, 'later'), service.clock);
      expect(await isSignedIn(browser, 'later')).toBe(true);
    });
  });

  describe('goes', () => {
    test('when its person removes it by a code, and the password alone signs in again', async () => {
      const { browser, app, email, id } = await enrolled();
      const page = await browser.get('/initech/account/second-factor/remove');
      expect((await browser.submit(page, { proof: PASSWORD })).status).toBe(401);
      const done = await browser.submit(page, { proof: app.code() });
      expect(done.location).toBe('/initech/account?notice=second_factor_removed');
      expect(await ledgerOf('initech', id)).toContain('second_factor.removed');
      expect(await lettersTo(service, email)).toEqual(['second_factor_changed', 'second_factor_changed']);
      expect((await logIn(service.browser(), email)).location).toBe('/initech/account');
    });

    test('not where one is needed; another app can take its place', async () => {
      const { email } = await person('strict');
      const browser = service.browser();
      const { app, codes } = await enrol(browser, await logIn(browser, email, PASSWORD, 'strict'), service.clock);
      const account = await browser.get('/strict/account');
      expect(account.text).not.toContain('/second-factor/remove');
      const remove = await browser.get('/strict/account/second-factor/remove');
      expect((await browser.submit(remove, { proof: app.code() })).status).toBe(409);

      const page = await browser.get('/strict/account/second-factor');
      const fresh = authenticator(secretOn(page), service.clock);
      expect((await browser.submit(page, { code: fresh.code(), proof: '000000' })).status).toBe(401);
      const done = await browser.submit(page, { code: fresh.code(), proof: codes[0] ?? '' });
      expect([done.status, codesOn(done).length]).toEqual([200, 10]);
      const other = service.browser();
      const sent = await logIn(other, email, PASSWORD, 'strict');
      expect((await showCode(other, sent, app.code())).status).toBe(401);
      expect((await showCode(other, sent, codes[1] ?? '')).status).toBe(401);
      expect((await showCode(other, sent, fresh.code())).status).toBe(303);
    });

    test('when an admin resets it: sessions end, codes count no more', async () => {
      const { id, email, browser, app } = await enrolled();
      const path = `/organizations/initech/accounts/${id}`;
      expect(await service.api('GET', path)).toMatchObject({ hasSecondFactor: true });
      const waiting = service.browser();
      const asked = await waiting.get((await logIn(waiting, email)).location ?? '');
      expect(await service.api('POST', `${path}/reset-second-factor`)).toMatchObject({ id, hasSecondFactor: false });
      expect(await isSignedIn(browser)).toBe(false);
      expect((await waiting.submit(asked, { code: app.code() })).location).toBe('/initech?notice=attempt_expired');
      expect((await logIn(waiting, email)).location).toBe('/initech/account');
      expect(await ledgerOf('initech', id)).toContain('second_factor.removed');
      expect((await service.request('POST', `${path.replace('initech', 'strict')}/reset-second-factor`)).status).toBe(
        404,
      );
    });
  });

  test('security 23: its forms are taken from this origin only, and with the session’s token', async () => {
    const { email, app, browser } = await enrolled();
    const other = service.browser();
    await logIn(other, email);
    expect((await other.post(SECOND_STEP, { code: app.code() }, { from: 'https://evil.example' })).status).toBe(403);
    for (const path of ['', '/recovery-codes', '/remove'])
      expect((await browser.post(`/initech/account/second-factor${path}`, { proof: app.code() })).status).toBe(403);
  });
});
