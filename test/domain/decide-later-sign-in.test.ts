import type { AccountStatus } from '../../src/domain/account';
import type { AttributeValues } from '../../src/domain/attributes';
import type { RefusalReason } from '../../src/domain/decision';
import type { PersonRecord } from '../../src/domain/desired-record';
import { ANNA, EXTRA_LICENCE, groupsOf, MAIN_LICENCE, NOW, says, signIn, summary, World, type Settings } from './world';

const EVERYTHING = { ...ANNA, department: 'Research', phone: '+4930123456', 'attributes.costCenter': 'K-100' } as const;

function returning(first: Partial<PersonRecord> = {}, settings: Settings = {}) {
  const world = new World(settings);
  const { contactId } = world.accept(signIn('s1', { attributes: EVERYTHING, ...first }));
  return { world, contactId };
}

describe('a later sign-in', () => {
  test('that brings the same changes nothing', () => {
    const { world, contactId } = returning({ access: { groups: ['staff'] } });
    expect(world.say(signIn('s1', { attributes: EVERYTHING, access: { groups: ['staff'] } }))).toMatchObject({
      action: 'unchanged',
      target: contactId,
    });
  });

  test.each<[name: string, attributes: AttributeValues, changes: Record<string, unknown>]>([
    ['a field that changed', { ...EVERYTHING, department: 'Sales' }, { department: 'Sales' }],
    ['a field of the organization’s own', { 'attributes.costCenter': 'K-200' }, { 'attributes.costCenter': 'K-200' }],
    ['a new field', { ...EVERYTHING, title: 'Engineer' }, { title: 'Engineer' }],
    ['nothing where nothing is sent', {}, {}],
    ['nothing where an attribute is missing', { email: ANNA.email, givenName: 'Anna' }, {}],
    ['a field that was emptied', { ...EVERYTHING, department: null }, { department: null }],
    [
      'the names, and the display name that stands for them',
      { familyName: 'Kim' },
      { familyName: 'Kim', displayName: 'Anna Kim' },
    ],
    ['the site that was emptied, to the policy’s', { site: null }, {}],
  ])('changes %s, and only that', (_, attributes, changes) => {
    const { world } = returning();
    expect(summary(world.say(signIn('s1', { attributes })))).toEqual(changes);
  });

  test('keeps username, licence, profile and site, whatever the policy says by now', () => {
    const { world } = returning({}, { policy: { defaultLicence: MAIN_LICENCE } });
    Object.assign(world.policy, {
      usernameFormat: '{family}',
      defaultLicence: EXTRA_LICENCE,
      defaultPermissionProfile: 'reader',
      defaultSite: 'Oslo',
      defaultUserType: 'Privileged',
      defaultGroups: ['everyone'],
    });
    expect(world.say(signIn('s1', { attributes: EVERYTHING })).action).toBe('unchanged');
  });

  test('is possible when accounts do not come just in time any more', () => {
    const { world } = returning();
    world.policy = { ...world.policy, allowedSources: ['admin'] };
    expect(world.say(signIn('s1')).action).toBe('unchanged');
  });

  test('needs no seat, though none is free', () => {
    const settings = { policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 1 } };
    const { world } = returning({}, settings);
    expect(world.freeSeats(MAIN_LICENCE)).toBe(0);
    expect(world.say(signIn('s1')).action).toBe('unchanged');
  });

  test('needs no seat for a licence that another source asked for in vain', () => {
    const world = new World({ policy: { whenNoSeat: 'without_licence' }, seats: { [MAIN_LICENCE]: 0 } });
    world.accept(says('scim', { id: '1', attributes: ANNA, access: { licence: MAIN_LICENCE } }));
    world.policy = { ...world.policy, whenNoSeat: 'refuse' };
    const decision = world.say(signIn('s1', { emailVerified: true }));
    expect(summary(decision)).toEqual({ identity: 's1', emailVerified: true });
  });

  test('of somebody invited makes the account active', () => {
    const world = new World({ isSsoOrganization: false });
    const { contactId } = world.accept(says('hand', { attributes: ANNA }));
    expect(world.account(contactId).status).toBe('invited');
    world.accept(signIn('s1', { emailVerified: true }));
    expect(world.account(contactId).status).toBe('active');
  });
});

