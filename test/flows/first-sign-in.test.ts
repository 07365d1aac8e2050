import {
  createAcme,
  createTestIdp,
  maria,
  sessionOf,
  signIn,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

interface Account {
  id: string;
  username: string;
  email: string;
  status: string;
  groups: string[];
  [field: string]: unknown;
}
interface Page<T> {
  items: T[];
}

describeWith('postgres', 'just-in-time provisioning', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;

  beforeEach(async () => {
    service = await startService();
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
  });
  afterEach(() => service.stop());

  const accounts = async () => (await service.api<Page<Account>>('GET', '/organizations/acme/accounts')).items;
  const ledger = async () =>
    (
      await service.api<Page<{ action: string; outcome: string | null; fields: string[] }>>(
        'GET',
        '/organizations/acme/audit-events',
      )
    ).items;
  const attempts = async () =>
    (
      await service.api<Page<{ state: string; refusalCode: string | null; steps: { rule: string; ok: boolean }[] }>>(
        'GET',
        '/organizations/acme/sign-in-attempts',
      )
    ).items;

  test('the first sign-in creates contact and account, and signs in', async () => {
    const { status, location, browser } = await signIn(service, idp, acme, maria);
    expect([status, location]).toEqual([303, '/acme/account']);
    expect(await sessionOf(browser)).toMatchObject({
      signedIn: true,
      account: {
        username: 'maria.suarez',
        email: 'maria@acme.example',
        emailVerified: true,
        givenName: 'María',
        displayName: 'María Suárez',
        status: 'active',
        source: 'jit',
        site: 'HQ',
        userType: 'Standard',
      },
      connection: { id: acme.id, kind: 'saml' },
    });
    const page = await browser.get('/acme/account');
    expect(page.text).toContain('María Suárez');
  });

  test('every attempt leaves its steps and a line in the ledger, without personal values in either', async () => {
    await signIn(service, idp, acme, maria);
    const [attempt] = await attempts();
    expect(attempt?.state).toBe('succeeded');
    expect(attempt?.steps.every((step) => step.ok)).toBe(true);
    expect(JSON.stringify(attempt?.steps)).not.toMatch(/maria/i);

    const actions = (await ledger()).map((line) => line.action);
    expect(actions).toEqual(
      expect.arrayContaining(['contact.created', 'account.created', 'identity.linked', 'signin.succeeded']),
    );
    const stored = await service.resources.db.query('SELECT to_jsonb(e) AS line FROM ledger_entries e');
    expect(JSON.stringify(stored)).not.toMatch(/maria|suárez/i);
  });

  test('a later sign-in updates what the identity provider owns, and nothing else', async () => {
    await signIn(service, idp, acme, { ...maria, department: 'Sales' });
    const [before] = await accounts();
    await service.api('PATCH', `/organizations/acme/accounts/${before?.id}`, {
      site: 'Lisbon',
      userType: 'Privileged',
    });

    await signIn(service, idp, acme, { ...maria, lastName: 'Suárez Vega' });
    const [after, ...others] = await accounts();
    expect(others).toEqual([]);
    expect(after).toMatchObject({
      id: before?.id,
      familyName: 'Suárez Vega',
      username: 'maria.suarez',
      department: 'Sales',
      site: 'Lisbon',
      userType: 'Privileged',
    });
  });

  test('a sign-in that changes nothing leaves the person as it is, with one more line in the ledger', async () => {
    await signIn(service, idp, acme, maria);
    const before = (await ledger()).length;
    await signIn(service, idp, acme, maria);
    const lines = await ledger();
    expect(lines.length).toBe(before + 1);
    expect(lines[0]?.action).toBe('signin.succeeded');
    expect((await attempts()).map((attempt) => attempt.state)).toEqual(['succeeded', 'succeeded']);
  });

  test('groups: mapped and known ones are given, empty takes back, missing changes nothing, by hand stays', async () => {
    await service.api('PATCH', `/organizations/acme/connections/${acme.id}`, {
      groupMapping: [{ value: 'adm', group: 'Administrators' }],
    });
    await service.api('POST', '/organizations/acme/groups', { name: 'Sales' });
    await service.api('POST', '/organizations/acme/groups', { name: 'By hand' });
    const groupsAfter = async (groups: string[] | undefined) => {
      await signIn(service, idp, acme, { ...maria, groups });
      return (await accounts())[0]?.groups;
    };
    expect(await groupsAfter(['adm', 'sales', 'nobody knows this'])).toEqual(['Administrators', 'Sales']);
    const [account] = await accounts();
    await service.api('PATCH', `/organizations/acme/accounts/${account?.id}`, { groups: ['By hand'] });
    expect(await groupsAfter(undefined)).toEqual(['Administrators', 'By hand', 'Sales']);
    expect(await groupsAfter([])).toEqual(['By hand']);
  });

  test('an organization that creates unknown groups gets them', async () => {
    await service.api('PUT', '/organizations/acme/policy', { unknownGroups: 'create' });
    await signIn(service, idp, acme, { ...maria, groups: ['Brand new'] });
    expect((await accounts())[0]?.groups).toEqual(['Brand new']);
  });

  test('defaults of the policy: groups, permission profile, licence, site, user type', async () => {
    await service.api('POST', '/organizations/acme/groups', { name: 'Everyone' });
    await service.api('POST', '/organizations/acme/permission-profiles', { name: 'Reader' });
    await service.api('POST', '/organizations/acme/licences', { name: 'Full', seats: 1 });
    await service.api('PUT', '/organizations/acme/policy', {
      defaultGroups: ['Everyone'],
      defaultPermissionProfile: 'Reader',
      defaultLicence: 'Full',
      defaultSite: 'Porto',
      defaultUserType: 'Privileged',
      usernameFormat: '{g}{family}',
    });
    await signIn(service, idp, acme, maria);
    expect((await accounts())[0]).toMatchObject({
      groups: ['Everyone'],
      permissionProfile: 'Reader',
      licence: 'Full',
      site: 'Porto',
      userType: 'Privileged',
      username: 'msuarez',
    });
  });

  test.each([
    ['Łukasz', 'Nowak', 'lukasz.nowak'],
    ['李', '明', 'li.ming'],
    ['Jonas', 'Ørsted', 'jonas.orsted'],
    ["O'Leary", 'O’Brien', 'oleary.obrien'],
  ])('a username is written in ASCII: %s %s is %s', async (firstName, lastName, username) => {
    await signIn(service, idp, acme, { ...maria, firstName, lastName });
    expect((await accounts())[0]?.username).toBe(username);
  });

  describe('who may not come in', () => {
    const refused = async (code: string, status: number, person = maria) => {
      const reply = await signIn(service, idp, acme, person);
      expect(reply.status).toBe(status);
      expect(await sessionOf(reply.browser)).toBeUndefined();
      const [attempt] = await attempts();
      expect(attempt).toMatchObject({ state: 'refused', refusalCode: code });
      expect((await ledger()).find((line) => line.outcome === code)).toBeDefined();
      return reply.text;
    };

    test('a policy without jit tells whom to ask', async () => {
      await service.api('PUT', '/organizations/acme/policy', { allowedSources: ['admin'] });
      expect(await refused('identity_not_permitted', 403)).toContain('it@acme.example');
      expect(await accounts()).toEqual([]);
    });

    test('no free seat', async () => {
      await service.api('POST', '/organizations/acme/licences', { name: 'Full', seats: 0 });
      await service.api('PUT', '/organizations/acme/policy', { defaultLicence: 'Full' });
      await refused('licence_seats_exhausted', 403);
      await service.api('PUT', '/organizations/acme/policy', { defaultLicence: 'Full', whenNoSeat: 'without_licence' });
      expect((await signIn(service, idp, acme, maria)).status).toBe(303);
    });

    test('a seat is needed when access is granted, never to sign in again', async () => {
      const licence = await service.api<{ id: string }>('POST', '/organizations/acme/licences', {
        name: 'Full',
        seats: 1,
      });
      await service.api('PUT', '/organizations/acme/policy', { defaultLicence: 'Full' });
      await signIn(service, idp, acme, maria);
      await service.api('PATCH', `/organizations/acme/licences/${licence.id}`, { seats: 0 });
      expect((await signIn(service, idp, acme, { ...maria, lastName: 'Vega' })).status).toBe(303);
    });

    test.each([
      ['suspend', 'account_suspended'],
      ['deactivate', 'account_deactivated'],
    ])('an account after %s', async (action, code) => {
      await signIn(service, idp, acme, maria);
      const [account] = await accounts();
      await service.api('POST', `/organizations/acme/accounts/${account?.id}/${action}`);
      await refused(code, 403);
    });

    test('a missing e-mail address', async () => {
      const text = await refused('missing_attribute', 403, { ...maria, email: undefined });
      expect(text).toMatch(/e-mail/i);
    });

    test('no group and no profile where the policy wants both', async () => {
      await service.api('PUT', '/organizations/acme/policy', { requireGroupAndProfile: true });
      await refused('access_incomplete', 403);
    });

    test('access that is over', async () => {
      await signIn(service, idp, acme, maria);
      const [account] = await accounts();
      await service.api('PATCH', `/organizations/acme/accounts/${account?.id}`, {
        accessUntil: '2020-01-01T00:00:00Z',
      });
      await refused('access_ended', 403);
    });
  });
});
