import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import express from 'express';
import { root } from '../../src/config';
import { ERRORS, type ErrorCode } from '../../src/domain/errors';
import { REFUSAL_PAGES } from '../../src/web/refusals';
import { serveAssets } from '../../src/web/assets';
import type { PageModels } from '../../src/web/pages';
import { importPages } from './pages-gallery-imports';
import { ownersPages } from './pages-gallery-owners';
import { password, passwordPages, signupUrl } from './pages-gallery-passwords';
import { organizationPages } from './pages-gallery-organization';
import { settingsPages } from './pages-gallery-settings';
import { portalPages } from './pages-gallery-portal';
import { secondFactorPages } from './pages-gallery-second-factor';
import { catalogPages } from './pages-gallery-catalog';
import { usersPages } from './pages-gallery-users';
import { ago, bright, contacts, han, inAcme, inInitech, languages, long, sample, type Sample } from './pages-sample';

/** Every page with sample models: for the browser tests, and for looking at (`npx tsx test/support/pages-gallery.ts`). */

const STRICT_CSP =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const connection = (name: string) => ({ name, url: '/acme/sso/0190' });
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

const applications = [
  { name: 'Timesheets', url: '/timesheets' },
  { name: 'Wissensdatenbank und Verfahrensdokumentation der Hauptverwaltung', url: '/wiki' },
];

const account: PageModels['account'] = {
  person: {
    displayName: 'Łukasz Nowak',
    email: 'lukasz.nowak@acme.example',
    emailVerified: true,
    username: 'lukasz.nowak',
    groups: ['Engineering', 'Administrators', 'Everyone'],
    site: 'Kraków',
    userType: 'Privileged',
    licence: 'Full',
  },
  applications,
  portalUrl: '/acme/admin',
  methods: [{ name: 'Okta', lastUsedAt: ago(4) }, { name: 'Contractors: Entra ID' }],
  sessions: [
    { current: true, userAgent: firefox, startedAt: ago(4), endUrl: '/acme/account/sessions/1/end' },
    {
      current: false,
      userAgent: iphone,
      startedAt: ago(3 * 1440),
      lastSeenAt: ago(190),
      endUrl: '/acme/account/sessions/2/end',
    },
    { current: false, startedAt: ago(40 * 1440), lastSeenAt: ago(9 * 1440), endUrl: '/acme/account/sessions/3/end' },
  ],
  csrf: { _csrf: 'sample' },
  endOthersUrl: '/acme/account/sessions/end-others',
  signOutUrl: '/acme/logout',
};

const secondFactor: PageModels['account']['secondFactor'] = {
  codesLeft: 0,
  setUpUrl: '/initech/account/second-factor',
  renewUrl: '/initech/account/second-factor/recovery-codes',
  removeUrl: '/initech/account/second-factor/remove',
};

const linkIdentity: PageModels['link-identity'] = {
  connection: 'Entra ID',
  action: '/acme/account/link',
  hidden: { _csrf: 'sample', request: '0190' },
  refusedAt: ago(3),
  email: 'lukasz.nowak@acme.example',
  person: { displayName: 'Łukasz Nowak', email: 'lukasz.nowak@acme.example' },
  replaces: false,
  accountUrl: '/acme/account',
};

const document = {
  openapi: '3.1.0',
  info: { title: 'Drawbridge Management API', version: '1', description: 'JSON over HTTPS with a bearer key.' },
  tags: [{ name: 'Accounts', description: 'People who can sign in to an organization.' }, { name: 'Organizations' }],
  paths: {
    '/api/v1/organizations': {
      get: {
        tags: ['Organizations'],
        summary: 'List organizations',
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer' }, description: 'At most 200.' },
          { name: 'cursor', in: 'query', schema: { type: 'string' } },
        ],
        responses: { '200': { description: 'One page of them.' } },
      },
      post: {
        tags: ['Organizations'],
        summary: 'Create an organization',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewOrganization' } } } },
        responses: { '201': { description: 'Created.' }, '409': { description: 'The custom URL is taken.' } },
      },
    },
    '/api/v1/organizations/{org}/accounts/{id}': {
      parameters: [{ name: 'org', in: 'path', required: true, schema: { type: 'string' }, description: 'Custom URL.' }],
      get: {
        tags: ['Accounts'],
        summary: 'Read an account',
        responses: {
          '200': {
            description: 'The account.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Account' } } },
          },
        },
      },
      patch: { tags: ['Accounts'], summary: 'Change an account', responses: { '200': { description: 'Changed.' } } },
      delete: { tags: ['Accounts'], summary: 'Delete an account', responses: { '204': { description: 'Deleted.' } } },
    },
  },
  components: {
    schemas: {
      Account: { type: 'object', properties: { id: { type: 'string' } } },
      NewOrganization: {
        type: 'object',
        required: ['slug', 'name'],
        properties: {
          slug: { type: 'string', description: 'Custom URL: small letters, digits and hyphens.' },
          name: { type: 'string' },
          technicalContacts: {
            type: 'array',
            items: { type: 'string' },
            description: 'People are told to ask here.',
          },
          userType: { enum: ['Privileged', 'Standard'] },
        },
        example: { slug: 'acme', name: 'Acme Inc.' },
      },
    },
  },
};

