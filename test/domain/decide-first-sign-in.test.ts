import type { AttributeValues } from '../../src/domain/attributes';
import type { Decision, RefusalReason } from '../../src/domain/decision';
import type { PersonRecord } from '../../src/domain/desired-record';
import type { Policy } from '../../src/domain/policy';
import { ANNA, EXTRA_LICENCE, groupsOf, MAIN_LICENCE, says, signIn, World, type Settings } from './world';

const granted = (decision: Decision) =>
  decision.action === 'apply' ? decision.changes.find((change) => change.kind === 'grant_account')?.account : decision;

describe('the first sign-in just in time', () => {
  test('creates contact and account from what the provider sent, and links the identity', () => {
    const world = new World();
    const decision = world.say(signIn('s1', { attributes: { ...ANNA, department: 'Research', phone: null } }));
    expect(decision).toMatchObject({ action: 'apply', target: 'new' });
    expect(world.people).toHaveLength(1);
    expect(world.people[0]).toMatchObject({
      attributes: { ...ANNA, displayName: 'Anna Lee', site: 'HQ', department: 'Research' },
      emailVerified: false,
      statements: [{ sourceId: 'idp', sourceKind: 'jit', presence: 'present' }],
      account: {
        status: 'active',
        username: 'anna.lee',
        userType: 'Standard',
        permissionProfile: null,
        licence: null,
        adminManaged: false,
        accessUntil: null,
        memberships: [],
        identities: [{ connectionId: 'connection-idp', issuer: 'https://idp.test', subject: 's1' }],
      },
    });
  });

  test('gives what the policy gives everybody; what is given by default counts as given by hand', () => {
    const world = new World({
      policy: {
        defaultGroups: ['everyone', 'staff'],
        defaultPermissionProfile: 'reader',
        defaultLicence: MAIN_LICENCE,
        defaultSite: 'Berlin',
        defaultUserType: 'Privileged',
        usernameFormat: '{g}{family}',
      },
    });
    const { contactId, attributes } = world.accept(signIn('s1', { access: { groups: ['staff', 'sales'] } }));
    expect(attributes.site).toBe('Berlin');
    expect(world.account(contactId)).toMatchObject({
      username: 'alee',
      permissionProfile: 'reader',
      licence: MAIN_LICENCE,
      userType: 'Privileged',
    });
    expect(groupsOf(world.account(contactId))).toEqual([
      'everyone by hand',
      'sales by idp',
      'staff by hand',
      'staff by idp',
    ]);
  });

  test.each<[name: string, attributes: AttributeValues, displayName: string | undefined]>([
    ['put together where none was sent', ANNA, 'Anna Lee'],
    ['as it was sent', { ...ANNA, displayName: 'Dr. A. Lee' }, 'Dr. A. Lee'],
    ['of one name', { email: ANNA.email, givenName: 'Anna' }, 'Anna'],
    ['of nothing', { email: ANNA.email }, undefined],
  ])('the display name is %s', (_, attributes, displayName) => {
    expect(new World().accept(signIn('s1', { attributes })).attributes.displayName).toBe(displayName);
  });

  test('a username that is taken gets a number', () => {
    const world = new World();
    const usernames = ['s1', 's2', 's3'].map((subject) => {
      const attributes = { ...ANNA, email: `${subject}@acme.test` };
      return world.account(world.accept(signIn(subject, { attributes })).contactId).username;
    });
    expect(usernames).toEqual(['anna.lee', 'anna.lee2', 'anna.lee3']);
  });

  test.each([true, false])('the address is stored as verified only when it counts as such: %s', (emailVerified) => {
    expect(new World().accept(signIn('s1', { emailVerified })).emailVerified).toBe(emailVerified);
  });

  test('two connections that share issuer and subject are two people', () => {
    const world = new World();
    world.accept(signIn('s1'));
    const other = { attributes: { ...ANNA, email: 'other@acme.test' } };
    expect(world.say(signIn('s1', other, 'otherIdp'))).toMatchObject({ action: 'apply', target: 'new' });
  });

  test('a contact of the catalog whose verified address it is gets the account', () => {
    const world = new World();
    const { contactId } = world.accept(
      says('catalog', { wants: 'contact', attributes: { email: ANNA.email, site: 'Oslo' } }),
    );
    expect(world.say(signIn('s1', { emailVerified: true }))).toMatchObject({ action: 'apply', target: contactId });
    expect(world.person(contactId)).toMatchObject({ attributes: { site: 'Oslo' }, account: { status: 'active' } });
  });

  test('a contact of the catalog is left alone when the address is not verified', () => {
    const world = new World();
    world.accept(says('catalog', { wants: 'contact', attributes: { email: ANNA.email } }));
    expect(world.say(signIn('s1'))).toMatchObject({ action: 'apply', target: 'new' });
  });
});

