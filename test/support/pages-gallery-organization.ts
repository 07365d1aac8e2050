import { DEFAULT_BRAKE } from '../../src/domain/run';
import type { ConnectionView } from '../../src/management/connection-view';
import type { PortalAdmin } from '../../src/management/admins';
import type { AccountView } from '../../src/storage/account-views';
import type { LinkRequest } from '../../src/management/link-requests';
import type { LedgerLine } from '../../src/management/audit-events';
import type { AttemptLine } from '../../src/management/sign-in-attempts';
import { ago, inLong, inPortal, sample, type Sample } from './pages-sample';

/** The pages of an organization's portal that say what arrives, what happened, and how it is set up. */

const base = '/acme/admin';
const ID = '0198f2c4-5b1e-7c3a-9d20-6f1f0a7be311';

const inLongPortal = (at = '') => ({ ...inPortal(at), ...inLong });

const attempt = (change: Partial<AttemptLine> = {}): AttemptLine => ({
  id: ID,
  code: '7F3K-92QD',
  connectionId: ID,
  state: 'succeeded',
  startedAt: ago(12),
  finishedAt: ago(11),
  refusalCode: null,
  steps: ['binding', 'signature', 'audience', 'recipient', 'not_on_or_after'].map((rule) => ({ rule, ok: true })),
  accountId: ID,
  contactId: ID,
  email: 'maria@acme.example',
  requestId: ID,
  ...change,
});
const refused = attempt({
  state: 'refused',
  refusalCode: 'invalid_assertion',
  accountId: null,
  steps: [
    { rule: 'signature', ok: true },
    {
      rule: 'audience',
      ok: false,
      expected: `https://login.example.com/acme/sso/${ID}/metadata`,
      received: 'https://login.example.com/old',
    },
    { rule: 'not_on_or_after', ok: false, expected: 'after 2026-11-12T09:14:00Z', received: '2026-11-12T08:14:00Z' },
  ],
});
const silent = attempt({ state: 'expired', steps: [], email: null, accountId: null, finishedAt: null });

const signIns: readonly Sample[] = [
  sample(
    'portal-sign-ins',
    'portal/sign-ins',
    {
      attempts: [
        { ...attempt(), connection: 'Okta', url: '#1' },
        { ...refused, connection: 'Okta', url: '#2' },
        { ...silent, connection: 'Okta', url: '#3' },
        { ...attempt({ connectionId: null, email: 'peter.gibbons@acme.example', code: '02AB-CDEF' }), url: '#4' },
      ],
      ...{ q: '', isUnreadable: false, action: `${base}/sign-ins`, nextUrl: '#next' },
    },
    inPortal('/sign-ins'),
  ),
  sample(
    'portal-sign-ins-none',
    'portal/sign-ins',
    { attempts: [], q: '"><b>', isUnreadable: true, state: 'refused', action: `${base}/sign-ins` },
    inLongPortal('/sign-ins'),
  ),
  sample(
    'portal-sign-in-refused',
    'portal/sign-in-attempt',
    { attempt: refused, connection: 'Okta', listUrl: `${base}/sign-ins`, connectionUrl: '#connection' },
    inPortal('/sign-ins'),
  ),
  sample(
    'portal-sign-in-silent',
    'portal/sign-in-attempt',
    { attempt: silent, connection: 'Okta', listUrl: `${base}/sign-ins` },
    inPortal('/sign-ins'),
  ),
];

