import type { AccountStatus } from '../../src/domain/account';
import type { RefusalReason } from '../../src/domain/decision';
import type { PersonRecord } from '../../src/domain/desired-record';
import { ownersOf, SOURCE_KINDS, DEFAULT_POLICY } from '../../src/domain/policy';
import { ANNA, groupsOf, MAIN_LICENCE, says, signIn, summary, World, type Settings, type SourceName } from './world';

const gone = { presence: 'gone' } as const;
const inactive = { presence: 'inactive' } as const;

/** Somebody whom several sources know, the first of which made the account. */
function knownTo(sources: readonly SourceName[], settings: Settings = {}, record: Partial<PersonRecord> = {}) {
  const world = new World(settings);
  const [first, ...others] = sources;
  const { contactId } = world.accept(says(first!, { id: first, attributes: ANNA, ...record }));
  for (const source of others) world.accept(says(source, { id: source, contactId }));
  return { world, contactId };
}

describe('two sources that disagree', () => {
  test('every kind of source has a rank for every field', () => {
    expect([...ownersOf(DEFAULT_POLICY, 'title')].sort()).toEqual([...SOURCE_KINDS].sort());
  });

  test.each<[winner: SourceName, loser: SourceName]>([
    ['scim', 'ldap'],
    ['ldap', 'files'],
    ['scim', 'sheet'],
    ['files', 'sheet'],
    ['sheet', 'catalog'],
  ])('%s before %s, whoever speaks last', (winner, loser) => {
    for (const order of [
      [winner, loser],
      [loser, winner],
    ]) {
      const { world, contactId } = knownTo([winner, loser]);
      for (const source of order as SourceName[])
        world.accept(says(source, { id: source, attributes: { title: source } }));
      expect(world.person(contactId).attributes.title).toBe(winner);
    }
  });

  test('of one kind the newer one counts', () => {
    const { world, contactId } = knownTo(['ldap', 'ldap2']);
    for (const source of ['ldap', 'ldap2', 'ldap'] as const)
      world.accept(says(source, { id: source, attributes: { title: source } }));
    expect(world.person(contactId).attributes.title).toBe('ldap');
  });

  test('the policy may rank them otherwise, field by field', () => {
    const policy = { fieldOwners: [{ field: 'title', sources: ['spreadsheet', 'scim'] }] } as const;
    const { world, contactId } = knownTo(['scim', 'sheet'], { policy });
    for (const source of ['sheet', 'scim'] as const)
      world.accept(says(source, { id: source, attributes: { title: source, department: source } }));
    expect(world.person(contactId).attributes).toMatchObject({ title: 'sheet', department: 'scim' });
  });

  test('profile and user type have owners too', () => {
    const { world, contactId } = knownTo(['scim', 'sheet']);
    world.accept(says('scim', { id: 'scim', access: { permissionProfile: 'reader', userType: 'Standard' } }));
    world.accept(says('sheet', { id: 'sheet', access: { permissionProfile: 'all', userType: 'Privileged' } }));
    expect(world.account(contactId)).toMatchObject({ permissionProfile: 'reader', userType: 'Standard' });
  });

  test('an address counts as verified when any of them vouches for this very address', () => {
    const { world, contactId } = knownTo(['scim', 'ldap']);
    world.accept(says('ldap', { id: 'ldap', attributes: { email: ANNA.email }, emailVerified: true }));
    expect(world.person(contactId).emailVerified).toBe(true);
    world.accept(says('scim', { id: 'scim', attributes: { email: 'anna.kim@acme.test' } }));
    expect(world.person(contactId)).toMatchObject({
      attributes: { email: 'anna.kim@acme.test' },
      emailVerified: false,
    });
  });
});

test('who has left vouches for no address any more', () => {
  const { world, contactId } = knownTo(['scim', 'ldap'], {}, { emailVerified: true });
  world.accept(says('ldap', { id: 'ldap', attributes: { email: ANNA.email } }));
  expect(summary(world.say(says('scim', { id: 'scim', ...gone })))).toMatchObject({ emailVerified: false });
  expect(world.person(contactId)).toMatchObject({ attributes: { email: ANNA.email }, emailVerified: false });
});