const GENERAL: readonly ErrorCode[] = ['unknown_organization', 'not_found', 'internal_error', 'too_large', 'not_ready'];

export const samples: readonly Sample[] = [
  ...portalPages,
  ...usersPages,
  ...catalogPages,
  ...importPages,
  sample('discover', 'discover', {}, {}),
  sample('discover-unknown', 'discover', { value: 'maria@<acmee>.example', error: 'unknown' }, {}),
  sample('sign-in-one', 'sign-in', { connections: [connection('Okta')], contacts }, inAcme),
  sample(
    'sign-in-two',
    'sign-in',
    { connections: [connection('Okta'), connection('Entra ID'), connection('Keycloak')] },
    inAcme,
  ),
  sample('sign-in-none', 'sign-in', { connections: [], contacts }, { organization: bright }),
  sample('sign-in-password', 'sign-in', { connections: [], password, signupUrl, contacts }, inInitech),
  sample(
    'sign-in-password-wrong',
    'sign-in',
    { connections: [], password: { ...password, login: 'peter.gibbons', error: 'invalid_credentials' }, signupUrl },
    inInitech,
  ),
  sample(
    'sign-in-password-empty',
    'sign-in',
    { connections: [], password: { ...password, error: 'empty' } },
    inInitech,
  ),
  sample(
    'sign-in-password-limited',
    'sign-in',
    { connections: [], password: { ...password, login: 'peter', error: 'rate_limited' }, signupUrl },
    inInitech,
  ),
  sample('sign-in-pilot', 'sign-in', { connections: [connection('Okta')], password, signupUrl }, inAcme),
  sample(
    'sign-in-either',
    'sign-in',
    { connections: [connection('Okta')], passwordUrl: '/acme/login', contacts },
    inAcme,
  ),
  sample(
    'sign-in-password-long',
    'sign-in',
    { connections: [], password, signupUrl, notice: 'session_ended', contacts },
    { organization: long },
  ),
  sample(
    'sign-in-signed-out',
    'sign-in',
    { connections: [connection('Okta')], notice: 'signed_out' },
    { organization: bright },
  ),
  sample(
    'sign-in-long',
    'sign-in',
    {
      connections: [
        connection('Zentrale Identitätsverwaltung der Hauptverwaltung Rheinland-Pfalz'),
        connection('Bundesdienste-Partneranmeldung'),
      ],
      notice: 'cookies_required',
      contacts: ['informationstechnik-anmeldung@donaudampfschifffahrtsgesellschaft.example'],
    },
    { organization: long },
  ),
  sample('account', 'account', account, inAcme),
  sample(
    'account-sparse',
    'account',
    {
      ...account,
      person: {
        displayName: '李 明',
        email: 'li.ming@example.cn',
        emailVerified: false,
        username: 'li.ming',
        groups: [],
        userType: 'Standard',
      },
      applications: [],
      methods: [],
      sessions: account.sessions.slice(0, 1),
      notice: 'others_ended',
    },
    { organization: han },
  ),
  sample(
    'account-password',
    'account',
    {
      ...account,
      methods: [],
      password: { setAt: ago(60 * 1440), changeUrl: '/initech/account/password' },
      secondFactor,
      changeEmailUrl: '/initech/account/email',
      notice: 'password_changed',
    },
    inInitech,
  ),
  sample(
    'account-second-factor',
    'account',
    {
      ...account,
      methods: [],
      password: { setAt: ago(60 * 1440), changeUrl: '/initech/account/password' },
      secondFactor: { ...secondFactor, enrolledAt: ago(3 * 1440), codesLeft: 9 },
      notice: 'second_factor_removed',
    },
    inInitech,
  ),
  sample('applications', 'applications', { applications, accountUrl: '/acme/account' }, inAcme),
  sample(
    'applications-one',
    'applications',
    { applications: applications.slice(0, 1), accountUrl: '/donau/account' },
    { organization: long },
  ),
  ...passwordPages,
  ...secondFactorPages,
  ...ownersPages,
  sample('link-identity', 'link-identity', linkIdentity, inAcme),
  sample(
    'link-identity-long',
    'link-identity',
    {
      ...linkIdentity,
      connection: 'Zentrale Identitätsverwaltung der Hauptverwaltung Rheinland-Pfalz',
      email: 'maria-magdalena.vordermayer-schwarzenbacher@donaudampfschifffahrtsgesellschaft.example',
      replaces: true,
    },
    { organization: long },
  ),
  sample(
    'sign-in-prove',
    'sign-in',
    {
      connections: [connection('Okta')],
      passwordUrl: '/acme/login?prove=0190',
      notice: 'prove',
      contacts,
    },
    inAcme,
  ),
  sample(
    'choose-organization',
    'choose-organization',
    {
      application: 'Timesheets',
      action: '/interaction/1',
      known: [{ name: 'Acme Inc.', url: '/interaction/1?organization=acme' }],
    },
    {},
  ),
  sample(
    'choose-organization-unknown',
    'choose-organization',
    { application: '<b>Wiki</b>', action: '/interaction/1', known: [], value: 'Acne', error: 'unknown' },
    {},
  ),
  sample(
    'application-refused',
    'application-refused',
    { application: 'Timesheets', action: '/oidc/auth/1/decline', contacts },
    inAcme,
  ),
  sample(
    'sign-out',
    'sign-out',
    { application: 'Timesheets', action: '/oidc/session/end/confirm', hidden: { xsrf: '1' } },
    inAcme,
  ),
  sample('sign-out-alone', 'sign-out', { action: '/oidc/session/end/confirm', hidden: { xsrf: '1' } }, {}),
  sample('application-signed-out', 'application-signed-out', {}, inAcme),
  sample(
    'choose-sign-out',
    'choose-sign-out',
    {
      known: [
        { name: 'Acme Inc.', url: '/oidc/session/end?organization=acme' },
        { name: '<b>Globex</b>', url: '/oidc/session/end?organization=globex' },
      ],
    },
    {},
  ),
  sample('nobody-signed-in', 'nobody-signed-in', {}, {}),
  sample('nobody-signed-in-there', 'nobody-signed-in', {}, inAcme),
  sample('signed-out', 'signed-out', { connection: 'Okta' }, inAcme),
  sample('signed-out-there-too', 'signed-out', { connection: 'Okta', provider: 'confirmed' }, inAcme),
  sample('signed-out-here-only', 'signed-out', { provider: 'unconfirmed' }, inAcme),
  sample(
    'posting',
    'posting',
    { action: '/idp', connection: 'Okta', fields: { SAMLRequest: 'PHNhbWw+', RelayState: '"<r>"' } },
    inAcme,
  ),
  sample('api-docs', 'api-docs', { document, documentUrl: '/api/v1/openapi.json' }, {}),
  sample(
    'refused-may-prove',
    'refused',
    {
      code: 'link_requires_proof',
      connection: 'Entra ID',
      email: 'maria@acme.example',
      attempt: '7F3K-92QD',
      contacts,
      proveUrl: '/acme?choose=1&prove=0190',
    },
    { ...inAcme, requestId: '0198f2c4-5b1e-7c3a-9d20-6f1f0a7be311' },
  ),
  sample(
    'refused-in-application',
    'refused',
    {
      code: 'account_suspended',
      connection: 'Okta',
      email: 'maria@acme.example',
      contacts,
      application: { name: 'Timesheets', action: '/oidc/auth/1/decline' },
    },
    inAcme,
  ),
  sample('refused-nameless', 'refused', { code: 'missing_attribute' }, {}),
  ...organizationPages,
  ...settingsPages,
  // One for each wording.
  ...(Object.keys(ERRORS) as ErrorCode[]).filter((code) => REFUSAL_PAGES[code].words === code).map(refusal),
];