const line = (change: Partial<LedgerLine>): LedgerLine => ({
  ...{ id: ID, at: ago(30), actor: { kind: 'account', id: ID }, action: 'person.changed', outcome: null },
  ...{ contactId: ID, accountId: ID, connectionId: null, sourceId: null, attemptId: null, resource: null },
  ...{ fields: [], details: {}, requestId: null, changes: [] },
  ...change,
});
const noSearch = { q: '', account: '', area: '', actor: '', actorKind: '', source: '', from: '', to: '' };
const ledger = {
  names: new Map([[ID, 'Łukasz Nowak']]),
  actors: new Map([[ID, { id: ID, kind: 'account', name: 'Łukasz Nowak' } as const]]),
  connections: new Map([[ID, 'Okta']]),
  sources: [{ id: ID, name: 'Okta' }],
  ...{ mayReadAccounts: true, accountsUrl: '/acme/admin/users', action: '/acme/admin/ledger', exportUrl: '#export' },
};
const ledgerPages: readonly Sample[] = [
  sample(
    'portal-ledger',
    'portal/ledger',
    {
      ...{ ...ledger, search: noSearch, nextUrl: '#next' },
      lines: [
        line({
          fields: ['phone', 'department', 'groups'],
          changes: [
            { field: 'department', before: null, after: 'Engineering' },
            { field: 'phone', before: '+48 12 345 67 89', after: '+48 12 345 67 00' },
          ],
        }),
        line({ action: 'connection.state_changed', details: { before: 'pilot', after: 'active' } }),
        line({
          ...{ action: 'signin.refused', outcome: 'invalid_assertion', accountId: null, connectionId: ID },
          ...{ actor: { kind: 'person', connectionId: ID }, details: { rule: 'audience' }, requestId: ID },
        }),
        line({
          action: 'policy.changed',
          accountId: null,
          fields: ['usernameFormat'],
          actor: { kind: 'api_key', id: ID },
        }),
      ],
    },
    inPortal('/ledger'),
  ),
  sample(
    'portal-ledger-none',
    'portal/ledger',
    { ...ledger, search: { ...noSearch, q: 'nobody@acme.example', from: '2026-11-01' }, lines: [] },
    inLongPortal('/ledger'),
  ),
];

const homePages: readonly Sample[] = [
  sample(
    'portal-home',
    'portal/home',
    {
      base,
      home: {
        signIns: ['01', '02', '03', '04', '06', '09', '10', '11', '12'].map((date, index) => ({
          ...{ day: `2026-11-${date}`, succeeded: 40 + ((index * 37) % 60), refused: (index * 5) % 9 },
        })),
        arrived: 23,
        accounts: [
          { kind: 'jit', name: 'Okta', accounts: 1284 },
          { kind: 'admin', name: 'Admin', accounts: 31 },
        ],
        certificates: [
          { connection: { id: ID, name: 'Okta' }, of: 'provider', notAfter: ago(-41 * 1440) },
          { connection: { id: ID, name: 'Okta' }, of: 'own', notAfter: ago(-900 * 1440) },
        ],
        ...{ linkRequests: 2, waitingContacts: 7, failedMails: 1, hasAdmin: false },
      },
    },
    inPortal(),
  ),
  sample(
    'portal-home-empty',
    'portal/home',
    { base, home: { signIns: [], accounts: [], certificates: [], linkRequests: 0, hasAdmin: true } },
    inLongPortal(),
  ),
];

const request: LinkRequest = {
  ...{ id: ID, accountId: ID, connectionId: ID, issuer: 'https://acme.okta.example', subject: '00u1a2b3c4d5e6f7g8h9' },
  ...{
    attemptId: ID,
    because: 'unverified_email',
    state: 'open',
    createdAt: ago(300),
    refusedAt: ago(60),
    decidedAt: null,
  },
};
const linkRequestPages: readonly Sample[] = [
  sample(
    'portal-link-requests',
    'portal/link-requests',
    {
      listUrl: '/acme/admin/link-requests',
      requests: [
        { ...request, account: 'Łukasz Nowak', connection: 'Okta', url: '#1' },
        { ...request, id: '2', state: 'rejected', account: 'María Suárez', connection: 'Okta', url: '#2' },
      ],
    },
    inPortal('/link-requests'),
  ),
  sample(
    'portal-link-requests-none',
    'portal/link-requests',
    { listUrl: '/acme/admin/link-requests', requests: [], state: 'open' },
    inLongPortal('/link-requests'),
  ),
  sample(
    'portal-link-request',
    'portal/link-request',
    {
      ...{
        request,
        connection: 'Okta',
        listUrl: '/acme/admin/link-requests',
        attemptUrl: '#attempt',
        accountUrl: '#account',
      },
      ...{ approveUrl: '#approve', rejectUrl: '#reject' },
      account: {
        ...{ displayName: 'Łukasz Nowak', email: 'lukasz.nowak@acme.example', username: 'lukasz.nowak' },
        ...{ createdAt: ago(90_000), lastSignInAt: null },
      } as AccountView,
    },
    inPortal('/link-requests'),
  ),
];

