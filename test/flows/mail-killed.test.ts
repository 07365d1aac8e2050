import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { root } from '../../src/config';
import { createMailroom } from '../../src/mail/outbox';
import { openDatabase } from '../../src/storage/data-source';
import { insertOrganization } from '../../src/storage/organizations';
import { createSecretBox } from '../../src/storage/secret-box';
import { inTransaction } from '../../src/storage/transaction';
import { ensureBuilt, ROOT } from '../support/built';
import { freePort } from '../support/free-port';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { until } from '../support/processes';
import { startProgram, temporaryDirectories, type Program } from '../support/program';
import { mulberry32 } from '../support/random';
import { describeWith } from '../support/requires';

jest.setTimeout(120_000);

const KILLS = 10;
const MAILS_A_ROUND = 12;
const LONGEST_START_MS = 1_500;
const BASE_URL = 'http://localhost:3000';
const seed = Number(process.env.MAIL_KILLED_SEED ?? Date.now() % 1_000_000);

const directories = temporaryDirectories();
const programs: Program[] = [];
let database: TestDatabase;
let db: DataSource;
let mailbox: Mailbox;
let env: Record<string, string>;

beforeAll(ensureBuilt);
beforeAll(async () => {
  mailbox = await startMailbox();
});
afterAll(async () => {
  await mailbox.stop();
  await directories.remove();
});

describeWith('postgres', `mail, the service killed ${KILLS} times (MAIL_KILLED_SEED=${seed})`, () => {
  const key = randomBytes(32);
  const mailroom = createMailroom({ box: createSecretBox([key]), root, baseUrl: BASE_URL });
  let organizationId: string;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true });
    db = await openDatabase(database.url);
    organizationId = await inTransaction(db, (tx) => insertOrganization(tx, { slug: 'acme', name: 'Acme Inc.' }));
    env = {
      ...{ DATABASE_URL: database.url, SECRET_KEYS: key.toString('hex'), SMTP_URL: mailbox.url, BASE_URL },
      ...{ HOST: '127.0.0.1', PORT: String(await freePort()), DATA_DIR: await directories.make(), LOG_LEVEL: 'warn' },
    };
  });
  afterAll(async () => {
    for (const { child, exited } of programs.splice(0)) {
      child.kill('SIGKILL');
      await exited;
    }
    await db.destroy();
    await database.drop();
  });

  const start = (): Program => {
    const program = startProgram(join(ROOT, 'dist/src/server.js'), { env });
    programs.push(program);
    return program;
  };

  /** Yields the addresses of what was committed. */
  async function post(round: number): Promise<string[]> {
    const addresses = Array.from({ length: MAILS_A_ROUND }, (_, index) => `p${round}.${index}@acme.example`);
    const organization = { id: organizationId, name: 'Acme Inc.' };
    for (const to of addresses)
      await inTransaction(db, (tx) => mailroom.post(tx, new Date(), { organization, to }, { kind: 'test' }));
    return addresses;
  }

  const waiting = async (): Promise<number> =>
    (await db.query<unknown[]>('SELECT 1 FROM mails WHERE sent_at IS NULL')).length;

  test('every committed mail arrives, always with its own Message-ID', async () => {
    const random = mulberry32(seed);
    const posted: string[] = [];
    for (let round = 0; round < KILLS; round++) {
      const posting = post(round);
      const program = start();
      if (round % 3 === 2) await delay(random() * LONGEST_START_MS);
      else await arrivals(Math.ceil(random() * MAILS_A_ROUND), program);
      await delay(random() * 10);
      program.child.kill('SIGKILL');
      expect(await program.exited).toBe('SIGKILL');
      posted.push(...(await posting));
    }
    start();
    await until(async () => (await waiting()) === 0, 60_000, 'everything is delivered');

    const rows = await db.query<{ recipient: string; messageId: string; isWiped: boolean }[]>(
      `SELECT recipient, message_id AS "messageId", content IS NULL AS "isWiped" FROM mails WHERE failed_at IS NULL`,
    );
    expect(rows.map(({ recipient }) => recipient).sort()).toEqual([...posted].sort());
    expect(rows.every(({ isWiped }) => isWiped)).toBe(true);
    const sent = new Map(rows.map(({ recipient, messageId }) => [recipient, messageId]));
    for (const { to, messageId } of mailbox.mails) expect(messageId).toBe(sent.get(to));
    expect([...new Set(mailbox.mails.map(({ to }) => to))].sort()).toEqual([...posted].sort());
  });

  /** That many more mails are there. */
  async function arrivals(count: number, program: Program): Promise<void> {
    const after = mailbox.mails.length + count - 1;
    await mailbox.next(undefined, { after, timeout: 20_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${program.stdout()}${program.stderr()}`, { cause: error });
    });
  }
});