function refusal(code: ErrorCode): Sample {
  const requestId = '0198f2c4-5b1e-7c3a-9d20-6f1f0a7be311';
  if (GENERAL.includes(code)) return sample(`refused-${code}`, 'refused', { code }, { requestId });
  const missing = code === 'missing_attribute' ? { missing: ['email', 'familyName', 'custom.costCenter'] } : {};
  const model = {
    code,
    connection: 'Okta',
    email: 'maria@acme.example',
    attempt: '7F3K-92QD',
    contacts,
    tryAgainUrl: '/acme/sso/0190',
    ...missing,
  };
  return sample(`refused-${code}`, 'refused', model, { ...inAcme, requestId });
}

/** Serves every sample under its id with the strict CSP. `?lang=de`, `?theme=dark`. Records what is posted. */
export async function serveGallery(
  port = 0,
): Promise<{ url: string; posted: Record<string, string>[]; close(): Promise<void> }> {
  const posted: Record<string, string>[] = [];
  const app = express();
  app.use((_req, res, next) => {
    res.set('Content-Security-Policy', STRICT_CSP);
    next();
  });
  app.use('/assets', serveAssets(root));
  app.use(languages.middleware);
  app.get('/', (_req, res) => void res.send(samples.map(({ id }) => `<p><a href="/${id}">${id}</a></p>`).join('')));
  app.post(/./, express.urlencoded({ extended: false }), (req, res) => {
    posted.push({ ...(req.body as Record<string, string>) });
    res.send('received');
  });
  app.get('/:id', (req, res, next) => {
    const found = samples.find(({ id }) => id === req.params.id);
    const theme = req.query.theme === 'dark' || req.query.theme === 'light' ? req.query.theme : undefined;
    if (!found) return next();
    res.send(found.render(languages.of(req, res).language, theme));
  });
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(port, '127.0.0.1', () => resolve(listening));
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    posted,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

if (require.main === module) void serveGallery(4477).then(({ url }) => console.log(url));
