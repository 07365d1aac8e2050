import { randomUUID } from 'node:crypto';
import { networkOf } from '../../src/sign-in/network';
import type { PasswordTry } from '../../src/sign-in/password-throttle';
import { createThrottle, noThrottle, type Throttle } from '../../src/sign-in/throttle';
import { createCounters } from '../../src/storage/counters';
import { openDatabase } from '../../src/storage/data-source';
import { openRedis } from '../../src/storage/redis';
import { createTestDatabase } from '../support/postgres';
import { startRedis } from '../support/redis';
import { describeWith, type Part } from '../support/requires';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A store of counts, as a test reaches around it. */
interface Backstage {
  throttle: Throttle;
  /** Another process' over the same counts. */
  another(): Throttle;
  /** Makes every count this many seconds older. */
  age(seconds: number): Promise<void>;
  keys(): Promise<string[]>;
  /** The store is gone, without a word. */
  fail(): Promise<void>;
  stop(): Promise<void>;
}

async function inPostgres(): Promise<Backstage> {
  const database = await createTestDatabase({ migrated: true });
  const db = await openDatabase(database.url);
  return {
    throttle: createThrottle(createCounters(db)),
    another: () => createThrottle(createCounters(db)),
    age: async (seconds) =>
      void (await db.query(`UPDATE rate_limits SET expire = expire - $1::bigint`, [seconds * 1000])),
    keys: async () => (await db.query<{ key: string }[]>(`SELECT key FROM rate_limits`)).map(({ key }) => key),
    fail: () => database.drop(),
    async stop() {
      await db.destroy();
      await database.drop();
    },
  };
}

async function inRedis(): Promise<Backstage> {
  const [server, database] = [await startRedis(), await createTestDatabase()];
  // Without our tables: what is counted in Redis is counted nowhere else.
  const db = await openDatabase(database.url);
  const redis = await openRedis(server.url, () => undefined);
  return {
    throttle: createThrottle(createCounters(db, redis)),
    another: () => createThrottle(createCounters(db, redis)),
    async age(seconds) {
      const shorten = async (key: string) => redis.pExpire(key, (await redis.pTTL(key)) - seconds * 1000);
      await Promise.all((await redis.keys('*')).map(shorten));
    },
    keys: () => redis.keys('*'),
    fail: () => server.stop(),
    async stop() {
      redis.destroy();
      await db.destroy();
      await Promise.all([server.stop(), database.drop()]);
    },
  };
}

const STORES: [name: string, needs: Part[], open: () => Promise<Backstage>][] = [
  ['Postgres', ['postgres'], inPostgres],
  ['Redis', ['postgres', 'redis'], inRedis],
];

const organizationId = randomUUID();
let people = 0;
let places = 0;
const somebody = () => `person-${++people}@acme.example`;
const somewhere = () => `10.${(++places >> 16) & 255}.${(places >> 8) & 255}.${places & 255}`;
const who = (from: Partial<PasswordTry> = {}): PasswordTry => ({
  organizationId,
  login: somebody(),
  address: somewhere(),
  ...from,
});
const inOrder = async <T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let index = 0; index < times; index++) results.push(await work(index));
  return results;
};

