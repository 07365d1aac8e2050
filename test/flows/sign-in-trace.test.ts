import type { ClientMetadata } from 'oidc-provider';
import { cleanUp } from '../../src/storage/clean-up';
import { createSamlKey, type SamlResponseOptions } from '../../src/demo/saml-response';
import {
  addConnection,
  answer,
  begin,
  createAcme,
  createTestIdp,
  deliver,
  signIn,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import type { HttpClient } from '../support/http-client';
import { startOidcOp, type OidcOp } from '../support/oidc-op';
import { PEOPLE } from '../support/people';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Whatever is a person's or a secret holds this word, so that it is found wherever it went. */
const canary = {
  subject: 'canary-subject',
  email: 'canary@acme.example',
  firstName: 'Canary',
  lastName: 'Canary',
  badge: 'canary-badge',
};
const SECRET = 'canary-secret-of-32-characters-0123456789';

interface Step {
  rule: string;
  ok: boolean;
  expected?: string;
  received?: string;
}
interface Attempt {
  id: string;
  code: string;
  state: string;
  refusalCode: string | null;
  connectionId: string | null;
  steps: Step[];
}
interface Captured {
  captured: { kind: string; xml: string; parameters: object; idToken: object | null; userinfo: object | null };
}

describeWith('postgres', 'what a sign-in leaves', () => {
  let service: TestService;
  let idp: TestIdp;
  let op: OidcOp;
  let organizations = 0;
  const clients: ClientMetadata[] = [];
  const logged: string[] = [];

  beforeAll(async () => {
    service = await startService({ env: { TRUST_PROXY: 'true' }, logTo: (line) => logged.push(line) });
    idp = await createTestIdp();
    op = await startOidcOp({
      clients,
      accounts: [{ ...PEOPLE[0]!, username: 'canary', sub: 'canary-sub', mail: canary.email, givenName: 'Canary' }],
    });
  });
  afterAll(async () => {
    await op.stop();
    await service.stop();
  });
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  const organization = async (settings: Record<string, unknown> = {}) => {
    const slug = `trace-${++organizations}`;
    return { slug, connection: await createAcme(service, idp, { slug, ...settings }) };
  };
  type Place = Awaited<ReturnType<typeof organization>>;
  const start = ({ slug, connection }: Place): string => `/${slug}/sso/${connection.id}`;
  const signInAt = (place: Place, overrides: Partial<SamlResponseOptions> = {}, by = idp) =>
    signIn(service, by, place.connection, canary, { slug: place.slug, overrides });
  const answerAt = async (place: Place, browser: HttpClient, by = idp, overrides = {}) =>
    answer(by, place.connection, canary, await begin(browser, place.connection, place.slug), overrides);

  const attemptsAt = async ({ slug }: Place): Promise<Attempt[]> =>
    (await service.api<{ items: Attempt[] }>('GET', `/organizations/${slug}/sign-in-attempts?limit=200`)).items;
  const refusalsAt = async ({ slug }: Place) =>
    (
      await service.api<{ items: { outcome: string; attemptId: string; details: { rule?: string } }[] }>(
        'GET',
        `/organizations/${slug}/audit-events?limit=200`,
      )
    ).items.filter(({ outcome }) => outcome !== null);

  /** The newest attempt: its code, and the step that failed. */
  async function lastAt(place: Place): Promise<string[]> {
    const [attempt] = await attemptsAt(place);
    const failed = attempt?.steps.find(({ ok }) => !ok);
    expect(failed).toMatchObject({ expected: expect.any(String), received: expect.any(String) });
    const [line] = await refusalsAt(place);
    expect(line).toMatchObject({ outcome: attempt?.refusalCode ?? line?.outcome, attemptId: attempt?.id });
    return [attempt?.state ?? '', attempt?.refusalCode ?? '', failed?.rule ?? ''];
  }

  const oidcOrganization = async (issuer = op.issuer): Promise<Place> => {
    const slug = `trace-${++organizations}`;
    await service.api('POST', '/organizations', { slug, name: slug });
    const connection = await service.api<SamlConnection & { redirectUri: string }>(
      'POST',
      `/organizations/${slug}/connections`,
      { kind: 'oidc', name: 'OP', issuer, clientId: slug, clientSecret: SECRET, state: 'active' },
    );
    clients.push({ client_id: slug, client_secret: SECRET, redirect_uris: [connection.redirectUri] });
    op.rotateKeys();
    return { slug, connection };
  };

  describe('each refusal names the step that failed, with what was expected and what came', () => {
    const faults: [string, string, Partial<SamlResponseOptions>][] = [
      ['an audience that is another', 'audience', { audience: 'https://other.example' }],
      ['a recipient that is another', 'destination', { acsUrl: 'https://other.example/acs' }],
      ['an issuer that is another', 'response_issuer', { issuer: 'https://other.example' }],
      ['a time that is over', 'response_issue_instant', { now: new Date(Date.now() - HOUR) }],
      ['no signature', 'signed', { sign: 'none' }],
      ['a refusal of the provider', 'status', { status: { code: 'urn:oasis:names:tc:SAML:2.0:status:Responder' } }],
    ];
    test.each(faults)('SAML: %s', async (_what, rule, overrides) => {
      const place = await organization();
      expect((await signInAt(place, overrides)).status).toBe(403);
      const [, , failed] = await lastAt(place);
      expect([rule, 'issuer', 'recipient']).toContain(failed);
    });

    test('SAML: the key of somebody else, and the door', async () => {
      const place = await organization();
      await signInAt(place, {}, { ...idp, key: await createSamlKey('Mallory') });
      expect(await lastAt(place)).toEqual(['refused', 'invalid_assertion', 'signing_certificate']);
      await service.api('PUT', `/organizations/${place.slug}/policy`, { allowedSources: ['admin'] });
      await signInAt(place);
      expect(await lastAt(place)).toEqual(['refused', 'identity_not_permitted', 'door']);
      await service.api('PUT', `/organizations/${place.slug}/policy`, {});
      await signIn(service, idp, place.connection, { subject: canary.subject }, { slug: place.slug });
      expect(await lastAt(place)).toEqual(['refused', 'missing_attribute', 'door']);
      expect((await attemptsAt(place))[0]?.steps.at(-1)?.expected).toContain('email');
    });

    test('an answer that brings no cookie, comes too late, or comes again', async () => {
      const place = await organization();
      const browser = service.browser();
      const fields = await answerAt(place, browser);
      await deliver(service.browser(), place.connection, fields, place.slug);
      expect(await lastAt(place)).toEqual(['refused', 'cookies_required', 'browser']);
      service.clock.offsetMs = 61 * MINUTE;
      await deliver(browser, place.connection, fields, place.slug);
      expect(await lastAt(place)).toEqual(['expired', 'attempt_expired', 'attempt_in_time']);
      service.clock.offsetMs = 0;
      await deliver(browser, place.connection, fields, place.slug);
      for (const another of [service.browser(), service.browser()])
        await deliver(another, place.connection, fields, place.slug);
      expect(await lastAt(place)).toEqual(['succeeded', '', 'attempt_open']);
      const [{ steps } = { steps: [] as Step[] }] = await attemptsAt(place);
      expect(steps.filter(({ ok }) => !ok)).toHaveLength(1);
      expect((await refusalsAt(place)).map(({ outcome }) => outcome)).toEqual([
        'attempt_used',
        'attempt_used',
        'attempt_expired',
        'cookies_required',
      ]);
    });

    test('an answer that nobody asked for, twice a minute; one used before; one that is gone', async () => {
      const place = await organization();
      const browser = service.browser();
      const unasked = await answer(idp, place.connection, canary, undefined);
      await deliver(browser, place.connection, unasked, place.slug);
      expect(await attemptsAt(place)).toEqual([]);
      await deliver(browser, place.connection, unasked, place.slug);
      expect(await lastAt(place)).toEqual(['refused', 'invalid_assertion', 'solicited']);
      await browser.get(`${start(place)}/acs?handle=${'x'.repeat(43)}`);
      expect(await lastAt(place)).toEqual(['refused', 'attempt_used', 'held_reply']);

      const open = await organization({ allowIdpInitiated: true });
      const once = await answer(idp, open.connection, canary, undefined);
      for (let times = 0; times < 2; times++) await deliver(service.browser(), open.connection, once, open.slug);
      expect(await lastAt(open)).toEqual(['refused', 'assertion_replayed', 'assertion_unused']);
    });

    test('OIDC: what the provider says no to, another state, a used answer', async () => {
      const place = await oidcOrganization();
      const browser = service.browser();
      const asked = (await browser.get(start(place))).location ?? '';
      const state = new URL(asked).searchParams.get('state') ?? '';
      await browser.get(`${start(place)}/callback?error=access_denied&state=${state}`);
      expect(await lastAt(place)).toEqual(['refused', 'provider_refused', 'authorization_response']);
      const back = await op.signIn(asked, 'canary');
      await service.browser().get(back);
      expect(await lastAt(place)).toEqual(['refused', 'cookies_required', 'browser']);
      await service.api('PUT', `/organizations/${place.slug}/policy`, { allowedSources: ['admin'] });
      expect((await browser.get(back)).status).toBe(403);
      expect(await lastAt(place)).toEqual(['refused', 'identity_not_permitted', 'door']);
      await browser.get(back);
      expect((await refusalsAt(place))[0]?.outcome).toBe('attempt_used');
    });

    test('a provider that is down; twenty lines a quarter of an hour for one address, however often it is asked', async () => {
      const down = await startOidcOp({ clients: [] });
      const place = await oidcOrganization(down.issuer);
      await down.stop();
      const reply = await service.browser().get(start(place));
      expect(reply.status).toBe(503);
      expect(await lastAt(place)).toEqual(['refused', 'connection_unavailable', 'discovery']);
      expect(reply.text).toContain((await attemptsAt(place))[0]?.code);
      await Promise.all(Array.from({ length: 25 }, () => service.browser().get(start(place))));
      expect(await attemptsAt(place)).toHaveLength(20);
      await service.browser().get(start(place), { headers: { 'x-forwarded-for': '192.0.2.7' } });
      expect(await attemptsAt(place)).toHaveLength(21);
    });

    test('a password that was not looked at: one line for each login, and none that tells whether there is one', async () => {
      const { slug, connection } = await organization({ state: 'required' });
      const place = { slug, connection };
      const browser = service.browser();
      const logIn = (login: string) => browser.post(`/${slug}/login`, { login, password: 'canary password 55' });
      for (let times = 0; times < 3; times++) expect((await logIn(canary.email)).status).toBe(403);
      expect(await lastAt(place)).toEqual(['refused', 'password_not_permitted', 'password_permitted']);
      expect(await attemptsAt(place)).toHaveLength(1);

      await service.api('PATCH', `/organizations/${slug}/connections/${connection.id}`, { state: 'active' });
      for (let times = 0; times < 13; times++) await logIn('other-canary@acme.example');
      expect(await lastAt(place)).toEqual(['refused', 'rate_limited', 'rate_limit']);
      expect((await attemptsAt(place)).filter(({ refusalCode }) => refusalCode === 'rate_limited')).toHaveLength(1);
    });
  });

  test('one browser is answered in vain ten times, then unread; what others send does not count', async () => {
    const place = await organization();
    const [browser, other] = [service.browser(), service.browser()];
    const begun = await begin(browser, place.connection, place.slug);
    const forger = { ...idp, key: await createSamlKey('Mallory') };
    const forged = await answer(forger, place.connection, canary, begun);
    const real = await answer(idp, place.connection, canary, begun);
    for (let times = 0; times < 12; times++) await deliver(other, place.connection, real, place.slug);
    for (let times = 0; times < 9; times++) await deliver(browser, place.connection, forged, place.slug);
    expect((await deliver(browser, place.connection, real, place.slug)).status).toBe(303);

    const again = await answerAt(place, browser, forger);
    for (let times = 0; times < 12; times++)
      expect((await deliver(browser, place.connection, again, place.slug)).text).toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}/);
    const [attempt] = await attemptsAt(place);
    const lines = (await refusalsAt(place)).filter(({ attemptId }) => attemptId === attempt?.id);
    expect(lines).toHaveLength(10);
  });

  describe('a capture', () => {
    const capture = (place: Place, connection = place.connection) =>
      `/organizations/${place.slug}/connections/${connection.id}/capture`;
    const captureOf = async (place: Place, key?: string) => {
      const [attempt] = await attemptsAt(place);
      const path = `/organizations/${place.slug}/sign-in-attempts/${attempt?.id}/capture`;
      return service.request('GET', path, undefined, key ? { authorization: `Bearer ${key}` } : {});
    };
    const keyOf = async (organizationSlug: string, ...scopes: string[]) =>
      (await service.api<{ key: string }>('POST', '/api-keys', { name: 'x', organization: organizationSlug, scopes }))
        .key;
    const stored = async ({ connection }: Place) => {
      const sql = 'SELECT captured FROM sign_in_captures WHERE connection_id = $1';
      return service.resources.db.query<{ captured: string }[]>(sql, [connection.id]);
    };

    test('keeps nothing unless it is on, and nothing of another connection', async () => {
      const place = await organization();
      await signInAt(place);
      expect((await captureOf(place)).status).toBe(404);
      const other = await addConnection(service, place.slug, idp, { name: 'Other' });
      await service.api('PUT', capture(place, other), { minutes: 60 });
      await signInAt(place);
      expect((await captureOf(place)).status).toBe(404);
      expect(await stored(place)).toEqual([]);
    });

    test('security 24: keeps the XML as received, sealed, for who has the scope; each reading is noted', async () => {
      const place = await organization();
      const { captureUntil } = await service.api<{ captureUntil: string }>('PUT', capture(place), {});
      expect(new Date(captureUntil).getTime() - Date.now()).toBeGreaterThan(59 * MINUTE);
      const connectionPath = `/organizations/${place.slug}/connections/${place.connection.id}`;
      expect(await service.api('GET', connectionPath)).toMatchObject({ captureUntil });
      const browser = service.browser();
      const fields = await answerAt(place, browser);
      await deliver(browser, place.connection, fields, place.slug);

      const key = await keyOf(place.slug, 'sign-in-captures:read');
      const xml = Buffer.from(fields.SAMLResponse ?? '', 'base64').toString();
      expect((await captureOf(place, key)).json<Captured>().captured).toEqual({ kind: 'saml', xml });
      expect(JSON.stringify(await stored(place))).not.toMatch(/canary/i);
      const wrong = await keyOf(place.slug, 'sign-in-attempts:write', 'connections:write', 'audit-events:read');
      expect((await captureOf(place, wrong)).status).toBe(403);

      const { items } = await service.api<{ items: { action: string; actor: { kind: string }; details: object }[] }>(
        'GET',
        `/organizations/${place.slug}/audit-events`,
      );
      expect(items.map(({ action }) => action)).toEqual(
        expect.arrayContaining(['connection.capture_started', 'sign_in_capture.read']),
      );
    });

    test('security 26: is read by no other organization', async () => {
      const [place, other] = [await organization(), await organization()];
      await service.api('PUT', capture(place), {});
      await signInAt(place);
      const foreign = await keyOf(other.slug, '*');
      expect((await captureOf(place, foreign)).status).toBe(404);
      const [attempt] = await attemptsAt(place);
      const own = `/organizations/${other.slug}/sign-in-attempts/${attempt?.id}/capture`;
      const headers = { authorization: `Bearer ${foreign}` };
      expect((await service.request('GET', own, undefined, headers)).status).toBe(404);
      for (const method of ['PUT', 'DELETE'])
        expect((await service.request(method, capture(place), {}, headers)).status).toBe(404);
      expect((await captureOf(place)).status).toBe(200);
    });

    test('keeps refused answers too, also unsolicited ones; the last one of an attempt counts', async () => {
      const place = await organization({ allowIdpInitiated: true });
      await service.api('PUT', capture(place), {});
      const forger = { ...idp, key: await createSamlKey('Mallory') };
      for (const by of [forger, idp]) {
        const fields = await answer(by, place.connection, canary, undefined);
        await deliver(service.browser(), place.connection, fields, place.slug);
        const xml = Buffer.from(fields.SAMLResponse ?? '', 'base64').toString();
        expect((await captureOf(place)).json<Captured>().captured.xml).toBe(xml);
      }
      const browser = service.browser();
      const begun = await begin(browser, place.connection, place.slug);
      const sent = [];
      for (const by of [forger, idp]) {
        const fields = await answer(by, place.connection, canary, begun);
        sent.push(Buffer.from(fields.SAMLResponse ?? '', 'base64').toString());
        await deliver(browser, place.connection, fields, place.slug);
      }
      expect((await captureOf(place)).json<Captured>().captured.xml).toBe(sent[1]);
      expect(await stored(place)).toHaveLength(3);
    });

    test('of OpenID Connect keeps what was said, no code and no token', async () => {
      const place = await oidcOrganization();
      await service.api('PUT', capture(place), {});
      const browser = service.browser();
      const back = await op.signIn((await browser.get(start(place))).location ?? '', 'canary');
      const code = new URL(back).searchParams.get('code') ?? '';
      expect((await browser.get(`${back}&session_state=s`)).status).toBe(303);
      const reply = await captureOf(place);
      expect(reply.json<Captured>().captured).toMatchObject({
        kind: 'oidc',
        parameters: { iss: op.issuer, session_state: 's' },
        idToken: { sub: 'canary-sub', email: canary.email },
      });
      expect(reply.text).not.toContain(code);
      expect(reply.text).not.toMatch(/"nonce"|"state"|"code"|eyJ/);
    });

    test('ends by itself, is gone after 24 hours, and at once when it is turned off', async () => {
      const place = await organization();
      await service.api('PUT', capture(place), { minutes: 5 });
      await signInAt(place);
      expect((await captureOf(place)).status).toBe(200);
      service.clock.offsetMs = 6 * MINUTE;
      await signInAt(place, { now: new Date(Date.now() + 6 * MINUTE) });
      expect((await captureOf(place)).status).toBe(404);
      expect(await stored(place)).toHaveLength(1);
      const connectionPath = `/organizations/${place.slug}/connections/${place.connection.id}`;
      expect(await service.api('GET', connectionPath)).toMatchObject({ captureUntil: null });
      service.clock.offsetMs = 24 * HOUR;
      const [{ id } = { id: '' }] = (await attemptsAt(place)).slice(1);
      const old = `/organizations/${place.slug}/sign-in-attempts/${id}/capture`;
      expect((await service.request('GET', old)).status).toBe(404);
      await cleanUp(service.resources.db, new Date(Date.now() + 23 * HOUR + MINUTE));
      expect(await stored(place)).toEqual([]);

      service.clock.offsetMs = 0;
      await service.api('PUT', capture(place), {});
      await signInAt(place);
      expect(await stored(place)).toHaveLength(1);
      expect((await service.request('DELETE', capture(place))).status).toBe(204);
      expect(await stored(place)).toEqual([]);
      await signInAt(place);
      expect(await stored(place)).toEqual([]);
    });

    test('of one connection keeps the newest 200, and takes 5 to 1440 minutes', async () => {
      const place = await organization();
      await service.api('PUT', capture(place), {});
      await signInAt(place);
      await service.resources.db.query(
        `WITH more AS (INSERT INTO sign_in_attempts (organization_id, id, connection_id, code, state, relay_hash, started_at, expires_at)
           SELECT organization_id, gen_random_uuid(), connection_id, 'X', 'refused', sha256(n::text::bytea), started_at, expires_at
             FROM sign_in_attempts, generate_series(1, 205) n WHERE connection_id = $1 RETURNING organization_id, id, connection_id)
         INSERT INTO sign_in_captures SELECT organization_id, id, connection_id, 'x', now() - interval '1 hour' FROM more`,
        [place.connection.id],
      );
      await signInAt(place);
      expect(await stored(place)).toHaveLength(200);
      expect((await stored(place)).filter(({ captured }) => captured !== 'x')).toHaveLength(2);
      for (const minutes of [4, 1441, 1.5, '60', null])
        expect((await service.request('PUT', capture(place), { minutes })).status).toBe(422);
    });
  });

  test('security 27: without its line in the ledger nobody comes in', async () => {
    const place = await organization();
    expect((await signInAt(place)).status).toBe(303);
    const { db } = service.resources;
    const sessions = async () =>
      Number((await db.query<{ count: string }[]>('SELECT count(*) FROM sessions'))[0]?.count);
    const before = await sessions();
    await db.query(`ALTER TABLE ledger_entries ADD CONSTRAINT no_room CHECK (false) NOT VALID`);
    try {
      expect((await signInAt(place)).status).toBe(500);
      expect((await signInAt(place, { audience: 'https://other.example' })).status).toBe(500);
      const group = await service.request('POST', `/organizations/${place.slug}/groups`, { name: 'Unwritten' });
      expect(group.status).toBe(500);
    } finally {
      await db.query(`ALTER TABLE ledger_entries DROP CONSTRAINT no_room`);
    }
    expect(await sessions()).toBe(before);
    expect((await attemptsAt(place)).map(({ state }) => state)).toEqual(['started', 'started', 'succeeded']);
    const groups = await service.api<{ items: unknown[] }>('GET', `/organizations/${place.slug}/groups`);
    expect(groups.items).toEqual([]);
  });

  test('security 21: RelayState is a key and never an address', async () => {
    const place = await organization({ allowIdpInitiated: true });
    for (const RelayState of ['https://evil.example/', '//evil.example', '/elsewhere']) {
      const unasked = await answer(idp, place.connection, canary, undefined);
      const reply = await deliver(service.browser(), place.connection, { ...unasked, RelayState }, place.slug);
      expect([reply.status, reply.location]).toEqual([303, `/${place.slug}/account`]);
    }
  });

  test('security 27: no step and no line of the ledger holds what is a person’s or a secret', async () => {
    const { db } = service.resources;
    const [{ steps, lines }] = await db.query<[{ steps: string; lines: string }]>(
      `SELECT (SELECT string_agg(steps::text, ' ') FROM sign_in_attempts) AS steps,
              (SELECT string_agg(e::text, ' ') FROM ledger_entries e) AS lines`,
    );
    expect(steps.length).toBeGreaterThan(10_000);
    expect(steps).not.toMatch(/canary/i);
    expect(lines).not.toMatch(/canary/i);
    const secrets = await db.query<{ id: string }[]>(`SELECT id::text FROM sessions`);
    for (const { id } of secrets) expect(steps).not.toContain(id);
    expect(steps).not.toMatch(/-----BEGIN|eyJ|<[a-z]+:|PHNhbWw/);
  });

  test('security 28: nor does the log, whatever was sent where', async () => {
    const { slug, connection } = await organization();
    const browser = service.browser();
    const secret = { authorization: 'Bearer canary-key', cookie: 'canary=canary' };
    await browser.get(`/${slug}/link/canary-token`, { headers: secret });
    await browser.post(`/${slug}/link/canary-token`, { password: 'canary' });
    await browser.post(`/${slug}/link/canary-token/again`);
    await browser.post(`/${slug}/forgot`, { email: canary.email });
    await browser.post(`/${slug}/signup`, { givenName: 'Canary', familyName: 'Canary', email: canary.email });
    await browser.get(`/${slug}/sso/${connection.id}?login_hint=${canary.email}&return_to=/canary`);
    await browser.get(`/${slug}/sso/${connection.id}/callback?code=canary&state=canary`);
    await browser.post(`/${slug}/sso/${connection.id}/acs`, { SAMLResponse: 'canary', RelayState: 'canary' });
    await browser.get(`/setup/canary-token`);
    await service.request('GET', '/discover?email=canary@acme.example', undefined, secret);
    await service.request('POST', `/organizations/${slug}/accounts`, { email: canary.email, password: 'canary' });
    expect(logged.length).toBeGreaterThan(100);
    expect(logged.filter((line) => /canary/i.test(line))).toEqual([]);
    expect(
      logged.filter((line) => /handle=|state=|code=|SAMLResponse|eyJ|PHNhbWw|set-cookie|"authorization"/i.test(line)),
    ).toEqual([]);
  });
});
