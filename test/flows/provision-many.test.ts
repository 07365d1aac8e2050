import fc from 'fast-check';
import type { PersonRecord } from '../../src/domain/desired-record';
import type { Policy } from '../../src/domain/policy';
import { openDoor } from '../../src/provisioning/door';
import { nothingForeseen, previewAll } from '../../src/provisioning/preview';
import { provision, type Outcome } from '../../src/provisioning/provision';
import { openDatabase } from '../../src/storage/data-source';
import type { Database } from '../../src/storage/rows';
import { inTransaction } from '../../src/storage/transaction';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { createIsland, peopleIn, stripIds, type Island } from '../support/door';
import { describeWith } from '../support/requires';

const NOW = new Date('2026-11-28T12:00:00.000Z');

describeWith('postgres', 'many records at the door', () => {
  let database: TestDatabase;
  let db: Database;
  let acme: Island;

  beforeAll(async () => {
    database = await createTestDatabase({ migrated: true });
    db = await openDatabase(database.url);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
  const island = (seats: number, policy: Partial<Policy> = {}) => createIsland(db, seats, policy);

  const bring = (to: Island, records: readonly PersonRecord[], source: keyof Island['sources'] = 'file') =>
    inTransaction(db, async (tx) =>
      provision(tx, await openDoor(tx, to.id, to.sources[source]), records, { actor: { kind: 'command' }, now: NOW }),
    );
  const foresee = (to: Island, batches: readonly (readonly PersonRecord[])[]) =>
    inTransaction(db, async (tx) => {
      const [door, foreseen] = [await openDoor(tx, to.id, to.sources.file), nothingForeseen()];
      const decisions = [];
      for (const batch of batches) decisions.push(...(await previewAll(tx, door, batch, NOW, foreseen)));
      return decisions;
    });
  /** A new person of a file. */
  const person = (number: number | string, more: Partial<PersonRecord> = {}): PersonRecord => ({
    kind: 'person',
    origin: { sourceId: acme.sources.file, externalId: `E${number}` },
    wants: 'account',
    attributes: { givenName: 'Anna', familyName: 'Lee', email: `anna${number}@acme.example` },
    emailVerified: false,
    access: {},
    presence: 'present',
    ...more,
  });
  const usernames = async () =>
    (await db.query<{ username: string }[]>('SELECT username FROM accounts WHERE organization_id = $1', [acme.id])).map(
      (account) => account.username,
    );
  const numbered = (count: number) => [
    'anna.lee',
    ...Array.from({ length: count - 1 }, (_, at) => `anna.lee${at + 2}`),
  ];
  const reasonOf = ({ decision }: Outcome) => (decision.action === 'refuse' ? decision.reason : decision.action);

  test('leave the same behind as the same records one by one', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ policy, seats, batches }) => {
        const [together, apart] = [await island(seats, policy), await island(seats, policy)];
        for (const { source, wishes } of batches) {
          const many = await outcomeOf(() =>
            bring(
              together,
              wishes.map((wish) => recordOf(together, source, wish)),
              source,
            ),
          );
          const one = await outcomeOf(() =>
            inTransaction(db, async (tx) => {
              const door = await openDoor(tx, apart.id, apart.sources[source]);
              const outcomes = [];
              for (const wish of wishes)
                outcomes.push(
                  ...(await provision(tx, door, [recordOf(apart, source, wish)], {
                    actor: { kind: 'command' },
                    now: NOW,
                  })),
                );
              return outcomes;
            }),
          );
          expect(stripIds(together, many)).toEqual(stripIds(apart, one));
        }
        expect(await peopleIn(db, together)).toEqual(await peopleIn(db, apart));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('five hundred namesakes at once are numbered without a gap, in their order', async () => {
    acme = await island(0);
    const outcomes = await bring(
      acme,
      Array.from({ length: 500 }, (_, number) => person(number)),
    );
    expect(outcomes).toHaveLength(500);
    expect((await usernames()).sort()).toEqual(numbered(500).sort());
  });

  test('two imports at once and sign-ins of one name get no username twice, and leave no gap', async () => {
    acme = await island(0);
    const batch = (name: string) => Array.from({ length: 60 }, (_, number) => person(`${name}${number}`));
    const signIns = Array.from({ length: 20 }, (_, number) => person(`door${number}`));
    await Promise.all([bring(acme, batch('a')), bring(acme, batch('b')), ...signIns.map((one) => bring(acme, [one]))]);
    expect((await usernames()).sort()).toEqual(numbered(140).sort());
  });

  test('two imports at once never oversell seats', async () => {
    acme = await island(50);
    const batch = (name: string) =>
      Array.from({ length: 40 }, (_, number) => person(`${name}${number}`, { access: { licence: acme.licence } }));
    const outcomes = (await Promise.all([bring(acme, batch('a')), bring(acme, batch('b'))])).flat();
    expect(outcomes.filter((one) => reasonOf(one) === 'apply')).toHaveLength(50);
    expect(outcomes.filter((one) => reasonOf(one) === 'licence_seats_exhausted')).toHaveLength(30);
    expect(await usernames()).toHaveLength(50);
  });

  test('a person who is there twice is one, and what is said last counts', async () => {
    acme = await island(0);
    const again = person('0', { attributes: { ...person('0').attributes, department: 'Sales' } });
    const [first, , second] = await bring(acme, [person('0'), person('1'), again]);
    expect(second?.accountId).toBe(first?.accountId);
    expect((await usernames()).sort()).toEqual(numbered(2).sort());
  });

  test('imports of the same people in opposite order, beside their sign-ins, wait for each other and finish', async () => {
    acme = await island(1000);
    const access = { licence: acme.licence };
    const people = Array.from({ length: 80 }, (_, number) => person(number, { access }));
    const by = (number: number) => acme.identity(`subject-${number}`);
    const atTheDoor = people.slice(0, 30).map(({ attributes }, number) => ({
      ...person(number, { attributes, identity: by(number), emailVerified: true }),
      origin: { sourceId: acme.sources.idp },
    }));
    const done = await Promise.all([
      bring(acme, people),
      bring(acme, people.toReversed()),
      ...atTheDoor.map((one) => bring(acme, [one], 'idp')),
    ]);
    expect(new Set(done.flat().map(reasonOf))).toEqual(new Set(['apply', 'unchanged']));
    expect(await usernames()).toHaveLength(80);
  });

  test('who has no e-mail address is kept as a contact where the record says so, and gets the account with the address', async () => {
    acme = await island(0);
    const nameless = { attributes: { givenName: 'Anna', familyName: 'Lee' } };
    const [kept, lost] = await bring(acme, [
      person(1, { ...nameless, keepWaiting: true }),
      person(2, { ...nameless, origin: { sourceId: acme.sources.file } }),
    ]);
    expect([kept?.decision.action, lost?.decision.action]).toEqual(['wait', 'wait']);
    expect(lost?.contactId).toBeUndefined();
    expect(await peopleIn(db, acme)).toHaveLength(1);
    const [now] = await bring(acme, [person(1)]);
    expect(now).toMatchObject({ contactId: kept?.contactId, accountId: expect.any(String) });
  });

  test('a preview numbers usernames and counts seats through its batches, and leaves nothing', async () => {
    acme = await island(3);
    const people = Array.from({ length: 5 }, (_, number) => person(number, { access: { licence: acme.licence } }));
    const foreseen = await foresee(acme, [people.slice(0, 2), people.slice(2)]);
    expect(await peopleIn(db, acme)).toEqual([]);
    const outcomes = await bring(acme, people);
    const plain = (decisions: readonly object[]) => JSON.parse(JSON.stringify(decisions)) as unknown;
    expect(plain(foreseen)).toEqual(plain(outcomes.map(({ decision }) => decision)));
  });
});

/** What one record says, without the ids of an organization. */
const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const wish = fc.record({
  email: maybe('a@x.example', 'b@x.example', 'c@x.example', null),
  givenName: maybe('Anna', 'Bo'),
  familyName: maybe('Lee'),
  externalId: maybe('1', '2', null),
  origin: maybe('o1', 'o2', 'o3'),
  subject: maybe('s1', 's2'),
  username: fc.option(fc.constantFrom('anna.lee', 'bo'), { nil: undefined, freq: 6 }),
  groups: fc.option(fc.subarray([0, 1]), { nil: undefined }),
  licence: fc.option(fc.constantFrom(true, false), { nil: undefined }),
  wants: fc.constantFrom('account' as const, 'account' as const, 'contact' as const),
  keepWaiting: fc.boolean(),
  emailVerified: fc.boolean(),
  presence: fc.constantFrom(
    'present' as const,
    'present' as const,
    'present' as const,
    'inactive' as const,
    'gone' as const,
  ),
});
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  seats: fc.nat(4),
  policy: fc.record({
    whenNoSeat: fc.constantFrom('refuse' as const, 'without_licence' as const),
    withDefaults: fc.boolean(),
  }),
  batches: fc.array(
    fc.record({
      source: fc.constantFrom('file' as const, 'directory' as const, 'idp' as const),
      wishes: fc.array(wish, { minLength: 1, maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

function recordOf(island: Island, source: keyof Island['sources'], one: Wish): PersonRecord {
  const { email, givenName, familyName, externalId, subject, groups, licence, username } = one;
  const given = Object.entries({ email, givenName, familyName, externalId }).filter(([, value]) => value !== undefined);
  return {
    kind: 'person',
    origin: { sourceId: island.sources[source], externalId: one.origin },
    ...(source === 'idp' && subject && { identity: island.identity(subject) }),
    wants: one.wants,
    keepWaiting: one.keepWaiting,
    attributes: Object.fromEntries(given),
    emailVerified: one.emailVerified,
    access: {
      ...(groups && { groups: groups.map((at) => island.groups[at] ?? '') }),
      ...(licence !== undefined && { licence: licence ? island.licence : null }),
      ...(username && { username }),
    },
    presence: one.presence,
  };
}

/** A broken unique index is an outcome too: it must break in both. */
const outcomeOf = async (work: () => Promise<readonly Outcome[]>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return (error as { constraint?: string }).constraint ?? error;
  }
};
