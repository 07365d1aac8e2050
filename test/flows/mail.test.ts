import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import type { DataSource } from 'typeorm';
import { root } from '../../src/config';
import { startJobs } from '../../src/jobs/jobs';
import { deliverMail, sweepOutbox, type DeliveryDeps } from '../../src/mail/deliver';
import type { Letter } from '../../src/mail/letter';
import type { Envelope } from '../../src/mail/mailroom';
import { createMailroom } from '../../src/mail/outbox';
import { createSmtpTransport } from '../../src/mail/smtp';
import { cleanUp } from '../../src/storage/clean-up';
import { migrate, openDatabase, pendingMigrations } from '../../src/storage/data-source';
import type { MailRef } from '../../src/storage/mails';
import { insertOrganization } from '../../src/storage/organizations';
import { createSecretBox } from '../../src/storage/secret-box';
import { inTransaction } from '../../src/storage/transaction';
import { freePort } from '../support/free-port';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';

const BASE_URL = 'https://login.example.com';
const TOKEN = 'rawToken0123456789abcdefghijklmnopqrstuvwxyz';
const LETTER: Letter = { kind: 'set_password', url: `${BASE_URL}/acme/link/${TOKEN}` };
const START = new Date('2026-11-20T09:00:00Z').getTime();
const HOUR = 3_600;

interface Row extends MailRef {
  content: string | null;
  attempts: number;
  dueAt: Date;
  sentAt: Date | null;
  failedAt: Date | null;
  smtpStatus: number | null;
  smtpResponse: string | null;
  messageId: string;
}

