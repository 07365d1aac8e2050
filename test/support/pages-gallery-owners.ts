import { NAVIGATION } from '../../src/web/portal/navigation';
import type { PageModels } from '../../src/web/pages';
import { NEW_APPLICATION } from '../../src/web/portal/owners/application-values';
import { ago, atOwners, sample, type Sample } from './pages-sample';

/** The owners' portal, with `current` as the page one is on. */
const inOwners = (current: string): ReturnType<typeof atOwners> => {
  const entries = NAVIGATION.owners.flatMap((section) => section.entries);
  return atOwners(entries.find(({ key }) => key === current)?.path);
};

const settings = (slug: string): string => `/admin/organization-settings/${slug}`;
const line = (name: string, slug: string, sso: 'none' | 'active' | 'required', accounts: number, hasAdmin = true) => ({
  ...{ id: slug, name, slug, sso, accounts, hasAdmin },
  ...{ url: `/admin/organizations/${slug}`, settingsUrl: settings(slug) },
});
const acme = { name: 'Acme Inc.', slug: 'acme', technicalContacts: 'it@acme.example', externalId: 'crm-4711' };

const organizations: readonly Sample[] = [
  sample(
    'owners-organizations',
    'portal/organizations',
    {
      ...{ text: '', total: 54, from: 1, searchUrl: '/admin', newUrl: '/admin/new-organization', nextUrl: '?page=2' },
      organizations: [
        line('Acme Inc.', 'acme', 'required', 12_408),
        line('Donaudampfschifffahrtsgesellschaft für Verkehrsinfrastruktur mbH & Co. KGaA', 'donau', 'active', 870),
        line('Initech', 'initech', 'none', 31, false),
        line('李氏物流有限公司', 'li', 'none', 4),
      ],
    },
    inOwners('organizations'),
  ),
  sample(
    'owners-organizations-first',
    'portal/organizations',
    { text: '', total: 0, from: 1, searchUrl: '/admin', newUrl: '/admin/new-organization', organizations: [] },
    inOwners('organizations'),
  ),
  sample(
    'owners-organization-new',
    'portal/organization-form',
    {
      values: { name: 'Ørsted & Søn', slug: 'orsted-son' },
      errors: [{ field: 'technicalContacts.0', code: 'invalid_email' }],
      standing: 'free',
      ...{ action: '/admin/new-organization', listUrl: '/admin', baseUrl: 'https://login.example.com' },
    },
    inOwners('organizations'),
  ),
  sample(
    'owners-organization-settings',
    'portal/organization-form',
    {
      ...{ values: acme, errors: [], standing: 'taken' },
      ...{ action: settings('acme'), listUrl: '/admin', baseUrl: 'https://login.example.com' },
      existing: {
        ...line('Acme Inc.', 'acme', 'active', 12_408, false),
        mayChange: true,
        ...{ inviteUrl: `${settings('acme')}/first-admin`, deleteUrl: `${settings('acme')}/delete` },
      },
    },
    inOwners('organizations'),
  ),
  sample(
    'owners-organization-sign-in',
    'portal/organization-sign-in',
    {
      ...{ name: 'Acme Inc.', sso: 'active', settingsUrl: settings('acme') },
      ...{ connectionsUrl: '/admin/organizations/acme/connections', adminUrl: `${settings('acme')}/first-admin` },
    },
    inOwners('organizations'),
  ),
  sample(
    'owners-first-admin',
    'portal/first-admin',
    {
      ...{ name: 'Acme Inc.', values: { email: 'dana' }, errors: [{ field: 'email', code: 'invalid_email' }] },
      ...{ action: `${settings('acme')}/first-admin`, settingsUrl: settings('acme'), how: 'mail' },
    },
    inOwners('organizations'),
  ),
  sample(
    'owners-shown-once',
    'portal/shown-once',
    {
      ...{ title: 'Hand over this link', text: 'It counts once, for 48 hours.', label: 'Invitation link' },
      value: 'https://login.example.com/acme/link/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV',
      nextUrl: settings('acme'),
    },
    inOwners('organizations'),
  ),
];

const olga = {
  ...{ id: '1', displayName: 'Olga Owens', email: 'olga.owens@example.com', status: 'active', role: 'owner' as const },
  ...{ lastSignInAt: ago(12), url: '/admin/owners/1', isSelf: true },
} as const;
const max = {
  ...{ id: '2', displayName: null, email: 'maximilian.mustermann-schwarzenbacher@example.com', status: 'invited' },
  ...{ role: 'support' as const, lastSignInAt: null, url: '/admin/owners/2', isSelf: false },
} as const;

const owners: readonly Sample[] = [
  sample('owners-owners', 'portal/owners', { owners: [olga, max], newUrl: '/admin/owners/new' }, inOwners('owners')),
  sample(
    'owners-owner-new',
    'portal/owner-new',
    {
      ...{ values: { email: 'olga', role: 'operator' }, errors: [{ field: 'email', code: 'invalid_email' }] },
      ...{ listUrl: '/admin/owners', action: '/admin/owners/new', hasMail: false },
    },
    inOwners('owners'),
  ),
  sample(
    'owners-owner',
    'portal/owner',
    {
      ...{ owner: max, listUrl: '/admin/owners', action: '/admin/owners/2', linkAction: '/admin/owners/2/link' },
      ...{ removeUrl: '/admin/owners/2/remove', hasMail: true },
    },
    inOwners('owners'),
  ),
];

