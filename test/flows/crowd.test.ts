import { hashPassword } from '../../src/connections/password/hash';
import { printLink } from '../../src/credentials/send-link';
import { findOrganizationBySlug } from '../../src/storage/organizations';
import { inTransaction } from '../../src/storage/transaction';
import { answer, begin, createAcme, createTestIdp, deliver } from '../support/acme';
import { createInitech, OTHER_PASSWORD, PASSWORD } from '../support/initech';
import { describeWith } from '../support/requires';
import { accountOf, asProgram, SESSION_STORES } from '../support/self-service';
import { startService, type TestService } from '../support/service';

/** Each mistypes three times: more failures than one address has by itself. test/bench/crowd.ts does it with 2,000. */
const PEOPLE = 40;
/** Each begins twice: more of everything than is taken of anything that counts. */
const BY_SSO = 61;
const SCHOOL = '192.0.2.1';
/** What one account takes in an hour from where it has not signed in before: fifty, three of which were its owner's. */
const STRANGERS = 47;

const inTurns = async <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const [waiting, done]: [number[], T[]] = [Array.from({ length: count }, (_, index) => index), []];
  const line = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) done[next] = await work(next);
  };
  await Promise.all(Array.from({ length: 8 }, line));
  return done;
};

for (const [store, needs, open] of SESSION_STORES)
  describeWith(needs, `security 20: people behind one address, counted in ${store}`, () => {
    let service: TestService;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const opened = await open();
      stop = opened.stop;
      service = await startService({ env: { ...opened.env, TRUST_PROXY: 'true' } });
      await createInitech(service);
    });
    afterAll(async () => {
      await service.stop();
      await stop();
    });

    const emailOf = (person: number) => `pupil-${person}@initech.example`;
    const logIn = async (address: string, login: string, password: string): Promise<number> => {
      const options = { headers: { ...asProgram.headers, 'x-forwarded-for': address } };
      return (await service.browser().post('/initech/login', { login, password }, options)).status;
    };
    const realLink = async (email: string): Promise<string> => {
      const found = await findOrganizationBySlug(service.resources.db.manager, 'initech');
      const { id: accountId, contactId } = await accountOf(service, 'initech', email);
      const url = await inTransaction(service.resources.db, (tx) =>
        printLink(
          tx,
          { baseUrl: service.baseUrl },
          {
            organization: found!.organization,
            purpose: 'reset_password',
            person: { accountId, contactId },
            occasion: { actor: { kind: 'system' }, now: new Date() },
          },
          email,
        ),
      );
      return new URL(url).pathname;
    };

    test('each mistypes and signs in, while strangers attack one of them, who gets in where they always do', async () => {
      await inTurns(PEOPLE, (person) =>
        service.api('POST', '/organizations/initech/accounts', {
          ...{ email: emailOf(person), givenName: 'Pupil', familyName: String(person) },
        }),
      );
      const { db } = service.resources;
      const hash = await hashPassword(PASSWORD);
      await db.query(
        `INSERT INTO passwords (organization_id, account_id, hash, set_at) SELECT organization_id, id, $1, now() FROM accounts`,
        [hash],
      );
      await db.query(`UPDATE accounts SET status = 'active'`);

      const ends = await inTurns(PEOPLE, async (person) => [
        await logIn(SCHOOL, emailOf(person), OTHER_PASSWORD),
        await logIn(SCHOOL, emailOf(person), OTHER_PASSWORD),
        await logIn(SCHOOL, emailOf(person), OTHER_PASSWORD),
        await logIn(SCHOOL, emailOf(person), PASSWORD),
      ]);
      expect(ends).toEqual(Array(PEOPLE).fill([401, 401, 401, 303]));

      const attack = await inTurns(STRANGERS + 5, (index) => logIn(`203.0.113.${index}`, emailOf(0), OTHER_PASSWORD));
      expect(attack.filter((status) => status === 401)).toHaveLength(STRANGERS);
      expect(attack.filter((status) => status === 429)).toHaveLength(5);
      // Not even with the right password, from a place that is new; where they always are, at once.
      expect(await logIn('203.0.113.99', emailOf(0), PASSWORD)).toBe(429);
      expect(await logIn(SCHOOL, emailOf(0), PASSWORD)).toBe(303);
      expect(await logIn('203.0.113.99', emailOf(1), PASSWORD)).toBe(303);
    }, 120_000);

    test('a right key and a real link pass where others guess; a guesser is told to wait', async () => {
      const headers = { 'x-forwarded-for': SCHOOL };
      const wrong = await inTurns(61, (index) =>
        service.request('GET', '/organizations', undefined, { ...headers, authorization: `Bearer dbk_guess-${index}` }),
      );
      expect(wrong.filter(({ status }) => status === 401)).toHaveLength(60);
      const late = wrong.find(({ status }) => status === 429);
      expect(late?.json()).toMatchObject({ code: 'rate_limited', status: 429 });
      expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await service.request('GET', '/organizations', undefined, headers)).status).toBe(200);
      expect((await service.request('GET', '/organizations', undefined, { authorization: 'Bearer x' })).status).toBe(
        401,
      );

      const guess = (index: number) => service.browser().get(`/initech/link/${index}`, { headers });
      const pages = await inTurns(61, guess);
      expect(pages.filter(({ status }) => status === 404)).toHaveLength(60);
      expect(Number(pages.find(({ status }) => status === 429)?.headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await service.browser().get(await realLink(emailOf(2)), { headers })).status).toBe(200);
    });

    if (store === 'Postgres')
      test('SSO starts and valid responses never count', async () => {
        const idp = await createTestIdp();
        const connection = await createAcme(service, idp);
        const ends = await inTurns(BY_SSO, async (person) => {
          const browser = service.browser();
          const pupil = {
            subject: `pupil-${person}`,
            email: `pupil-${person}@acme.example`,
            firstName: 'P',
            lastName: 'X',
          };
          await begin(browser, connection);
          return (
            await deliver(browser, connection, await answer(idp, connection, pupil, await begin(browser, connection)))
          ).status;
        });
        expect(ends).toEqual(Array(BY_SSO).fill(303));
      }, 120_000);
  });