describeWith('postgres', 'mail', () => {
  let database: TestDatabase;
  let db: DataSource;
  let mailbox: Mailbox;
  let organization: Envelope['organization'];
  let seconds: number;
  let lines: string;
  let deps: DeliveryDeps;

  const box = createSecretBox([randomBytes(32)]);
  const now = () => new Date(START + seconds * 1000);
  const mailroom = createMailroom({ box, root, baseUrl: BASE_URL, mailFrom: 'Sign-in <sign-in@mail.example.com>' });
  const log = pino(
    { level: 'trace' },
    new Writable({ write: (chunk, _encoding, done) => ((lines += String(chunk)), done()) }),
  );
  const transportTo = (url: string) => createSmtpTransport(url, 'Sign-in <sign-in@mail.example.com>', BASE_URL);

  beforeAll(async () => {
    mailbox = await startMailbox();
  });
  afterAll(() => mailbox.stop());
  beforeEach(async () => {
    database = await createTestDatabase({ migrated: true });
    db = await openDatabase(database.url);
    await mailbox.start();
    organization = { id: '', name: 'Acme Inc.', color: '#1b57f0' };
    organization.id = await inTransaction(db, (tx) => insertOrganization(tx, { slug: 'acme', name: 'Acme Inc.' }));
    seconds = 0;
    lines = '';
    deps = { db, box, transport: transportTo(mailbox.url), now, jitter: () => 0, log };
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await db.destroy();
    await database.drop();
  });

  let counter = 0;
  /** Posts a letter to an address of its own. */
  async function post(changes: Partial<Envelope> = {}, letter = LETTER): Promise<MailRef & { to: string }> {
    const to = changes.to ?? `person${++counter}@acme.example`;
    await inTransaction(db, (tx) => mailroom.post(tx, now(), { organization, to, ...changes }, letter));
    const [{ id } = { id: '' }] = await db.query<{ id: string }[]>('SELECT id FROM mails ORDER BY id DESC LIMIT 1');
    return { organizationId: organization.id, id, to };
  }

  const deliver = (ref: MailRef) => deliverMail(deps, ref);

  async function stored({ id }: MailRef): Promise<Row> {
    const [found] = await db.query<Row[]>(
      `SELECT content, attempts, due_at AS "dueAt", sent_at AS "sentAt", failed_at AS "failedAt", message_id AS "messageId",
              smtp_status AS "smtpStatus", smtp_response AS "smtpResponse" FROM mails WHERE id = $1`,
      [id],
    );
    if (!found) throw new Error(`no mail ${id}`);
    return found;
  }

  const jobs = () =>
    db.query<{ payload: MailRef; key: string; inSeconds: number }[]>(
      `SELECT payload, key, extract(epoch FROM run_at - now())::float8 AS "inSeconds" FROM graphile_worker._private_jobs
        WHERE key LIKE 'mail %'`,
    );
  const forgetJobs = () => db.query('DELETE FROM graphile_worker._private_jobs');

  /** What a day of jobs does, by the test's clock, as if each had its turn every quarter of an hour. */
  async function pass(until: number): Promise<void> {
    for (; seconds < until; seconds += 900) {
      await sweepOutbox(deps);
      const due = await db.query<MailRef[]>(
        `SELECT organization_id AS "organizationId", id FROM mails WHERE sent_at IS NULL AND failed_at IS NULL`,
      );
      for (const ref of due) await deliver(ref);
    }
  }

  test('a letter arrives by itself, with both parts, in the language and the name that it should', async () => {
    const { db: _, ...others } = deps;
    const runner = await startJobs({ ...others, db, databaseUrl: database.url });
    const ref = await post({ name: 'Jörg Müller', language: 'de-AT' });
    const mail = await mailbox.next(ref.to);
    expect(mail).toMatchObject({
      from: { name: 'Acme Inc.', address: 'sign-in@mail.example.com' },
      subject: 'Ihr Konto bei Acme Inc.',
      messageId: `<${ref.id}@mail.example.com>`,
      text: expect.stringContaining('Guten Tag Jörg Müller,'),
      html: expect.stringContaining('<html lang="de">'),
    });
    for (const part of [mail.text, mail.html]) expect(part).toContain(`${BASE_URL}/acme/link/${TOKEN}`);
    expect(Object.fromEntries(mail.headers)).toMatchObject({
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'content-language': 'de',
      date: new Date(START).toUTCString().replace('GMT', '+0000'),
      to: expect.stringContaining(`<${ref.to}>`),
      'content-type': expect.stringContaining('multipart/alternative'),
    });
    await until(async () => (await stored(ref)).sentAt !== null, 5_000, 'recorded');
    expect(await stored(ref)).toMatchObject({ content: null, attempts: 1, smtpStatus: null, smtpResponse: null });
    await runner.stop();
    expect(await jobs()).toEqual([]);
  });

  test('a database without the tables of the job queue, or with older ones, is not up to date until it is migrated', async () => {
    expect(await pendingMigrations(db)).toBe(false);
    await db.query(
      'DELETE FROM graphile_worker.migrations WHERE id = (SELECT max(id) FROM graphile_worker.migrations)',
    );
    expect(await pendingMigrations(db)).toBe(true);
    await db.query('DROP SCHEMA graphile_worker CASCADE');
    expect(await pendingMigrations(db)).toBe(true);
    await migrate(db);
    expect(await pendingMigrations(db)).toBe(false);
    await post();
    expect(await jobs()).toHaveLength(1);
  });

  test('what is rolled back is never sent', async () => {
    const failing = inTransaction(db, async (tx) => {
      await mailroom.post(tx, now(), { organization, to: 'nobody@acme.example' }, LETTER);
      throw new Error('after all not');
    });
    await expect(failing).rejects.toThrow('after all not');
    expect(await jobs()).toEqual([]);
    expect(await db.query('SELECT 1 FROM mails')).toEqual([]);
  });

  test('security 19: neither rows, jobs nor logs hold the token, an address or a name', async () => {
    const ref = await post({ name: 'Maria Huber' });
    const [job] = await jobs();
    expect(job).toMatchObject({ payload: { organizationId: organization.id, id: ref.id }, key: `mail ${ref.id}` });
    expect(Object.keys(job?.payload ?? {}).sort()).toEqual(['id', 'organizationId']);
    expect((await stored(ref)).content).not.toContain('link');
    mailbox.refuse(ref.to, 450);
    await deliver(ref);
    mailbox.refuse(ref.to, 550);
    seconds += 10;
    await deliver(ref);
    mailbox.refuse(ref.to, undefined);
    expect(lines.match(/"msg":"mail[^"]*"/g)).toEqual([
      '"msg":"mail not delivered yet"',
      '"msg":"mail refused for good"',
    ]);
    expect(lines).toContain(ref.id);
    const everything = JSON.stringify([
      await db.query('SELECT * FROM mails'),
      await db.query('SELECT * FROM graphile_worker._private_jobs'),
    ]);
    for (const place of [lines, everything]) expect(place).not.toMatch(new RegExp(`${TOKEN}|Maria`));
    expect(lines).not.toContain(ref.to);
  });

  test.each([
    ['a quoted "name", with comma', 'a quoted "name", with comma'],
    ['Łukasz Żółć', 'Łukasz Żółć'],
    ['Zoë 🦊 of Acme', 'Zoë 🦊 of Acme'],
    ['Acme\r\nBcc: victim@evil.example\r\n\r\nHello', 'Acme Bcc: victim@evil.example Hello'],
    ['Acme\u2028Bcc: victim@evil.example', 'Acme Bcc: victim@evil.example'],
    ['Acme <victim@evil.example>, other', 'Acme <victim@evil.example>, other'],
  ])('the name %j adds no header and no recipient', async (name, shown) => {
    const ref = await post({ organization: { ...organization, name }, name });
    await deliver(ref);
    const mail = await mailbox.next(ref.to);
    expect(mail.from).toEqual({ name: shown, address: 'sign-in@mail.example.com' });
    expect(mail.to).toBe(ref.to);
    expect(mail.subject).toBe(`Your account at ${shown}`);
    expect([...mail.headers.keys()]).not.toContain('bcc');
    expect(mail.raw).not.toMatch(/^(bcc|cc):/im);
    expect(mail.raw.split(/\r\n\r\n/)[0]).toMatch(new RegExp(`^To: .*<${ref.to}>$`, 'm'));
  });

  test('an address that is none is refused here, and adds no recipient', async () => {
    const before = mailbox.mails.length;
    for (const to of ['a@acme.example>\r\nRCPT TO:<victim@evil.example', 'a@acme.example, victim@evil.example']) {
      const ref = await post({ to });
      await deliver(ref);
      expect((await stored(ref)).sentAt).toBeNull();
    }
    expect(mailbox.mails).toHaveLength(before);
  });

  test('450 is tried again, with the same Message-ID and date', async () => {
    const ref = await post();
    mailbox.refuse(ref.to, 450);
    await deliver(ref);
    expect(await stored(ref)).toMatchObject({
      ...{ sentAt: null, failedAt: null, attempts: 1, dueAt: new Date(START + 5_000) },
      ...{ smtpStatus: 450, smtpResponse: `450 <${ref.to}> is not for us` },
    });
    mailbox.refuse(ref.to, undefined);
    await deliver(ref);
    expect((await stored(ref)).attempts).toBe(1);
    seconds += 5;
    await deliver(ref);
    const mail = await mailbox.next(ref.to);
    expect(mail.messageId).toBe((await stored(ref)).messageId);
    expect(mail.headers.get('date')).toBe(new Date(START).toUTCString().replace('GMT', '+0000'));
    expect(await stored(ref)).toMatchObject({ content: null, attempts: 2, smtpStatus: null, sentAt: now() });
  });

  test('550 to the recipient is for good, and recorded', async () => {
    const ref = await post();
    mailbox.refuse(ref.to, 550);
    await deliver(ref);
    mailbox.refuse(ref.to, undefined);
    expect(await stored(ref)).toMatchObject({
      ...{ sentAt: null, failedAt: now(), content: null, attempts: 1 },
      ...{ smtpStatus: 550, smtpResponse: `550 <${ref.to}> is not for us` },
    });
    seconds += HOUR;
    await deliver(ref);
    expect((await stored(ref)).attempts).toBe(1);
  });

  test.each([
    ['who we are', { onMailFrom: refuse(550) }, 'postponed', 550],
    ['that we do not say who we are', { authOptional: false }, 'postponed', 530],
    ['the text', { onData: refuseData(554) }, 'failed', 554],
    ['the text, today', { onData: refuseData(451) }, 'postponed', 451],
    ['that we are there at all', { onConnect: refuse(554) }, 'postponed', 554],
  ])('a server that refuses %s', async (_what, options, outcome, status) => {
    const server = await listen({ authOptional: true, ...options });
    deps.transport = transportTo(server.url);
    const ref = await post();
    await deliver(ref);
    expect(await stored(ref)).toMatchObject({
      failedAt: outcome === 'failed' ? now() : null,
      smtpStatus: status,
      smtpResponse: expect.stringMatching(new RegExp(`^${status} \\S`)),
    });
  });

  test('an answer of many lines is kept as one of 300 characters', async () => {
    const server = await listen({ authOptional: true, onRcptTo: refuse(550, `\u0007no\r\n${'long '.repeat(100)}`) });
    deps.transport = transportTo(server.url);
    const ref = await post();
    await deliver(ref);
    const { smtpResponse } = await stored(ref);
    expect(smtpResponse).toMatch(/^550.*no.*long/);
    expect(smtpResponse).not.toMatch(/\p{Cc}/u);
    expect(smtpResponse).toHaveLength(300);
  });

  test('a server that is down for an hour loses nothing; the wait grows to five minutes and no further', async () => {
    await mailbox.stop();
    const before = mailbox.mails.length;
    const refs = [await post(), await post(), await post()];
    const waits: number[] = [];
    while (seconds < HOUR) {
      for (const ref of refs) await deliver(ref);
      const { dueAt, smtpStatus, smtpResponse } = await stored(refs[0]!);
      expect({ smtpStatus, smtpResponse }).toEqual({
        smtpStatus: null,
        smtpResponse: expect.stringContaining('ECONNREFUSED'),
      });
      const wait = (dueAt.getTime() - now().getTime()) / 1000;
      const [job] = (await jobs()).filter(({ payload }) => payload.id === refs[0]?.id);
      // The job's time is the database's own, the mail's the test's.
      expect(Math.abs((job?.inSeconds ?? 0) - wait)).toBeLessThan(5);
      waits.push(wait);
      seconds += wait;
    }
    expect(waits.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(Math.max(...waits)).toBe(300);
    expect(await jobs()).toHaveLength(3);
    await mailbox.start();
    for (const ref of refs) await deliver(ref);
    for (const ref of refs) await mailbox.next(ref.to, { after: before });
    expect(mailbox.mails).toHaveLength(before + 3);
  });

  test('retries are spread by a tenth, never beyond the cap', async () => {
    await mailbox.stop();
    deps.jitter = () => 1;
    const ref = await post();
    const waits: number[] = [];
    for (let turn = 0; turn < 9; turn++) {
      await deliver(ref);
      const wait = ((await stored(ref)).dueAt.getTime() - now().getTime()) / 1000;
      waits.push(wait);
      seconds += wait;
    }
    expect(waits).toEqual([4.5, 9, 18, 36, 72, 144, 270, 270, 270]);
  });

  test('two workers at once send it once', async () => {
    const ref = await post();
    const before = mailbox.mails.length;
    mailbox.stall(true);
    const first = deliver(ref);
    await until(async () => (await heldLocks(db)) === 1, 5_000, 'the first has the lock');
    await deliver(ref);
    expect(await stored(ref)).toMatchObject({ attempts: 0, sentAt: null });
    mailbox.stall(false);
    await first;
    await deliver(ref);
    expect(mailbox.mails).toHaveLength(before + 1);
    expect(await heldLocks(db)).toBe(0);
  });

  test('stopping does not wait for a server that says nothing; the mail stays due', async () => {
    const ref = await post();
    mailbox.stall(true);
    const stopping = new AbortController();
    const sending = deliverMail(deps, ref, stopping.signal);
    await until(async () => (await heldLocks(db)) === 1, 5_000, 'it is being sent');
    stopping.abort();
    await sending;
    mailbox.stall(false);
    expect(await stored(ref)).toMatchObject({ attempts: 0, sentAt: null, failedAt: null, dueAt: new Date(START) });
    await deliver(ref);
    await mailbox.next(ref.to);
  });

  test('security 19: what is not delivered within 24 hours is given up and wiped, to the second', async () => {
    await mailbox.stop();
    const ref = await post();
    await pass(24 * HOUR - 61);
    seconds = 24 * HOUR - 1;
    await sweepOutbox(deps);
    expect(await stored(ref)).toMatchObject({ failedAt: null, content: expect.any(String) });
    seconds = 24 * HOUR;
    await sweepOutbox(deps);
    expect(await stored(ref)).toMatchObject({
      ...{ failedAt: now(), content: null, sentAt: null },
      smtpResponse: 'not delivered within 24 hours',
    });
  });

  test('a job that comes after 24 hours sends nothing any more', async () => {
    const ref = await post();
    seconds = 24 * HOUR;
    const before = mailbox.mails.length;
    await deliver(ref);
    expect(mailbox.mails).toHaveLength(before);
    expect(await stored(ref)).toMatchObject({ content: null, smtpResponse: 'not delivered within 24 hours' });
  });

  test('without SMTP_URL mail waits, and leaves once there is one; after 24 hours it is wiped all the same', async () => {
    const { transport, ...without } = deps;
    deps = without;
    const [early, late] = [await post(), await post()];
    await deliver(early);
    await forgetJobs();
    await sweepOutbox(deps);
    expect(await jobs()).toEqual([]);
    expect(await stored(early)).toMatchObject({ attempts: 0, content: expect.any(String) });

    deps = { ...without, transport };
    await sweepOutbox(deps);
    expect(await jobs()).toHaveLength(2);
    await deliver(early);
    await mailbox.next(early.to);

    deps = without;
    seconds = 24 * HOUR;
    await sweepOutbox(deps);
    expect(await stored(late)).toMatchObject({ content: null, failedAt: now() });
    expect(await stored(early)).toMatchObject({ failedAt: null, smtpResponse: null });
  });

  test('the sweep gives a job to who has none, or whose job a killed worker holds, and to nobody else', async () => {
    const [waiting, killed, lost, later] = [await post(), await post(), await post(), await post()];
    mailbox.refuse(later.to, 450);
    await deliver(later);
    mailbox.refuse(later.to, undefined);
    const lock = `UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'killed' WHERE key = $1`;
    await db.query(lock, [`mail ${killed.id}`]);
    await db.query(`DELETE FROM graphile_worker._private_jobs WHERE key = $1`, [`mail ${lost.id}`]);
    const before = (await jobs()).find(({ key }) => key === `mail ${later.id}`);
    await sweepOutbox(deps);
    await sweepOutbox(deps);
    const free = await db.query<{ key: string }[]>(
      `SELECT key FROM graphile_worker.jobs WHERE locked_at IS NULL AND key LIKE 'mail %'`,
    );
    expect(free.map(({ key }) => key).sort()).toEqual(
      [waiting, killed, lost, later].map(({ id }) => `mail ${id}`).sort(),
    );
    const after = (await jobs()).find(({ key }) => key === `mail ${later.id}`);
    expect(after?.inSeconds).toBeGreaterThan((before?.inSeconds ?? 0) - 2);
    const runner = await startJobs({ ...deps, databaseUrl: database.url });
    for (const { to } of [waiting, killed, lost]) await mailbox.next(to);
    await runner.stop();
  });

  test('a mail whose key is missing waits for it', async () => {
    const ref = await post();
    deps = { ...deps, box: createSecretBox([randomBytes(32)]) };
    await deliver(ref);
    expect(await stored(ref)).toMatchObject({
      ...{ attempts: 1, failedAt: null, content: expect.any(String) },
      smtpResponse: expect.stringMatching(/^no key \w+ among SECRET_KEYS$/),
    });
    deps = { ...deps, box };
    seconds += 5;
    await deliver(ref);
    await mailbox.next(ref.to);
  });

  test('cleaning up takes mails after 90 days', async () => {
    await post();
    const inDays = (days: number) => cleanUp(db, new Date(START + days * 24 * HOUR * 1000));
    expect(await inDays(89)).toMatchObject({ mails: 0 });
    expect(await inDays(91)).toMatchObject({ mails: 1 });
  });

  test('cleaning up takes links 90 days after they expired, and counters that are over', async () => {
    await db.query(
      `INSERT INTO email_links (organization_id, id, purpose, token_hash, created_at, expires_at)
       VALUES ($1, gen_random_uuid(), 'first_owner', '\\x00', $2, $2)`,
      [organization.id, now()],
    );
    await db.query(`INSERT INTO rate_limits (key, points, expire) VALUES ('a', 1, $1), ('b', 1, NULL)`, [START + 1000]);
    const at = (moment: number) => cleanUp(db, new Date(moment));
    expect(await at(START + 999)).toMatchObject({ email_links: 0, rate_limits: 0 });
    expect(await at(START + 1001)).toMatchObject({ rate_limits: 1 });
    expect(await at(START + 89 * 24 * HOUR * 1000)).toMatchObject({ email_links: 0 });
    expect(await at(START + 91 * 24 * HOUR * 1000)).toMatchObject({ email_links: 1, rate_limits: 0 });
  });

  test('verifying says in words what is wrong', async () => {
    await expect(transportTo(mailbox.url).verify()).resolves.toBeUndefined();
    await expect(transportTo(`smtp://127.0.0.1:${await freePort()}`).verify()).rejects.toThrow('nothing listens there');
    const server = await listen({ onAuth: (_auth, _session, done) => done(new Error('Wrong password')) });
    await expect(transportTo(server.url.replace('//', '//me:secret@')).verify()).rejects.toThrow(
      /^it does not accept the name and password: 535 /,
    );
    await expect(transportTo(server.url.replace('smtp:', 'smtps:')).verify()).rejects.toThrow(
      /^no encrypted connection comes about/,
    );
  });
});

// --- helpers

const closing: (() => Promise<void>)[] = [];

type Callback = (error?: Error | null) => void;

function refuse(responseCode: number, message = 'not here') {
  return (...args: unknown[]) => (args.at(-1) as Callback)(Object.assign(new Error(message), { responseCode }));
}

function refuseData(responseCode: number) {
  return (stream: NodeJS.ReadableStream, _session: unknown, callback: Callback) => {
    stream.resume().on('end', () => callback(Object.assign(new Error('not this'), { responseCode })));
  };
}

async function listen(options: ConstructorParameters<typeof SMTPServer>[0]) {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 20,
    ...options,
  });
  server.on('error', () => undefined);
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `smtp://127.0.0.1:${port}` };
}

async function heldLocks(db: DataSource): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return row?.count ?? 0;
}