const timesheets = {
  ...{ id: '1', clientId: 'app_3mV0cWk2Zq9dJ1xT', name: 'Timesheets', claims: null, jwks: null, jwksUri: null },
  redirectUris: ['https://timesheets.example/callback'],
  postLogoutRedirectUris: ['https://timesheets.example/'],
  ...{ backchannelLogoutUri: 'https://timesheets.example/logout', initiateLoginUri: null },
  ...{ tokenEndpointAuthMethod: 'client_secret_basic', idTokenSignedResponseAlg: 'ES256' },
  organizations: ['acme', 'globex'],
  access: { groups: ['Engineering'], licences: ['Full'] },
  issuer: 'https://login.example.com/oidc',
  secrets: [
    { id: '2', createdAt: ago(30), expiresAt: null, lastUsedAt: null },
    { id: '1', createdAt: ago(90_000), expiresAt: ago(-1400), lastUsedAt: ago(2) },
  ],
  lastLogoutNotice: { at: ago(50), state: 'given_up', attempts: 8, problem: '503' },
  ...{ createdAt: ago(90_000), updatedAt: ago(30), lastUsedAt: ago(2) },
} as const satisfies PageModels['portal/application']['application'];
const apps = '/admin/applications';

const applications: readonly Sample[] = [
  sample(
    'owners-applications',
    'portal/applications',
    {
      applications: [
        { ...timesheets, url: `${apps}/1` },
        {
          ...timesheets,
          id: '2',
          name: 'Wiki',
          organizations: 'all',
          lastUsedAt: null,
          lastLogoutNotice: null,
          url: apps,
        },
      ],
      newUrl: `${apps}/new`,
    },
    inOwners('applications'),
  ),
  sample('owners-applications-none', 'portal/applications', { applications: [] }, inOwners('applications')),
  sample(
    'owners-application',
    'portal/application',
    {
      ...{ application: timesheets, listUrl: apps, url: `${apps}/1`, snippet: 'apache', organization: 'acme' },
      ...{ testUrl: 'https://login.example.com/oidc/auth?client_id=1', mayChange: true },
    },
    inOwners('applications'),
  ),
  sample(
    'owners-application-form',
    'portal/application-form',
    {
      values: {
        ...NEW_APPLICATION,
        name: 'Timesheets',
        redirectUris: 'http://app.example/callback',
        claims: ['email'],
      },
      errors: [{ field: 'redirectUris.0', code: 'uri_insecure' }],
      ...{ listUrl: apps, action: `${apps}/new` },
    },
    inOwners('applications'),
  ),
  sample(
    'owners-application-secret',
    'portal/application-secret',
    {
      ...{ name: 'Timesheets', issuer: timesheets.issuer, clientId: timesheets.clientId, nextUrl: `${apps}/1` },
      clientSecret: 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF',
    },
    inOwners('applications'),
  ),
];

const key = {
  ...{ id: '1', name: 'HR synchronisation', prefix: 'dbk_3mV0', organization: 'acme' },
  scopes: ['accounts:write', 'contacts:write', 'groups:read'],
  ...{ createdAt: ago(90_000), expiresAt: ago(-90_000), lastUsedAt: ago(3), revokedAt: null },
  revokeUrl: '/admin/api-keys/1/revoke',
} satisfies PageModels['portal/api-keys']['keys'][number];

const apiKeys: readonly Sample[] = [
  sample(
    'owners-api-keys',
    'portal/api-keys',
    {
      keys: [
        key,
        { ...key, id: '2', name: 'Terraform', organization: null, scopes: ['*'], expiresAt: null, lastUsedAt: null },
        { ...key, id: '3', name: 'Old', revokedAt: ago(9000) },
      ],
      newUrl: '/admin/api-keys/new',
    },
    inOwners('apiKeys'),
  ),
  sample(
    'owners-api-key-new',
    'portal/api-key-new',
    {
      values: { name: 'HR', reach: 'one', organization: 'acne', expires: '2027-03-31', scopes: ['accounts:write'] },
      errors: [{ field: 'organization', code: 'unknown_organization' }],
      ...{ listUrl: '/admin/api-keys', action: '/admin/api-keys/new' },
    },
    inOwners('apiKeys'),
  ),
];

const health: readonly Sample[] = [
  sample(
    'owners-health',
    'portal/health',
    {
      ...{ version: '1.4.0', node: '20.19.5', mail: 'none', sessionStore: 'postgres', secretKeys: 2 },
      database: { version: '16.4', bytes: 2_871_234_560, kind: 'own', milliseconds: 3 },
      jobs: { waiting: 3, failed: 1, oldest: ago(1) },
      outbox: { waiting: 12, failed: 4, oldest: ago(190) },
      signingKeys: [
        { id: 'b7Qm2', algorithm: 'ES256', createdAt: ago(60), activeFrom: ago(-1440) },
        { id: 'x9Lk4', algorithm: 'RS256', createdAt: ago(60_000), activeFrom: ago(60_000) },
      ],
    },
    inOwners('health'),
  ),
];

/** Every page of the owners' portal. */
export const ownersPages: readonly Sample[] = [...organizations, ...owners, ...applications, ...apiKeys, ...health];
