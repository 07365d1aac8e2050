import { mapAttributes } from '../../src/connections/attribute-mapping';
import type { AttributeMapping } from '../../src/connections/attribute-mapping';
import type { MappedProfile, ReceivedAttributes } from '../../src/domain/proof';

const XMLSOAP = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

function map(attributes: ReceivedAttributes, mapping: AttributeMapping = {}, subject = 'subject-1'): MappedProfile {
  return mapAttributes({ attributes, subject }, mapping);
}

describe('without a mapping, what each provider sends', () => {
  const anna = { email: 'anna.lee@acme.test', givenName: 'Anna', familyName: 'Lee' };

  test.each<[provider: string, received: ReceivedAttributes, profile: MappedProfile]>([
    [
      'Okta (SAML)',
      { email: ['Anna.Lee@acme.test'], firstName: ['Anna'], lastName: ['Lee'], groups: ['Everyone', 'Staff'] },
      { attributes: anna, groups: ['Everyone', 'Staff'] },
    ],
    [
      'Okta (SAML, named after the profile)',
      { 'user.email': ['anna.lee@acme.test'], 'user.firstName': ['Anna'], 'user.lastName': ['Lee'] },
      { attributes: anna },
    ],
    [
      'Microsoft Entra ID (SAML)',
      {
        'http://schemas.microsoft.com/identity/claims/tenantid': ['5f2b0a3e-0000-4000-8000-000000000000'],
        'http://schemas.microsoft.com/identity/claims/objectidentifier': ['8c9f0000-0000-4000-8000-000000000000'],
        'http://schemas.microsoft.com/identity/claims/displayname': ['Anna M. Lee'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['3f1c0000-0000-4000-8000-000000000000'],
        [`${XMLSOAP}/givenname`]: ['Anna'],
        [`${XMLSOAP}/surname`]: ['Lee'],
        [`${XMLSOAP}/emailaddress`]: ['anna.lee@acme.test'],
        [`${XMLSOAP}/name`]: ['anna@acme.onmicrosoft.test'],
      },
      {
        attributes: { ...anna, displayName: 'Anna M. Lee' },
        groups: ['3f1c0000-0000-4000-8000-000000000000'],
      },
    ],
    [
      'Microsoft Entra ID (SAML), of somebody without a mailbox',
      {
        [`${XMLSOAP}/givenname`]: ['Anna'],
        [`${XMLSOAP}/surname`]: ['Lee'],
        [`${XMLSOAP}/name`]: ['anna.lee@acme.test'],
      },
      { attributes: anna },
    ],
    [
      'Microsoft Entra ID (OIDC)',
      { name: ['Anna Lee'], preferred_username: ['anna.lee@acme.test'], oid: ['8c9f'], tid: ['5f2b'] },
      { attributes: { email: 'anna.lee@acme.test', displayName: 'Anna Lee' }, emailChosenByPerson: true },
    ],
    [
      'Microsoft Entra ID, of somebody in too many groups',
      {
        [`${XMLSOAP}/emailaddress`]: ['anna.lee@acme.test'],
        'http://schemas.microsoft.com/claims/groups.link': ['https://graph.windows.net/x/users/y/getMemberObjects'],
      },
      { attributes: { email: 'anna.lee@acme.test' } },
    ],
    [
      'AD FS',
      {
        [`${XMLSOAP}/emailaddress`]: ['anna.lee@acme.test'],
        [`${XMLSOAP}/givenname`]: ['Anna'],
        [`${XMLSOAP}/surname`]: ['Lee'],
        [`${XMLSOAP}/upn`]: ['alee@corp.acme.test'],
        'http://schemas.xmlsoap.org/claims/Group': ['Domain Users', 'Staff'],
      },
      { attributes: anna, groups: ['Domain Users', 'Staff'] },
    ],
    [
      'AD FS, roles',
      {
        [`${XMLSOAP}/upn`]: ['anna.lee@acme.test'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': ['Staff'],
      },
      { attributes: { email: 'anna.lee@acme.test' }, groups: ['Staff'] },
    ],
    [
      'Keycloak (SAML, X500 mappers)',
      {
        'urn:oid:1.2.840.113549.1.9.1': ['anna.lee@acme.test'],
        'urn:oid:2.5.4.42': ['Anna'],
        'urn:oid:2.5.4.4': ['Lee'],
        Role: ['offline_access', 'staff'],
      },
      { attributes: anna, groups: ['offline_access', 'staff'] },
    ],
    [
      'Keycloak (OIDC)',
      {
        email: ['anna.lee@acme.test'],
        email_verified: ['true'],
        preferred_username: ['anna'],
        given_name: ['Anna'],
        family_name: ['Lee'],
        name: ['Anna Lee'],
        groups: ['/staff'],
      },
      { attributes: { ...anna, displayName: 'Anna Lee' }, groups: ['/staff'] },
    ],
    [
      'Shibboleth',
      {
        'urn:oid:0.9.2342.19200300.100.1.3': ['anna.lee@acme.test'],
        'urn:oid:2.5.4.42': ['Anna'],
        'urn:oid:2.5.4.4': ['Lee'],
        'urn:oid:2.16.840.1.113730.3.1.241': ['Anna Lee'],
        'urn:oid:2.5.4.20': ['+49 (0)30 123-456'],
        'urn:oid:2.5.4.12': ['Engineer'],
        'urn:oid:2.5.4.11': ['Research'],
        'urn:oid:2.16.840.1.113730.3.1.39': ['de'],
        'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': ['member', 'staff'],
        'urn:oid:1.3.6.1.4.1.5923.1.1.1.6': ['anna@acme.test'],
      },
      {
        attributes: {
          ...anna,
          displayName: 'Anna Lee',
          phone: '+4930123456',
          title: 'Engineer',
          department: 'Research',
          locale: 'de',
        },
        groups: ['member', 'staff'],
      },
    ],
    [
      'SimpleSAMLphp',
      {
        uid: ['anna'],
        mail: ['anna.lee@acme.test'],
        givenName: ['Anna'],
        sn: ['Lee'],
        cn: ['Anna Lee'],
        telephoneNumber: ['030 123456'],
        eduPersonAffiliation: ['member'],
      },
      { attributes: { ...anna, displayName: 'Anna Lee', phone: '030123456' }, groups: ['member'] },
    ],
    [
      'Google (OIDC)',
      {
        email: ['anna.lee@acme.test'],
        given_name: ['Anna'],
        family_name: ['Lee'],
        name: ['Anna Lee'],
        hd: ['acme.test'],
        locale: ['en'],
      },
      { attributes: { ...anna, displayName: 'Anna Lee', locale: 'en' } },
    ],
  ])('%s', (_, received, profile) => {
    expect(map(received)).toEqual(profile);
  });

  test('Google (SAML) sends the address as NameID and nothing else', () => {
    expect(map({}, {}, 'Anna.Lee@acme.test')).toEqual({ attributes: { email: 'anna.lee@acme.test' } });
  });

  test('names are compared without case', () => {
    expect(map({ MAIL: ['anna@acme.test'], GIVENNAME: ['Anna'] }).attributes).toEqual({
      email: 'anna@acme.test',
      givenName: 'Anna',
    });
  });

  test('what nobody asked for is left out', () => {
    expect(map({ employeeType: ['x'], __proto__: ['y'], constructor: ['z'] })).toEqual({ attributes: {} });
  });
});

describe('an explicit mapping', () => {
  test('replaces the default names of its attribute, of no other', () => {
    const received = { mail: ['wrong@acme.test'], upn: ['anna@acme.test'], givenName: ['Anna'], 'x-name': ['Lee'] };
    expect(map(received, { email: 'upn', familyName: 'x-name' }).attributes).toEqual({
      email: 'anna@acme.test',
      givenName: 'Anna',
      familyName: 'Lee',
    });
  });

  test('of an attribute that does not come leaves it out, whatever else came', () => {
    expect(
      map({ mail: ['anna@acme.test'], givenName: ['Anna'] }, { email: 'upn', givenName: 'x' }, 'anna@acme.test'),
    ).toEqual({
      attributes: {},
    });
  });

  test('is compared without case', () => {
    expect(map({ 'URN:X': ['HQ'] }, { site: 'urn:x' }).attributes).toEqual({ site: 'HQ' });
  });

  test('reaches what has no default name', () => {
    const mapping = { site: 'office', extension: 'ext', externalId: 'employeeNumber', 'attributes.costCenter': 'cc' };
    const received = { office: ['Berlin'], ext: ['12'], employeeNumber: ['4711'], cc: ['K-100'] };
    expect(map(received, mapping).attributes).toEqual({
      site: 'Berlin',
      extension: '12',
      externalId: '4711',
      'attributes.costCenter': 'K-100',
    });
    expect(map(received).attributes).toEqual({});
  });

  test('of groups', () => {
    expect(map({ groups: ['wrong'], teams: ['red', 'blue'] }, { groups: 'teams' }).groups).toEqual(['red', 'blue']);
    expect(map({ groups: ['wrong'] }, { groups: 'teams' }).groups).toBeUndefined();
  });

  test('to a name that is none of ours has no effect', () => {
    expect(map({ x: ['1'] }, { password: 'x', attributes: 'x', 'attributes.': 'x' }).attributes).toEqual({});
  });
});

describe('missing and empty', () => {
  test.each<[name: string, received: ReceivedAttributes, department: string | null | undefined]>([
    ['not sent', {}, undefined],
    ['sent without a value', { department: [] }, null],
    ['sent empty', { department: [''] }, null],
    ['sent blank', { department: [' \t\n'] }, null],
    ['sent', { department: ['Research'] }, 'Research'],
  ])('an attribute %s', (_, received, department) => {
    expect(map(received).attributes.department).toBe(department);
  });

  test.each<[name: string, received: ReceivedAttributes, groups: readonly string[] | undefined]>([
    ['not sent', {}, undefined],
    ['sent without a value', { groups: [] }, []],
    ['sent empty', { groups: [''] }, []],
    ['sent', { groups: ['a', ' b '] }, ['a', 'b']],
  ])('groups %s', (_, received, groups) => {
    expect(map(received).groups).toEqual(groups);
  });

  test('an e-mail address is never cleared', () => {
    expect(map({ mail: [''] }).attributes).not.toHaveProperty('email');
  });

  test('a display name that was not sent is not made up: an admin may have given one', () => {
    expect(map({ givenName: ['Anna'], sn: ['Lee'] }).attributes).not.toHaveProperty('displayName');
  });
});

describe('values', () => {
  test.each<[name: string, received: ReceivedAttributes, email: string | undefined]>([
    ['the first name that holds an address counts', { email: ['anna'], mail: ['anna@acme.test'] }, 'anna@acme.test'],
    ['a list is no address', { mail: ['a@acme.test,b@acme.test'] }, undefined],
    ['of several the first', { mail: ['a@acme.test', 'b@acme.test'] }, 'a@acme.test'],
    ['a user name is none', { upn: ['CORP\\anna'] }, undefined],
  ])('%s', (_, received, email) => {
    expect(map(received).attributes.email).toBe(email);
  });

  test('of several values of one attribute the first that says something counts', () => {
    const received = { cn: ['', 'Anna Lee', 'Anna M. Lee'], telephoneNumber: ['+1 555 0100', '+1 555 0101'] };
    expect(map(received).attributes).toEqual({ displayName: 'Anna Lee', phone: '+15550100' });
  });

  test('a phone number that cannot be normalised stays as it came', () => {
    expect(map({ phone: ['call the front desk'] }).attributes.phone).toBe('call the front desk');
  });

  test.each([
    ['Zoe\u0308', 'Zoë'],
    [' Anna ', 'Anna'],
    ['An\u0000na', 'An na'],
    ['Anna\r\nLee', 'Anna Lee'],
    ['Ann\ud83da', 'Ann a'],
    ['李', '李'],
    ["O'Leary", "O'Leary"],
    ['<b>Anna</b>', '<b>Anna</b>'],
  ])('%j is kept as %j', (sent, kept) => {
    expect(map({ givenName: [sent] }).attributes.givenName).toBe(kept);
  });

  test('a value is cut to 256 characters, none of them in half', () => {
    const value = map({ givenName: ['😀'.repeat(300)] }).attributes.givenName;
    expect(value).toBe('😀'.repeat(256));
    expect(map({ givenName: [`${'a'.repeat(255)}😀`] }).attributes.givenName).toBe(`${'a'.repeat(255)}😀`);
  });
});
