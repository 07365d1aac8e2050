import { randomUUID } from 'node:crypto';
import { sign, startHostileOp, type HostileOp } from '../conformance/oidc-hostile-op';
import type { HttpClient, Reply } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const SECRET = 'a-secret-of-32-characters-0123456789';

interface Place {
  slug: string;
  id: string;
  backchannelLogoutUri: string;
}

describeWith('postgres', 'security 13: back-channel logout over HTTP', () => {
  let service: TestService;
  let op: HostileOp;
  let organizations = 0;
  beforeAll(async () => {
    [service, op] = await Promise.all([startService(), startHostileOp()]);
  });
  afterAll(async () => {
    await Promise.all([service?.stop(), op?.stop()]);
  });
  beforeEach(() => void (op.faults = {}));

  const organization = async (settings: Record<string, unknown> = {}): Promise<Place> => {
    const slug = `org-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: slug });
    const made = await service.api<Omit<Place, 'slug'>>('POST', `/organizations/${slug}/connections`, {
      ...{ kind: 'oidc', name: 'Test OP', issuer: op.issuer, clientId: 'drawbridge', clientSecret: SECRET },
      ...{ state: 'active', ...settings },
    });
    return { slug, ...made };
  };
  const signIn = async ({ slug, id }: Place, claims: Record<string, unknown>): Promise<HttpClient> => {
    const userinfo = { sub: claims.sub };
    op.faults = { claims: { email: `${String(claims.sub)}@acme.example`, name: 'Pat Doe', ...claims }, userinfo };
    const browser = service.browser();
    const { location = '' } = await browser.get(`/${slug}/sso/${id}`);
    expect((await browser.get(op.authorize(location))).location).toBe(`/${slug}/account`);
    return browser;
  };
  const statuses = ({ slug }: Place, browsers: readonly HttpClient[]): Promise<number[]> =>
    Promise.all(browsers.map(async (browser) => (await browser.get(`/${slug}/session`)).status));
  const token = (claims: Record<string, unknown>): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000);
    const all = { iss: op.issuer, aud: 'drawbridge', iat, exp: iat + 120, jti: randomUUID(), events: { [EVENT]: {} } };
    return sign(op.key, { ...all, ...claims }, { typ: 'logout+jwt' });
  };
  const send = ({ backchannelLogoutUri }: Place, logout_token: string): Promise<Reply> =>
    service.browser().post(backchannelLogoutUri, { logout_token }, { from: op.issuer });

  test('ends the session it names, all of a person, or both at once; never those of others', async () => {
    const place = await organization();
    const elsewhere = await organization();
    const one = await signIn(place, { sub: 'pat', sid: 's1' });
    const two = await signIn(place, { sub: 'pat', sid: 's2' });
    const three = await signIn(place, { sub: 'pat', sid: 's3' });
    const joe = await signIn(place, { sub: 'joe', sid: 's4' });
    const away = await signIn(elsewhere, { sub: 'pat', sid: 's1' });
    const all = [one, two, three, joe];

    const reply = await send(place, await token({ sid: 's1' }));
    expect([reply.status, reply.text, reply.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(await statuses(place, all)).toEqual([401, 200, 200, 200]);
    // Somebody else's session is not ended by putting two names together.
    expect((await send(place, await token({ sid: 's4', sub: 'pat' }))).status).toBe(200);
    expect(await statuses(place, all)).toEqual([401, 200, 200, 200]);
    await send(place, await token({ sid: 's2', sub: 'pat' }));
    expect(await statuses(place, all)).toEqual([401, 401, 200, 200]);
    await send(place, await token({ sub: 'pat' }));
    expect(await statuses(place, all)).toEqual([401, 401, 401, 200]);
    expect(await statuses(elsewhere, [away])).toEqual([200]);
  });

  test('names the person as the provider does, where the subject is read elsewhere', async () => {
    const place = await organization({ subjectFrom: { claim: 'oid' } });
    const browsers = [await signIn(place, { sub: 'pat', oid: '7' }), await signIn(place, { sub: 'pat', oid: '7' })];
    await send(place, await token({ sub: '7' }));
    expect(await statuses(place, browsers)).toEqual([200, 200]);
    await send(place, await token({ sub: 'pat' }));
    expect(await statuses(place, browsers)).toEqual([401, 401]);
  });

  test('what is not accepted ends nothing, is answered by 400 with JSON, and stands in the ledger', async () => {
    const place = await organization();
    const browser = await signIn(place, { sub: 'pat', sid: 's1' });
    const used = await token({ sub: 'nobody' });
    expect((await send(place, used)).status).toBe(200);
    for (const [rule, refused] of [
      ['replayed', used],
      ['no_nonce', await token({ sub: 'pat', nonce: 'n' })],
      ['audience', await token({ sub: 'pat', aud: 'other' })],
      ['logout_token', ''],
    ] as const) {
      const reply = await send(place, refused);
      expect([rule, reply.status, reply.headers.get('cache-control')]).toEqual([rule, 400, 'no-store']);
      expect(reply.json()).toMatchObject({ error: 'invalid_request', code: 'invalid_logout_token' });
      const { items } = await service.api<{ items: object[] }>('GET', `/organizations/${place.slug}/audit-events`);
      expect(items[0]).toMatchObject({ action: 'logout.refused', outcome: 'invalid_logout_token', details: { rule } });
    }
    expect(await statuses(place, [browser])).toEqual([200]);
    const twice = new URLSearchParams({ logout_token: await token({ sub: 'pat' }) });
    twice.append('logout_token', 'x');
    expect((await service.browser().post(place.backchannelLogoutUri, twice)).status).toBe(400);
    expect((await send(place, 'x'.repeat(30_000))).status).toBe(413);
    expect((await service.browser().get(place.backchannelLogoutUri)).status).toBe(404);
    expect(await statuses(place, [browser])).toEqual([200]);
  });

  test('a provider that cannot be asked for its keys is told so', async () => {
    const place = await organization();
    op.faults = { at: { '/jwks': (_req, res) => void res.writeHead(500).end() } };
    const reply = await send(place, await token({ sub: 'pat' }));
    expect([reply.status, reply.json<{ code: string }>().code]).toEqual([400, 'connection_unavailable']);
  });

  test('a connection made before this address was given out has one too', async () => {
    const place = await organization();
    const endpoints = await service.resources.db.query<{ endpoints: Record<string, string> }[]>(
      'SELECT endpoints FROM connections WHERE id = $1',
      [place.id],
    );
    expect(Object.keys(endpoints[0]?.endpoints ?? {})).not.toContain('backchannelLogoutUri');
    expect(place.backchannelLogoutUri).toBe(`${service.baseUrl}/${place.slug}/sso/${place.id}/backchannel-logout`);
  });
});