describe('what is typed in by hand', () => {
  test('is refused, with every field, where a source that is ranked higher says otherwise', () => {
    const { world, contactId } = knownTo(['scim']);
    world.accept(says('scim', { id: 'scim', attributes: { title: 'Engineer' } }));
    const record = says('hand', { contactId, attributes: { title: 'Chief', givenName: 'Ann', department: 'Board' } });
    expect(world.say(record)).toEqual({
      action: 'refuse',
      reason: 'field_owned',
      person: contactId,
      attributes: ['title', 'givenName'],
    });
  });

  test('may say the same', () => {
    const { world, contactId } = knownTo(['scim']);
    expect(world.say(says('hand', { contactId, attributes: { givenName: 'Anna' } })).action).toBe('apply');
  });

  test.each<[name: string, settings: Settings, source: SourceName]>([
    ['a source is ranked lower', {}, 'sheet'],
    ['the policy ranks hands first', { policy: { fieldOwners: [{ field: 'givenName', sources: ['admin'] }] } }, 'scim'],
  ])('counts where %s', (_, settings, source) => {
    const { world, contactId } = knownTo([source], settings);
    expect(summary(world.say(says('hand', { contactId, attributes: { givenName: 'Ann' } })))).toMatchObject({
      givenName: 'Ann',
    });
  });

  test('counts where the source that owned the field has left', () => {
    const { world, contactId } = knownTo(['scim', 'hand']);
    world.accept(says('scim', { id: 'scim', ...gone }));
    expect(summary(world.say(says('hand', { contactId, attributes: { givenName: 'Ann' } })))).toMatchObject({
      givenName: 'Ann',
    });
  });

  test.each<[name: string, record: Partial<PersonRecord>, reason: RefusalReason]>([
    ['another’s username', { access: { username: 'BEN' } }, 'username_taken'],
    ['another’s address', { attributes: { email: 'ben@acme.test' } }, 'email_taken'],
  ])('cannot be %s', (_, record, reason) => {
    const { world, contactId } = knownTo(['hand']);
    world.accept(says('hand', { attributes: { email: 'ben@acme.test' }, access: { username: 'ben' } }));
    expect(world.say(says('hand', { contactId, ...record }))).toEqual({ action: 'refuse', reason });
  });

  test('a username may change its capitals', () => {
    const { world, contactId } = knownTo(['hand']);
    expect(summary(world.say(says('hand', { contactId, access: { username: 'Anna.Lee' } })))).toEqual({
      username: 'Anna.Lee',
    });
  });

  test('an end of access written in another way is no change', () => {
    const { world, contactId } = knownTo(['hand']);
    world.accept(says('hand', { contactId, access: { accessUntil: '2027-01-01T00:00:00Z' } }));
    expect(world.say(says('hand', { contactId, access: { accessUntil: '2027-01-01T01:00:00+01:00' } })).action).toBe(
      'unchanged',
    );
    expect(summary(world.say(says('hand', { contactId, access: { accessUntil: null } })))).toEqual({
      accessUntil: null,
    });
  });

  test('a licence needs a seat', () => {
    const { world, contactId } = knownTo(['hand'], { seats: { [MAIN_LICENCE]: 0 } });
    expect(world.say(says('hand', { contactId, access: { licence: MAIN_LICENCE } }))).toEqual({
      action: 'refuse',
      reason: 'licence_seats_exhausted',
    });
  });
});

