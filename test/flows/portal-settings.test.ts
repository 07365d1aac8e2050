import { Resolver } from 'node:dns/promises';
import type { HttpClient, Reply } from '../support/http-client';
import { JPEG, png } from '../support/images';
import { createInitech } from '../support/initech';
import { adminOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

const SETTINGS = '/initech/admin/settings';
const LOGO = png(64, 32);

describeWith('postgres', "an organization's settings", () => {
  let service: TestService;
  let admin: HttpClient;

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' } });
    await createInitech(service);
    admin = await adminOf(service, 'initech');
  });
  afterAll(() => service.stop());

  const tokenOf = (page: Reply): string => /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const send = async (path: string, fields: Record<string, string> = {}) =>
    admin.post(path, { ...fields, _csrf: tokenOf(await admin.get(SETTINGS)) });
  const policy = () => service.api<Record<string, unknown>>('GET', '/organizations/initech/policy');

  describe('in sections', () => {
    test('the first is at the address that settings always had, and each names the others', async () => {
      const { text } = await admin.get(SETTINGS);
      expect(text).toContain('name="allowedSources"');
      for (const section of ['defaults', 'fields', 'branding', 'domains'])
        expect(text).toContain(`href="${SETTINGS}/${section}"`);
    });

    test('usernames are looked at without being saved, and saving one section leaves the others alone', async () => {
      const owners = [{ field: 'phone', sources: ['scim'] }];
      await service.api('PUT', '/organizations/initech/policy', { fieldOwners: owners, sessionHours: 8 });
      const fields = { whenNoSeat: 'refuse', defaultUserType: 'Standard', unknownGroups: 'ignore' };
      const all = { ...fields, usernameFormat: '{f}{given}', defaultSite: 'Kraków' };
      expect((await send(`${SETTINGS}/defaults`, { ...all, do: 'preview' })).text).toContain('smaria');
      expect(await policy()).toMatchObject({ usernameFormat: '{given}.{family}' });
      expect((await send(`${SETTINGS}/defaults`, { ...all, do: 'save' })).status).toBe(303);
      expect(await policy()).toMatchObject({ usernameFormat: '{f}{given}', sessionHours: 8, fieldOwners: owners });
    });

    test('domains of self-signup are lines, and one that is none is named at its field', async () => {
      const access = { allowedSources: 'admin', sessionHours: '12', idleMinutes: '120' };
      const domains = 'Acme.example\r\n\r\nglobex.example';
      expect((await send(SETTINGS, { ...access, selfSignupDomains: domains })).status).toBe(303);
      expect(await policy()).toMatchObject({ selfSignupDomains: ['acme.example', 'globex.example'] });
      const refused = await send(SETTINGS, { ...access, selfSignupDomains: 'acme.example\nno_domain' });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('this is not a domain name')]);
      expect(refused.text).toContain('no_domain</textarea>');
    });

    test('fields get a first and a second source; what the form does not show stays behind them', async () => {
      const before = [
        { field: 'phone', sources: ['scim', 'admin', 'jit'] },
        { field: 'title', sources: ['jit'] },
        { field: 'attributes.desk', sources: ['spreadsheet'] },
      ];
      await service.api('PATCH', '/organizations/initech/policy', { fieldOwners: before });
      const chosen = { 'first.phone': 'admin', 'second.attributes.desk': 'scim' };
      expect((await send(`${SETTINGS}/fields`, chosen)).status).toBe(303);
      expect(await policy()).toMatchObject({
        fieldOwners: [
          { field: 'phone', sources: ['admin', 'jit'] },
          { field: 'attributes.desk', sources: ['scim'] },
        ],
      });
      expect((await send(`${SETTINGS}/fields`, { 'first.phone': 'magic' })).status).toBe(422);
    });
  });

  describe('the logo', () => {
    const UPLOAD = `${SETTINGS}/branding/logo`;
    const form = async (file?: Buffer, field = 'logo', token?: string): Promise<FormData> => {
      const data = new FormData();
      data.set('_csrf', token ?? tokenOf(await admin.get(SETTINGS)));
      if (file) data.set(field, new Blob([new Uint8Array(file)], { type: 'image/png' }), 'logo.png');
      return data;
    };
    const upload = async (data: FormData, browser = admin): Promise<Reply> => {
      const encoded = new Response(data);
      const type = encoded.headers.get('content-type') ?? '';
      const body = new Uint8Array(await encoded.arrayBuffer());
      return browser.send('POST', UPLOAD, body, { headers: { 'content-type': type } });
    };
    const branding = () => service.api<{ logoUrl?: string }>('GET', '/organizations/initech/branding');
    const logoUrl = async (): Promise<string> => new URL((await branding()).logoUrl ?? '').pathname;
    afterEach(() => service.api('DELETE', '/organizations/initech/branding/logo'));

    test('is put in place by a form, shown on the sign-in page, and served for ever under its version', async () => {
      expect((await upload(await form(LOGO))).status).toBe(303);
      const page = await service.browser().get('/initech?choose=1');
      const [, src = ''] = /<img class="logo" src="([^"]+)" alt="Initech">/.exec(page.text) ?? [];
      const image = await service.browser().get(src);
      expect(Object.fromEntries(image.headers)).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(LOGO.length),
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      expect(image.headers.get('set-cookie')).toBeNull();
      const etag = image.headers.get('etag') ?? '';
      const again = await service
        .browser()
        .get(src, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } });
      expect([again.status, again.text]).toEqual([304, '']);
      expect((await upload(await form(JPEG))).status).toBe(303);
      const old = await service.browser().get(src);
      expect([old.headers.get('content-type'), old.headers.get('cache-control')]).toEqual([
        'image/jpeg',
        'public, no-cache',
      ]);
      expect((await branding()).logoUrl).not.toContain(src);
    });

    test('goes after a warning; then there is nothing at its address', async () => {
      await upload(await form(LOGO));
      const path = await logoUrl();
      expect((await admin.get(`${UPLOAD}/remove`)).text).toContain('Remove the logo?');
      expect((await send(`${UPLOAD}/remove`)).status).toBe(303);
      expect((await service.browser().get(path)).status).toBe(404);
      expect((await service.browser().get('/nobody/logo')).status).toBe(404);
      expect((await service.browser().get('/admin/logo')).status).toBe(404);
    });

    test.each([
      ['nothing', undefined, 'nothing was entered'],
      ['a script called logo.png', Buffer.from('<script>alert(1)</script>'), 'not an image that can be used'],
      ['an SVG called logo.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'not an image that can be'],
      ['a picture of 8 pixels', png(8, 8), 'too small or too large'],
      ['more than 512 kB', Buffer.concat([LOGO, Buffer.alloc(512 * 1024)]), 'this file is too large'],
    ])('is not %s: the form says why', async (_what, file, said) => {
      const { status, text } = await upload(await form(file));
      expect([status, text]).toEqual([422, expect.stringContaining(said)]);
      expect((await branding()).logoUrl).toBeUndefined();
    });

    test('comes alone, in its own field, with few others', async () => {
      expect((await upload(await form(LOGO, 'other'))).status).toBe(422);
      const two = await form(LOGO);
      two.append('logo', new Blob([new Uint8Array(LOGO)]), 'second.png');
      expect((await upload(two)).status).toBe(422);
      const many = await form(LOGO);
      for (let count = 0; count < 11; count += 1) many.append(`f${count}`, 'x');
      expect((await upload(many)).status).toBe(422);
      expect((await branding()).logoUrl).toBeUndefined();
    });

    test('a form that breaks off is no form', async () => {
      const token = tokenOf(await admin.get(SETTINGS));
      const body = `--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n--x\r\nContent-Disposition: form-data; name="logo"; filename="a"\r\n\r\nabc`;
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      expect((await admin.send('POST', UPLOAD, body, { headers })).status).toBe(400);
    });

    test("security 23: a form without this session's token puts no logo in place", async () => {
      const { status, text } = await upload(await form(LOGO, 'logo', 'another'));
      expect([status, text]).toEqual([200, expect.stringContaining('name="_csrf"')]);
      const foreign = await upload(await form(LOGO, 'logo', 'another'), service.browser());
      expect(foreign.status).toBe(401);
      expect((await branding()).logoUrl).toBeUndefined();
    });

    test('security 26: whoever may only look uploads nothing', async () => {
      const auditor = await adminOf(service, 'initech', ['auditor']);
      const token = tokenOf(await auditor.get(`${SETTINGS}/branding`));
      expect((await upload(await form(LOGO, 'logo', token), auditor)).status).toBe(403);
    });
  });

  test('greeting and help stand on the sign-in page as plain text', async () => {
    const texts = { greeting: 'Hello <b>you</b>\nSecond line', help: 'Help@Initech.example' };
    expect((await send(`${SETTINGS}/branding`, { color: '', ...texts })).status).toBe(303);
    const { text } = await service.browser().get('/initech?choose=1');
    expect(text).toContain('Hello &lt;b&gt;you&lt;/b&gt;\nSecond line');
    expect(text).toContain('<a href="mailto:help@initech.example">help@initech.example</a>');
    const refused = await send(`${SETTINGS}/branding`, { color: '', greeting: '', help: 'javascript:alert(1)' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('neither an https address')]);
  });

  test('a domain whose record is not there yet says what was looked for and what was found, until it is', async () => {
    expect((await send(`${SETTINGS}/domains`, { domain: 'initech-labs.example' })).status).toBe(303);
    interface Domain {
      id: string;
      domain: string;
      dns: { name: string; value: string };
    }
    const { items } = await service.api<{ items: Domain[] }>('GET', '/organizations/initech/domains');
    const { id, dns } = items.find(({ domain }) => domain === 'initech-labs.example')!;
    const check = () => send(`${SETTINGS}/domains/${id}/verify`);
    const world = jest.spyOn(Resolver.prototype, 'resolveTxt');

    world.mockRejectedValueOnce(Object.assign(new Error('queryTxt'), { code: 'ENOTFOUND' }));
    const nothing = await check();
    expect([nothing.status, nothing.text]).toEqual([200, expect.stringContaining('No record found')]);
    for (const said of [dns.name, dns.value]) expect(nothing.text).toContain(`value="${said}"`);
    world.mockRejectedValueOnce(Object.assign(new Error('queryTxt'), { code: 'ETIMEOUT' }));
    expect((await check()).text).toContain('The DNS did not answer');
    world.mockResolvedValueOnce([['v=spf1 ', '-all<script>']]);
    expect((await check()).text).toContain('v=spf1 -all&lt;script&gt;');
    world.mockResolvedValueOnce([[dns.value]]);
    expect((await check()).location).toContain('notice=settings.notice.domainVerified');
    world.mockRestore();
  });
});