describe('the first sign-in is refused', () => {
  test.each<[name: string, reason: RefusalReason, settings: Settings, record: Partial<PersonRecord>, more?: object]>([
    [
      'when accounts do not come just in time',
      'identity_not_permitted',
      { policy: { allowedSources: ['admin', 'scim'] } },
      {},
    ],
    [
      'without an e-mail address',
      'missing_attribute',
      {},
      { attributes: { givenName: 'Anna' } },
      { attributes: ['email'] },
    ],
    [
      'when no seat is free',
      'licence_seats_exhausted',
      { policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 0 } },
      {},
    ],
    [
      'without any group',
      'access_incomplete',
      { policy: { requireGroupAndProfile: true, defaultPermissionProfile: 'reader' } },
      {},
    ],
    [
      'with an empty list of groups',
      'access_incomplete',
      { policy: { requireGroupAndProfile: true, defaultPermissionProfile: 'reader' } },
      { access: { groups: [] } },
    ],
    [
      'without a permission profile',
      'access_incomplete',
      { policy: { requireGroupAndProfile: true, defaultGroups: ['everyone'] } },
      {},
    ],
  ])('%s', (_, reason, settings, record, more = {}) => {
    const world = new World(settings);
    expect(world.say(signIn('s1', record))).toEqual({ action: 'refuse', reason, ...more });
    expect(world.people).toEqual([]);
  });
});

describe('what a sign-in needs is there', () => {
  const complete: Partial<Policy> = { requireGroupAndProfile: true, defaultPermissionProfile: 'reader' };
  test.each<[name: string, policy: Partial<Policy>, groups: string[]]>([
    ['with a group of the provider', complete, ['staff']],
    ['with a group by default', { ...complete, defaultGroups: ['everyone'] }, []],
  ])('%s', (_, policy, groups) => {
    expect(new World({ policy }).say(signIn('s1', { access: { groups } })).action).toBe('apply');
  });
});

describe('seats', () => {
  test('with one free seat, one person gets it', () => {
    const world = new World({ policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 1 } });
    const outcomes = ['s1', 's2', 's3'].map((subject) =>
      world.say(signIn(subject, { attributes: { email: `${subject}@acme.test` } })),
    );
    expect(outcomes.map(({ action }) => action)).toEqual(['apply', 'refuse', 'refuse']);
    expect(world.freeSeats(MAIN_LICENCE)).toBe(0);
  });

  test('without a free seat the account comes without licence where the policy says so', () => {
    const world = new World({
      policy: { defaultLicence: MAIN_LICENCE, whenNoSeat: 'without_licence' },
      seats: { [MAIN_LICENCE]: 0 },
    });
    expect(granted(world.say(signIn('s1')))).toMatchObject({ status: 'active', licence: null });
  });

  test('a licence without a number of seats is never used up', () => {
    expect(granted(new World({ policy: { defaultLicence: MAIN_LICENCE } }).say(signIn('s1')))).toMatchObject({
      licence: MAIN_LICENCE,
    });
  });

  test('the licence that a source asks for is the one whose seat is needed', () => {
    const world = new World({ policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 0 } });
    const record = says('scim', { id: '1', attributes: ANNA, access: { licence: EXTRA_LICENCE } });
    expect(granted(world.say(record))).toMatchObject({ licence: EXTRA_LICENCE });
  });

  test('a source may say that somebody has none', () => {
    const world = new World({ policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 0 } });
    expect(granted(world.say(says('scim', { id: '1', attributes: ANNA, access: { licence: null } })))).toMatchObject({
      licence: null,
    });
  });
});