describe('a source that says inactive, or leaves', () => {
  test.each<[name: string, sources: readonly SourceName[], leaving: SourceName, status: AccountStatus]>([
    ['alone deactivates', ['scim'], 'scim', 'deactivated'],
    ['before a lower one deactivates', ['scim', 'sheet'], 'scim', 'deactivated'],
    ['behind a higher one does not', ['scim', 'sheet'], 'sheet', 'active'],
    ['beside another of its kind does not', ['ldap', 'ldap2'], 'ldap', 'active'],
  ])('%s', (_, sources, leaving, status) => {
    for (const presence of [inactive, gone]) {
      const { world, contactId } = knownTo(sources);
      world.accept(says(leaving, { id: leaving, ...presence }));
      expect(world.account(contactId).status).toBe(status);
    }
  });

  test('the last of its kind deactivates', () => {
    const { world, contactId } = knownTo(['ldap', 'ldap2']);
    world.accept(says('ldap', { id: 'ldap', ...gone }));
    world.accept(says('ldap2', { id: 'ldap2', ...gone }));
    expect(world.account(contactId).status).toBe('deactivated');
  });

  test('the policy may rank presence otherwise, by the owner of the external id', () => {
    const policy = { fieldOwners: [{ field: 'externalId', sources: ['spreadsheet'] }] } as const;
    const { world, contactId } = knownTo(['scim', 'sheet'], { policy });
    world.accept(says('sheet', { id: 'sheet', ...inactive }));
    expect(world.account(contactId).status).toBe('deactivated');
  });

  test('a directory deactivates somebody who signs in by SSO', () => {
    const { world, contactId } = knownTo(['scim']);
    world.accept(signIn('s1', { emailVerified: true }));
    expect(summary(world.say(says('scim', { id: 'scim', ...inactive })))).toEqual({ status: 'deactivated' });
    expect(world.say(signIn('s1'))).toMatchObject({ reason: 'account_deactivated' });
    expect(world.account(contactId).identities).toHaveLength(1);
  });

  test('does not touch a suspension', () => {
    const { world, contactId } = knownTo(['scim']);
    world.setStatus(contactId, 'suspended');
    world.accept(says('scim', { id: 'scim', ...inactive }));
    world.accept(says('scim', { id: 'scim' }));
    expect(world.account(contactId).status).toBe('suspended');
  });

  test('of whom nobody knows is nothing', () => {
    const world = new World();
    expect(world.say(says('scim', { id: '1', attributes: ANNA, ...gone }))).toEqual({ action: 'wait', needs: [] });
  });

  test('said twice changes nothing', () => {
    for (const presence of [inactive, gone]) {
      const { world } = knownTo(['scim', 'hand'], {}, { access: { groups: ['staff'] } });
      world.accept(says('scim', { id: 'scim', ...presence }));
      expect(world.say(says('scim', { id: 'scim', ...presence })).action).toBe('unchanged');
    }
  });
});

describe('who leaves takes only its own', () => {
  const access = {
    groups: ['staff'],
    permissionProfile: 'all',
    userType: 'Privileged',
    licence: MAIN_LICENCE,
  } as const;

  function leave(settings: Settings = {}) {
    const { world, contactId } = knownTo(['ldap'], settings, {
      access,
      attributes: { ...ANNA, department: 'Research', title: 'Engineer' },
    });
    world.accept(
      says('scim', {
        contactId,
        id: 'scim',
        attributes: { email: ANNA.email, title: 'Chief' },
        access: { groups: ['board'] },
      }),
    );
    world.accept(says('ldap', { id: 'ldap', ...gone }));
    return { world, contactId };
  }

  test('values that only it gave go, values of others come to the fore, the person is still called the same', () => {
    const { world, contactId } = leave();
    expect(world.person(contactId).attributes).toMatchObject({
      email: ANNA.email,
      title: 'Chief',
      department: null,
      givenName: 'Anna',
      site: 'HQ',
    });
  });

  test('a value that it hid comes back', () => {
    const { world, contactId } = knownTo(['scim', 'ldap']);
    world.accept(says('ldap', { id: 'ldap', attributes: { title: 'Engineer' } }));
    world.accept(says('scim', { id: 'scim', attributes: { title: 'Chief' } }));
    expect(summary(world.say(says('scim', { id: 'scim', ...gone })))).toMatchObject({ title: 'Engineer' });
    expect(world.person(contactId).attributes.title).toBe('Engineer');
  });

  test('its groups, its licence, its profile and its user type go', () => {
    const { world, contactId } = leave({ policy: { defaultPermissionProfile: 'reader' } });
    expect(groupsOf(world.account(contactId))).toEqual(['board by scim']);
    expect(world.account(contactId)).toMatchObject({
      status: 'active',
      username: 'anna.lee',
      licence: null,
      permissionProfile: 'reader',
      userType: 'Standard',
    });
  });

  test('of what others give too, nothing goes', () => {
    const { world, contactId } = knownTo(['ldap', 'ldap2'], {}, { access });
    world.accept(says('ldap2', { id: 'ldap2', attributes: ANNA, access }));
    world.accept(says('ldap', { id: 'ldap', ...gone }));
    expect(world.account(contactId)).toMatchObject({
      licence: MAIN_LICENCE,
      permissionProfile: 'all',
      userType: 'Privileged',
    });
    expect(groupsOf(world.account(contactId))).toEqual(['staff by ldap2']);
  });

  test('inactive takes nothing', () => {
    const { world, contactId } = knownTo(['ldap'], {}, { access });
    expect(summary(world.say(says('ldap', { id: 'ldap', ...inactive })))).toEqual({ status: 'deactivated' });
    expect(world.account(contactId)).toMatchObject({ licence: MAIN_LICENCE, permissionProfile: 'all' });
    expect(groupsOf(world.account(contactId))).toEqual(['staff by ldap']);
  });

  test('when it is the last, the person is still called what they were', () => {
    const { world, contactId } = knownTo(
      ['scim'],
      {},
      { attributes: { ...ANNA, displayName: 'A. Lee', title: 'Chief' } },
    );
    expect(summary(world.say(says('scim', { id: 'scim', ...gone })))).toEqual({
      status: 'deactivated',
      title: null,
      displayName: 'Anna Lee',
    });
    world.accept(says('hand', { contactId, attributes: { phone: '030' } }));
    expect(world.person(contactId).attributes).toMatchObject({ ...ANNA, phone: '030', site: 'HQ' });
  });

  test('a display name without names stays too', () => {
    const { world, contactId } = knownTo(['sheet'], {}, { attributes: { email: ANNA.email, displayName: 'Anna Lee' } });
    world.accept(says('sheet', { id: 'sheet', ...gone }));
    expect(world.person(contactId).attributes.displayName).toBe('Anna Lee');
  });
});

