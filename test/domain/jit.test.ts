import { countsAsVerified, groupNames, recordFromIdentity, type TrustEmail } from '../../src/sources/jit';
import type { ReceivedAttributes } from '../../src/domain/proof';
import { NOW } from './world';

describe('an address counts as verified (security 16)', () => {
  const proved = new Set(['acme.test', 'xn--bcher-kva.example']);

  test.each<
    [
      name: string,
      verified: boolean,
      sent: string | undefined,
      email: string | undefined,
      trust: TrustEmail,
      counts: boolean,
    ]
  >([
    ['the provider says so', true, 'anna@else.test', 'anna@else.test', 'none', true],
    ['the provider says so, in capitals', true, 'Anna@ELSE.test', 'anna@else.test', 'none', true],
    [
      'the provider says so, of an internationalized domain',
      true,
      'anna@bücher.test',
      'anna@xn--bcher-kva.test',
      'none',
      true,
    ],
    ['the provider does not say so', false, 'anna@else.test', 'anna@else.test', 'none', false],
    [
      'the provider says so of another address than the one that counts',
      true,
      'anna@else.test',
      'boss@else.test',
      'none',
      false,
    ],
    ['the provider says so, but sent no address', true, undefined, 'boss@else.test', 'none', false],
    ['a proved domain', false, 'anna@acme.test', 'anna@acme.test', 'verified_domains', true],
    ['a proved internationalized domain', false, 'x', 'anna@xn--bcher-kva.example', 'verified_domains', true],
    [
      'a proved domain that this connection is not trusted for',
      false,
      'anna@acme.test',
      'anna@acme.test',
      'none',
      false,
    ],
    ['another domain', false, 'anna@else.test', 'anna@else.test', 'verified_domains', false],
    ['a domain under a proved one', false, 'x', 'anna@mail.acme.test', 'verified_domains', false],
    ['a domain that ends like a proved one', false, 'x', 'anna@notacme.test', 'verified_domains', false],
    ['no address', true, 'anna@acme.test', undefined, 'verified_domains', false],
  ])('%s', (_, emailVerified, sent, email, trust, counts) => {
    const attributes: ReceivedAttributes = sent === undefined ? {} : { email: [sent] };
    const identity = { emailVerified, attributes };
    expect(countsAsVerified(identity, { attributes: { email } }, trust, proved)).toBe(counts);
  });
});

describe('groups', () => {
  const mapping = [
    { value: 'cn=admins,dc=acme', group: 'Administrators' },
    { value: 'everyone', group: 'Staff' },
    { value: 'everyone', group: 'Newsletter' },
    { value: 'red', group: 'Staff' },
  ];

  test.each<[name: string, values: readonly string[], groups: readonly string[]]>([
    ['mapped', ['cn=admins,dc=acme'], ['Administrators']],
    ['mapped, whatever the case', ['CN=Admins,DC=Acme'], ['Administrators']],
    ['mapped to two', ['everyone'], ['Staff', 'Newsletter']],
    ['two mapped to one', ['red', 'everyone'], ['Staff', 'Newsletter']],
    ['not mapped', ['Sales'], ['Sales']],
    ['none', [], []],
  ])('%s', (_, values, groups) => {
    expect(groupNames(values, mapping)).toEqual(groups);
  });
});

describe('the record of somebody at the door', () => {
  const identity = {
    connectionId: 'c1',
    issuer: 'https://idp.test',
    subject: 's1',
    attributes: {},
    emailVerified: false,
    authenticatedAt: NOW,
    amr: [],
  };
  const profile = { attributes: { email: 'anna@acme.test' } };

  test('wants an account for the proved identity', () => {
    expect(recordFromIdentity('source', identity, profile, { emailVerified: true })).toEqual({
      kind: 'person',
      origin: { sourceId: 'source' },
      identity: { connectionId: 'c1', issuer: 'https://idp.test', subject: 's1' },
      wants: 'account',
      attributes: { email: 'anna@acme.test' },
      emailVerified: true,
      access: {},
      presence: 'present',
    });
  });

  test('tells no groups from an empty list of groups', () => {
    expect(recordFromIdentity('source', identity, profile, { emailVerified: true, groups: [] }).access).toEqual({
      groups: [],
    });
  });
});
