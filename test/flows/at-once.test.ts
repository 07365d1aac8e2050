import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  answer,
  begin,
  createAcme,
  createTestIdp,
  deliver,
  maria,
  signIn,
  type SamlConnection,
  type TestIdp,
  type TestPerson,
} from '../support/acme';
import { ensureBuilt } from '../support/built';
import { createClient, type HttpClient } from '../support/http-client';
import { startServiceProcess, type RunningService } from '../support/program';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const HOW_MANY = 50;

/** People with one name and addresses of their own. */
const namesakes = (count: number): TestPerson[] =>
  Array.from({ length: count }, (_, index) => ({
    ...maria,
    subject: `subject-${index}`,
    email: `maria${index}@acme.example`,
  }));

describeWith('postgres', 'at once, over two processes', () => {
  let service: TestService;
  let other: RunningService;
  let idp: TestIdp;
  let acme: SamlConnection;
  let slug: string;
  let next = 0;

  const startOther = () =>
    startServiceProcess('server.js', {
      env: {
        DATABASE_URL: service.resources.databaseUrl,
        SECRET_KEYS: service.resources.secretKeys.map((key) => key.toString('hex')).join(','),
        BASE_URL: service.baseUrl,
        MIGRATIONS: 'off',
        LOG_LEVEL: 'error',
      },
    });

  beforeAll(async () => {
    await ensureBuilt();
    service = await startService({ secretKeys: randomBytes(32).toString('hex') });
    idp = await createTestIdp();
    other = await startOther();
  }, 120_000);
  afterAll(async () => {
    other.child.kill();
    await other.exited;
    await service.stop();
  });
  beforeEach(async () => {
    slug = `acme${next++}`;
    acme = await createAcme(service, idp, { slug });
  });

  /** Everybody is at the identity provider; then all come back in one moment, by turns to either process. */
  async function allAtOnce(people: readonly TestPerson[]): Promise<number[]> {
    const browsers = people.map((_, index) =>
      createClient(index % 2 ? other.origin : `http://localhost:${service.config.port}`),
    );
    const waiting = await Promise.all(people.map((person, index) => atTheIdp(browsers[index] as HttpClient, person)));
    const replies = await Promise.all(waiting.map(({ browser, fields }) => deliver(browser, acme, fields, slug)));
    return replies.map((reply) => reply.status);
  }
  async function atTheIdp(browser: HttpClient, person: TestPerson) {
    return { browser, fields: await answer(idp, acme, person, await begin(browser, acme, slug)) };
  }
  const accounts = async () =>
    (
      await service.api<{ items: { username: string; licence: string | null }[] }>(
        'GET',
        `/organizations/${slug}/accounts?limit=200`,
      )
    ).items;

  test('fifty first sign-ins with the same name get fifty usernames', async () => {
    const statuses = await allAtOnce(namesakes(HOW_MANY));
    expect(new Set(statuses)).toEqual(new Set([303]));
    const usernames = (await accounts()).map((account) => account.username);
    expect(new Set(usernames).size).toBe(HOW_MANY);
    expect(usernames).toEqual(expect.arrayContaining(['maria.suarez', 'maria.suarez2', `maria.suarez${HOW_MANY}`]));
  }, 60_000);

  test('fifty first sign-ins of the same person give one account, and fifty sessions', async () => {
    const statuses = await allAtOnce(Array.from({ length: HOW_MANY }, () => maria));
    expect(new Set(statuses)).toEqual(new Set([303]));
    expect(await accounts()).toHaveLength(1);
  }, 60_000);

  test('with one free seat, one gets it', async () => {
    await service.api('POST', `/organizations/${slug}/licences`, { name: 'Full', seats: 1 });
    await service.api('PUT', `/organizations/${slug}/policy`, { defaultLicence: 'Full' });
    const statuses = await allAtOnce(namesakes(20));
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 403)).toHaveLength(19);
    expect(await accounts()).toEqual([expect.objectContaining({ licence: 'Full' })]);
  }, 60_000);

  test.each([5, 25, 60])(
    'kill -9 %i ms into a crowd of first sign-ins leaves no half-made account',
    async (afterMs) => {
      const people = namesakes(40);
      const browsers = people.map(() => createClient(other.origin));
      const waiting = await Promise.all(people.map((person, index) => atTheIdp(browsers[index] as HttpClient, person)));
      const crowd = waiting.map(({ browser, fields }) => deliver(browser, acme, fields, slug).catch(() => undefined));
      await delay(afterMs);
      other.child.kill('SIGKILL');
      await Promise.all([...crowd, other.exited]);
      other = await startOther();

      expect(await halfMade()).toEqual([]);
      for (const person of [people[0], people[39]] as TestPerson[]) {
        const browser = createClient(other.origin);
        expect((await signIn(service, idp, acme, person, { browser, slug })).status).toBe(303);
      }
      expect(await halfMade()).toEqual([]);
    },
    60_000,
  );

  /** Contacts that miss anything a first sign-in makes, and sign-ins that miss their session or ledger line. */
  async function halfMade(): Promise<unknown[]> {
    return service.resources.db.query(
      `SELECT c.id FROM contacts c JOIN organization_slugs o ON o.organization_id = c.organization_id AND o.slug = $1
        WHERE NOT EXISTS (SELECT 1 FROM accounts a JOIN identities i ON i.account_id = a.id JOIN statements s ON s.contact_id = c.id
                           WHERE a.contact_id = c.id)
       UNION ALL
       SELECT t.id FROM sign_in_attempts t JOIN organization_slugs o ON o.organization_id = t.organization_id AND o.slug = $1
        WHERE t.state = 'succeeded'
          AND (NOT EXISTS (SELECT 1 FROM sessions s WHERE s.account_id = t.account_id)
            OR NOT EXISTS (SELECT 1 FROM ledger_entries l WHERE l.attempt_id = t.id AND l.action = 'signin.succeeded'))`,
      [slug],
    );
  }
});
