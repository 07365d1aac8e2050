import {
  createAcme,
  createTestIdp,
  maria,
  sessionOf,
  signIn,
  type SamlConnection,
  type TestIdp,
  type TestPerson,
} from '../support/acme';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const DAY = 86_400_000;

interface LinkRequest {
  id: string;
  accountId: string;
  state: string;
  createdAt: string;
  refusedAt: string;
}

describeWith('postgres', 'security 17: requests to link an identity, decided by an admin', () => {
  let service: TestService;
  let idp: TestIdp;
  let slug: string;
  let connection: SamlConnection;
  let somebody: TestPerson;
  let account: { id: string };
  let organizations = 0;

  beforeAll(async () => {
    service = await startService();
    idp = await createTestIdp();
  });
  afterAll(() => service.stop());
  beforeEach(async () => {
    slug = `acme${++organizations}`;
    connection = await createAcme(service, idp, { slug, trustEmail: 'none' });
    somebody = { ...maria, email: `maria@${slug}.example` };
    account = await makeAccount(somebody.email);
  });

  const api = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
    service.api<T>(method, `/organizations/${slug}${path}`, body);
  const makeAccount = (email: string | undefined) =>
    api<{ id: string }>('POST', '/accounts', { email, givenName: 'Maria', familyName: 'S.' });
  const come = (now = new Date()) => signIn(service, idp, connection, somebody, { slug, overrides: { now } });
  const requests = async () => (await api<{ items: LinkRequest[] }>('GET', '/link-requests')).items;
  const linked = async () =>
    (await api<{ items: { details: object }[] }>('GET', '/audit-events?action=identity.linked')).items;
  const decide = (id: string | undefined, step: 'approve' | 'reject', organization = slug) =>
    service.request('POST', `/organizations/${organization}/link-requests/${id}/${step}`);
  const refusedOnce = async (): Promise<LinkRequest> => {
    expect((await come()).status).toBe(409);
    const [request] = await requests();
    if (!request) throw new Error('there is no request');
    return request;
  };

  test('refused again and again, there is one request, which knows when it was last', async () => {
    const first = await refusedOnce();
    await come();
    const all = await requests();
    expect(all).toMatchObject([{ id: first.id, accountId: account.id, state: 'open', createdAt: first.createdAt }]);
    expect(all[0]?.refusedAt.localeCompare(first.refusedAt)).toBe(1);
  });

  test('approved, the ledger says by what, and so does the identity', async () => {
    const { id } = await refusedOnce();
    expect((await decide(id, 'approve')).status).toBe(200);
    expect(await linked()).toMatchObject([{ details: { by: 'approval', retired: 0 } }]);
    const { items } = await api<{ items: object[] }>('GET', `/accounts/${account.id}/identities`);
    expect(items).toMatchObject([{ subject: maria.subject, linkedBy: 'approval', linkedAt: expect.any(String) }]);
    expect((await sessionOf((await come()).browser, slug))?.account.id).toBe(account.id);
  });

  test('of two approvals at once one counts', async () => {
    const { id } = await refusedOnce();
    const replies = await Promise.all([decide(id, 'approve'), decide(id, 'approve')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await linked()).toHaveLength(1);
  });

  test('approved and rejected at once, it is one of both', async () => {
    const { id } = await refusedOnce();
    const replies = await Promise.all([decide(id, 'approve'), decide(id, 'reject')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [request] = await requests();
    expect(await linked()).toHaveLength(request?.state === 'approved' ? 1 : 0);
  });

  test('a deleted account gets no identity: its requests are withdrawn', async () => {
    const { id } = await refusedOnce();
    await api('DELETE', `/accounts/${account.id}`);
    expect(await requests()).toMatchObject([{ id, state: 'withdrawn' }]);
    expect((await decide(id, 'approve')).status).toBe(409);
    expect(await linked()).toEqual([]);
  });

  test('a suspended account is linked, and stays suspended', async () => {
    const { id } = await refusedOnce();
    await api('POST', `/accounts/${account.id}/suspend`);
    expect((await decide(id, 'approve')).status).toBe(200);
    expect(await api('GET', `/accounts/${account.id}`)).toMatchObject({ status: 'suspended' });
    expect((await come()).status).toBe(403);
  });

  test('an address that is another account’s by now is a request about that one', async () => {
    const first = await refusedOnce();
    await api('PATCH', `/accounts/${account.id}`, { email: `old@${slug}.example` });
    const next = await makeAccount(somebody.email);
    await come();
    expect(await requests()).toMatchObject([
      { accountId: next.id, state: 'open' },
      { id: first.id, state: 'withdrawn' },
    ]);
  });

  test('an identity that the door links meanwhile needs no request any more', async () => {
    const { id } = await refusedOnce();
    await api('PATCH', `/connections/${connection.id}`, { trustEmail: 'verified_domains' });
    expect((await come()).status).toBe(303);
    expect(await requests()).toMatchObject([{ id, state: 'withdrawn' }]);
    expect(await linked()).toMatchObject([{ details: { by: 'verified_email' } }]);
  });

  test('security 26: a request of another organization is not there', async () => {
    const { id } = await refusedOnce();
    await service.api('POST', '/organizations', { slug: `other${organizations}`, name: 'Other' });
    for (const step of ['approve', 'reject'] as const)
      expect((await decide(id, step, `other${organizations}`)).status).toBe(404);
    expect(await requests()).toMatchObject([{ state: 'open' }]);
  });

  test('rejected, the identity is told so and asks nobody anew for thirty days', async () => {
    const { id } = await refusedOnce();
    await decide(id, 'reject');
    const again = await come();
    expect(again.status).toBe(403);
    expect(again.text).toContain('This sign-in was not accepted for your account');
    expect(again.text).not.toContain('prove=');
    expect(await requests()).toHaveLength(1);
    const [attempt] = (await api<{ items: object[] }>('GET', '/sign-in-attempts')).items;
    expect(attempt).toMatchObject({ refusalCode: 'link_rejected' });

    service.clock.offsetMs = 31 * DAY;
    try {
      expect((await come(new Date(Date.now() + 31 * DAY))).status).toBe(409);
      expect((await requests()).map(({ state }) => state)).toEqual(['open', 'rejected']);
    } finally {
      service.clock.offsetMs = 0;
    }
  });
});