const dana: PortalAdmin = {
  ...{ id: ID, displayName: 'Dana Weber', email: 'dana.weber@acme.example', status: 'active' },
  ...{ roles: ['organization_admin', 'auditor'], breakGlass: true, lastSignInAt: ago(200) },
};
const adminPages: readonly Sample[] = [
  sample(
    'portal-admins',
    'portal/admins',
    {
      admins: [
        { ...dana, url: '#1' },
        {
          ...dana,
          id: '2',
          displayName: null,
          email: 'it@acme.example',
          roles: ['user_admin'],
          breakGlass: false,
          lastSignInAt: null,
        },
      ],
      addUrl: '#add',
      wayIn: { names: ['Dana Weber'] },
    },
    inPortal('/admins'),
  ),
  sample(
    'portal-admins-none',
    'portal/admins',
    { admins: [], addUrl: '#add', wayIn: { names: [] } },
    inLongPortal('/admins'),
  ),
  sample(
    'portal-admin-add',
    'portal/admin-add',
    {
      ...{ q: 'luk', action: '/acme/admin/admins/add', listUrl: '/acme/admin/admins' },
      found: [{ id: ID, name: 'Łukasz Nowak', email: 'lukasz.nowak@acme.example', url: '#1' }],
    },
    inPortal('/admins'),
  ),
  sample(
    'portal-admin',
    'portal/admin',
    {
      ...{ name: 'Dana Weber', email: 'dana.weber@acme.example', roles: ['organization_admin'] },
      ...{ action: '/acme/admin/admins/1', listUrl: '/acme/admin/admins', removeUrl: '#remove' },
      emergency: { isSetUp: false, url: '#emergency' },
    },
    inPortal('/admins'),
  ),
];

const okta: ConnectionView = {
  ...{ id: ID, kind: 'saml', name: 'Okta', state: 'active', signInUrl: `https://login.example.com/acme/sso/${ID}` },
  sp: {
    ...{
      entityId: `https://login.example.com/acme/sso/${ID}/metadata`,
      sloUrl: `https://login.example.com/acme/sso/${ID}/slo`,
    },
    ...{ acsUrl: `https://login.example.com/acme/sso/${ID}/acs`, encryptionCertificate: null },
    metadataUrl: `https://login.example.com/acme/sso/${ID}/metadata`,
  },
  settings: { entityId: 'http://www.okta.com/exk1a2b3c4', certificates: [{ notAfter: ago(-41 * 1440) }] },
  ...{ attributeMapping: {}, groupMapping: [], trustEmail: 'verified_domains', captureUntil: null },
  ...{ warnings: [], createdAt: ago(90_000), updatedAt: ago(90_000) },
};
const connectionPages: readonly Sample[] = [
  sample(
    'portal-connections',
    'portal/connections',
    {
      connections: [
        { ...okta, url: '#1' },
        { ...okta, id: '2', kind: 'oidc', name: 'Entra ID', state: 'disabled', settings: { issuer: 'x' }, url: '#2' },
      ],
    },
    inPortal('/connections'),
  ),
  sample('portal-connections-none', 'portal/connections', { connections: [] }, inLongPortal('/connections')),
  sample(
    'portal-connection',
    'portal/connection',
    { connection: okta, listUrl: '/acme/admin/connections', switchUrl: '#switch' },
    inPortal('/connections'),
  ),
  sample(
    'portal-sources',
    'portal/sources',
    {
      sources: [
        { id: '1', kind: 'admin', name: 'Admin', connectionId: null, createdAt: ago(90_000), brake: DEFAULT_BRAKE },
        {
          id: '2',
          kind: 'jit',
          name: 'Okta',
          connectionId: ID,
          createdAt: ago(90_000),
          brake: DEFAULT_BRAKE,
          url: '#1',
        },
        {
          ...{
            id: '3',
            kind: 'spreadsheet' as const,
            name: 'Spreadsheets',
            connectionId: null,
            createdAt: ago(90_000),
          },
          ...{ brake: DEFAULT_BRAKE, brakeUrl: '#2' },
        },
      ],
    },
    inPortal('/sources'),
  ),
];

export const organizationPages: readonly Sample[] = [
  ...connectionPages,
  ...adminPages,
  ...linkRequestPages,
  ...homePages,
  ...signIns,
  ...ledgerPages,
];