for (const [store, needs, open] of STORES)
  describeWith(needs, `security 20: limits, counted in ${store}`, () => {
    let backstage: Backstage;
    beforeAll(async () => {
      backstage = await open();
    });
    afterAll(() => backstage?.stop());

    /** How a try with a right or a wrong password ends. */
    const attempt = async (at: PasswordTry, right: boolean): Promise<'right' | 'wrong' | 'rate_limited'> => {
      const result = await backstage.throttle.password(at, () => Promise.resolve({ right }));
      return result === 'rate_limited' ? result : result.right ? 'right' : 'wrong';
    };
    const fail = (at: PasswordTry, times: number) => inOrder(times, () => attempt(at, false));
    const failFromEverywhere = (login: string, times: number) => inOrder(times, () => attempt(who({ login }), false));

    test('ten wrong ones in a quarter of an hour, then not even the right one, then it is over', async () => {
      const maria = who();
      expect(await fail(maria, 10)).toEqual(Array(10).fill('wrong'));
      let looked = false;
      const eleventh = await backstage.throttle.password(maria, () => {
        looked = true;
        return Promise.resolve({ right: true });
      });
      expect([eleventh, looked]).toEqual(['rate_limited', false]);
      expect(await attempt(who({ ...maria, login: somebody() }), true)).toBe('right');
      expect(await attempt(who({ ...maria, organizationId: randomUUID() }), true)).toBe('right');
      expect(await attempt(who({ ...maria, address: somewhere() }), true)).toBe('right');
      await backstage.age(14 * MINUTE);
      expect(await attempt(maria, true)).toBe('rate_limited');
      await backstage.age(MINUTE);
      expect(await attempt(maria, true)).toBe('right');
    });

    test('a hundred at once are as many as one after another', async () => {
      const maria = who();
      const ends = await Promise.all(Array.from({ length: 100 }, () => attempt(maria, false)));
      expect(ends.filter((end) => end === 'wrong')).toHaveLength(10);
    });

    test('a right one clears the wrong ones before', async () => {
      const maria = who();
      for (let round = 0; round < 3; round++) {
        expect(await fail(maria, 9)).not.toContain('rate_limited');
        expect(await attempt(maria, true)).toBe('right');
      }
    });

    test('one login has one count, however it is spelled', async () => {
      const login = `maria-${++people}@bücher.example`;
      const address = somewhere();
      const spellings = [login, login.toUpperCase(), ` ${login} `, login.replace('bücher', 'xn--bcher-kva')];
      const ends = await inOrder(12, (index) => attempt(who({ login: spellings[index % 4]!, address }), false));
      expect(ends.slice(10)).toEqual(['rate_limited', 'rate_limited']);
    });

    test('one IPv6 subscriber has one count, whatever address they take', async () => {
      const maria = who();
      const ends = await inOrder(11, (index) => attempt({ ...maria, address: `2001:db8:1:2:${index}::1` }, false));
      expect(ends.at(-1)).toBe('rate_limited');
      expect(await attempt({ ...maria, address: '2001:db8:1:3::1' }, true)).toBe('right');
    });

    test('fifty wrong ones from everywhere hold up a stranger for an hour, not who signs in from where they did', async () => {
      const maria = who();
      await attempt(maria, true);
      await backstage.age(29 * DAY);
      expect(await failFromEverywhere(maria.login, 50)).not.toContain('rate_limited');
      expect(await attempt({ ...maria, address: somewhere() }, true)).toBe('rate_limited');
      expect(await attempt(maria, false)).toBe('wrong');
      expect(await attempt(maria, true)).toBe('right');
      expect(await attempt({ ...maria, address: somewhere() }, true)).toBe('rate_limited');
      await backstage.age(HOUR);
      expect(await attempt({ ...maria, address: somewhere() }, true)).toBe('right');
    });

    test('an address is usual for thirty days', async () => {
      const maria = who();
      await attempt(maria, true);
      await backstage.age(30 * DAY);
      await failFromEverywhere(maria.login, 50);
      expect(await attempt(maria, true)).toBe('rate_limited');
    });

    test('strangers at once, each from an address of their own, are fifty', async () => {
      const login = somebody();
      const ends = await Promise.all(Array.from({ length: 90 }, () => attempt(who({ login }), false)));
      expect(ends.filter((end) => end === 'wrong')).toHaveLength(50);
    });

    test('what somebody mistypes where they usually are, and signs in elsewhere, holds nobody up', async () => {
      const maria = who();
      await attempt(maria, true);
      for (let round = 0; round < 7; round++) {
        await fail(maria, 8);
        await attempt(maria, true);
      }
      const ends = await inOrder(60, () => attempt({ ...maria, address: somewhere() }, true));
      expect(ends).not.toContain('rate_limited');
    });

    test('one address has a hundred wrong ones an hour over all logins and organizations', async () => {
      const address = somewhere();
      const ends = await inOrder(101, (index) =>
        attempt(who({ address, ...(index % 2 && { organizationId: randomUUID() }) }), false),
      );
      expect(ends.slice(99)).toEqual(['wrong', 'rate_limited']);
      expect(await attempt(who(), true)).toBe('right');
      await backstage.age(HOUR);
      expect(await attempt(who({ address }), true)).toBe('right');
    });

    test('and three more for everybody who signs in there, once an hour', async () => {
      const address = somewhere();
      const logins = [somebody(), somebody()];
      await inOrder(10, (index) => attempt(who({ address, login: logins[index % 2]! }), true));
      const ends = await inOrder(107, () => attempt(who({ address }), false));
      expect(ends.slice(105)).toEqual(['wrong', 'rate_limited']);
    });

    test('2,000 pupils behind one address, half of whom mistype first, meet no limit', async () => {
      const address = somewhere();
      const pupils = Array.from({ length: 2_000 }, (_, index) => who({ login: `pupil-${index}`, address }));
      const met: string[] = [];
      const signIn = async (pupil: PasswordTry, index: number) => {
        const ends = Math.random() < 0.5 ? [await attempt(pupil, false)] : [];
        ends.push(await attempt(pupil, true));
        if (ends.includes('rate_limited')) met.push(`pupil ${index}`);
      };
      const waiting = [...pupils.entries()];
      const line = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await signIn(next[1], next[0]);
      };
      await Promise.all(Array.from({ length: 50 }, line));
      expect(met).toEqual([]);
    }, 120_000);

    test('who signed in late in the hour of an address counts for the next one too', async () => {
      const address = somewhere();
      const class4b = Array.from({ length: 60 }, () => who({ address }));
      await attempt(who({ address }), true);
      await backstage.age(30 * MINUTE);
      for (const pupil of class4b) await attempt(pupil, true);
      await backstage.age(31 * MINUTE);
      const ends = await inOrder(60, async (index) => [
        ...(await fail(class4b[index]!, 2)),
        await attempt(class4b[index]!, true),
      ]);
      expect(ends.flat()).not.toContain('rate_limited');
    });

    test('all of them at the same moment are no failures either', async () => {
      const address = somewhere();
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      let looking = 0;
      const ends = Array.from({ length: 300 }, (_, index) =>
        backstage.throttle.password(who({ login: `together-${index}`, address }), async () => {
          if (++looking === 300) open();
          await opened;
          return { right: true };
        }),
      );
      expect(await Promise.all(ends)).not.toContain('rate_limited');
    });

    test('a password that could not be looked at is not a wrong one', async () => {
      const maria = who();
      const broken = () => backstage.throttle.password(maria, () => Promise.reject(new Error('database gone')));
      await inOrder(20, () => expect(broken()).rejects.toThrow('database gone'));
      expect(await attempt(maria, false)).toBe('wrong');
    });

    test('yields what the check yields', async () => {
      const result = await backstage.throttle.password(who(), () => Promise.resolve({ right: false, account: 'a' }));
      expect(result).toEqual({ right: false, account: 'a' });
    });

    test('five mails an hour to one mailbox, however it is spelled, in one organization', async () => {
      const mailbox = somebody();
      const { throttle } = backstage;
      const asked = await inOrder(6, (index) =>
        throttle.mayMail(organizationId, index % 2 ? mailbox : mailbox.toUpperCase()),
      );
      expect(asked).toEqual([true, true, true, true, true, false]);
      expect(await throttle.mayMail(randomUUID(), mailbox)).toBe(true);
      await backstage.age(HOUR);
      expect(await throttle.mayMail(organizationId, mailbox)).toBe(true);
    });

    test('a hundred mails an hour asked for by one address', async () => {
      const address = somewhere();
      const { throttle } = backstage;
      const asked = await Promise.all(Array.from({ length: 120 }, () => throttle.mayAsk(address)));
      expect(asked.filter(Boolean)).toHaveLength(100);
      expect(await throttle.mayAsk(somewhere())).toBe(true);
      await backstage.age(HOUR);
      expect(await throttle.mayAsk(address)).toBe(true);
    });

    test.each(['bearer', 'link'] as const)('sixty wrong secrets in a quarter of an hour: %s', async (what) => {
      const address = somewhere();
      const { throttle } = backstage;
      const waits = await Promise.all(Array.from({ length: 61 }, () => throttle.guessed(what, address)));
      expect(waits.filter((wait) => wait === undefined)).toHaveLength(60);
      expect(Math.max(...waits.map((wait) => wait ?? 0))).toBeGreaterThan(14 * MINUTE);
      expect(await throttle.guessed(what === 'link' ? 'bearer' : 'link', address)).toBeUndefined();
      expect(await throttle.guessed(what, somewhere())).toBeUndefined();
      await backstage.age(15 * MINUTE);
      expect(await throttle.guessed(what, address)).toBeUndefined();
    });

    test('six thousand requests a minute by one key, over all processes, in few writes', async () => {
      const key = randomUUID();
      const [one, other] = [backstage.throttle, backstage.another()];
      const keysBefore = (await backstage.keys()).length;
      for (let index = 0; index < 59; index++) expect(await one.requested(key)).toBeUndefined();
      expect(await backstage.keys()).toHaveLength(keysBefore);
      for (let index = 59; index < 6_000; index++)
        expect(await (index % 2 ? one : other).requested(key)).toBeUndefined();
      const waits = [];
      for (let index = 0; index < 240; index++) waits.push(await (index % 2 ? one : other).requested(key));
      expect(waits.slice(-2).every((wait) => wait !== undefined && wait > 0 && wait <= MINUTE)).toBe(true);
      expect(await one.requested(randomUUID())).toBeUndefined();
      await backstage.age(MINUTE);
      expect([await one.requested(key), await other.requested(key)]).toEqual([undefined, undefined]);
    });

    test('keys name nobody', async () => {
      const keys = await backstage.keys();
      expect(keys.length).toBeGreaterThan(100);
      expect(keys.filter((key) => !/^(drawbridge:count:)?[a-z-]+:[\w-]{43}$/.test(key))).toEqual([]);
    });

    test('when the store is gone, nobody passes and no password is looked at', async () => {
      await backstage.fail();
      let looked = false;
      const look = () => {
        looked = true;
        return Promise.resolve({ right: true });
      };
      await expect(backstage.throttle.password(who(), look)).rejects.toThrow();
      await expect(backstage.throttle.mayAsk(somewhere())).rejects.toThrow();
      await expect(backstage.throttle.mayMail(organizationId, somebody())).rejects.toThrow();
      await expect(backstage.throttle.guessed('link', somewhere())).rejects.toThrow();
      expect(looked).toBe(false);
    });
  });

test('security 20: RATE_LIMIT=off lets everything pass', async () => {
  const maria = who();
  const ends = await inOrder(200, () => noThrottle.password(maria, () => Promise.resolve({ right: false })));
  expect(ends).not.toContain('rate_limited');
  expect(await noThrottle.mayAsk(maria.address)).toBe(true);
  expect(await noThrottle.mayMail(organizationId, maria.login)).toBe(true);
  for (let index = 0; index < 100; index++) expect(await noThrottle.guessed('bearer', maria.address)).toBeUndefined();
});

describe('security 20: one place in the network', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:FFFF:C000:0207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:192.0.2.7', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('%s is %s', (address, network) => expect(networkOf(address)).toBe(network));
});
