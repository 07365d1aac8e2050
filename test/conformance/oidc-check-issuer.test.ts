import type { RequestListener } from 'node:http';
import { readIssuer } from '../../src/connections/oidc/check-issuer';
import { ConnectionUnavailable } from '../../src/connections/connection-unavailable';
import { createOidc } from '../../src/connections/oidc/oidc';
import { createOutbound } from '../../src/outbound/outbound';
import { startOidcOp } from '../support/oidc-op';
import { newAttempt, oidcConnection } from './oidc-connection';
import { startHostileOp, type Faults, type HostileOp } from './oidc-hostile-op';

const outbound = createOutbound({ allow: ['127.0.0.0/8'], timeoutMs: 300 });

let op: HostileOp;
beforeAll(async () => {
  op = await startHostileOp();
});
afterAll(() => op.stop());
beforeEach(() => {
  op.faults = {};
});

/** A provider on the internet that answers every call with this document. */
const answering = (document: unknown): typeof globalThis.fetch =>
  jest.fn(async () => new Response(JSON.stringify(document), { headers: { 'content-type': 'application/json' } }));

const documentOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: 'https://login.example/authorize',
  token_endpoint: 'https://login.example/token',
  jwks_uri: 'https://login.example/keys',
});

test('a real provider is summed up', async () => {
  const real = await startOidcOp({ clients: [] });
  try {
    expect(await readIssuer(real.issuer, { fetch: outbound.fetch })).toEqual({
      ok: true,
      warnings: [{ code: 'unencrypted', message: expect.any(String) }],
      metadata: {
        issuer: real.issuer,
        authorizationEndpoint: `${real.issuer}/auth`,
        tokenEndpoint: `${real.issuer}/token`,
        jwksUri: `${real.issuer}/jwks`,
        userinfoEndpoint: `${real.issuer}/me`,
        endSessionEndpoint: `${real.issuer}/session/end`,
        signingAlgorithms: ['RS256'],
        tokenEndpointAuthMethods: expect.arrayContaining(['client_secret_basic', 'client_secret_post', 'none']),
      },
    });
  } finally {
    await real.stop();
  }
});

test('a provider that says little is taken, with a warning about PKCE', async () => {
  const issuer = 'https://login.example';
  expect(await readIssuer(issuer, { fetch: answering(documentOf(issuer)) })).toMatchObject({
    ok: true,
    warnings: [{ code: 'pkce_unannounced' }],
    metadata: { issuer, signingAlgorithms: ['RS256'] },
  });
});

test.each<[string, Faults['metadata'], string]>([
  ['no code flow', { response_types_supported: ['id_token'] }, 'code_flow_unsupported'],
  ['no code grant', { grant_types_supported: ['implicit'] }, 'code_flow_unsupported'],
  ['no S256', { code_challenge_methods_supported: ['plain'] }, 'pkce_unsupported'],
  [
    'only symmetric signatures',
    { id_token_signing_alg_values_supported: ['HS256', 'none'] },
    'signing_algorithm_unsupported',
  ],
  ['no keys', { jwks_uri: undefined }, 'invalid_metadata'],
  ['an endpoint that is no web address', { token_endpoint: 'ldap://x/' }, 'invalid_metadata'],
  ['another issuer', { issuer: 'https://evil.example' }, 'issuer_mismatch'],
  ['an issuer that is no address', { issuer: 'nonsense' }, 'invalid_metadata'],
  ['an issuer that is no text', { issuer: [] }, 'invalid_metadata'],
])('a provider with %s is refused', async (_what, metadata, code) => {
  op.faults = { metadata };
  expect(await readIssuer(op.issuer, { fetch: outbound.fetch })).toMatchObject({ ok: false, code });
});

test.each([
  '',
  'nonsense',
  'ftp://login.example',
  'https://login.example?x=1',
  'https://login.example#x',
  'https://u:p@login.example',
])('the issuer %j is refused unasked', async (issuer) => {
  const fetch = answering({});
  expect(await readIssuer(issuer, { fetch })).toMatchObject({ ok: false, code: 'invalid_issuer' });
  expect(fetch).not.toHaveBeenCalled();
});

test.each([
  ['https://login.example', 'https://login.example/'],
  ['https://login.example/', 'https://login.example'],
  ['https://LOGIN.example', 'https://login.example'],
  ['https://login.example/.well-known/openid-configuration', 'https://login.example'],
])('%s is not %s, and the right one is told', async (typed, named) => {
  const reading = await readIssuer(typed, { fetch: answering(documentOf(named)) });
  expect(reading).toMatchObject({ ok: false, code: 'issuer_mismatch', message: expect.stringContaining(`"${named}"`) });
});

test('endpoints without encryption are refused of an issuer with it', async () => {
  const issuer = 'https://login.example';
  const fetch = answering({ ...documentOf(issuer), token_endpoint: 'http://login.example/token' });
  expect(await readIssuer(issuer, { fetch })).toMatchObject({ ok: false, code: 'invalid_metadata' });
});

test.each(['common', 'organizations', '9122040d-6c67-4c5b-b112-36a304b66dad'])(
  "Entra's issuer template behind %s is refused, at saving and at use",
  async (tenant) => {
    const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
    const fetch = answering(documentOf('https://login.microsoftonline.com/{tenantid}/v2.0'));
    expect(await readIssuer(issuer, { fetch })).toMatchObject({ ok: false, code: 'multi_tenant_issuer' });
    const begin = createOidc({ fetch }).begin(oidcConnection({ issuer }), { attempt: newAttempt(), now: new Date() });
    await expect(begin).rejects.toBeInstanceOf(ConnectionUnavailable);
  },
);

test.each<[string, RequestListener, string]>([
  ['hangs', () => undefined, 'timeout'],
  ['is too large', (_req, res) => res.end('x'.repeat(2_000_000)), 'too_large'],
  ['is down', (_req, res) => res.writeHead(500).end(), 'bad_status'],
  ['is HTML', (_req, res) => res.end('<p>'), 'invalid_metadata'],
])('a provider whose discovery %s is refused with %s', async (_how, listener, code) => {
  op.faults = { at: { '/.well-known/openid-configuration': listener } };
  expect(await readIssuer(op.issuer, { fetch: outbound.fetch })).toMatchObject({ ok: false, code });
});

test.each([
  ['http://login.example', 'not_https'],
  ['https://10.0.0.1', 'address_refused'],
  ['https://[::ffff:127.0.0.1]', 'address_refused'],
])('the outbound client decides about %s', async (issuer, code) => {
  const { fetch } = createOutbound({ allow: [] });
  expect(await readIssuer(issuer, { fetch })).toMatchObject({ ok: false, code });
});
