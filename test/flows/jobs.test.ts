import { pino } from 'pino';
import { startJobs } from '../../src/jobs/jobs';
import { cleanUp } from '../../src/storage/clean-up';
import { createAcme, createTestIdp, begin, maria, sessionOf, signIn } from '../support/acme';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const DAY_MS = 24 * 3_600_000;

describeWith('postgres', 'what runs later', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  test('security 27: cleaning up takes what is over, and nothing else', async () => {
    const idp = await createTestIdp();
    const acme = await createAcme(service, idp);
    const { browser } = await signIn(service, idp, acme, maria);
    await begin(service.browser(), acme);
    const { db } = service.resources;
    const inDays = (days: number) => cleanUp(db, new Date(Date.now() + days * DAY_MS));

    expect(await inDays(0)).toMatchObject({ sign_in_attempts: 0, ledger_entries: 0, ledger_values: 0, sessions: 0 });
    expect(await sessionOf(browser)).toBeDefined();
    expect(await inDays(2)).toMatchObject({ sign_in_attempts: 1, sessions: 0 });
    expect(await inDays(89)).toMatchObject({ sign_in_attempts: 0, sessions: 1, ledger_entries: 0 });
    expect(await inDays(91)).toMatchObject({ sign_in_attempts: 1 });
    const gone = await inDays(401);
    expect(gone.ledger_entries).toBeGreaterThan(4);
    expect(gone.ledger_values).toBeGreaterThan(4);
  });

  test('security 27: the ledger is append-only for everybody else', async () => {
    await service.api('POST', '/organizations', { slug: 'globex', name: 'Globex' });
    const { db } = service.resources;
    await expect(db.query(`UPDATE ledger_entries SET action = 'nothing happened'`)).rejects.toThrow('append-only');
    await expect(db.query(`DELETE FROM ledger_entries`)).rejects.toThrow('append-only');
  });

  test('a job is taken from Postgres, and stopping waits for it', async () => {
    const { db, databaseUrl } = service.resources;
    const jobs = await startJobs({
      db,
      box: service.resources.box,
      databaseUrl,
      log: pino({ level: 'silent' }),
      now: () => new Date(),
    });
    await db.query(`SELECT graphile_worker.add_job('clean_up')`);
    const left = async () => (await db.query<unknown[]>('SELECT 1 FROM graphile_worker.jobs')).length;
    await until(async () => (await left()) === 0, 10_000, 'the job is done');
    await jobs.stop();
  });
});