describe('what an admin typed in', () => {
  test('stays where the provider is silent', () => {
    const { world, contactId } = returning({ attributes: ANNA });
    world.accept(says('hand', { contactId, attributes: { title: 'Chief', displayName: 'The Boss', site: 'Oslo' } }));
    expect(world.say(signIn('s1')).action).toBe('unchanged');
    expect(world.person(contactId).attributes).toMatchObject({ title: 'Chief', displayName: 'The Boss', site: 'Oslo' });
  });

  test('gives way as soon as the provider speaks', () => {
    const { world, contactId } = returning({ attributes: ANNA });
    world.accept(says('hand', { contactId, attributes: { title: 'Chief' } }));
    expect(summary(world.say(signIn('s1', { attributes: { title: 'Engineer' } })))).toEqual({ title: 'Engineer' });
  });

  test('stays although the provider speaks where the policy says that hands own the field', () => {
    const policy = { fieldOwners: [{ field: 'title', sources: ['admin'] }] } as const;
    const { world, contactId } = returning({ attributes: ANNA }, { policy });
    world.accept(says('hand', { contactId, attributes: { title: 'Chief' } }));
    expect(summary(world.say(signIn('s1', { attributes: { title: 'Engineer', department: 'Sales' } })))).toEqual({
      department: 'Sales',
    });
  });
});

describe('groups', () => {
  test.each<[name: string, groups: readonly string[] | undefined, after: string[]]>([
    [
      'a missing attribute changes nothing',
      undefined,
      ['board by hand', 'everyone by hand', 'sales by idp', 'staff by idp'],
    ],
    ['an empty one takes what the provider gave', [], ['board by hand', 'everyone by hand']],
    [
      'another list replaces what the provider gave',
      ['staff', 'support'],
      ['board by hand', 'everyone by hand', 'staff by idp', 'support by idp'],
    ],
    [
      'a group that was given by hand too is given twice',
      ['board'],
      ['board by hand', 'board by idp', 'everyone by hand'],
    ],
    [
      'one group named twice is given once',
      ['support', 'support'],
      ['board by hand', 'everyone by hand', 'support by idp'],
    ],
  ])('%s', (_, groups, after) => {
    const { world, contactId } = returning(
      { access: { groups: ['staff', 'sales'] } },
      { policy: { defaultGroups: ['everyone'] } },
    );
    world.accept(says('hand', { contactId, access: { groups: ['everyone', 'board'] } }));
    world.accept(signIn('s1', { access: groups ? { groups } : {} }));
    expect(groupsOf(world.account(contactId))).toEqual(after);
  });

  test('two providers give their own', () => {
    const { world, contactId } = returning({ access: { groups: ['staff'] } });
    world.accept(says('scim', { contactId, access: { groups: ['staff', 'sales'] } }));
    world.accept(signIn('s1', { access: { groups: [] } }));
    expect(groupsOf(world.account(contactId))).toEqual(['sales by scim', 'staff by scim']);
  });

  test('the last group gone, a sign-in that needs one is refused', () => {
    const policy = { requireGroupAndProfile: true, defaultPermissionProfile: 'reader' };
    const { world } = returning({ access: { groups: ['staff'] } }, { policy });
    expect(world.say(signIn('s1', { access: { groups: [] } }))).toEqual({
      action: 'refuse',
      reason: 'access_incomplete',
    });
    expect(world.say(signIn('s1')).action).toBe('unchanged');
  });
});

