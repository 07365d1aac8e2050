import { accountAfter, holdingsOf } from '../../src/domain/holdings';
import { MAIN_LICENCE, says, World } from './world';

const ANNA_WITHOUT_ADDRESS = { givenName: 'Anna', familyName: 'Lee' };

describe('who has no e-mail address and is to have an account', () => {
  const waits = { id: 'row 1', attributes: ANNA_WITHOUT_ADDRESS, keepWaiting: true } as const;

  test('is kept as a contact where the record says so', () => {
    const decision = new World().decide(says('sheet', waits));
    expect(decision).toMatchObject({
      action: 'wait',
      needs: ['email'],
      kept: { action: 'apply', target: 'new', statement: { externalId: 'row 1', presence: 'present' } },
    });
    const kinds = decision.action === 'wait' && decision.kept?.action === 'apply' ? decision.kept.changes : [];
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['set_attribute']));
  });

  test('leaves nothing where the record does not', () => {
    const decision = new World().decide(says('sheet', { ...waits, keepWaiting: false }));
    expect(decision).toEqual({ action: 'wait', needs: ['email'] });
  });

  test('has not changed when the same is said again', () => {
    const world = new World();
    world.accept(says('sheet', { ...waits, wants: 'contact' }));
    expect(world.decide(says('sheet', waits))).toMatchObject({ action: 'wait', kept: { action: 'unchanged' } });
  });

  test('is refused all the same where the policy does not let the source bring anybody', () => {
    const world = new World({ policy: { allowedSources: ['jit'] } });
    expect(world.decide(says('sheet', waits))).toMatchObject({ action: 'refuse', reason: 'identity_not_permitted' });
  });
});

describe('what an account holds', () => {
  const account = { username: 'Anna.Lee', licence: MAIN_LICENCE } as const;

  test.each([
    ['active', { username: 'anna.lee', licence: MAIN_LICENCE }],
    ['invited', { username: 'anna.lee', licence: MAIN_LICENCE }],
    ['suspended', { username: 'anna.lee', licence: MAIN_LICENCE }],
    ['deactivated', { username: 'anna.lee' }],
    ['unconfirmed', {}],
    ['deleted', {}],
  ] as const)('%s', (status, held) => {
    expect(holdingsOf({ ...account, status })).toEqual(held);
  });

  test('follows what is decided, and nothing that waits or is refused', () => {
    const statement = says('sheet', { id: '1' });
    const decision = {
      action: 'apply' as const,
      target: 'anna',
      changes: [
        { kind: 'set_presence' as const, before: 'active' as const, after: 'deactivated' as const },
        { kind: 'set_access' as const, field: 'username' as const, before: 'anna.lee', after: 'anna' },
      ],
      statement: { ...statement, sourceId: 'sheet', sourceKind: 'spreadsheet' as const },
    };
    const before = { ...account, status: 'active' as const };
    expect(holdingsOf(accountAfter(before, decision))).toEqual({ username: 'anna' });
    expect(accountAfter(before, { action: 'wait', needs: ['email'] })).toBe(before);
  });
});