describe('an account made beforehand', () => {
  test('is active at once in an SSO organization, invited in any other', () => {
    const form = says('hand', { attributes: ANNA });
    expect(granted(new World({ isSsoOrganization: true }).say(form))).toMatchObject({ status: 'active' });
    expect(granted(new World({ isSsoOrganization: false }).say(form))).toMatchObject({ status: 'invited' });
  });

  test('has what the admin said', () => {
    const world = new World({ policy: { defaultGroups: ['everyone'] } });
    const access = {
      username: 'Boss',
      userType: 'Privileged',
      groups: ['board'],
      licence: MAIN_LICENCE,
      permissionProfile: 'all',
      adminManaged: true,
      accessUntil: '2027-01-01T00:00:00+01:00',
    } as const;
    const { contactId } = world.accept(says('hand', { attributes: ANNA, access }));
    expect(world.account(contactId)).toMatchObject({
      username: 'Boss',
      userType: 'Privileged',
      licence: MAIN_LICENCE,
      permissionProfile: 'all',
      adminManaged: true,
      accessUntil: new Date('2026-12-31T23:00:00Z'),
    });
    expect(groupsOf(world.account(contactId))).toEqual(['board by hand', 'everyone by hand']);
  });

  test.each(['hand', 'scim', 'sheet'] as const)('of %s without an address waits for it', (source) => {
    expect(new World().say(says(source, { id: '1', attributes: { displayName: 'Anna' } }))).toEqual({
      action: 'wait',
      needs: ['email'],
    });
  });

  test.each(['Anna.Lee', 'ANNA.LEE', 'ａnna.lee'])(
    'under the username %s is refused when anna.lee is taken',
    (username) => {
      const world = new World();
      world.accept(signIn('s1'));
      const record = says('hand', { attributes: { email: 'other@acme.test' }, access: { username } });
      expect(world.say(record)).toEqual({ action: 'refuse', reason: 'username_taken' });
    },
  );

  test('of a source that the policy does not allow is refused', () => {
    const world = new World({ policy: { allowedSources: ['jit'] } });
    expect(world.say(says('scim', { id: '1', attributes: ANNA }))).toEqual({
      action: 'refuse',
      reason: 'identity_not_permitted',
    });
  });

  test('for a contact of the catalog stands on that contact', () => {
    const world = new World();
    const { contactId } = world.accept(says('catalog', { wants: 'contact', attributes: ANNA }));
    expect(world.person(contactId).account).toBeUndefined();
    expect(world.say(says('hand', { contactId }))).toMatchObject({ action: 'apply', target: contactId });
    expect(world.account(contactId).username).toBe('anna.lee');
  });

  test('for a contact whose address another live account has is refused', () => {
    const world = new World();
    const { contactId: holder } = world.accept(signIn('s1'));
    const { contactId } = world.accept(
      says('catalog', { wants: 'contact', contactId: 'none', attributes: { email: 'x@acme.test' } }),
    );
    const record = says('hand', { contactId, attributes: { email: ANNA.email } });
    expect(world.say(record)).toEqual({ action: 'refuse', reason: 'email_taken', person: holder });
  });
});

describe('self-signup', () => {
  const form = says('signup', { attributes: ANNA });

  test('makes an account that is not confirmed yet, and holds neither seat nor username nor address', () => {
    const world = new World({
      isSsoOrganization: false,
      policy: { defaultLicence: MAIN_LICENCE },
      seats: { [MAIN_LICENCE]: 1 },
    });
    expect(granted(world.say(form))).toMatchObject({ status: 'unconfirmed' });
    expect(world.freeSeats(MAIN_LICENCE)).toBe(1);
    const { contactId } = world.accept(says('hand', { attributes: ANNA }));
    expect(world.account(contactId).username).toBe('anna.lee');
  });

  test('needs no free seat: that is asked when access is granted', () => {
    const settings = {
      isSsoOrganization: false,
      policy: { defaultLicence: MAIN_LICENCE },
      seats: { [MAIN_LICENCE]: 0 },
    };
    expect(granted(new World(settings).say(form))).toMatchObject({ status: 'unconfirmed', licence: MAIN_LICENCE });
  });

  test.each<[name: string, settings: Settings]>([
    ['in an SSO organization, though the policy allows it', { isSsoOrganization: true }],
    ['where the policy does not allow it', { isSsoOrganization: false, policy: { allowedSources: ['jit', 'admin'] } }],
  ])('is refused %s', (_, settings) => {
    expect(new World(settings).say(form)).toEqual({ action: 'refuse', reason: 'self_signup_forbidden' });
  });
});
