import type * as Argon2 from '@node-rs/argon2';
import { hash as argon2, parseOptions } from '@node-rs/argon2';
import { hashPassword, needsRehash, verifyPassword } from '../../src/connections/password/hash';
import { createLane, LaneFull } from '../../src/connections/password/lane';

const PASSWORD = 'correct horse battery staple';
const NUL = String.fromCharCode(0);

describe('security 20: a hashed password', () => {
  let stored: string;
  beforeAll(async () => {
    stored = await hashPassword(PASSWORD);
  });

  test('is argon2id with 19 MiB, two passes, one lane', () => {
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(parseOptions(stored)).toMatchObject({ outputLen: 32, saltLen: 16 });
    expect(needsRehash(stored)).toBe(false);
  });

  test('has a salt of its own', async () => expect(await hashPassword(PASSWORD)).not.toBe(stored));

  test.each([
    ['right', PASSWORD, true],
    ['right, with other code points for the same letters', PASSWORD.replaceAll(' ', '\u00a0'), true],
    ['in another case', PASSWORD.toUpperCase(), false],
    ['with a space behind', `${PASSWORD} `, false],
    ['empty', '', false],
    ['followed by NUL', PASSWORD + NUL, false],
    ['followed by half a surrogate pair', `${PASSWORD}\ud83d`, false],
    ['followed by a megabyte', PASSWORD + 'x'.repeat(1_000_000), false],
  ])('%s: %#', async (_, password, right) => expect(await verifyPassword(stored, password)).toBe(right));

  test('is compared in normal form', async () => {
    const composed = await hashPassword('caf\u00e9 au lait, deux');
    expect(await verifyPassword(composed, 'cafe\u0301 au lait, deux')).toBe(true);
  });
});

test.each(['', PASSWORD, 'x'.repeat(1_000_000)])(
  'security 20: nothing fits where there is no hash: %#',
  async (password) => expect(await verifyPassword(undefined, password)).toBe(false),
);

test('security 20: where there is no hash, as much is computed as where there is one', async () => {
  const library = jest.requireActual<typeof Argon2>('@node-rs/argon2');
  const verify = jest.spyOn(library, 'verify');
  await verifyPassword(undefined, PASSWORD);
  const [decoy] = verify.mock.calls[0] ?? [];
  expect(verify).toHaveBeenCalledTimes(1);
  expect(parseOptions(String(decoy))).toEqual(parseOptions(await hashPassword(PASSWORD)));
  verify.mockRestore();
});

test('a password longer than any that can be set does not fit the hash of nothing', async () =>
  expect(await verifyPassword(await argon2(''), 'x'.repeat(1_000_000))).toBe(false));

test.each([
  ['less memory', { memoryCost: 8_192 }],
  ['one pass', { timeCost: 1 }],
  ['more lanes', { parallelism: 2 }],
  ['argon2i', { algorithm: 1 }],
])('a hash with %s still verifies, and is to be made anew', async (_, options) => {
  const old = await argon2(PASSWORD, options);
  expect(await verifyPassword(old, PASSWORD)).toBe(true);
  expect(needsRehash(old)).toBe(true);
});

test.each(['', 'garbage', '$2b$10$abcdefghijklmnopqrstuv'])('a hash that is none is a bug: %j', async (broken) => {
  await expect(verifyPassword(broken, PASSWORD)).rejects.toThrow();
  expect(() => needsRehash(broken)).toThrow();
});

test.each(['', 'too short', `correct${NUL}horse battery`, 'x'.repeat(257)])(
  'what may not be chosen is not hashed: %#',
  async (password) => expect(hashPassword(password)).rejects.toThrow('Only acceptable passwords'),
);

describe('security 20: the lane', () => {
  /** Work that ends when the test says so. */
  const works = () => {
    const log: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => () => {
      log.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    };
    return { log, work, end: (name: string) => ends.get(name)?.() };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('does as much at once as it may, the rest in order', async () => {
    const lane = createLane({ atOnce: 2, waiting: 10 });
    const { log, work, end } = works();
    const all = ['a', 'b', 'c', 'd'].map((name) => lane(work(name)));
    await settled();
    expect(log).toEqual(['a', 'b']);
    end('b');
    await settled();
    expect(log).toEqual(['a', 'b', 'c']);
    ['a', 'c'].forEach(end);
    await settled();
    end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('refuses at once what it has no room for, as rate_limited, and goes on', async () => {
    const lane = createLane({ atOnce: 1, waiting: 1 });
    const { log, work, end } = works();
    const taken = [lane(work('a')), lane(work('b'))];
    const refusal = await lane(work('c')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LaneFull);
    expect(refusal).toMatchObject({ code: 'rate_limited', status: 429 });
    end('a');
    await settled();
    end('b');
    await Promise.all(taken);
    const next = lane(work('d'));
    await settled();
    end('d');
    await next;
    expect(log).toEqual(['a', 'b', 'd']);
  });

  test('keeps to its number when turns were handed on', async () => {
    const lane = createLane({ atOnce: 1, waiting: 10 });
    const { log, work, end } = works();
    const all = ['a', 'b', 'c'].map((name) => lane(work(name)));
    for (const name of ['a', 'b']) {
      await settled();
      end(name);
    }
    await settled();
    all.push(lane(work('d')));
    await settled();
    expect(log).toEqual(['a', 'b', 'c']);
    end('c');
    await settled();
    end('d');
    await Promise.all(all);
  });

  test('hands the turn on when work fails', async () => {
    const lane = createLane({ atOnce: 1, waiting: 1 });
    const failing = lane(() => Promise.reject(new Error('broken')));
    const next = lane(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
  });
});
