import { verify } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { SAML } from '@node-saml/passport-saml';
import * as openid from 'openid-client';
import { pino } from 'pino';
import { readIdpMetadata } from '../../src/connections/saml/idp-metadata';
import { logoutRequestXml } from '../../src/demo/saml-logout';
import { startSampleIdp, type SampleIdp } from '../../src/demo/sample-idp';

const SERVICE = 'http://localhost:3000';
const ACS = `${SERVICE}/acme/sso/0198-saml/acs`;
const SP = `${SERVICE}/acme/sso/0198-saml/metadata`;
const CALLBACK = `${SERVICE}/globex/sso/0198-oidc/callback`;
const RELAY = 'relay "<state>" & more';

let dataDir: string;
let idp: SampleIdp;
const start = (serviceOrigin = SERVICE) =>
  startSampleIdp({ port: 0, serviceOrigin, dataDir, log: pino({ level: 'silent' }) });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sample-idp-'));
  idp = await start();
});
afterAll(async () => {
  await idp.close();
  await rm(dataDir, { recursive: true });
});

// --- a browser as far as these pages need one
class Browser {
  private readonly cookies = new Map<string, string>();

  async open(address: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(new URL(address, idp.origin), {
      redirect: 'manual',
      headers: { cookie: [...this.cookies.values()].join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie())
      this.cookies.set(cookie.split('=')[0] ?? '', cookie.split(';')[0] ?? '');
    return response;
  }

  /** Follows redirects inside the identity provider; yields the page, or the address outside. */
  async follow(address: string, form?: Record<string, string>): Promise<{ page: string; status: number } | URL> {
    const response = await this.open(address, form);
    const location = response.headers.get('location');
    if (!location) return { page: await response.text(), status: response.status };
    const next = new URL(location, idp.origin);
    return next.origin === idp.origin ? this.follow(next.href) : next;
  }
}

const unescape = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

function formOf(page: string): { action: string; fields: Record<string, string> } {
  const fields = [...page.matchAll(/<input type="hidden" name="(.*?)" value="(.*?)">/gs)];
  return {
    action: unescape(/<form method="post" action="(.*?)">/.exec(page)?.[1] ?? ''),
    fields: Object.fromEntries(fields.map(([, name = '', value = '']) => [unescape(name), unescape(value)])),
  };
}

/** The id of a person on the sign-in page, found as a reader finds it: by the name on the button. */
function button(page: string, name: string): string {
  const buttons = [...page.matchAll(/<button class="person" name="person" value="(.*?)">(.*?)<\/button>/gs)];
  const found = buttons.find(([, , text = '']) => unescape(text).includes(`>${name}<`));
  if (!found?.[1]) throw new Error(`No button for ${name}`);
  return found[1];
}

// --- SAML
const authnRequest = (more: { attributes?: string; children?: string; acs?: string } = {}): string =>
  `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_request1" Version="2.0" ` +
  `IssueInstant="2026-01-01T00:00:00Z" AssertionConsumerServiceURL="${more.acs ?? ACS}" ${more.attributes ?? ''}>` +
  `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${SP}</saml:Issuer>${more.children ?? ''}</samlp:AuthnRequest>`;

const redirectUrl = (xml: string, more: Record<string, string> = {}): string =>
  `/saml/sso?${new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64'), RelayState: RELAY, ...more })}`;

async function pageAt(address: string, form?: Record<string, string>): Promise<{ page: string; status: number }> {
  const response = await new Browser().open(address, form);
  return { page: await response.text(), status: response.status };
}

async function certificate(): Promise<string> {
  const { page } = await pageAt(idp.saml.metadataUrl);
  return /<ds:X509Certificate>(.+?)</.exec(page)?.[1] ?? '';
}

async function profileIn(page: string) {
  const form = formOf(page);
  const serviceProvider = new SAML({
    callbackUrl: ACS,
    issuer: SP,
    audience: SP,
    idpCert: await certificate(),
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: true,
  });
  const { profile } = await serviceProvider.validatePostResponseAsync({ SAMLResponse: form.fields.SAMLResponse ?? '' });
  return { action: form.action, relayState: form.fields.RelayState, profile, xml: decoded(page) };
}

const decoded = (page: string): string =>
  Buffer.from(formOf(page).fields.SAMLResponse ?? '', 'base64').toString('utf8');

describe('SAML', () => {
  test('signs in whoever is clicked, with the attributes of a real application', async () => {
    const list = await pageAt(redirectUrl(authnRequest()));
    expect(list.page).toContain('Sample identity provider, for the demo');
    const { action, fields } = formOf(list.page);

    const answer = await profileIn(
      (await pageAt(action, { ...fields, person: button(list.page, "Pat O'Leary") })).page,
    );

    expect(answer).toMatchObject({ action: ACS, relayState: RELAY });
    expect(answer.xml).toContain('InResponseTo="_request1"');
    expect(answer.profile).toMatchObject({
      issuer: idp.saml.entityId,
      nameID: 'acme-0001',
      nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      email: 'pat.oleary@acme.example',
      firstName: 'Pat',
      lastName: "O'Leary",
      displayName: "Pat O'Leary",
      department: 'IT',
      title: 'Head of IT',
      groups: ['admins', 'engineering'],
    });
  });

  test('takes requests by POST as well', async () => {
    const SAMLRequest = Buffer.from(authnRequest()).toString('base64');
    const list = await pageAt('/saml/sso', { SAMLRequest, RelayState: RELAY });
    const { action, fields } = formOf(list.page);

    const answer = await profileIn((await pageAt(action, { ...fields, person: button(list.page, '李 明') })).page);

    expect(answer.relayState).toBe(RELAY);
    expect(answer.profile).toMatchObject({ firstName: '明', lastName: '李' });
  });

  const subject =
    '<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:NameID>lukasz.nowak@acme.example</saml:NameID></saml:Subject>';
  test.each([
    ['login_hint', redirectUrl(authnRequest(), { login_hint: 'Lukasz.Nowak@acme.example' })],
    ['the Subject', redirectUrl(authnRequest({ children: subject }))],
  ])('signs in without asking whom %s names', async (_what, address) => {
    const answer = await profileIn((await pageAt(address)).page);

    expect(answer.profile).toMatchObject({ displayName: 'Łukasz Nowak' });
  });

  test('asks all the same when the request says ForceAuthn, or the hint names nobody', async () => {
    const forced = redirectUrl(authnRequest({ attributes: 'ForceAuthn="true"' }), {
      login_hint: 'lukasz.nowak@acme.example',
    });
    const unknown = redirectUrl(authnRequest(), { login_hint: 'nobody@acme.example' });

    for (const address of [forced, unknown]) expect((await pageAt(address)).page).toContain('Choose who signs in');
  });

  test('names the person by e-mail when that format is asked for', async () => {
    const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
    const address = redirectUrl(authnRequest({ children: `<samlp:NameIDPolicy Format="${format}"/>` }), {
      login_hint: 'zoe.orsted@acme.example',
    });

    const { profile } = await profileIn((await pageAt(address)).page);

    expect(profile).toMatchObject({ nameID: 'zoe.orsted@acme.example', nameIDFormat: format });
  });

  test('says NoPassive, or AuthnFailed after a cancel, instead of an assertion', async () => {
    const passive = await pageAt(redirectUrl(authnRequest({ attributes: 'IsPassive="true"' })));
    const { action, fields } = formOf((await pageAt(redirectUrl(authnRequest()))).page);
    const cancelled = await pageAt(action, { ...fields, cancel: 'yes' });

    expect(decoded(passive.page)).toContain('status:NoPassive');
    expect(decoded(cancelled.page)).toContain('status:AuthnFailed');
    for (const { page } of [passive, cancelled]) expect(decoded(page)).not.toContain('Assertion ');
  });

  test('refuses a person nobody knows', async () => {
    const { action, fields } = formOf((await pageAt(redirectUrl(authnRequest()))).page);

    expect(await pageAt(action, { ...fields, person: 'acme-9999' })).toMatchObject({ status: 400 });
  });

  test.each([
    ['an address of another host', { acs: 'http://localhost.example:3000/acme/sso/1/acs' }],
    ['another port', { acs: 'http://localhost:3001/acme/sso/1/acs' }],
    ['a user name that looks like the service', { acs: 'http://localhost:3000@evil.example/acs' }],
    ['a script', { acs: 'javascript:alert(1)' }],
    ['no address', { acs: '' }],
  ])('never answers to %s', async (_what, request) => {
    const list = await pageAt(redirectUrl(authnRequest(request)));
    const SAMLRequest = deflateRawSync(authnRequest(request)).toString('base64');
    const answer = await pageAt('/saml/answer', { SAMLRequest, binding: 'redirect', person: 'acme-0001' });

    for (const { page, status } of [list, answer]) {
      expect(status).toBe(400);
      expect(page).not.toContain('<form');
    }
  });

  test.each([
    ['nothing', ''],
    ['text that is not deflated', Buffer.from(authnRequest()).toString('base64')],
    ['a DOCTYPE', deflateRawSync(`<!DOCTYPE a []>${authnRequest()}`).toString('base64')],
    ['broken XML', deflateRawSync(authnRequest().slice(0, -5)).toString('base64')],
    ['another message', deflateRawSync(authnRequest().replaceAll('AuthnRequest', 'LogoutRequest')).toString('base64')],
    ['a bomb', deflateRawSync(authnRequest({ children: ' '.repeat(200_000) })).toString('base64')],
  ])('refuses %s as a request', async (_what, SAMLRequest) => {
    const { page, status } = await pageAt(`/saml/sso?${new URLSearchParams({ SAMLRequest })}`);

    expect(status).toBe(400);
    expect(page).toContain('not an AuthnRequest');
  });

  test('a tile on the start page signs in unasked for', async () => {
    idp.addTile({ name: 'Globex portal', url: `${SERVICE}/globex` });
    idp.addTile({ name: 'Acme portal', acsUrl: ACS, entityId: SP });
    const home = await pageAt('/');
    const tile = /href="(\/saml\/tiles\/\d+)"><span><strong>Acme portal/.exec(home.page)?.[1] ?? '';
    const list = await pageAt(tile);
    const { action, fields } = formOf(list.page);

    const answer = await profileIn((await pageAt(action, { ...fields, person: button(list.page, 'Zoë Ørsted') })).page);

    expect(home.page).toContain(`href="${SERVICE}/globex"`);
    expect(answer).toMatchObject({ action: ACS, profile: { displayName: 'Zoë Ørsted' } });
    expect(answer.xml).not.toContain('InResponseTo');
  });
});

// --- OpenID Connect
async function client(): Promise<openid.Configuration> {
  const { issuer, clientId, clientSecret } = idp.oidc;
  return openid.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
  });
}

