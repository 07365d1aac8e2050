import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../../src/config';
import { createMailroom } from '../../src/mail/outbox';
import { commandCaller, type ManagementDeps } from '../../src/management/deps';
import { importCommitForm, importFileForm } from '../../src/management/import-forms';
import { commitImport } from '../../src/management/import-steps';
import { readImport, startImport } from '../../src/management/imports';
import type { ImportView } from '../../src/management/import-view';
import { createOrganization } from '../../src/management/organizations';
import { createOutbound } from '../../src/outbound/outbound';
import { openDatabase } from '../../src/storage/data-source';
import type { Database } from '../../src/storage/rows';
import { createSecretBox } from '../../src/storage/secret-box';
import { ensureBuilt, ROOT } from '../support/built';
import { freePort } from '../support/free-port';
import { startMailbox, type Mailbox } from '../support/mailbox';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { until } from '../support/processes';
import { startProgram, temporaryDirectories, type Program } from '../support/program';
import { describeWith } from '../support/requires';
import { mulberry32 } from '../support/random';

jest.setTimeout(180_000);

const KILLS = 10;
const MANY = 2_000;
const INVITED = 40;
const LONGEST_MS = 2_500;
const BASE_URL = 'http://localhost:3000';
const seed = Number(process.env.IMPORT_KILLED_SEED ?? Date.now() % 1_000_000);

const directories = temporaryDirectories();
const programs: Program[] = [];
let database: TestDatabase;
let db: Database;
let deps: ManagementDeps;
let mailbox: Mailbox;
let env: Record<string, string>;

beforeAll(ensureBuilt);
beforeAll(async () => {
  mailbox = await startMailbox();
  database = await createTestDatabase({ migrated: true });
  db = await openDatabase(database.url);
  const key = randomBytes(32);
  const box = createSecretBox([key]);
  const outbound = createOutbound({ allow: [], timeoutMs: 1000 });
  const mailroom = createMailroom({ box, root, baseUrl: BASE_URL });
  deps = { db, box, outbound, mailroom, baseUrl: BASE_URL, now: () => new Date() };
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
  await mailbox.stop();
  await directories.remove();
});

describeWith('postgres', `imports, the service killed ${KILLS} times (IMPORT_KILLED_SEED=${seed})`, () => {
  test('every row comes to be exactly once, and every invitation', async () => {
    const random = mulberry32(seed);
    await createOrganization(deps, commandCaller, { slug: 'acme', name: 'Acme Inc.' });
    const ids = [await begin('many', MANY, false), await begin('invited', INVITED, true)];
    for (let round = 0; round < KILLS; round++) {
      const program = start();
      await delay(random() * LONGEST_MS);
      await commitStaged(ids);
      await delay(random() * LONGEST_MS);
      program.child.kill('SIGKILL');
      expect(await program.exited).toBe('SIGKILL');
    }
    start();
    await until(() => isOver(ids), 90_000, 'both imports are saved and everybody is invited');

    const [many, invited] = await look(ids);
    expect(many?.results).toMatchObject({ created: MANY, refused: 0 });
    expect(invited?.results).toMatchObject({ created: INVITED, refused: 0 });
    const count = async (table: string) =>
      Number((await db.query<[{ count: string }]>(`SELECT count(*) FROM ${table}`))[0].count);
    expect(await count('accounts')).toBe(MANY + INVITED);
    expect(await count('run_results')).toBe(MANY + INVITED);
    expect(await count(`ledger_entries WHERE action = 'account.created'`)).toBe(MANY + INVITED);
    await until(async () => new Set(mailbox.mails.map(({ to }) => to)).size === INVITED, 30_000, 'the letters arrive');
    expect(await count('mails')).toBe(INVITED);
  });
});

const start = (): Program => {
  const program = startProgram(join(ROOT, 'dist/src/server.js'), { env });
  programs.push(program);
  return program;
};

async function begin(name: string, people: number, sendInvitations: boolean): Promise<string> {
  const lines = Array.from({ length: people }, (_, at) => `Person ${at},${name}${at}@acme.example`);
  const file = { name: `${name}.csv`, content: Buffer.from(['User name,Email', ...lines].join('\n')) };
  return (await startImport(deps, commandCaller, 'acme', file, importFileForm.parse({ sendInvitations }))).id;
}

const look = (ids: readonly string[]): Promise<ImportView[]> =>
  Promise.all(ids.map((id) => readImport(deps, commandCaller, 'acme', id)));

async function commitStaged(ids: readonly string[]): Promise<void> {
  for (const { id, state } of await look(ids))
    if (state === 'staged') await commitImport(deps, commandCaller, 'acme', id, importCommitForm.parse({}));
}

async function isOver(ids: readonly string[]): Promise<boolean> {
  await commitStaged(ids);
  return (await look(ids)).every((run) => run.state === 'committed' && (run.invitedAt || !run.sendInvitations));
}