describe('re-hire', () => {
  test.each([inactive, gone])(
    'the source that deactivated lifts it: account, sub and username are kept',
    (presence) => {
      const { world, contactId } = knownTo(['scim']);
      const { id } = world.account(contactId);
      world.accept(says('scim', { id: 'scim', ...presence }));
      expect(summary(world.say(says('scim', { id: 'scim', attributes: ANNA })))).toEqual({ status: 'active' });
      expect(world.account(contactId)).toMatchObject({ id, username: 'anna.lee' });
    },
  );

  test('needs a seat again', () => {
    const settings = { policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 1 } };
    const { world } = knownTo(['scim'], settings);
    world.accept(says('scim', { id: 'scim', ...inactive }));
    world.accept(says('hand', { attributes: { email: 'ben@acme.test' } }));
    expect(world.say(says('scim', { id: 'scim' }))).toEqual({ action: 'refuse', reason: 'licence_seats_exhausted' });
  });

  test('another source does not lift it', () => {
    const { world, contactId } = knownTo(['scim', 'ldap']);
    world.accept(says('scim', { id: 'scim', ...inactive }));
    world.accept(says('ldap', { id: 'ldap', attributes: { title: 'Chief' } }));
    expect(world.account(contactId).status).toBe('deactivated');
  });

  test('a lower source that was inactive too does not lift it while the higher one says inactive', () => {
    const { world, contactId } = knownTo(['scim', 'ldap']);
    world.accept(says('ldap', { id: 'ldap', ...inactive }));
    world.accept(says('scim', { id: 'scim', ...inactive }));
    world.accept(says('ldap', { id: 'ldap' }));
    expect(world.account(contactId).status).toBe('deactivated');
    world.accept(says('scim', { id: 'scim' }));
    expect(world.account(contactId).status).toBe('active');
  });

  test('what an admin deactivated, no source lifts', () => {
    const { world, contactId } = knownTo(['scim']);
    world.setStatus(contactId, 'deactivated');
    expect(world.say(says('scim', { id: 'scim' })).action).toBe('unchanged');
    expect(world.account(contactId).status).toBe('deactivated');
  });
});

describe('a source that only keeps the catalog', () => {
  test('makes contacts without account', () => {
    const world = new World();
    const { contactId } = world.accept(says('catalog', { wants: 'contact', attributes: { displayName: 'Reception' } }));
    expect(world.person(contactId)).toMatchObject({ attributes: { displayName: 'Reception' } });
    expect(world.person(contactId).account).toBeUndefined();
    expect(world.person(contactId).attributes).not.toHaveProperty('site');
  });

  test('may do so where its kind may not bring accounts', () => {
    const world = new World({ policy: { allowedSources: ['jit'] } });
    expect(world.say(says('catalog', { wants: 'contact', attributes: ANNA })).action).toBe('apply');
  });

  test('two contacts may share an address, as long as neither is an account', () => {
    const world = new World();
    world.accept(says('ldap', { id: '1', wants: 'contact', attributes: { email: 'office@acme.test' } }));
    const { contactId } = world.accept(says('ldap', { id: '2', wants: 'contact', attributes: { displayName: 'Ben' } }));
    world.accept(says('ldap', { id: '2', wants: 'contact', attributes: { email: 'office@acme.test' } }));
    expect(world.person(contactId).attributes.email).toBe('office@acme.test');
  });
});