async function authorization(config: openid.Configuration, more: Record<string, string> = {}) {
  const verifier = openid.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email groups',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  });
  return { url, checks };
}

const outside = (step: { page: string } | URL): URL => {
  if (!(step instanceof URL)) throw new Error(`Still at the identity provider: ${step.page}`);
  return step;
};
const inside = (step: { page: string; status: number } | URL): { page: string; status: number } => {
  if (step instanceof URL) throw new Error(`Left for ${step.href}`);
  return step;
};

async function choose(browser: Browser, url: URL, name: string): Promise<URL> {
  const { page } = inside(await browser.follow(url.href));
  return outside(await browser.follow(formOf(page).action, { person: button(page, name) }));
}

describe('OpenID Connect', () => {
  test('a whole code flow with PKCE; the claims are in the ID token and at userinfo', async () => {
    const config = await client();
    const { url, checks } = await authorization(config);

    const callback = await choose(new Browser(), url, '田中 さくら');
    const tokens = await openid.authorizationCodeGrant(config, callback, checks);

    const expected = {
      sub: 'globex-0003',
      email: 'sakura.tanaka@globex.example',
      email_verified: true,
      name: '田中 さくら',
      given_name: 'さくら',
      family_name: '田中',
      groups: ['sales'],
    };
    expect(callback.href).toContain(CALLBACK);
    expect(tokens.claims()).toMatchObject({ ...expected, iss: idp.oidc.issuer, aud: 'drawbridge' });
    expect(await openid.fetchUserInfo(config, tokens.access_token, expected.sub)).toMatchObject(expected);
    await expect(openid.authorizationCodeGrant(config, callback, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('remembers nobody: the same browser may be someone else the next time', async () => {
    const config = await client();
    const browser = new Browser();

    for (const [name, sub] of [
      ['Amara Okafor', 'globex-0001'],
      ['Søren Brandt', 'globex-0002'],
    ] as const) {
      const { url, checks } = await authorization(config);
      const tokens = await openid.authorizationCodeGrant(config, await choose(browser, url, name), checks);
      expect(tokens.claims()).toMatchObject({ sub });
    }
  });

  test('signs in without asking whom login_hint names, but not under prompt=login', async () => {
    const config = await client();
    const hint = { login_hint: 'olena.shevchenko@globex.example' };
    const { url, checks } = await authorization(config, hint);

    const callback = outside(await new Browser().follow(url.href));
    const tokens = await openid.authorizationCodeGrant(config, callback, checks);
    expect(tokens.claims()).toMatchObject({ sub: 'globex-0004' });

    const forced = await authorization(config, { ...hint, prompt: 'login' });
    expect(inside(await new Browser().follow(forced.url.href)).page).toContain('Choose who signs in');
  });

  test('prompt=consent has nothing to ask, prompt=none cannot sign in', async () => {
    const config = await client();
    const consent = await authorization(config, { prompt: 'consent' });
    const none = await authorization(config, { prompt: 'none' });

    const callback = await choose(new Browser(), consent.url, 'Amara Okafor');
    expect(callback.searchParams.has('code')).toBe(true);
    expect(outside(await new Browser().follow(none.url.href)).searchParams.get('error')).toBe('login_required');
  });

  test('a cancel goes back as access_denied; an unknown person and a foreign browser are refused', async () => {
    const { url } = await authorization(await client());
    const browser = new Browser();
    const { action } = formOf(inside(await browser.follow(url.href)).page);

    expect(await browser.follow(action, { person: 'globex-9999' })).toMatchObject({ status: 400 });
    expect(await new Browser().follow(action, { person: 'globex-0001' })).toMatchObject({ status: 400 });
    const callback = outside(await browser.follow(action, { cancel: 'yes' }));
    expect(callback.searchParams.get('error')).toBe('access_denied');
  });

  test('requires PKCE', async () => {
    const { url } = await authorization(await client());
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');

    expect(outside(await new Browser().follow(url.href)).searchParams.get('error')).toBe('invalid_request');
  });

  test.each([
    'http://localhost:3001/globex/sso/1/callback',
    `${SERVICE}/globex/sso/1/acs`,
    `${SERVICE}/globex/sso/1/callback?next=1`,
    `${SERVICE}/globex/sso/1/../../../anything/sso/1/callback`,
    'http://evil.example/globex/sso/1/callback',
  ])('never redirects to %s', async (redirect_uri) => {
    const { url } = await authorization(await client(), { redirect_uri });

    const { page, status } = inside(await new Browser().follow(url.href));

    expect(status).toBe(400);
    expect(page).toContain('invalid_redirect_uri');
  });
});

// --- around it
test('a restart keeps certificate, client secret and signing key, in a file for the owner only', async () => {
  const keys = async (): Promise<string> => (await pageAt(`${idp.oidc.issuer}/jwks`)).page;
  const before = [await certificate(), idp.oidc.clientSecret, await keys()];
  const file = join(dataDir, 'sample-idp.json');
  const text = await readFile(file, 'utf8');

  await idp.close();
  idp = await start();

  expect([await certificate(), idp.oidc.clientSecret, await keys()]).toEqual(before);
  expect(await readFile(file, 'utf8')).toBe(text);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('pages work without scripts and load nothing from elsewhere', async () => {
  const { page } = await pageAt(redirectUrl(authnRequest(), { login_hint: 'jonas.dahl@acme.example' }));
  const { headers } = await new Browser().open('/');

  expect(page).toContain('>Continue</button>');
  expect(page).not.toMatch(/<script(?! src="\/)|(?:src|href)="(?!\/|data:)/);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).not.toContain('form-action');
});

test('an unknown page is 404', async () => {
  expect(await pageAt('/nothing/here')).toMatchObject({ status: 404 });
});

describe('single logout', () => {
  const request = logoutRequestXml(
    { issuer: SP, destination: 'unused', now: new Date() },
    { id: '_asked', nameId: { value: 'anybody' } },
  );

  test('is offered, and answered with a signed response', async () => {
    const metadata = readIdpMetadata(await (await fetch(idp.saml.metadataUrl)).text(), new Date());
    if (!metadata.ok) throw new Error(metadata.message);
    const { sloUrl } = metadata.idp;
    const SAMLRequest = deflateRawSync(request).toString('base64');
    const query = new URLSearchParams({ SAMLRequest, RelayState: RELAY });
    const answer = await new Browser().open(`${sloUrl}?${query}`);
    const { origin, pathname, search, searchParams } = new URL(answer.headers.get('location') ?? '');
    expect([origin + pathname, searchParams.get('RelayState')]).toEqual([SP.replace('metadata', 'slo'), RELAY]);
    const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLResponse') ?? '', 'base64')).toString();
    expect(xml).toContain('InResponseTo="_asked"');
    const [signed = ''] = search.slice(1).split('&Signature=');
    const signature = Buffer.from(searchParams.get('Signature') ?? '', 'base64');
    const [certificate = ''] = metadata.idp.certificates;
    expect(verify('RSA-SHA256', Buffer.from(signed), certificate, signature)).toBe(true);
  });

  test('goes to nobody else', async () => {
    const foreign = request.replace(SP, 'https://evil.example/metadata');
    for (const xml of [foreign, request.replaceAll('LogoutRequest', 'AuthnRequest')]) {
      const reply = await new Browser().open('/saml/slo', { SAMLRequest: Buffer.from(xml).toString('base64') });
      expect([reply.status, reply.headers.get('location')]).toEqual([400, null]);
    }
  });
});
