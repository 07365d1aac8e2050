import {
  addConnection,
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
  contactId: string;
}

describeWith('postgres', 'linking an identity to an account that is there already', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;

  beforeEach(async () => {
    service = await startService();
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
  });
  afterEach(() => service.stop());

  const makeAccount = (fields: Record<string, unknown> = {}) =>
    service.api<Account>('POST', '/organizations/acme/accounts', {
      email: maria.email,
      givenName: 'Maria',
      familyName: 'S.',
      ...fields,
    });
  const linkRequests = async () =>
    (
      await service.api<{ items: { id: string; accountId: string; state: string }[] }>(
        'GET',
        '/organizations/acme/link-requests',
      )
    ).items;

  test('an account made by API is linked by the first sign-in with its verified address', async () => {
    const made = await makeAccount();
    const { browser } = await signIn(service, idp, acme, maria);
    expect((await sessionOf(browser))?.account).toMatchObject({
      id: made.id,
      contactId: made.contactId,
      status: 'active',
      givenName: 'María',
    });
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'the address counts as unverified',
      () => service.api('PATCH', `/organizations/acme/connections/${acme.id}`, { trustEmail: 'none' }),
    ],
    [
      'the policy does not link by address',
      () => service.api('PUT', '/organizations/acme/policy', { linkBy: ['external_id'] }),
    ],
  ])('refused with link_requires_proof when %s; an admin decides', async (_, arrange) => {
    await arrange();
    const made = await makeAccount();
    const first = await signIn(service, idp, acme, maria);
    expect(first.status).toBe(409);
    await signIn(service, idp, acme, maria);
    const requests = await linkRequests();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ accountId: made.id, state: 'open' });

    await service.api('POST', `/organizations/acme/link-requests/${requests[0]?.id}/approve`);
    const { browser } = await signIn(service, idp, acme, maria);
    expect((await sessionOf(browser))?.account.id).toBe(made.id);
  });

  test('by external id, where the mapping says which attribute that is', async () => {
    await service.api('PATCH', `/organizations/acme/connections/${acme.id}`, {
      attributeMapping: { externalId: 'employeeNumber' },
    });
    const made = await makeAccount({ email: 'm.s@elsewhere.example', externalId: 'E-17' });
    const { browser } = await signIn(service, idp, acme, { ...maria, employeeNumber: 'E-17' });
    expect((await sessionOf(browser))?.account.id).toBe(made.id);
  });

  test('one subject at two connections that share an issuer is two people', async () => {
    const second = await addConnection(service, 'acme', idp, { name: 'Contractors' });
    const one = await signIn(service, idp, acme, maria);
    const other = await signIn(service, idp, second, { ...maria, email: 'contractor@acme.example', lastName: 'Other' });
    const ids = [(await sessionOf(one.browser))?.account.id, (await sessionOf(other.browser))?.account.id];
    expect(new Set(ids).size).toBe(2);
  });

  test('whoever returns after a deletion is recognised: the id that applications know stays', async () => {
    const { browser } = await signIn(service, idp, acme, maria);
    const before = (await sessionOf(browser))?.account.id;
    await service.api('DELETE', `/organizations/acme/accounts/${before}`);
    expect(await sessionOf(browser)).toBeUndefined();
    await makeAccount({ email: 'freed@acme.example', username: 'maria.suarez' });

    const again = await signIn(service, idp, acme, maria);
    expect((await sessionOf(again.browser))?.account).toMatchObject({ id: before, username: 'maria.suarez2' });
  });
});