describe('the door is shut', () => {
  test.each<[status: AccountStatus, reason: RefusalReason]>([
    ['suspended', 'account_suspended'],
    ['deactivated', 'account_deactivated'],
  ])('for an account that is %s', (status, reason) => {
    const { world, contactId } = returning();
    world.setStatus(contactId, status);
    expect(world.say(signIn('s1'))).toEqual({ action: 'refuse', reason });
  });

  test.each<[name: string, until: string | null, reason: RefusalReason | undefined]>([
    ['no end', null, undefined],
    ['one millisecond to go', '2026-03-01T12:00:00.001Z', undefined],
    ['now', '2026-03-01T12:00:00.000Z', 'access_ended'],
    ['long ago', '2025-01-01T00:00:00Z', 'access_ended'],
  ])('when access ended: %s', (_, until, reason) => {
    const { world, contactId } = returning();
    world.setAccount(contactId, { accessUntil: until ? new Date(until) : null });
    const decision = world.say(signIn('s1'));
    expect(decision.action === 'refuse' ? decision.reason : undefined).toBe(reason);
    expect(world.now).toBe(NOW);
  });

  test('a suspension weighs more than a policy that lets people lift a deactivation', () => {
    const { world, contactId } = returning({}, { policy: { signInReactivates: true } });
    world.setStatus(contactId, 'suspended');
    expect(world.say(signIn('s1'))).toMatchObject({ reason: 'account_suspended' });
  });

  test('an end of access weighs more than a reactivation', () => {
    const { world, contactId } = returning({}, { policy: { signInReactivates: true } });
    world.setAccount(contactId, { status: 'deactivated', accessUntil: NOW });
    expect(world.say(signIn('s1'))).toMatchObject({ reason: 'access_ended' });
  });
});

describe('a deactivated account', () => {
  const licensed = (seats: number, settings: Settings['policy'] = {}) =>
    returning(
      {},
      {
        policy: { signInReactivates: true, defaultLicence: MAIN_LICENCE, ...settings },
        seats: { [MAIN_LICENCE]: seats },
      },
    );

  test('is lifted by a sign-in where the policy says so, and keeps what it had', () => {
    const { world, contactId } = licensed(1);
    world.setStatus(contactId, 'deactivated');
    expect(summary(world.say(signIn('s1')))).toEqual({ status: 'active' });
    expect(world.account(contactId)).toMatchObject({ username: 'anna.lee', licence: MAIN_LICENCE });
  });

  test('needs a seat again', () => {
    const { world, contactId } = licensed(1);
    world.setStatus(contactId, 'deactivated');
    world.accept(signIn('s2', { attributes: { email: 'ben@acme.test' } }));
    expect(world.say(signIn('s1'))).toEqual({ action: 'refuse', reason: 'licence_seats_exhausted' });
  });

  test('comes back without a licence where the policy goes on without', () => {
    const { world, contactId } = licensed(1, { whenNoSeat: 'without_licence' });
    world.setStatus(contactId, 'deactivated');
    world.accept(signIn('s2', { attributes: { email: 'ben@acme.test' } }));
    expect(summary(world.say(signIn('s1')))).toEqual({ status: 'active', licence: null });
  });

  test('may be given another licence without a seat, for it holds none', () => {
    const { world, contactId } = returning({}, { seats: { [EXTRA_LICENCE]: 0 } });
    world.setStatus(contactId, 'deactivated');
    const record = says('hand', { contactId, access: { licence: EXTRA_LICENCE } });
    expect(summary(world.say(record))).toEqual({ licence: EXTRA_LICENCE });
  });
});

