import type { Decision } from '../../src/domain/decision';
import type { LinkObstacle, LinkReason } from '../../src/domain/linking';
import type { Policy } from '../../src/domain/policy';
import { ANNA, says, signIn, summary, World } from './world';

/** An account that an admin made, of which no identity provider knows. */
function prepared(policy: Partial<Policy> = {}) {
  const world = new World({ policy });
  const { contactId } = world.accept(says('hand', { attributes: { ...ANNA, externalId: '4711' } }));
  return { world, contactId };
}
const reasonOf = (decision: Decision) =>
  decision.action === 'apply' && decision.changes.find((change) => change.kind === 'link_identity')?.by;
const refused = (person: string, because: LinkObstacle) => ({
  ...{ action: 'refuse', reason: 'link_requires_proof' },
  ...{ person, because },
});
const verified = { emailVerified: true };
const numbered = { attributes: { email: 'new@acme.test', externalId: '4711' } };

describe('security 16: an account made beforehand is linked', () => {
  test.each<[name: string, linkBy: Policy['linkBy'], record: Parameters<typeof signIn>[1], by: LinkReason]>([
    ['by a verified address', ['verified_email'], verified, 'verified_email'],
    ['by the external id', ['external_id'], numbered, 'external_id'],
    ['by a verified address where both are permitted', ['external_id', 'verified_email'], verified, 'verified_email'],
  ])('%s, and says so', (_, linkBy, record, by) => {
    const { world, contactId } = prepared({ linkBy });
    const decision = world.say(signIn('s1', record));
    expect(decision).toMatchObject({ action: 'apply', target: contactId });
    expect(summary(decision)).toMatchObject({ identity: 's1' });
    expect(reasonOf(decision)).toBe(by);
    expect(world.account(contactId)).toMatchObject({ username: 'anna.lee', identities: [{ subject: 's1' }] });
    expect(world.people).toHaveLength(1);
  });

  test('although accounts do not come just in time: it is there already', () => {
    const { world, contactId } = prepared({ allowedSources: ['admin'] });
    expect(world.say(signIn('s1', verified))).toMatchObject({ action: 'apply', target: contactId });
  });

  test('although it was deactivated, only where a sign-in lifts that', () => {
    const { world, contactId } = prepared();
    world.setStatus(contactId, 'deactivated');
    expect(world.say(signIn('s1', verified))).toMatchObject({ reason: 'account_deactivated' });
    world.policy = { ...world.policy, signInReactivates: true };
    expect(summary(world.say(signIn('s1', verified)))).toMatchObject({ identity: 's1', status: 'active' });
  });
});

describe('security 17: linking needs proof', () => {
  test.each<[name: string, linkBy: Policy['linkBy'], record: Parameters<typeof signIn>[1], because: LinkObstacle]>([
    ['when the address is not verified', ['external_id', 'verified_email'], {}, 'unverified_email'],
    ['when a verified address does not suffice', ['external_id'], verified, 'policy'],
    ['when the external id does not suffice', ['verified_email'], numbered, 'policy'],
    ['when nothing does', [], { ...numbered, ...verified }, 'policy'],
  ])('%s', (_, linkBy, record, because) => {
    const { world, contactId } = prepared({ linkBy });
    expect(world.say(signIn('s1', record))).toEqual(refused(contactId, because));
    expect(world.account(contactId).identities).toEqual([]);
  });

  test.each(['idp', 'otherIdp'] as const)('when another identity signs in there already, at %s', (connection) => {
    const world = new World();
    const { contactId } = world.accept(signIn('s1', verified));
    expect(world.say(signIn('s2', verified, connection))).toEqual(refused(contactId, 'has_other_identity'));
  });

  test('when another issuer uses the same subject', () => {
    const world = new World();
    const record = signIn('s1', verified);
    const { contactId } = world.accept(record);
    const foreign = { ...record, identity: { ...record.identity!, issuer: 'https://evil.test' } };
    expect(world.say(foreign)).toEqual(refused(contactId, 'has_other_identity'));
  });

  test('when the external id means one account and the address another', () => {
    const { world, contactId } = prepared();
    world.accept(says('hand', { attributes: { email: 'ben@acme.test' } }));
    const record = signIn('s1', { attributes: { email: 'ben@acme.test', externalId: '4711' }, ...verified });
    expect(world.say(record)).toEqual(refused(contactId, 'address_of_another_account'));
  });

  test('when the external id means a contact without account and the address somebody else’s account', () => {
    const { world, contactId } = prepared();
    world.accept(says('catalog', { wants: 'contact', attributes: { displayName: 'Ben', externalId: '4712' } }));
    const record = signIn('s1', { attributes: { email: ANNA.email, externalId: '4712' }, ...verified });
    expect(world.say(record)).toEqual(refused(contactId, 'address_of_another_account'));
  });

  test('when the external id means a sign-up that was not confirmed, whose address somebody else has by now', () => {
    const world = new World({ isSsoOrganization: false });
    world.accept(says('signup', { attributes: { ...ANNA, externalId: '4711' } }));
    const { contactId } = world.accept(signIn('s1'));
    const record = signIn('s2', { attributes: { externalId: '4711' } });
    expect(world.say(record)).toEqual(refused(contactId, 'address_of_another_account'));
  });

  test('a stranger gets an account of their own, and who was here before gets theirs back: neither is a question', () => {
    const world = new World();
    const first = world.say(signIn('s1', verified));
    expect(reasonOf(first)).toBe('new_account');
    world.setStatus('contact-1', 'deleted');
    expect(reasonOf(world.say(signIn('s1', verified)))).toBe('known_person');
  });

  test('an account that was not confirmed is in nobody’s way', () => {
    const world = new World({ isSsoOrganization: false });
    const { contactId } = world.accept(says('signup', { attributes: ANNA }));
    expect(world.say(signIn('s1', verified))).toMatchObject({ action: 'apply', target: 'new' });
    expect(world.account(contactId).status).toBe('unconfirmed');
  });
});

test('linked once, the identity is enough: neither address nor policy is asked again', () => {
  const { world, contactId } = prepared();
  world.accept(signIn('s1', verified));
  world.policy = { ...world.policy, linkBy: [] };
  expect(world.say(signIn('s1', { attributes: {} }))).toMatchObject({ action: 'unchanged', target: contactId });
});

test('a sign-up that was not confirmed is confirmed by the identity provider that knows its number, under a username that is free', () => {
  const world = new World({ isSsoOrganization: false });
  const { contactId } = world.accept(says('signup', { attributes: { ...ANNA, externalId: '4711' } }));
  world.accept(signIn('s1', { attributes: { ...ANNA, email: 'other@acme.test' } }));
  world.accept(signIn('s2', { attributes: { email: ANNA.email, externalId: '4711' } }));
  expect(world.account(contactId)).toMatchObject({ status: 'active', username: 'anna.lee2' });
});
