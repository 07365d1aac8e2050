import { createHash } from 'node:crypto';
import { answer, begunBy, createAcme, createTestIdp, maria, type SamlConnection, type TestIdp } from '../support/acme';
import type { HttpClient, Reply } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const BASE_URL = 'https://login.test';

describeWith('postgres', 'security 23: applications on https', () => {
  let service: TestService;
  let idp: TestIdp;
  let acme: SamlConnection;
  let application: { id: string; clientId: string };

  beforeAll(async () => {
    service = await startService({ env: { BASE_URL } });
    idp = await createTestIdp();
    acme = await createAcme(service, idp);
    application = await service.api('POST', '/applications', {
      name: 'Timesheets',
      redirectUris: ['https://app.example/callback'],
    });
  });
  afterAll(() => service.stop());

  const ask = (changes: Record<string, string> = {}): string =>
    `/oidc/auth?${new URLSearchParams({
      ...{ client_id: application.clientId, redirect_uri: 'https://app.example/callback', response_type: 'code' },
      code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
      ...{ code_challenge_method: 'S256', scope: 'openid', organization: 'acme', ...changes },
    })}`;
  const here = (location = ''): string => location.replace(BASE_URL, '');
  /** By the identity provider, whose answer is posted from its own site. */
  async function signIn(browser: HttpClient, asked: Reply): Promise<Reply> {
    const { location = '' } = await browser.get(here(asked.location));
    const fields = await answer(idp, acme, maria, begunBy(location));
    const reply = await browser.post(`/acme/sso/${acme.id}/acs`, fields, { from: idp.entityId });
    return browser.get(here(reply.location));
  }
  const all = <T>(sql: string, ...parameters: string[]) => service.resources.db.query<T[]>(sql, parameters);

  test('the request is bound to the browser by Secure cookies, and goes there and back', async () => {
    const browser = service.browser();
    const asked = await browser.get(ask());
    const cookies = asked.headers.getSetCookie().map((line) => line.toLowerCase());
    expect(cookies).toHaveLength(4);
    for (const cookie of cookies)
      expect(cookie).toMatch(
        /^__secure-drawbridge-(interaction|resume).*; path=\/(acme\/sso|oidc\/auth)\/.*; samesite=lax; secure; httponly$/,
      );
    expect((await signIn(browser, asked)).location).toMatch(/^https:\/\/app\.example\/callback\?code=.*iss=https/);
  });

  test('whoever signs in anew stays signed in to the application, though the answer brings no session cookie', async () => {
    const browser = service.browser();
    await signIn(browser, await browser.get(ask()));
    const [before] = await all<{ id: string; session_id: string }>(
      'SELECT id, session_id FROM application_sessions ORDER BY created_at DESC LIMIT 1',
    );
    const again = await signIn(browser, await browser.get(ask({ prompt: 'login' })));
    expect(again.location).toMatch(/\?code=/);
    const [after] = await all<{ id: string; session_id: string; is_over: boolean }>(
      `SELECT x.id, x.session_id, s.ended_at IS NOT NULL AS is_over FROM application_sessions x JOIN sessions s ON s.id = x.session_id
        WHERE x.id = $1`,
      before!.id,
    );
    expect(after).toMatchObject({ id: before!.id, is_over: false });
    expect(after!.session_id).not.toBe(before!.session_id);
  });

  test('signing out is asked under a cookie bound to the host, and takes the session’s cookies along', async () => {
    const browser = service.browser();
    await signIn(browser, await browser.get(ask()));
    const page = await browser.get(`/oidc/session/end?organization=acme&client_id=${application.clientId}`);
    expect(page.headers.getSetCookie()[0]).toMatch(/^__Host-drawbridge-sign-out=.*; path=\/;.*secure/);
    const { action, fields } = page.form();
    expect((await browser.post(here(action), fields)).status).toBe(303);
    expect(browser.jar.names().filter((name) => /drawbridge-([0-9a-f]{8}|browser-)/.test(name))).toEqual([]);
  });
});