describe('a new e-mail address at the same subject', () => {
  const moved = signIn('s1', { attributes: { ...EVERYTHING, email: 'anna.kim@acme.test' }, emailVerified: true });

  test('keeps account and username', () => {
    const { world, contactId } = returning();
    expect(summary(world.say(moved))).toEqual({ email: 'anna.kim@acme.test', emailVerified: true });
    expect(world.person(contactId)).toMatchObject({
      attributes: { email: 'anna.kim@acme.test' },
      account: { username: 'anna.lee' },
    });
  });

  test('that is not verified is stored as such', () => {
    const { world } = returning({ emailVerified: true });
    const decision = world.say({ ...moved, emailVerified: false });
    expect(summary(decision)).toEqual({ email: 'anna.kim@acme.test', emailVerified: false });
  });

  test('that another account has keeps the old one, until it is free', () => {
    const { world, contactId } = returning();
    const { contactId: other } = world.accept(signIn('s2', { attributes: { email: 'anna.kim@acme.test' } }));
    world.accept(moved);
    expect(world.person(contactId)).toMatchObject({ attributes: { email: ANNA.email }, emailVerified: false });
    expect(world.say(moved).action).toBe('unchanged');
    world.setStatus(other, 'deleted');
    world.accept(moved);
    expect(world.person(contactId)).toMatchObject({ attributes: { email: 'anna.kim@acme.test' }, emailVerified: true });
  });

  test('that another account has leaves the old one verified', () => {
    const { world, contactId } = returning({ emailVerified: true });
    world.accept(signIn('s2', { attributes: { email: 'anna.kim@acme.test' } }));
    world.accept({ ...moved, emailVerified: false });
    expect(world.person(contactId)).toMatchObject({ attributes: { email: ANNA.email }, emailVerified: true });
  });

  test('that another account has is not taken when somebody else speaks of something else', () => {
    const { world, contactId } = returning();
    world.accept(signIn('s2', { attributes: { email: 'anna.kim@acme.test' } }));
    world.accept(moved);
    expect(summary(world.say(says('hand', { contactId, attributes: { title: 'Chief' } })))).toEqual({ title: 'Chief' });
  });

  test('an account never loses its address', () => {
    const { world, contactId } = returning();
    expect(world.say(signIn('s1', { attributes: { ...EVERYTHING, email: null } })).action).toBe('unchanged');
    expect(world.person(contactId).attributes.email).toBe(ANNA.email);
  });
});

describe('after the account was deleted', () => {
  test('the same identity is recognised: the account comes back under its id, as the policy gives it now', () => {
    const { world, contactId } = returning({ access: { groups: ['staff'], licence: MAIN_LICENCE } });
    const { id } = world.account(contactId);
    world.setStatus(contactId, 'deleted');
    const decision = world.say(signIn('s1', { access: { groups: ['sales'] } }));
    expect(decision).toMatchObject({
      action: 'apply',
      target: contactId,
      changes: expect.arrayContaining([expect.objectContaining({ kind: 'grant_account', restores: id })]) as unknown,
    });
    expect(world.account(contactId)).toMatchObject({
      id,
      status: 'active',
      licence: null,
      identities: [{ subject: 's1' }],
    });
    expect(groupsOf(world.account(contactId))).toEqual(['sales by idp']);
  });

  test('username and address are free for others', () => {
    const { world, contactId } = returning();
    world.setStatus(contactId, 'deleted');
    const { contactId: next } = world.accept(signIn('s2', { emailVerified: true }));
    expect(next).not.toBe(contactId);
    expect(world.account(next).username).toBe('anna.lee');
    expect(world.say(signIn('s1'))).toEqual({
      ...{ action: 'refuse', reason: 'link_requires_proof' },
      ...{ person: next, because: 'address_of_another_account' },
    });
  });

  test('coming back is like coming: the policy must allow it, and a seat must be free', () => {
    const { world, contactId } = returning(
      {},
      { policy: { defaultLicence: MAIN_LICENCE }, seats: { [MAIN_LICENCE]: 1 } },
    );
    world.setStatus(contactId, 'deleted');
    world.accept(signIn('s2', { attributes: { email: 'ben@acme.test' } }));
    expect(world.say(signIn('s1'))).toMatchObject({ reason: 'licence_seats_exhausted' });
    world.policy = { ...world.policy, allowedSources: ['admin'] };
    expect(world.say(signIn('s1'))).toMatchObject({ reason: 'identity_not_permitted' });
  });

  test('a source that only keeps the catalog does not bring it back', () => {
    const world = new World();
    const { contactId } = world.accept(says('scim', { id: '1', attributes: ANNA }));
    world.setStatus(contactId, 'deleted');
    expect(world.say(says('scim', { id: '1', wants: 'contact', attributes: { title: 'Chief' } }))).toMatchObject({
      action: 'apply',
    });
    expect(world.account(contactId).status).toBe('deleted');
  });
});
