import fc from 'fast-check';
import { holdsSeat, isLive, type AccountStatus, type PersonState } from '../../src/domain/account';
import type { Attribute, AttributeValues } from '../../src/domain/attributes';
import type { Decision } from '../../src/domain/decision';
import type { DesiredAccess, PersonRecord } from '../../src/domain/desired-record';
import type { Policy } from '../../src/domain/policy';
import { usernameKey } from '../../src/domain/username';
import { EXTRA_LICENCE, MAIN_LICENCE, SOURCES, says, signIn, World, type SourceName } from './world';

const one = <T>(...values: T[]) => fc.constantFrom(...values);
/** Few values, so that people meet. */
const POOL: Record<string, fc.Arbitrary<string | null>> = {
  email: one<string | null>('a@acme.test', 'b@acme.test', 'c@acme.test', null),
  externalId: one<string | null>('1', '2', null),
  givenName: one<string | null>('Anna', 'Ben', null),
  familyName: one<string | null>('Lee', null),
  displayName: one<string | null>('Boss', null),
  site: one<string | null>('Oslo', null),
  title: one<string | null>('Chief', null),
};
const attributes = fc
  .record(POOL, { requiredKeys: [] })
  .map((values) => Object.fromEntries(Object.entries(values)) as AttributeValues);
const groups = fc.array(one('g1', 'g2', 'g3'), { maxLength: 3 });
const licence = one<string | null>(MAIN_LICENCE, EXTRA_LICENCE, null);
const profile = one<string | null>('reader', 'all', null);
const access = fc.record(
  {
    groups,
    licence,
    permissionProfile: profile,
    userType: one<'Privileged' | 'Standard'>('Privileged', 'Standard'),
    accessUntil: one<string | null>('2025-01-01T00:00:00Z', '2027-01-01T00:00:00+01:00', null),
    adminManaged: fc.boolean(),
    username: one('anna', 'Anna', 'ben'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<DesiredAccess>;

const atTheDoor: fc.Arbitrary<PersonRecord> = fc
  .record({
    subject: one('s1', 's2', 's3'),
    source: one<SourceName>('idp', 'otherIdp'),
    attributes,
    emailVerified: fc.boolean(),
    groups: fc.option(groups, { nil: undefined }),
  })
  .map(({ subject, source, groups: given, ...values }) =>
    signIn(subject, { ...values, access: given ? { groups: given } : {} }, source),
  );
const fromSource: fc.Arbitrary<PersonRecord> = fc
  .record({
    source: one<SourceName>('scim', 'scim2', 'ldap', 'sheet', 'hand', 'catalog', 'signup'),
    id: one(undefined, 'x', 'y'),
    contactId: one(undefined, undefined, 'contact-1', 'contact-2'),
    wants: one<'account' | 'contact'>('account', 'account', 'contact'),
    attributes,
    emailVerified: fc.boolean(),
    access,
    presence: one<PersonRecord['presence']>('present', 'present', 'present', 'inactive', 'gone'),
  })
  .map(({ source, ...values }) => says(source, values));
const record = fc.oneof(atTheDoor, fromSource);

const policy: fc.Arbitrary<Partial<Policy>> = fc.record({
  allowedSources: one([...new Set(Object.values(SOURCES))], ['jit', 'admin'], ['admin', 'scim']),
  usernameFormat: one('{given}.{family}', '{local}', '{externalId}'),
  defaultGroups: one<string[]>([], ['g1']),
  defaultPermissionProfile: profile,
  defaultLicence: licence,
  whenNoSeat: one<Policy['whenNoSeat']>('refuse', 'without_licence'),
  requireGroupAndProfile: fc.boolean(),
  linkBy: fc.subarray<'external_id' | 'verified_email'>(['external_id', 'verified_email']),
  fieldOwners: one<Policy['fieldOwners']>(
    [],
    [
      { field: 'email', sources: ['spreadsheet', 'jit'] },
      { field: 'externalId', sources: ['admin'] },
    ],
  ),
  signInReactivates: fc.boolean(),
});
const settings = fc.record({
  policy,
  isSsoOrganization: fc.boolean(),
  seats: fc.record({ [MAIN_LICENCE]: fc.nat({ max: 2 }), [EXTRA_LICENCE]: fc.nat({ max: 2 }) }),
});
type Happening = { record: PersonRecord } | { status: 'suspended' | 'deactivated' | 'deleted'; contactId: string };
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ record }) },
  {
    weight: 1,
    arbitrary: fc.record({
      status: one<'suspended' | 'deactivated' | 'deleted'>('suspended', 'deactivated', 'deleted'),
      contactId: one('contact-1', 'contact-2'),
    }),
  },
);
const story = fc.array(happening, { minLength: 1, maxLength: 14 });

/** What an admin may do to an account, from which statuses. */
const FROM = {
  suspended: ['invited', 'active'],
  deactivated: ['invited', 'active', 'suspended'],
  deleted: ['invited', 'unconfirmed', 'active', 'suspended', 'deactivated'],
} as const satisfies Partial<Record<AccountStatus, readonly AccountStatus[]>>;

