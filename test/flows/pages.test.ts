import { connect } from 'node:net';
import { createAcme, createTestIdp, type SamlConnection } from '../support/acme';
import type { Reply } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const FORM = 'application/x-www-form-urlencoded';
const TEN_MB = 10 * 1024 * 1024;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

describeWith('postgres', 'pages', () => {
  let service: TestService;
  let acme: SamlConnection;
  beforeAll(async () => {
    service = await startService();
    acme = await createAcme(service, await createTestIdp());
  });
  afterAll(() => service.stop());

  const get = (path: string, headers?: Record<string, string>) => service.browser().get(path, headers && { headers });
  const acs = (): string => `/acme/sso/${acme.id}/acs`;

  /** A refusal as a person meets it: a page with the status, a request id, no internals. */
  const expectRefusal = (reply: Reply, status: number) => {
    expect([reply.url, reply.status]).toEqual([reply.url, status]);
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.text).toMatch(UUID);
    expect(reply.text).not.toMatch(/\bat .+:\d+:\d+|node_modules|Error:|\/src\//);
  };

  /** Bytes as they stand, for what no client would send. Yields the status line and the rest. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(service.config.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (data) => (answer += data.toString('latin1')));
      socket.on('close', () => resolve(answer));
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
      );
    });
  const rawStatus = async (head: string): Promise<number> =>
    Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(`${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n`))?.[1]);

  describe('addresses', () => {
    test('an unknown organization: a page with a way to find the right one', async () => {
      const reply = await get('/nobody-here');
      expectRefusal(reply, 404);
      expect(reply.form()).toMatchObject({ method: 'POST', action: '/', fields: { organization: '' } });
    });

    test.each([
      '/Acme',
      '/a_b',
      '/-a',
      '/a-',
      '/ä',
      '/a%00b',
      '/acme%2Faccount',
      '/%2e%2e%2f',
      `/${'a'.repeat(64)}`,
      '/acme;x',
      '/acme.html',
    ])('no slug at all: %s', async (path) => {
      const reply = await get(path);
      expectRefusal(reply, 404);
      expect(reply.form().action).toBe('/');
    });

    test.each([
      '/admin/signup',
      '/oidc',
      '/oidc/nothing',
      '/oidc/token',
      '/setup/x',
      '/owner',
      '/robots.txt',
      '/.well-known/security.txt',
      '/static/x.js',
    ])('reserved for what is not there yet: %s', async (path) => expectRefusal(await get(path), 404));

    test.each([
      '/acme/nothing',
      '/acme/sso',
      '/acme/sso/',
      '/acme/logout',
      '/acme/account/x',
      '/assets/nothing.css',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%00',
    ])('nothing there: %s', async (path) => {
      const reply = await get(path);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expectRefusal(reply, reply.status);
      expect([400, 404]).toContain(reply.status);
    });

    test.each([
      '/%',
      '/%E0%A4%A',
      '/acme/%zz',
      '/acme/sso/%C0%AF',
      '/acme/account?x=%E0%A4%A',
      '/?lang=%',
      '/acme?return_to=%',
    ])('malformed percent-encoding: %s', async (path) => {
      const { status } = await get(path);
      expect([path, status < 500]).toEqual([path, true]);
    });

    test('an address of 60,000 characters', async () => {
      expect(await rawStatus(`GET /${'a'.repeat(60_000)} HTTP/1.1`)).toBe(431);
      expectRefusal(await get(`/${'a'.repeat(8_000)}`), 404);
    });

    test.each([
      'http://[/acme',
      'http://evil.example//acme',
      '//evil.example/acme',
      '*',
      '\\acme',
      '/acme/../../etc/passwd',
      '/acme#x',
    ])('the request target %s', async (target) => {
      const status = await rawStatus(`GET ${target} HTTP/1.1`);
      expect([target, status >= 200 && status < 500]).toEqual([target, true]);
    });

    test('an absolute request target whose address cannot be read, at an address for answers', async () => {
      const status = await rawStatus(`GET http://[/acme/sso/${acme.id}/callback?state=x HTTP/1.1`);
      expect([status, status >= 200 && status < 500]).toEqual([status, true]);
    });
  });

  describe('methods', () => {
    test.each(['/', '/acme?choose=1', '/acme/session', '/nobody-here', '/healthz'])(
      'HEAD %s is GET without a body',
      async (path) => {
        const browser = service.browser();
        const [head, full] = [await browser.send('HEAD', path), await browser.get(path)];
        expect([head.status, head.text]).toEqual([full.status, '']);
        expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'));
      },
    );

    test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT'])(
      '%s is refused or harmless',
      async (method) => {
        for (const path of ['/', '/acme', '/acme/account', '/acme/session', acs(), `/acme/sso/${acme.id}`]) {
          const { status } = await service.browser().send(method, path);
          expect([path, [200, 404, 405].includes(status)]).toEqual([path, true]);
        }
      },
    );

    test('an invented one', async () => {
      expect(await rawStatus('BREW /acme HTTP/1.1')).toBe(400);
      expect(await rawStatus('TRACE /acme HTTP/1.1')).toBeLessThan(500);
    });

    test('POST where only GET is served', async () => {
      for (const path of ['/acme', '/acme/account', '/acme/session', `/acme/sso/${acme.id}`, '/healthz'])
        expect([path, [404, 405].includes((await service.browser().post(path)).status)]).toEqual([path, true]);
    });
  });

  describe('forms', () => {
    const post = (path: string, body: string | Uint8Array, type = FORM, headers: Record<string, string> = {}) =>
      service.browser().send('POST', path, body, { headers: { 'content-type': type, ...headers } });
    const PATHS = ['/', '/acme/logout', '/acme/account/sessions/others/end'];

    test.each([
      ['%', FORM],
      ['a=%E0%A4%A', FORM],
      ['organization', FORM],
      ['organization[]=a&organization[x]=b', FORM],
      ['organization=a&organization=b', FORM],
      ['__proto__=a&constructor=b&organization=c', FORM],
      ['organization=%00', FORM],
      ['organization=%ED%A0%80', FORM],
      ['organization=%F0%9F%A6%84', FORM],
      ["organization='; DROP TABLE accounts; --", FORM],
      ['organization=%25%5F%5C', FORM],
      ['\u0000\u0001', FORM],
      ['{"organization":"acme"}', 'application/json'],
      ['{', 'application/json'],
      ['<x/>', 'text/xml'],
      ['--x\r\n\r\n', 'multipart/form-data; boundary=x'],
      ['organization=acme', `${FORM}; charset=utf-16`],
      ['organization=acme', `${FORM}; charset=invented`],
      ['organization=acme', 'no type at all'],
    ])('malformed or strange: %j as %s', async (body, type) => {
      for (const path of PATHS) {
        const reply = await post(path, body, type);
        expect([path, reply.status < 500]).toEqual([path, true]);
        if (reply.status >= 400) expectRefusalOrForm(reply);
      }
    });
    const expectRefusalOrForm = (reply: Reply) => {
      expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(reply.text).toContain('<h1');
    };

    test('a body that says it is packed and is not', async () => {
      for (const encoding of ['gzip', 'br', 'invented'])
        expect([400, 415]).toContain(
          (await post('/', 'organization=a', FORM, { 'content-encoding': encoding })).status,
        );
    });

    test('10 MB: 413, read or not', async () => {
      const big = 'organization=' + 'a'.repeat(TEN_MB);
      for (const path of [...PATHS, acs()]) {
        const reply = await post(path, big);
        expectRefusal(reply, 413);
      }
    });

    test('too many fields: 413', async () => {
      const many = Array.from({ length: 1000 }, (_, index) => `f${index}=1`).join('&');
      for (const path of [...PATHS, acs()]) expectRefusal(await post(path, many), 413);
    });

    test.each([
      '',
      'SAMLResponse=a&SAMLResponse=b',
      'SAMLResponse[]=a',
      'SAMLResponse=%00&RelayState=%00',
      'RelayState=a&RelayState=b',
      `SAMLResponse=${'A'.repeat(1_500_000)}`,
    ])('at the address for answers: %.60s', async (body) => {
      const browser = service.browser();
      const posted = await browser.send('POST', acs(), body, { headers: { 'content-type': FORM } });
      expect(posted.status).toBe(303);
      const reply = await browser.get(posted.location ?? '');
      expect([303, 403]).toContain(reply.status);
      expect(browser.jar.names().filter((name) => name.includes('-0'))).toEqual([]);
    });

    test.each(['application/json', 'text/xml', 'multipart/form-data; boundary=x'])('nor as %s', async (type) =>
      expect((await post(acs(), '{"SAMLResponse":"a"}', type)).status).toBeLessThan(500),
    );
  });

  describe('parameters', () => {
    test.each([
      '/acme?choose=1&choose=2',
      '/acme?choose[]=1',
      '/acme?notice=signed_out&notice=x',
      '/acme?notice=__proto__',
      '/?lang=de&lang=en',
      '/?lang=xx',
      '/?lang=constructor',
      '/acme?lang=__proto__&choose=1',
    ])('%s', async (path) => expect([200, 302]).toContain((await get(path)).status));

    test.each([
      'login_hint=a&login_hint=b',
      'login_hint=%00',
      'return_to=/a&return_to=/b',
      `login_hint=${'ä'.repeat(1000)}`,
    ])('at the beginning of a sign-in: %.40s', async (query) => {
      const reply = await get(`/acme/sso/${acme.id}?${query}`);
      expect([reply.status, reply.location?.startsWith('https://idp.acme.example/sso?')]).toEqual([302, true]);
    });

    test.each(['handle=a&handle=b', 'handle=', 'handle=%00', 'handle[]=x', `handle=${'x'.repeat(5000)}`])(
      'in place of a held answer: %.40s',
      async (query) => expectRefusal(await get(`${acs()}?${query}`), 403),
    );
  });

  describe('security 23: headers', () => {
    test('of 20 kB: 431 and no more', async () => {
      expect(await rawStatus(`GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}`)).toBe(431);
    });

    test.each<[string, Record<string, string>]>([
      ['cookies', { cookie: ';;;=;a;%;drawbridge-browser=%00; lang=%; lang=de' }],
      ['a language', { 'accept-language': 'xx;q=9,*;q=,-,;;' }],
      ['a kind of answer', { accept: 'nothing/known;;;q=x' }],
      ['who asks', { 'user-agent': 'ü'.repeat(300) }],
      ['where from', { referer: 'http://[', origin: 'nonsense' }],
      ['a proxy', { 'x-forwarded-for': ';;,', 'x-forwarded-proto': 'x', 'x-forwarded-host': 'evil.example' }],
    ])('with nonsense in them: %s', async (_what, headers) => {
      for (const path of ['/', '/acme?choose=1', `/acme/sso/${acme.id}`, '/nobody-here'])
        expect([path, (await get(path, headers)).status < 500]).toEqual([path, true]);
    });

    test('another host name is believed in nothing', async () => {
      const answer = await raw(
        'GET /acme?choose=1 HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200/);
      expect(answer).not.toContain('evil.example');
    });

    test('a program that wants JSON gets it', async () => {
      const reply = await get('/nobody-here', { accept: 'application/json' });
      expect([reply.status, reply.json()]).toEqual([
        404,
        expect.objectContaining({
          code: 'unknown_organization',
          status: 404,
          requestId: expect.stringMatching(UUID) as string,
        }),
      ]);
    });
  });

  describe('every page', () => {
    test.each([
      '/',
      '/acme?choose=1',
      '/acme?notice=signed_out',
      '/acme/account',
      '/acme/session',
      '/nobody-here',
      '/admin',
      '/%',
      '/api/docs',
      '/acme/sso/x',
    ])('%s carries the security headers', async (path) => {
      const { headers } = await get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toMatch(/form-action 'self'(;|$)/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('x-powered-by')).toBeNull();
    });

    test.each(['/', '/acme?choose=1', '/nobody-here'])('%s is not kept and gives a visitor no cookie', async (path) => {
      const { headers } = await get(path);
      expect([headers.get('cache-control'), headers.getSetCookie()]).toEqual(['no-store', []]);
    });

    test('a language asked for is remembered, and nothing else', async () => {
      const browser = service.browser();
      const reply = await browser.get('/acme?choose=1&lang=de');
      expect(reply.text).toContain('<html lang="de"');
      expect(browser.jar.names()).toEqual(['lang']);
      expect((await browser.get('/nobody-here')).text).toContain('<html lang="de"');
    });

    test('a form of another site reaches none of them', async () => {
      for (const path of ['/', '/acme/logout', '/acme/account/sessions/others/end'])
        expectRefusal(await service.browser().post(path, {}, { from: 'https://evil.example' }), 403);
    });
  });

  describe('finding an organization', () => {
    const find = (organization: string) => service.browser().post('/', { organization });

    test.each([
      'maria@acme.example',
      ' Maria@ACME.example ',
      'nobody.at.all+x@acme.example',
      'acme.example',
      'acme',
      'ACME Inc.',
    ])('%j leads to its page, whoever is asked for', async (text) => {
      const reply = await find(text);
      expect([reply.status, reply.location]).toEqual([303, '/acme?choose=1']);
    });

    test.each([
      'maria@elsewhere.example',
      'elsewhere',
      '@',
      '李@例え.テスト',
      'a'.repeat(5000),
      '\u0000',
      'acme\u0000',
      '\ud800',
    ])('%j is unknown: the same page, with what was typed', async (text) => {
      const reply = await find(text);
      expect(reply.status).toBe(404);
      expect(reply.form()).toMatchObject({ action: '/' });
      expect(reply.text).toContain('role="alert"');
    });

    test('what was typed stands in the page as text', async () => {
      const typed = '"><script>alert(1)</script>';
      const reply = await find(typed);
      expect(reply.form().fields.organization).toBe(typed);
      expect(reply.text).not.toContain('<script>alert');
    });

    test('nothing typed: 422', async () => {
      expect((await find('  ')).status).toBe(422);
    });
  });

  describe('for those who run it', () => {
    test('live and ready', async () => {
      for (const [path, status] of [
        ['/healthz', 'ok'],
        ['/readyz', 'ready'],
      ] as const) {
        const reply = await get(path);
        expect([reply.status, reply.json()]).toEqual([200, { status }]);
      }
    });

    test('metrics for loopback, and for nobody that a proxy brings', async () => {
      const reply = await get('/metrics');
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(reply.text).toContain('process_cpu_seconds_total');
      for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip'])
        expectRefusal(await get('/metrics', { [header]: '192.0.2.1' }), 403);
    });

    test('metrics by token, from anywhere; not ready without the database', async () => {
      const other = await startService({ env: { METRICS_TOKEN: 'a-token-for-metrics' } });
      try {
        const metrics = (authorization?: string) =>
          other
            .browser()
            .get('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1', ...(authorization && { authorization }) } });
        expect((await metrics('Bearer a-token-for-metrics')).status).toBe(200);
        for (const wrong of [undefined, 'Bearer x', 'a-token-for-metrics', 'Bearer a-token-for-metrics '.repeat(2)])
          expect([wrong, (await metrics(wrong)).status]).toEqual([wrong, 403]);

        await other.resources.db.destroy();
        const ready = await other.browser().get('/readyz');
        expect([ready.status, ready.json()]).toEqual([503, { status: 'not_ready' }]);
        expect((await other.browser().get('/healthz')).status).toBe(200);
        await other.resources.db.initialize();
      } finally {
        await other.stop();
      }
    });
  });
});
