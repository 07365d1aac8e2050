import { faults, newKey, newOrganization, startApi, type TestApi } from '../support/api';
import { JPEG, png, WEBP } from '../support/images';
import { describeWith } from '../support/requires';

const LOGO = png(64, 32);

describeWith('postgres', 'API: branding', () => {
  let api: TestApi;
  let path: string;
  beforeAll(async () => {
    api = await startApi();
    path = await newOrganization(api, 'acme');
  });
  afterAll(() => api.close());

  const upload = (body: Buffer, type = 'image/png', key?: string) =>
    api.send('PUT', `${path}/branding/logo`, body, { headers: { 'content-type': type }, ...(key && { key }) });
  const lines = async (): Promise<string[]> =>
    (await api.get(`${path}/audit-events?limit=200`)).body.items.map(({ action }) => action);

  test('branding is colour, greeting and help, each or none', async () => {
    expect((await api.get(`${path}/branding`)).body).toEqual({});
    const branding = { color: '#AA00ff', greeting: ' New here?\r\nAsk Dana. ', help: 'Help@Acme.example' };
    const saved = { color: '#aa00ff', greeting: 'New here?\nAsk Dana.', help: 'mailto:help@acme.example' };
    expect((await api.put(`${path}/branding`, branding)).body).toEqual(saved);
    expect((await api.put(`${path}/branding`, saved)).body).toEqual(saved);
    expect((await api.put(`${path}/branding`, {})).body).toEqual({});
  });

  test.each([
    ['color', 'red', 'invalid_format'],
    ['greeting', '', 'too_short'],
    ['greeting', 'x'.repeat(301), 'too_long'],
    ['greeting', 'turned \u202e round', 'control_characters'],
    ['help', 'javascript:alert(1)', 'invalid_help_link'],
    ['help', 'data:text/html,<script>', 'invalid_help_link'],
    ['help', 'http://help.acme.example', 'invalid_help_link'],
    ['help', 'https://dana:secret@help.acme.example', 'invalid_help_link'],
    ['help', 'mailto:dana@acme.example?bcc=mallory@evil.example', 'invalid_help_link'],
    ['help', `https://help.acme.example/${'x'.repeat(500)}`, 'invalid_help_link'],
  ])('%s is not %j', async (field, value, code) => {
    expect(faults(await api.put(`${path}/branding`, { [field]: value }))).toEqual({ [field]: code });
  });

  test.each([
    ['a PNG', LOGO],
    ['a JPEG', JPEG],
    ['a WebP', WEBP],
  ])('%s is taken as a logo, whatever its type is called', async (_what, bytes) => {
    const { status, body } = await upload(bytes, 'text/html');
    expect([status, body.logoUrl]).toEqual([
      200,
      expect.stringMatching(/^https:\/\/login\.example\.com\/acme\/logo\?v=\w+$/),
    ]);
  });

  test('a logo stays when colour and texts change, and goes by itself; the ledger knows', async () => {
    const { logoUrl } = (await upload(LOGO)).body;
    expect((await api.put(`${path}/branding`, { color: '#000000' })).body).toEqual({ color: '#000000', logoUrl });
    expect((await api.delete(`${path}/branding/logo`)).status).toBe(204);
    expect((await api.delete(`${path}/branding/logo`)).status).toBe(204);
    expect((await api.get(`${path}/branding`)).body).toEqual({ color: '#000000' });
    expect((await lines()).slice(0, 3)).toEqual(['branding.logo_removed', 'branding.changed', 'branding.logo_changed']);
  });

  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>',
  );
  const script = Buffer.from('<html><script>alert(1)</script></html>');
  test.each([
    ['nothing', Buffer.alloc(0), 'required'],
    ['an SVG', svg, 'invalid_image'],
    ['a page', script, 'invalid_image'],
    [
      'a script behind the first bytes of a GIF',
      Buffer.from(`GIF89a/*${' '.repeat(64)}*/=1;alert(1)`),
      'invalid_image',
    ],
    ['a script behind the first bytes of a PNG', Buffer.concat([LOGO.subarray(0, 8), script]), 'invalid_image'],
    ['a script behind the first bytes of a JPEG', Buffer.concat([JPEG.subarray(0, 4), script]), 'invalid_image'],
    ['a PNG with a page behind it', Buffer.concat([LOGO, script]), 'invalid_image'],
    ['a JPEG with a page behind it', Buffer.concat([JPEG, script]), 'invalid_image'],
    ['a WebP with a page behind it', Buffer.concat([WEBP, script]), 'invalid_image'],
    ['half a PNG', LOGO.subarray(0, LOGO.length - 20), 'invalid_image'],
    ['half a JPEG', JPEG.subarray(0, JPEG.length - 20), 'invalid_image'],
    ['half a WebP', WEBP.subarray(0, WEBP.length - 20), 'invalid_image'],
    ['the first bytes of a PNG', LOGO.subarray(0, 10), 'invalid_image'],
    ['too small a picture', png(15, 64), 'image_dimensions'],
    ['too wide a picture', png(2049, 16), 'image_dimensions'],
    ['a picture of no size', png(0, 64), 'image_dimensions'],
  ])('%s is no logo, and nothing is stored', async (_what, bytes, code) => {
    await api.delete(`${path}/branding/logo`);
    const reply = await upload(bytes);
    expect([reply.status, faults(reply)]).toEqual([422, { logo: code }]);
    expect((await api.get(`${path}/branding`)).body.logoUrl).toBeUndefined();
  });

  test('a logo has at most 512 kB', async () => {
    const reply = await upload(Buffer.concat([LOGO, Buffer.alloc(512 * 1024)]));
    expect([reply.status, reply.body.code, faults(reply)]).toEqual([413, 'file_too_large', { logo: 'file_too_large' }]);
  });

  test('security 26: who may only read the branding puts no logo there', async () => {
    const key = await newKey(api, 'acme', ['branding:read']);
    expect((await upload(LOGO, 'image/png', key)).body.code).toBe('insufficient_scope');
    await newOrganization(api, 'globex');
    const foreign = await newKey(api, 'globex', ['branding:write']);
    expect((await upload(LOGO, 'image/png', foreign)).body.code).toBe('unknown_organization');
  });

  test('the document tells that the body is the image itself', async () => {
    const { paths } = (await api.get('/openapi.json')).body;
    const { requestBody } = paths['/api/v1/organizations/{org}/branding/logo']!.put!;
    expect(Object.keys(requestBody.content)).toEqual(['image/png', 'image/jpeg', 'image/webp']);
  });
});