/** Plays a story and looks at the world before and after each record. */
function play(world: World, happenings: readonly Happening[], look: (said: PersonRecord) => void): void {
  for (const one of happenings) {
    if ('record' in one) look(one.record);
    else if (statusOf(world, one.contactId, FROM[one.status])) world.setStatus(one.contactId, one.status);
  }
}
const statusOf = (world: World, id: string, statuses: readonly AccountStatus[]): boolean =>
  world.people.some(({ contactId, account }) => contactId === id && account && statuses.includes(account.status));
const frozen = (world: World): string => JSON.stringify(world.people);

const check = (look: (world: World) => (said: PersonRecord) => void): void =>
  fc.assert(
    fc.property(settings, story, (one, happenings) => {
      const world = new World(one);
      play(world, happenings, look(world));
    }),
    { numRuns: 400 },
  );

describe('whatever happens', () => {
  test('the same record and facts give the same decision, and neither is touched', () => {
    check((world) => (said) => {
      const facts = world.facts(said);
      const before = [JSON.stringify(said), JSON.stringify(facts), frozen(world)];
      expect(world.decide(said)).toEqual(world.decide(said));
      expect([JSON.stringify(said), JSON.stringify(facts), frozen(world)]).toEqual(before);
      world.say(said);
    });
  });

  test('a refusal carries no changes', () => {
    check((world) => (said) => {
      const before = frozen(world);
      const decision = world.say(said);
      if (decision.action !== 'refuse' && decision.action !== 'wait') return;
      expect(decision).not.toHaveProperty('changes');
      expect(decision).not.toHaveProperty('statement');
      expect(frozen(world)).toBe(before);
    });
  });

  test('what was applied and is said again changes nothing', () => {
    check((world) => (said) => {
      const decision = world.say(said);
      if (decision.action !== 'apply') return;
      // Default groups count as given by hand: whoever then names the groups by hand takes them away.
      if (said.origin.sourceId === 'hand' && said.access.groups && isGrant(decision)) return;
      // A record without any key means somebody new each time.
      const target = decision.target === 'new' ? world.people[world.people.length - 1]!.contactId : decision.target;
      const again = world.decide({ ...said, ...(!said.identity && { contactId: target, origin: withoutId(said) }) });
      expect(again).toMatchObject({ action: 'unchanged', target });
    });
  });

  test('what is known of a person is what their sources say: an admin who says nothing changes nothing', () => {
    check((world) => (said) => {
      world.say(said);
      const hasLeft = ({ statements }: PersonState): boolean =>
        statements.some(({ sourceId, presence }) => sourceId === 'hand' && presence !== 'present');
      for (const { contactId } of world.people.filter((one) => one.account?.status === 'active' && !hasLeft(one))) {
        const decision = world.decide(says('hand', { contactId }));
        expect({ contactId, changes: decision.action === 'apply' ? decision.changes : decision.action }).toEqual({
          contactId,
          changes: decision.action === 'unchanged' ? 'unchanged' : [],
        });
      }
    });
  });

  test('each change says truly what was', () => {
    check((world) => (said) => {
      const facts = world.facts(said);
      const person = facts.match.by === 'nothing' ? undefined : facts.match.person;
      const decision = world.say(said);
      for (const change of decision.action === 'apply' ? decision.changes : []) {
        if (change.kind === 'set_attribute') expect(change.before).toBe(person?.attributes[change.attribute] ?? null);
        if (change.kind === 'set_presence') expect(change.before).toBe(person?.account?.status);
        if (change.kind === 'set_email_verified') expect(change.before).toBe(person?.emailVerified ?? false);
        if ('before' in change) expect(change.after).not.toEqual(change.before);
      }
    });
  });

  test('no two live accounts share an address or a username, none is without, no seat is given twice', () => {
    check((world) => (said) => {
      const short = [MAIN_LICENCE, EXTRA_LICENCE].filter((id) => world.freeSeats(id) < 0);
      world.say(said);
      const live = world.people.filter(({ account }) => account && isLive(account.status));
      const emails = live.map(({ attributes: values }) => values['email' satisfies Attribute]);
      const usernames = live.map(({ account }) => usernameKey(account?.username ?? ''));
      expect(new Set(emails).size).toBe(live.length);
      expect(new Set(usernames).size).toBe(live.length);
      expect(emails.every(Boolean) && usernames.every(Boolean)).toBe(true);
      expect(short).toEqual([]);
    });
  });

  test('nobody who is shut out signs in, and nobody is linked to an account of another identity', () => {
    check((world) => (said) => {
      const facts = world.facts(said);
      const before = facts.match.by === 'nothing' ? undefined : facts.match.person.account;
      const decision = world.say(said);
      if (!said.identity || decision.action === 'refuse' || decision.action === 'wait') return;
      expect(['suspended', ...(world.policy.signInReactivates ? [] : ['deactivated'])]).not.toContain(before?.status);
      const target = decision.target === 'new' ? world.people[world.people.length - 1]!.contactId : decision.target;
      const { status, identities, accessUntil } = world.account(target);
      expect(status).toBe('active');
      expect(holdsSeat(status)).toBe(true);
      expect(identities).toHaveLength(1);
      expect(accessUntil === null || accessUntil > world.now).toBe(true);
    });
  });
});

const withoutId = ({ origin }: PersonRecord): PersonRecord['origin'] => ({ sourceId: origin.sourceId });
const isGrant = (decision: Extract<Decision, { action: 'apply' }>): boolean =>
  decision.changes.some(({ kind }) => kind === 'grant_account');
